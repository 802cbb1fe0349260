/* SPDX-License-Identifier: MIT */
#include "integer.h"
#include "support.h"

struct integer_case {
    const char *hex;
    unsigned prefix;
    int result;
    uint32_t value;
};

/* rfc: 7541#5.1 */
static const struct integer_case CASES[] = {
    /* RFC 7541 C.1 */
    {"0a", 5, 0, 10},
    {"1f 9a 0a", 5, 0, 1337},
    {"2a", 8, 0, 42},
    /* Around the end of each prefix. */
    {"0e", 4, 0, 14},
    {"0f 00", 4, 0, 15},
    {"1e", 5, 0, 30},
    {"1f 00", 5, 0, 31},
    {"3e", 6, 0, 62},
    {"3f 00", 6, 0, 63},
    {"7e", 7, 0, 126},
    {"7f 00", 7, 0, 127},
    /* Bits above the prefix do not matter. */
    {"ff 01", 4, 0, 16},
    /* Zero padding, as long as five octets suffice. */
    {"7f 80 00", 7, 0, 127},
    {"7f 80 80 80 80 00", 7, 0, 127},
    {"7f 80 80 80 80 80 00", 7, HPACK_ERR_INTEGER, 0},
    {"0f 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 80 00", 4, HPACK_ERR_INTEGER, 0},
    /* The largest value and one more, for each prefix. */
    {"0f f0 ff ff ff 0f", 4, 0, UINT32_MAX},
    {"0f f1 ff ff ff 0f", 4, HPACK_ERR_INTEGER, 0},
    {"1f e0 ff ff ff 0f", 5, 0, UINT32_MAX},
    {"1f e1 ff ff ff 0f", 5, HPACK_ERR_INTEGER, 0},
    {"3f c0 ff ff ff 0f", 6, 0, UINT32_MAX},
    {"3f c1 ff ff ff 0f", 6, HPACK_ERR_INTEGER, 0},
    {"7f 80 ff ff ff 0f", 7, 0, UINT32_MAX},
    {"7f 81 ff ff ff 0f", 7, HPACK_ERR_INTEGER, 0},
    /* Values that do not even fit 64 bits. */
    {"7f ff ff ff ff 7f", 7, HPACK_ERR_INTEGER, 0},
    {"0f ff ff ff ff ff ff ff ff ff ff", 4, HPACK_ERR_INTEGER, 0},
    {"1f ff ff ff ff ff ff ff ff ff ff", 5, HPACK_ERR_INTEGER, 0},
    {"3f ff ff ff ff ff ff ff ff ff ff", 6, HPACK_ERR_INTEGER, 0},
    {"7f ff ff ff ff ff ff ff ff ff ff", 7, HPACK_ERR_INTEGER, 0},
    /* Not at its end. */
    {"0f", 4, HPACK__MORE, 0},
    {"7f 80 80", 7, HPACK__MORE, 0},
};

struct split_run {
    const struct integer_case *expected;
    uint8_t octets[32];
};

/* Stops at the first result that is not MORE, as the decoder does. */
static void read_cut(const size_t *cuts, size_t count, void *arg)
{
    const struct split_run *run = arg;
    struct hpack__integer r;
    const uint8_t *at = run->octets + 1;
    int result = hpack__integer_begin(&r, run->octets[0], run->expected->prefix);
    for (size_t i = 0; i < count && result == HPACK__MORE; i++) {
        if (cuts[i] > 0) {
            result = hpack__integer_read(&r, &at, run->octets + cuts[i]);
        }
    }
    assert_int_equal(result, run->expected->result);
    if (result == 0) {
        assert_int_equal(r.value, run->expected->value);
    }
}

static void reader_takes_and_refuses_as_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct split_run run = {.expected = &CASES[i]};
        size_t length = test_hex(CASES[i].hex, run.octets, sizeof run.octets);
        test_each_split(length, read_cut, &run);
    }
}

static void reader_stops_behind_the_last_octet(void **state)
{
    (void)state;
    const uint8_t octets[] = {0x9a, 0x0a, 0x55};
    const uint8_t *at = octets;
    struct hpack__integer r;
    assert_int_equal(hpack__integer_begin(&r, 0x1f, 5), HPACK__MORE);
    assert_int_equal(hpack__integer_read(&r, &at, octets + sizeof octets), 0);
    assert_ptr_equal(at, octets + 2);
}

static void assert_round_trip(uint32_t value, unsigned prefix)
{
    uint8_t octets[HPACK__INTEGER_MAX_LENGTH];
    uint8_t mask = (uint8_t)((1U << prefix) - 1);
    uint8_t above = (uint8_t)~mask;
    const uint8_t *end = hpack__integer_write(octets, value, prefix, above);
    assert_int_equal(end - octets, hpack__integer_length(value, prefix));
    assert_int_equal(octets[0] & above, above);
    const uint8_t *at = octets + 1;
    struct hpack__integer r;
    if (hpack__integer_begin(&r, octets[0], prefix) == HPACK__MORE) {
        assert_int_equal(hpack__integer_read(&r, &at, end), 0);
    }
    assert_ptr_equal(at, end);
    assert_int_equal(r.value, value);
}

static void writer_and_reader_agree(void **state)
{
    (void)state;
    static const uint32_t values[] = {0,
                                      1,
                                      14,
                                      15,
                                      16,
                                      30,
                                      31,
                                      62,
                                      63,
                                      126,
                                      127,
                                      128,
                                      254,
                                      255,
                                      16510,
                                      16511,
                                      16512,
                                      (1 << 14) - 1,
                                      1 << 14,
                                      (1 << 21) + 126,
                                      (1 << 21) + 127,
                                      (1 << 21) + 128,
                                      1 << 28,
                                      UINT32_MAX - 1,
                                      UINT32_MAX};
    uint32_t seed = 5;
    for (unsigned prefix = 4; prefix <= 7; prefix++) {
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            assert_round_trip(values[i], prefix);
        }
        for (int i = 0; i < 1000; i++) {
            assert_round_trip(test_rand(&seed) >> (test_rand(&seed) % 32), prefix);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_takes_and_refuses_as_listed),
        cmocka_unit_test(reader_stops_behind_the_last_octet),
        cmocka_unit_test(writer_and_reader_agree),
    };
    return cmocka_run_group_tests_name("integer", tests, NULL, NULL);
}
