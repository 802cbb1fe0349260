/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "limit_options.h"
#include "support.h"

static void defaults_are_those_of_the_library(void **state)
{
    (void)state;
    struct limits limits;
    h2session_config library;
    h2session_config ours;
    limits_init(&limits);
    assert_int_equal(h2session_config_init(&library, sizeof library, H2SESSION_SERVER), 0);
    assert_int_equal(h2session_config_init(&ours, sizeof ours, H2SESSION_SERVER), 0);
    limits_apply(&limits, &ours);
    assert_memory_equal(&ours, &library, sizeof library);
    assert_int_equal(limits.reset_burst, 200);
    assert_int_equal(limits.idle_timeout_ns, UINT64_C(60000000000));
}

static void each_option_sets_a_member_of_its_own_within_its_bounds(void **state)
{
    (void)state;
    struct limits limits;
    limits_init(&limits);
    for (size_t i = 0; i < LIMIT_OPTION_COUNT; i++) {
        const struct option_spec *spec = &LIMIT_OPTIONS[i];
        uint64_t value = 0;
        assert_int_equal(spec->offset % sizeof value, 0);
        memcpy(&value, (const char *)&limits + spec->offset, sizeof value);
        assert_true(value >= spec->min && value <= spec->max);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(LIMIT_OPTIONS[k].offset, spec->offset);
        }
    }
    assert_int_equal(LIMIT_OPTION_COUNT * sizeof(uint64_t), sizeof limits);
}

static void values_reach_the_library(void **state)
{
    (void)state;
    struct limits limits;
    h2session_config config;
    limits_init(&limits);
    assert_int_equal(h2session_config_init(&config, sizeof config, H2SESSION_SERVER), 0);
    limits.glitch_burst = 7;
    limits.memory = UINT64_C(5000000000);
    limits_apply(&limits, &config);
    assert_int_equal(config.glitch_burst, 7);
    assert_int_equal(config.memory_limit_bytes, UINT64_C(5000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_library),
        cmocka_unit_test(each_option_sets_a_member_of_its_own_within_its_bounds),
        cmocka_unit_test(values_reach_the_library),
    };
    return cmocka_run_group_tests_name("limit_options", tests, NULL, NULL);
}
