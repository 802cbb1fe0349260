/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <h2session/h2session.h>

#include "profile.h"

static const uint32_t REASONS[] = {
#define REASON_ID(name, id, where, text) (id),
    H2SESSION_REASON_LIST(REASON_ID) H2FRAME_REASON_LIST(REASON_ID)
#undef REASON_ID
};

static uint32_t forgiven(uint32_t profile, uint32_t role)
{
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++) {
        n += h2session__profile_forgives(profile, role, REASONS[i]) != FORGIVE_NOT;
    }
    return n;
}

static void profiles_forgive_what_is_listed_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(forgiven(H2SESSION_PROFILE_STRICT, H2SESSION_CLIENT), 0);
    assert_int_equal(forgiven(H2SESSION_PROFILE_STRICT, H2SESSION_SERVER), 0);
    assert_int_equal(forgiven(H2SESSION_PROFILE_COMPATIBLE, H2SESSION_CLIENT), 7);
    assert_int_equal(forgiven(H2SESSION_PROFILE_COMPATIBLE, H2SESSION_SERVER), 6);
    assert_int_equal(forgiven(H2SESSION_PROFILE_OBSERVE, H2SESSION_CLIENT), 13);
    assert_int_equal(forgiven(H2SESSION_PROFILE_OBSERVE, H2SESSION_SERVER), 12);
}

/* What memory, framing, compression and windows rest on. */
static void rules_that_hold_the_connection_together_stand(void **state)
{
    (void)state;
    static const uint32_t FIRM[] = {
        H2SESSION_REASON_LIMIT_MEMORY,
        H2SESSION_REASON_LIMIT_ACKS,
        H2SESSION_REASON_LIMIT_OUTPUT_FRAMES,
        H2SESSION_REASON_LIMIT_CONTINUATIONS,
        H2SESSION_REASON_LIMIT_FIELD_BLOCK,
        H2SESSION_REASON_LIMIT_FIELD_COUNT,
        H2SESSION_REASON_LIMIT_FIELD_SECTION,
        H2SESSION_REASON_CONCURRENT_STREAMS,
        H2SESSION_REASON_COMPRESSION,
        H2SESSION_REASON_WINDOW_EXCEEDED,
        H2SESSION_REASON_WINDOW_OVERFLOW,
        H2SESSION_REASON_FIELD_NAME,
        H2SESSION_REASON_CONTENT_LENGTH,
        H2SESSION_REASON_CONTENT_LENGTH_MISMATCH,
        H2SESSION_REASON_PATH,
        H2SESSION_REASON_AUTHORITY,
        H2SESSION_REASON_TIMEOUT_OUTPUT,
        H2FRAME_REASON_FRAME_TOO_LARGE,
    };
    for (size_t i = 0; i < sizeof FIRM / sizeof FIRM[0]; i++) {
        assert_int_equal(
            h2session__profile_forgives(H2SESSION_PROFILE_OBSERVE, H2SESSION_CLIENT, FIRM[i]),
            FORGIVE_NOT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles_forgive_what_is_listed_and_nothing_else),
        cmocka_unit_test(rules_that_hold_the_connection_together_stand),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
