/* SPDX-License-Identifier: MIT */
#include "encoder_policy.h"

#include "encoder_history.h"

#include "fields.h"

struct policy_case {
    const char *name, *value;
    uint32_t flags;
    /* By policy: adaptive, all, static. */
    enum hpack__indexing expected[3];
};

#define OPEN                                                                                       \
    {                                                                                              \
        HPACK__INDEX_BY_HISTORY, HPACK__INDEX, HPACK__DO_NOT_INDEX                                 \
    }
#define NO_INDEX                                                                                   \
    {                                                                                              \
        HPACK__DO_NOT_INDEX, HPACK__DO_NOT_INDEX, HPACK__DO_NOT_INDEX                              \
    }
#define NEVER                                                                                      \
    {                                                                                              \
        HPACK__NEVER_INDEX, HPACK__NEVER_INDEX, HPACK__NEVER_INDEX                                 \
    }

/* rfc: 7541#7.1.3 */
static const struct policy_case CASES[] = {
    {"x-any", "value", 0, OPEN},
    {":method", "PUT", 0, OPEN},
    {":path", "/a", 0, OPEN},
    {"authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", 0, NEVER},
    {"proxy-authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", 0, NEVER},
    {"set-cookie", "id=0123456789abcdef0123456789abcdef", 0, NEVER},
    {"cookie", "", 0, NEVER},
    {"cookie", "0123456789abcdef012", 0, NEVER},
    {"cookie", "0123456789abcdef0123", 0, OPEN},
    {"x-any", "value", HPACK_FIELD_NO_INDEXING, NO_INDEX},
    {"x-any", "value", HPACK_FIELD_NEVER_INDEXED, NEVER},
    {"x-any", "value", HPACK_FIELD_NEVER_INDEXED | HPACK_FIELD_NO_INDEXING, NEVER},
    /* Flags never allow what the policy forbids. */
    {"authorization", "x", HPACK_FIELD_NO_INDEXING, NEVER},
};

static hpack_field case_field(const char *name, const char *value, uint32_t flags)
{
    hpack_field f = test_field(name, value);
    f.flags = flags;
    f.token = hpack_token(f.name, f.name_length);
    return f;
}

static void policies_decide_as_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        hpack_field f = case_field(CASES[i].name, CASES[i].value, CASES[i].flags);
        for (uint32_t kind = HPACK_POLICY_ADAPTIVE; kind <= HPACK_POLICY_STATIC; kind++) {
            const struct hpack__policy p = {kind, NULL, NULL};
            enum hpack__indexing indexing = hpack__choose_indexing(&p, &f, 4096);
            assert_int_equal(indexing, CASES[i].expected[kind]);
        }
    }
}

