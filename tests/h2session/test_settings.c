/* SPDX-License-Identifier: MIT */
/* rfc: 9113#6.5.2, 9113#6.5.3, 8441#3, 9218#2.1 */
#include "support.h"

#include "settings.h"

static struct settings_effect apply_ok(struct settings *s, uint32_t id, uint32_t value)
{
    struct settings_effect effect = {99, 99, 99};
    struct verdict v = h2session__settings_remote_entry(s, &(h2frame_setting){id, value}, &effect);
    assert_int_equal(v.scope, VERDICT_OK);
    return effect;
}

static void apply_bad(struct settings *s, uint32_t id, uint32_t value, uint32_t reason)
{
    struct settings_effect effect = {99, 99, 99};
    struct verdict v = h2session__settings_remote_entry(s, &(h2frame_setting){id, value}, &effect);
    assert_int_equal(v.scope, VERDICT_CONNECTION);
    assert_int_equal(v.code, H2FRAME_CODE_PROTOCOL_ERROR);
    assert_int_equal(v.reason, reason);
    assert_int_equal(v.value, value);
    assert_int_equal(effect.kind, SETTINGS_EFFECT_NONE);
}

static const struct {
    uint32_t id;
    uint32_t initial;
    uint32_t effect; /* of another value */
} IDS[] = {
    {H2FRAME_SETTING_HEADER_TABLE_SIZE, 4096, SETTINGS_EFFECT_TABLE},
    {H2FRAME_SETTING_ENABLE_PUSH, 1, SETTINGS_EFFECT_NONE},
    {H2FRAME_SETTING_MAX_CONCURRENT_STREAMS, UINT32_MAX, SETTINGS_EFFECT_CONCURRENCY},
    {H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 65535, SETTINGS_EFFECT_WINDOW},
    {H2FRAME_SETTING_MAX_FRAME_SIZE, 16384, SETTINGS_EFFECT_FRAME_SIZE},
    {H2FRAME_SETTING_MAX_HEADER_LIST_SIZE, UINT32_MAX, SETTINGS_EFFECT_NONE},
    {H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL, 0, SETTINGS_EFFECT_NONE},
    {H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 0, SETTINGS_EFFECT_NONE},
};

enum { ID_COUNT = sizeof IDS / sizeof IDS[0] };

static void values_begin_as_the_protocol_says(void **state)
{
    (void)state;
    struct settings s;
    h2session__settings_init(&s, H2SESSION_CLIENT);
    for (size_t i = 0; i < ID_COUNT; i++) {
        assert_int_equal(h2session__settings_get(&s.local, IDS[i].id), IDS[i].initial);
        assert_int_equal(h2session__settings_get(&s.remote, IDS[i].id), IDS[i].initial);
    }
    assert_int_equal(h2session__settings_get(&s.local, 0), 0);
    assert_int_equal(h2session__settings_get(&s.local, 7), 0);
    assert_int_equal(h2session__settings_get(&s.local, 0xffff), 0);
    assert_int_equal(h2session__settings_local_largest(&s, H2FRAME_SETTING_MAX_FRAME_SIZE), 16384);
}

static void remote_value_replaces_only_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < ID_COUNT; i++) {
        struct settings s;
        h2session__settings_init(&s, H2SESSION_SERVER);
        uint32_t value = IDS[i].initial == 0 ? 1 : IDS[i].initial == 1 ? 0 : 20000;
        struct settings_effect effect = apply_ok(&s, IDS[i].id, value);
        assert_int_equal(effect.kind, IDS[i].effect);
        assert_int_equal(effect.value, IDS[i].effect == SETTINGS_EFFECT_NONE ? 0 : value);
        for (size_t k = 0; k < ID_COUNT; k++) {
            uint32_t expected = k == i ? value : IDS[k].initial;
            assert_int_equal(h2session__settings_get(&s.remote, IDS[k].id), expected);
            assert_int_equal(h2session__settings_get(&s.local, IDS[k].id), IDS[k].initial);
        }
    }
}

static void window_change_is_a_difference(void **state)
{
    (void)state;
    struct settings s;
    h2session__settings_init(&s, H2SESSION_CLIENT);
    uint32_t id = H2FRAME_SETTING_INITIAL_WINDOW_SIZE;
    static const struct {
        uint32_t value;
        int64_t delta;
    } STEPS[] = {
        {0, -65535}, {0x7fffffff, 0x7fffffff}, {0, -INT64_C(0x7fffffff)}, {10, 10}, {9, -1},
    };
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        struct settings_effect effect = apply_ok(&s, id, STEPS[i].value);
        assert_int_equal(effect.kind, SETTINGS_EFFECT_WINDOW);
        assert_int_equal(effect.delta, STEPS[i].delta);
    }
    assert_int_equal(apply_ok(&s, id, 9).kind, SETTINGS_EFFECT_NONE);
}

