/* SPDX-License-Identifier: MIT */
/* rfc: 9113#6.1, 9113#6.2 */
#include "support.h"

#include <string.h>

#include "padding.h"

struct asked {
    uint32_t type;
    uint32_t length;
    uint32_t most;
    uint32_t answer;
    uint32_t times;
};

static uint32_t policy(void *ctx, uint32_t type, uint32_t length, uint32_t most)
{
    struct asked *asked = ctx;
    asked->type = type;
    asked->length = length;
    asked->most = most;
    asked->times++;
    return asked->answer;
}

static void answer_is_cut_to_what_fits(void **state)
{
    (void)state;
    static const struct {
        uint32_t most;
        uint32_t answer;
        uint32_t asked; /* 0: not at all */
        uint32_t result;
    } cases[] = {{1000, 0, 256, 0},     {1000, 1, 256, 1},     {1000, 256, 256, 256},
                 {1000, 257, 256, 256}, {10, 256, 10, 10},     {10, 10, 10, 10},
                 {10, 3, 10, 3},        {1, UINT32_MAX, 1, 1}, {0, 5, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct asked asked = {.answer = cases[i].answer};
        const h2session_config config = {.padding = policy, .padding_ctx = &asked};
        assert_int_equal(
            h2session__padding_choose(&config, H2FRAME_TYPE_HEADERS, 77, cases[i].most),
            cases[i].result);
        assert_int_equal(asked.most, cases[i].asked);
        assert_int_equal(asked.times, cases[i].asked > 0);
        assert_int_equal(asked.length, cases[i].asked > 0 ? 77 : 0);
        assert_int_equal(asked.type, cases[i].asked > 0 ? H2FRAME_TYPE_HEADERS : 0);
    }
}

static void no_policy_is_no_padding(void **state)
{
    (void)state;
    const h2session_config config = {.size = sizeof config};
    assert_int_equal(h2session__padding_choose(&config, H2FRAME_TYPE_DATA, 1, 100), 0);
}

static void octets_get_their_length_before_and_zeros_behind(void **state)
{
    (void)state;
    uint8_t octets[10];
    static const uint8_t padded[] = {4, 'a', 'b', 'c', 0, 0, 0, 0, 0xff};
    static const uint8_t tight[] = {0, 'a', 'b', 'c', 0xff};
    memset(octets, 0xff, sizeof octets);
    memcpy(octets, "abc", 3);
    h2session__padding_apply(octets, 3, 5);
    assert_memory_equal(octets, padded, sizeof padded);
    memset(octets, 0xff, sizeof octets);
    memcpy(octets, "abc", 3);
    h2session__padding_apply(octets, 3, 1);
    assert_memory_equal(octets, tight, sizeof tight);
    for (size_t i = 0; i < PADDING_MAX - 1; i++) {
        assert_int_equal(h2session__padding_zeros()[i], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_is_cut_to_what_fits),
        cmocka_unit_test(no_policy_is_no_padding),
        cmocka_unit_test(octets_get_their_length_before_and_zeros_behind),
    };
    return cmocka_run_group_tests_name("padding", tests, NULL, NULL);
}
