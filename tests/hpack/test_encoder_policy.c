/* SPDX-License-Identifier: MIT */
#include "encoder_policy.h"

#include <string.h>

#include "fields.h"

struct policy_case {
    const char *name, *value;
    uint32_t flags;
    enum hpack__indexing expected;
};

/* rfc: 7541#7.1.3 */
static const struct policy_case CASES[] = {
    {"x-any", "value", 0, HPACK__INDEX},
    {":method", "PUT", 0, HPACK__INDEX},
    {"user-agent", "value", 0, HPACK__INDEX},
    {"authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", 0, HPACK__NEVER_INDEX},
    {"proxy-authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", 0, HPACK__NEVER_INDEX},
    {"set-cookie", "id=0123456789abcdef0123456789abcdef", 0, HPACK__NEVER_INDEX},
    {"cookie", "", 0, HPACK__NEVER_INDEX},
    {"cookie", "0123456789abcdef012", 0, HPACK__NEVER_INDEX},
    {"cookie", "0123456789abcdef0123", 0, HPACK__INDEX},
    {":path", "/a", 0, HPACK__DO_NOT_INDEX},
    {"age", "1", 0, HPACK__DO_NOT_INDEX},
    {"content-length", "1", 0, HPACK__DO_NOT_INDEX},
    {"etag", "x", 0, HPACK__DO_NOT_INDEX},
    {"if-modified-since", "x", 0, HPACK__DO_NOT_INDEX},
    {"if-none-match", "x", 0, HPACK__DO_NOT_INDEX},
    {"location", "x", 0, HPACK__DO_NOT_INDEX},
    {"x-any", "value", HPACK_FIELD_NO_INDEXING, HPACK__DO_NOT_INDEX},
    {"x-any", "value", HPACK_FIELD_NEVER_INDEXED, HPACK__NEVER_INDEX},
    {"x-any", "value", HPACK_FIELD_NEVER_INDEXED | HPACK_FIELD_NO_INDEXING, HPACK__NEVER_INDEX},
    /* Flags never allow what the policy forbids. */
    {"authorization", "x", HPACK_FIELD_NO_INDEXING, HPACK__NEVER_INDEX},
};

static void policy_decides_as_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        hpack_field f = test_field(CASES[i].name, CASES[i].value);
        f.flags = CASES[i].flags;
        uint32_t token = hpack_token(f.name, f.name_length);
        assert_int_equal(hpack__choose_indexing(&f, token, 4096), CASES[i].expected);
    }
}

static void entries_of_nearly_the_table_are_not_indexed(void **state)
{
    (void)state;
    static char value[4096];
    memset(value, 'v', sizeof value - 1);
    hpack_field f = test_field("name", value);
    f.value_length = 3072 - 32 - 4;
    assert_int_equal(hpack__choose_indexing(&f, 0, 4096), HPACK__INDEX);
    f.value_length++;
    assert_int_equal(hpack__choose_indexing(&f, 0, 4096), HPACK__DO_NOT_INDEX);
    f.value_length = 0;
    assert_int_equal(hpack__choose_indexing(&f, 0, 0), HPACK__DO_NOT_INDEX);
    f.value_length = UINT32_MAX;
    assert_int_equal(hpack__choose_indexing(&f, 0, UINT32_MAX), HPACK__DO_NOT_INDEX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_decides_as_listed),
        cmocka_unit_test(entries_of_nearly_the_table_are_not_indexed),
    };
    return cmocka_run_group_tests_name("encoder_policy", tests, NULL, NULL);
}