static void unknown_settings_have_no_effect(void **state)
{
    (void)state;
    struct settings s;
    h2session__settings_init(&s, H2SESSION_CLIENT);
    static const uint32_t OTHERS[] = {0, 7, 10, 0x1000, 0xffff};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        assert_int_equal(apply_ok(&s, OTHERS[i], UINT32_MAX).kind, SETTINGS_EFFECT_NONE);
    }
    for (size_t k = 0; k < ID_COUNT; k++) {
        assert_int_equal(h2session__settings_get(&s.remote, IDS[k].id), IDS[k].initial);
    }
}

static void server_may_not_enable_push(void **state)
{
    (void)state;
    struct settings client;
    h2session__settings_init(&client, H2SESSION_CLIENT);
    apply_ok(&client, H2FRAME_SETTING_ENABLE_PUSH, 0);
    apply_bad(&client, H2FRAME_SETTING_ENABLE_PUSH, 1, H2SESSION_REASON_SETTING_PUSH_FROM_SERVER);
    struct settings server;
    h2session__settings_init(&server, H2SESSION_SERVER);
    apply_ok(&server, H2FRAME_SETTING_ENABLE_PUSH, 0);
    apply_ok(&server, H2FRAME_SETTING_ENABLE_PUSH, 1);
}

static void connect_protocol_may_not_be_withdrawn(void **state)
{
    (void)state;
    struct settings s;
    h2session__settings_init(&s, H2SESSION_CLIENT);
    uint32_t id = H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL;
    apply_ok(&s, id, 0);
    apply_ok(&s, id, 1);
    apply_ok(&s, id, 1);
    apply_bad(&s, id, 0, H2SESSION_REASON_SETTING_CONNECT_WITHDRAWN);
    assert_int_equal(h2session__settings_get(&s.remote, id), 1);
}

static void priority_scheme_is_settled_by_the_first_frame(void **state)
{
    (void)state;
    struct settings s;
    h2session__settings_init(&s, H2SESSION_SERVER);
    uint32_t id = H2FRAME_SETTING_NO_RFC7540_PRIORITIES;
    apply_ok(&s, id, 0);
    apply_ok(&s, id, 1);
    h2session__settings_remote_end(&s);
    apply_ok(&s, id, 1);
    apply_bad(&s, id, 0, H2SESSION_REASON_SETTING_PRIORITIES_CHANGED);

    h2session__settings_init(&s, H2SESSION_SERVER);
    h2session__settings_remote_end(&s);
    apply_ok(&s, id, 0);
    apply_bad(&s, id, 1, H2SESSION_REASON_SETTING_PRIORITIES_CHANGED);
}

static void own_values_wait_for_their_ack(void **state)
{
    (void)state;
    struct settings s;
    h2session__settings_init(&s, H2SESSION_SERVER);
    const h2frame_setting first[] = {
        {H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 1000},
        {H2FRAME_SETTING_MAX_FRAME_SIZE, 20000},
        {0x7777, 3}, /* means nothing here: not remembered */
        {H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 500},
    };
    const h2frame_setting second[] = {{H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 800}};
    assert_int_equal(h2session__settings_local_sent(&s, first, 4), 0);
    assert_int_equal(h2session__settings_local_sent(&s, second, 1), 0);
    assert_int_equal(s.local.initial_window_size, 65535);

    struct settings_effect effects[SETTINGS_ENTRIES_MAX];
    size_t count;
    assert_int_equal(h2session__settings_local_acked(&s, effects, &count).scope, VERDICT_OK);
    assert_int_equal(count, 3);
    assert_int_equal(effects[0].kind, SETTINGS_EFFECT_WINDOW);
    assert_int_equal(effects[0].delta, 1000 - 65535);
    assert_int_equal(effects[1].kind, SETTINGS_EFFECT_FRAME_SIZE);
    assert_int_equal(effects[1].value, 20000);
    assert_int_equal(effects[2].delta, -500);
    assert_int_equal(s.local.initial_window_size, 500);

    assert_int_equal(h2session__settings_local_acked(&s, effects, &count).scope, VERDICT_OK);
    assert_int_equal(count, 1);
    assert_int_equal(effects[0].delta, 300);
    assert_int_equal(s.pending_count, 0);
}