static void entries_larger_than_allowed_are_not_indexed(void **state)
{
    (void)state;
    static const struct {
        uint32_t kind, value_length, limit;
        enum hpack__indexing expected;
    } cases[] = {
        {HPACK_POLICY_ADAPTIVE, 3072 - 32 - 4, 4096, HPACK__INDEX_BY_HISTORY},
        {HPACK_POLICY_ADAPTIVE, 3072 - 32 - 3, 4096, HPACK__DO_NOT_INDEX},
        {HPACK_POLICY_ADAPTIVE, 0, 0, HPACK__DO_NOT_INDEX},
        {HPACK_POLICY_ADAPTIVE, UINT32_MAX, UINT32_MAX, HPACK__DO_NOT_INDEX},
        {HPACK_POLICY_ALL, 4096 - 32 - 4, 4096, HPACK__INDEX},
        {HPACK_POLICY_ALL, 4096 - 32 - 3, 4096, HPACK__DO_NOT_INDEX},
        {HPACK_POLICY_ALL, UINT32_MAX, UINT32_MAX, HPACK__DO_NOT_INDEX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct hpack__policy p = {cases[i].kind, NULL, NULL};
        hpack_field f = test_field("name", "");
        f.value_length = cases[i].value_length;
        assert_int_equal(hpack__choose_indexing(&p, &f, cases[i].limit), cases[i].expected);
    }
}

static uint32_t choose_as_told(void *ctx, const hpack_field *field)
{
    assert_int_equal(field->token, hpack_token(field->name, field->name_length));
    return *(const uint32_t *)ctx;
}

static void the_callers_choice_comes_before_the_policy(void **state)
{
    (void)state;
    static const struct {
        uint32_t chosen, kind, flags;
        const char *name;
        enum hpack__indexing expected;
    } cases[] = {
        {HPACK_CHOOSE_POLICY, HPACK_POLICY_ALL, 0, "x-any", HPACK__INDEX},
        {HPACK_CHOOSE_POLICY, HPACK_POLICY_ALL, 0, "authorization", HPACK__NEVER_INDEX},
        {HPACK_CHOOSE_INDEX, HPACK_POLICY_STATIC, 0, "x-any", HPACK__INDEX},
        {HPACK_CHOOSE_INDEX, HPACK_POLICY_ADAPTIVE, 0, "authorization", HPACK__INDEX},
        {HPACK_CHOOSE_INDEX, HPACK_POLICY_ALL, HPACK_FIELD_NO_INDEXING, "x-any",
         HPACK__DO_NOT_INDEX},
        {HPACK_CHOOSE_INDEX, HPACK_POLICY_ALL, HPACK_FIELD_NEVER_INDEXED, "x-any",
         HPACK__NEVER_INDEX},
        {HPACK_CHOOSE_NO_INDEX, HPACK_POLICY_ALL, 0, "x-any", HPACK__DO_NOT_INDEX},
        {HPACK_CHOOSE_NEVER, HPACK_POLICY_ALL, 0, "x-any", HPACK__NEVER_INDEX},
        {4, HPACK_POLICY_ALL, 0, "x-any", HPACK__NEVER_INDEX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t chosen = cases[i].chosen;
        const struct hpack__policy p = {cases[i].kind, choose_as_told, &chosen};
        hpack_field f = case_field(cases[i].name, "value", cases[i].flags);
        assert_int_equal(hpack__choose_indexing(&p, &f, 4096), cases[i].expected);
    }
    /* One that would not fit is not added for all that. */
    uint32_t chosen = HPACK_CHOOSE_INDEX;
    const struct hpack__policy p = {HPACK_POLICY_ALL, choose_as_told, &chosen};
    hpack_field f = case_field("x-any", "value", 0);
    assert_int_equal(hpack__choose_indexing(&p, &f, 41), HPACK__DO_NOT_INDEX);
    assert_int_equal(hpack__choose_indexing(&p, &f, 42), HPACK__INDEX);
}

/* ---- History ------------------------------------------------------------------------------ */

/* A value is a number; equal ones have equal hashes. Those below 256 have places of their own. */
static int miss(struct hpack__history *h, uint32_t token, uint32_t value)
{
    struct hpack__hashes hashes = {(value + 1) * UINT32_C(0x9e3779b1), 0};
    return hpack__history_miss(h, token, hashes);
}

static void the_first_values_of_a_name_are_indexed(void **state)
{
    (void)state;
    struct hpack__history h = {0};
    uint32_t indexed = 0;
    while (miss(&h, HPACK_TOKEN_USER_AGENT, indexed) && indexed < 200) {
        indexed++;
    }
    assert_in_range(indexed, 2, 20);
    /* Another name has a history of its own. */
    assert_true(miss(&h, HPACK_TOKEN_ACCEPT, 201));
    assert_true(miss(&h, HPACK_TOKEN_NONE, 202));
}

static void names_known_as_volatile_have_to_repeat_first(void **state)
{
    (void)state;
    static const uint32_t tokens[] = {
        HPACK_TOKEN_PATH,
        HPACK_TOKEN_AGE,
        HPACK_TOKEN_CONTENT_LENGTH,
        HPACK_TOKEN_ETAG,
        HPACK_TOKEN_IF_MODIFIED_SINCE,
        HPACK_TOKEN_IF_NONE_MATCH,
        HPACK_TOKEN_LOCATION,
    };
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        struct hpack__history h = {0};
        for (uint32_t value = 0; value < 20; value++) {
            assert_false(miss(&h, tokens[i], value));
        }
        assert_true(miss(&h, tokens[i], 19));
        for (int k = 0; k < 20; k++) {
            hpack__history_hit(&h, tokens[i], 0);
        }
        assert_true(miss(&h, tokens[i], 20));
    }
}

static void values_that_come_again_are_indexed(void **state)
{
    (void)state;
    struct hpack__history h = {0};
    for (uint32_t i = 0; i < 100; i++) {
        (void)miss(&h, HPACK_TOKEN_PATH, i);
    }
    assert_false(miss(&h, HPACK_TOKEN_PATH, 100));
    assert_true(miss(&h, HPACK_TOKEN_PATH, 100));
    assert_true(miss(&h, HPACK_TOKEN_PATH, 7));
}

/* Repetitions in more, or in not more, than one use of five; also when counters were halved. */
static void names_are_indexed_when_their_values_repeat(void **state)
{
    (void)state;
    for (int rounds = 4; rounds < 300; rounds += 9) {
        struct hpack__history often = {0};
        struct hpack__history seldom = {0};
        uint32_t value = 0;
        for (int i = 0; i < rounds; i++) {
            for (int k = 0; k < 3; k++) {
                hpack__history_hit(&often, HPACK_TOKEN_ACCEPT, 0);
            }
            for (int k = 0; k < 7; k++) {
                (void)miss(&often, HPACK_TOKEN_ACCEPT, value);
                (void)miss(&seldom, HPACK_TOKEN_ACCEPT, value++);
            }
            hpack__history_hit(&seldom, HPACK_TOKEN_ACCEPT, 0);
        }
        assert_true(miss(&often, HPACK_TOKEN_ACCEPT, value));
        assert_false(miss(&seldom, HPACK_TOKEN_ACCEPT, value));
    }
}

/* A peer's names cannot lead out of the counters. */
static void names_without_token_share_the_counters_left(void **state)
{
    (void)state;
    struct hpack__history h = {0};
    for (uint32_t hash = 0; hash < 1000; hash++) {
        hpack__history_hit(&h, HPACK_TOKEN_NONE, hash * 2654435761U);
    }
    for (uint32_t i = 0; i < HPACK_TOKEN_END; i++) {
        assert_int_equal(h.names[i].uses, 0);
    }
    for (uint32_t i = HPACK_TOKEN_END; i < HPACK__HISTORY_NAMES; i++) {
        assert_true(h.names[i].uses > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_decide_as_listed),
        cmocka_unit_test(entries_larger_than_allowed_are_not_indexed),
        cmocka_unit_test(the_callers_choice_comes_before_the_policy),
        cmocka_unit_test(the_first_values_of_a_name_are_indexed),
        cmocka_unit_test(names_known_as_volatile_have_to_repeat_first),
        cmocka_unit_test(values_that_come_again_are_indexed),
        cmocka_unit_test(names_are_indexed_when_their_values_repeat),
        cmocka_unit_test(names_without_token_share_the_counters_left),
    };
    return cmocka_run_group_tests_name("encoder_policy", tests, NULL, NULL);
}