static void ack_of_nothing_is_a_connection_error(void **state)
{
    (void)state;
    struct settings s;
    h2session__settings_init(&s, H2SESSION_SERVER);
    struct settings_effect effects[SETTINGS_ENTRIES_MAX];
    size_t count = 9;
    struct verdict v = h2session__settings_local_acked(&s, effects, &count);
    assert_int_equal(v.scope, VERDICT_CONNECTION);
    assert_int_equal(v.code, H2FRAME_CODE_PROTOCOL_ERROR);
    assert_int_equal(v.reason, H2SESSION_REASON_SETTINGS_ACK_UNEXPECTED);
    assert_int_equal(count, 0);
    assert_int_equal(h2session__settings_local_sent(&s, NULL, 0), 0);
    assert_int_equal(h2session__settings_local_acked(&s, effects, &count).scope, VERDICT_OK);
    assert_int_equal(count, 0);
    assert_int_equal(h2session__settings_local_acked(&s, effects, &count).scope,
                     VERDICT_CONNECTION);
}

static void only_so_many_own_frames_may_wait(void **state)
{
    (void)state;
    struct settings s;
    h2session__settings_init(&s, H2SESSION_SERVER);
    h2frame_setting entries[SETTINGS_ENTRIES_MAX + 1];
    for (uint32_t i = 0; i <= SETTINGS_ENTRIES_MAX; i++) {
        entries[i] = (h2frame_setting){H2FRAME_SETTING_HEADER_TABLE_SIZE, i};
    }
    assert_int_equal(h2session__settings_local_sent(&s, entries, SETTINGS_ENTRIES_MAX + 1), -1);
    assert_int_equal(s.pending_count, 0);
    for (int i = 0; i < SETTINGS_PENDING_MAX; i++) {
        assert_int_equal(h2session__settings_local_sent(&s, entries, SETTINGS_ENTRIES_MAX), 0);
    }
    assert_int_equal(h2session__settings_local_sent(&s, entries, 1), -1);
    struct settings_effect effects[SETTINGS_ENTRIES_MAX];
    size_t count;
    assert_int_equal(h2session__settings_local_acked(&s, effects, &count).scope, VERDICT_OK);
    assert_int_equal(count, SETTINGS_ENTRIES_MAX);
    assert_int_equal(effects[SETTINGS_ENTRIES_MAX - 1].kind, SETTINGS_EFFECT_TABLE);
    assert_int_equal(effects[SETTINGS_ENTRIES_MAX - 1].value, SETTINGS_ENTRIES_MAX - 1);
    assert_int_equal(h2session__settings_local_sent(&s, entries, 1), 0);
}

static void frame_size_counts_from_when_it_was_sent_until_it_is_replaced(void **state)
{
    (void)state;
    struct settings s;
    h2session__settings_init(&s, H2SESSION_SERVER);
    uint32_t id = H2FRAME_SETTING_MAX_FRAME_SIZE;
    assert_int_equal(h2session__settings_local_sent(&s, &(h2frame_setting){id, 30000}, 1), 0);
    assert_int_equal(h2session__settings_local_largest(&s, H2FRAME_SETTING_MAX_FRAME_SIZE), 30000);
    assert_int_equal(h2session__settings_local_sent(&s, &(h2frame_setting){id, 16384}, 1), 0);
    assert_int_equal(h2session__settings_local_largest(&s, H2FRAME_SETTING_MAX_FRAME_SIZE), 30000);
    struct settings_effect effects[SETTINGS_ENTRIES_MAX];
    size_t count;
    (void)h2session__settings_local_acked(&s, effects, &count);
    assert_int_equal(h2session__settings_local_largest(&s, H2FRAME_SETTING_MAX_FRAME_SIZE), 30000);
    (void)h2session__settings_local_acked(&s, effects, &count);
    assert_int_equal(h2session__settings_local_largest(&s, H2FRAME_SETTING_MAX_FRAME_SIZE), 16384);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_begin_as_the_protocol_says),
        cmocka_unit_test(remote_value_replaces_only_itself),
        cmocka_unit_test(window_change_is_a_difference),
        cmocka_unit_test(unknown_settings_have_no_effect),
        cmocka_unit_test(server_may_not_enable_push),
        cmocka_unit_test(connect_protocol_may_not_be_withdrawn),
        cmocka_unit_test(priority_scheme_is_settled_by_the_first_frame),
        cmocka_unit_test(own_values_wait_for_their_ack),
        cmocka_unit_test(ack_of_nothing_is_a_connection_error),
        cmocka_unit_test(only_so_many_own_frames_may_wait),
        cmocka_unit_test(frame_size_counts_from_when_it_was_sent_until_it_is_replaced),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
