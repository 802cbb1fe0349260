/* SPDX-License-Identifier: MIT */
#include "huffman.h"

#include <stdlib.h>
#include <string.h>

#include <guard.h>
#include <support.h>

struct coded_case {
    const char *text;
    const char *hex;
};

/* RFC 7541 C.4 and C.6 */
static const struct coded_case CODED[] = {
    {"", ""},
    {"www.example.com", "f1e3 c2e5 f23a 6ba0 ab90 f4ff"},
    {"no-cache", "a8eb 1064 9cbf"},
    {"custom-key", "25a8 49e9 5ba9 7d7f"},
    {"custom-value", "25a8 49e9 5bb8 e8b4 bf"},
    {"302", "6402"},
    {"private", "aec3 771a 4b"},
    {"Mon, 21 Oct 2013 20:13:21 GMT", "d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff"},
    {"https://www.example.com", "9d29 ad17 1863 c78f 0b97 c8e9 ae82 ae43 d3"},
    {"foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
     "94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587"
     "3160 65c0 03ed 4ee5 b106 3d50 07"},
};

/* rfc: 7541#5.2 */
static void strings_of_the_rfc_go_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CODED / sizeof CODED[0]; i++) {
        uint8_t coded[128];
        uint8_t data[128];
        size_t length = test_hex(CODED[i].hex, coded, sizeof coded);
        size_t text_length = strlen(CODED[i].text);
        const uint8_t *text = (const uint8_t *)CODED[i].text;
        assert_int_equal(hpack_huffman_length(text, text_length), length);
        hpack_buffer out = {data, sizeof data, 0};
        assert_int_equal(hpack_huffman_encode(text, text_length, &out), 0);
        assert_int_equal(out.length, length);
        assert_memory_equal(data, coded, length);
        out.length = 0;
        assert_int_equal(hpack_huffman_decode(coded, length, &out), 0);
        assert_int_equal(out.length, text_length);
        assert_memory_equal(data, text, text_length);
    }
}

struct bad_case {
    const char *hex;
    int result;
};

/* rfc: 7541#5.2 */
static const struct bad_case BAD[] = {
    {"00", HPACK_ERR_HUFFMAN_PADDING},       /* '0', then zeros */
    {"06", HPACK_ERR_HUFFMAN_PADDING},       /* '0', then 110 */
    {"07 ff", HPACK_ERR_HUFFMAN_PADDING},    /* '0' and 11 ones */
    {"ff", HPACK_ERR_HUFFMAN_PADDING},       /* 8 ones */
    {"ff ff", HPACK_ERR_HUFFMAN_PADDING},    /* 16 ones */
    {"ff ff ff", HPACK_ERR_HUFFMAN_PADDING}, /* 24 ones */
    {"fe", HPACK_ERR_HUFFMAN_PADDING},       /* the beginning of a longer code */
    {"ff fe", HPACK_ERR_HUFFMAN_PADDING},
    {"ff ff ff ff", HPACK_ERR_HUFFMAN_EOS},    /* EOS and two ones */
    {"ff ff ff fc", HPACK_ERR_HUFFMAN_EOS},    /* EOS and two zeros */
    {"07 ff ff ff ff", HPACK_ERR_HUFFMAN_EOS}, /* '0' and EOS */
    {"1f ff ff ff ff 07", HPACK_ERR_HUFFMAN_EOS},
    {"ff ff ff ff ff ff ff ff ff ff", HPACK_ERR_HUFFMAN_EOS},
    {"ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff", HPACK_ERR_HUFFMAN_EOS},
    {"00 00 00 00 00 00 00 00 00 00 07 ff ff ff f0 00", HPACK_ERR_HUFFMAN_EOS},
    {"07", 0},                            /* '0' and 3 ones */
    {"fe ff", 0},                         /* ')' and 6 ones */
    {"fe 3f", 0},                         /* '!' and 6 ones */
    {"fe 30", HPACK_ERR_HUFFMAN_PADDING}, /* '!', then 110000 */
};

struct split_run {
    uint8_t coded[64];
    int result;
};

static void decode_cut(const size_t *cuts, size_t count, void *arg)
{
    const struct split_run *run = arg;
    struct hpack__huffman h = {0, 0};
    uint8_t data[128];
    uint8_t *out = data;
    const uint8_t *at = run->coded;
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        result = hpack__huffman_decode(&h, &at, run->coded + cuts[i], &out, data + sizeof data);
    }
    if (result == 0) {
        assert_ptr_equal(at, run->coded + cuts[count - 1]);
        result = hpack__huffman_finish(&h);
    }
    assert_int_equal(result, run->result);
}

static void decoder_rejects_bad_padding_and_eos(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct split_run run = {.result = BAD[i].result};
        uint8_t data[128];
        hpack_buffer out = {data, sizeof data, 0};
        size_t length = test_hex(BAD[i].hex, run.coded, sizeof run.coded);
        test_each_split(length, decode_cut, &run);
        assert_int_equal(hpack_huffman_decode(run.coded, length, &out), BAD[i].result);
        assert_true(BAD[i].result == 0 || out.length == 0);
    }
}

/* Every two symbols after each other, so that each code meets each place in the windows. */
static void all_pairs_of_symbols_go_both_ways(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++) {
        uint8_t text[512];
        uint8_t coded[2048];
        uint8_t back[512];
        for (unsigned b = 0; b < 256; b++) {
            text[2 * b] = (uint8_t)a;
            text[2 * b + 1] = (uint8_t)b;
        }
        hpack_buffer out = {coded, sizeof coded, 0};
        hpack_buffer again = {back, sizeof back, 0};
        assert_int_equal(hpack_huffman_encode(text, sizeof text, &out), 0);
        assert_int_equal(hpack_huffman_decode(coded, out.length, &again), 0);
        assert_int_equal(again.length, sizeof text);
        assert_memory_equal(back, text, sizeof text);
    }
}

static void random_text(uint8_t *text, size_t length, uint32_t *seed)
{
    uint32_t kind = test_rand(seed) % 3;
    for (size_t i = 0; i < length; i++) {
        uint32_t r = test_rand(seed);
        uint32_t octet = kind == 0 ? r : 32 + r % 95;
        text[i] = kind == 1 ? (uint8_t) "0aceiost"[r % 8] : (uint8_t)octet;
    }
}

struct text_run {
    uint8_t text[96], coded[512];
    size_t text_length;
};

static void decode_text_cut(const size_t *cuts, size_t count, void *arg)
{
    const struct text_run *run = arg;
    struct hpack__huffman h = {0, 0};
    uint8_t back[96];
    uint8_t *out = back;
    const uint8_t *at = run->coded;
    for (size_t i = 0; i < count; i++) {
        size_t most = hpack__huffman_most(&h, (size_t)(run->coded + cuts[i] - at));
        uint8_t *limit = out + most < back + sizeof back ? out + most : back + sizeof back;
        assert_int_equal(hpack__huffman_decode(&h, &at, run->coded + cuts[i], &out, limit), 0);
    }
    assert_int_equal(hpack__huffman_finish(&h), 0);
    assert_int_equal(out - back, run->text_length);
    assert_memory_equal(back, run->text, run->text_length);
}

static void decoder_goes_on_after_any_cut(void **state)
{
    (void)state;
    uint32_t seed = 11;
    for (int i = 0; i < 200; i++) {
        struct text_run run;
        run.text_length = 1 + test_rand(&seed) % sizeof run.text;
        random_text(run.text, run.text_length, &seed);
        hpack_buffer out = {run.coded, sizeof run.coded, 0};
        assert_int_equal(hpack_huffman_encode(run.text, run.text_length, &out), 0);
        test_each_split(out.length, decode_text_cut, &run);
    }
}

/* Output of one octet at a time gives the same as output at once. */
static void decoder_goes_on_after_a_full_output(void **state)
{
    (void)state;
    uint32_t seed = 12;
    for (int i = 0; i < 200; i++) {
        struct text_run run;
        size_t got = 0;
        run.text_length = 1 + test_rand(&seed) % sizeof run.text;
        random_text(run.text, run.text_length, &seed);
        hpack_buffer coded = {run.coded, sizeof run.coded, 0};
        assert_int_equal(hpack_huffman_encode(run.text, run.text_length, &coded), 0);
        struct hpack__huffman h = {0, 0};
        const uint8_t *at = run.coded;
        for (;;) {
            uint8_t room[3];
            uint8_t *out = room;
            size_t size = 1 + test_rand(&seed) % sizeof room;
            assert_int_equal(
                hpack__huffman_decode(&h, &at, run.coded + coded.length, &out, room + size), 0);
            assert_memory_equal(room, run.text + got, (size_t)(out - room));
            got += (size_t)(out - room);
            if (out < room + size) {
                break;
            }
        }
        assert_int_equal(hpack__huffman_finish(&h), 0);
        assert_int_equal(got, run.text_length);
    }
}

static void buffer_error_leaves_the_buffer_alone(void **state)
{
    (void)state;
    uint8_t coded[16];
    uint8_t data[16];
    size_t length = test_hex("f1e3 c2e5 f23a 6ba0 ab90 f4ff", coded, sizeof coded);
    for (size_t room = 0; room < 15; room++) {
        hpack_buffer out = {data, 1 + room, 1};
        assert_int_equal(hpack_huffman_decode(coded, length, &out), HPACK_ERR_BUFFER);
        assert_int_equal(out.length, 1);
    }
    hpack_buffer out = {data, 16, 1};
    assert_int_equal(hpack_huffman_decode(coded, length, &out), 0);
    assert_int_equal(out.length, 16);
    for (size_t room = 0; room < length; room++) {
        out = (hpack_buffer){data, 1 + room, 1};
        assert_int_equal(hpack_huffman_encode((const uint8_t *)"www.example.com", 15, &out),
                         HPACK_ERR_BUFFER);
        assert_int_equal(out.length, 1);
    }
}

static void empty_strings_need_no_buffer(void **state)
{
    (void)state;
    hpack_buffer none = {NULL, 0, 0};
    assert_int_equal(hpack_huffman_encode(NULL, 0, &none), 0);
    assert_int_equal(hpack_huffman_decode(NULL, 0, &none), 0);
    assert_int_equal(hpack_huffman_decode((const uint8_t *)"\x07", 1, &none), HPACK_ERR_BUFFER);
    assert_int_equal(hpack_huffman_length(NULL, 0), 0);
}

/* The input ends at a page that cannot be read, the output at one that cannot be written. */
static void coders_stay_inside_their_memory(void **state)
{
    (void)state;
    uint32_t seed = 13;
    for (size_t length = 1; length <= 64; length++) {
        uint8_t text[64];
        random_text(text, length, &seed);
        struct test_guard plain = test_guard_new(length);
        memcpy(plain.data, text, length);
        size_t coded_length = hpack_huffman_length(plain.data, length);
        struct test_guard coded = test_guard_new(coded_length);
        hpack_buffer out = {coded.data, coded_length, 0};
        assert_int_equal(hpack_huffman_encode(plain.data, length, &out), 0);
        assert_int_equal(out.length, coded_length);
        memset(plain.data, 0, length);
        out = (hpack_buffer){plain.data, length, 0};
        assert_int_equal(hpack_huffman_decode(coded.data, coded_length, &out), 0);
        assert_memory_equal(plain.data, text, length);
        /* Less room than needed, down to none. */
        for (size_t room = 0; room < length; room++) {
            out = (hpack_buffer){plain.data + length - room, room, 0};
            assert_int_equal(hpack_huffman_decode(coded.data, coded_length, &out),
                             HPACK_ERR_BUFFER);
        }
        test_guard_free(&plain);
        test_guard_free(&coded);
    }
}

typedef uint8_t *(*whole_decoder)(uint8_t *out, const uint8_t *data,
                                  const struct hpack__huffman_input *in);

/* The fastest one of this processor, and the one of all. */
static const whole_decoder WHOLE[] = {hpack__huffman_decode_whole, hpack__huffman_decode_portable};

/* What the decoder that goes in pieces makes of a string. Returns its length, or -1. */
static ptrdiff_t decode_in_pieces(const uint8_t *coded, size_t length, uint8_t *out, size_t room)
{
    struct hpack__huffman h = {0, 0};
    uint8_t *to = out;
    for (size_t i = 0; i < length;) {
        size_t piece = length - i < 3 ? length - i : 3;
        const uint8_t *at = coded + i;
        if (hpack__huffman_decode(&h, &at, coded + i + piece, &to, out + room) != 0) {
            return -1;
        }
        i += piece;
    }
    return hpack__huffman_finish(&h) == 0 ? to - out : -1;
}

/* A whole string that lies between other octets, before the end of memory or, with octets after it,
 * not; the room for the output is exactly what is asked for. */
static void check_whole(const uint8_t *coded, size_t length, size_t before, size_t after)
{
    uint8_t expected[1024];
    ptrdiff_t expected_length = decode_in_pieces(coded, length, expected, sizeof expected);
    for (size_t i = 0; i < sizeof WHOLE / sizeof WHOLE[0]; i++) {
        struct test_guard in = test_guard_new(before + length + after);
        struct test_guard out = test_guard_new(length * 8 / 5 + HPACK__HUFFMAN_SLACK);
        memset(in.data, 0x55, before + length + after);
        memcpy(in.data + before, coded, length);
        const uint8_t *data = in.data + before;
        const struct hpack__huffman_input input = {in.data, data + length, data + length + after};
        const uint8_t *end = WHOLE[i](out.data, data, &input);
        assert_int_equal(end != NULL ? end - out.data : -1, expected_length);
        if (end != NULL) {
            assert_memory_equal(out.data, expected, (size_t)expected_length);
        }
        test_guard_free(&in);
        test_guard_free(&out);
    }
}

/* rfc: 7541#5.2 */
static void whole_strings_decode_as_in_pieces(void **state)
{
    (void)state;
    uint32_t seed = 14;
    uint8_t coded[1024];
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        size_t length = test_hex(BAD[i].hex, coded, sizeof coded);
        check_whole(coded, length, 0, 0);
        check_whole(coded, length, 9, 0);
        check_whole(coded, length, 0, 9);
    }
    for (int i = 0; i < 6000; i++) {
        uint8_t text[200];
        hpack_buffer out = {coded, sizeof coded, 0};
        size_t length = test_rand(&seed) % (i % 3 == 0 ? sizeof text : 60);
        random_text(text, length, &seed);
        assert_int_equal(hpack_huffman_encode(text, length, &out), 0);
        if (i % 2 == 1 && out.length > 0) {
            /* Most of these are wrong at the end, where it matters. */
            size_t place = i % 4 == 1 ? out.length - 1 : test_rand(&seed) % out.length;
            coded[place] = (uint8_t)test_rand(&seed);
        }
        check_whole(coded, out.length, test_rand(&seed) % 12, test_rand(&seed) % 12);
    }
}

/* Octets that nobody coded, and what is worst: ones, which are EOS, at any place of a string. */
static void whole_strings_of_any_octets_decode_as_in_pieces(void **state)
{
    (void)state;
    uint32_t seed = 15;
    for (int i = 0; i < 6000; i++) {
        uint8_t coded[200];
        size_t length = 1 + test_rand(&seed) % (i % 3 == 0 ? sizeof coded : 40);
        for (size_t k = 0; k < length; k++) {
            coded[k] = (uint8_t)(test_rand(&seed) & test_rand(&seed));
        }
        size_t ones = test_rand(&seed) % 6;
        size_t place = test_rand(&seed) % length;
        for (size_t k = place; k < length && k < place + ones; k++) {
            coded[k] = 0xff;
        }
        check_whole(coded, length, 0, test_rand(&seed) % 12);
    }
}

/* Each symbol behind each number of bits, so that long codes begin and end at every place. */
static void whole_strings_have_long_codes_anywhere(void **state)
{
    (void)state;
    for (unsigned symbol = 0; symbol < 256; symbol++) {
        for (size_t before = 0; before < 24; before++) {
            uint8_t text[40];
            uint8_t coded[256];
            hpack_buffer out = {coded, sizeof coded, 0};
            for (size_t k = 0; k < sizeof text; k++) {
                text[k] = (uint8_t)(k % 3 == 0 ? ' ' : k % 3 == 1 ? 'a' : 'B');
            }
            text[before] = (uint8_t)symbol;
            text[before + 1 + before % 3] = '"';
            assert_int_equal(hpack_huffman_encode(text, sizeof text, &out), 0);
            check_whole(coded, out.length, 0, 0);
        }
    }
}

typedef uint8_t *(*string_writer)(uint8_t *out, const uint8_t *limit, const uint8_t *out_end,
                                  const uint8_t *data, size_t length);

/* What must come out, one symbol after the other. Returns its length. */
static size_t encode_slowly(const uint8_t *text, size_t length, uint8_t *coded)
{
    size_t bits = 0;
    memset(coded, 0xff, (hpack_huffman_length(text, length)));
    for (size_t i = 0; i < length; i++) {
        for (uint32_t k = hpack__huffman_bits[text[i]]; k > 0; k--, bits++) {
            if ((hpack__huffman_code[text[i]] >> (k - 1) & 1) == 0) {
                coded[bits / 8] &= (uint8_t) ~(0x80U >> bits % 8);
            }
        }
    }
    return (bits + 7) / 8;
}

/* With this limit, and memory up to the limit or beyond it. */
static void check_written(const uint8_t *text, size_t length, size_t limit, size_t beyond)
{
    static const string_writer WRITERS[] = {hpack__huffman_write, hpack__huffman_write_portable};
    uint8_t expected[2048];
    size_t expected_length = encode_slowly(text, length, expected);
    for (size_t i = 0; i < sizeof WRITERS / sizeof WRITERS[0]; i++) {
        struct test_guard in = test_guard_new(length > 0 ? length : 1);
        struct test_guard out = test_guard_new(limit + beyond > 0 ? limit + beyond : 1);
        memcpy(in.data, text, length);
        const uint8_t *end =
            WRITERS[i](out.data, out.data + limit, out.data + limit + beyond, in.data, length);
        assert_true((end != NULL) == (expected_length <= limit));
        if (end != NULL) {
            assert_int_equal(end - out.data, expected_length);
            assert_memory_equal(out.data, expected, expected_length);
        }
        test_guard_free(&in);
        test_guard_free(&out);
    }
}

/* Whole, and with each limit near the length, where memory ends at the limit or soon after it.
 * rfc: 7541#5.2 */
static void strings_are_written_up_to_a_limit(void **state)
{
    (void)state;
    uint32_t seed = 16;
    for (int i = 0; i < 2500; i++) {
        uint8_t text[300];
        size_t length = test_rand(&seed) % (i % 3 == 0 ? sizeof text : 70);
        random_text(text, length, &seed);
        if (i % 4 == 0) {
            /* One long code among short ones. */
            memset(text, 'e', length);
            text[length > 0 ? test_rand(&seed) % length : 0] = (uint8_t)test_rand(&seed);
        }
        size_t coded = hpack_huffman_length(text, length);
        check_written(text, length, coded + test_rand(&seed) % 100, test_rand(&seed) % 80);
        check_written(text, length, coded, test_rand(&seed) % 80);
        check_written(text, length, coded > 0 ? coded - 1 : 0, test_rand(&seed) % 80);
        check_written(text, length, coded / 2, test_rand(&seed) % 80);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_of_the_rfc_go_both_ways),
        cmocka_unit_test(decoder_rejects_bad_padding_and_eos),
        cmocka_unit_test(all_pairs_of_symbols_go_both_ways),
        cmocka_unit_test(decoder_goes_on_after_any_cut),
        cmocka_unit_test(decoder_goes_on_after_a_full_output),
        cmocka_unit_test(buffer_error_leaves_the_buffer_alone),
        cmocka_unit_test(empty_strings_need_no_buffer),
        cmocka_unit_test(coders_stay_inside_their_memory),
        cmocka_unit_test(whole_strings_decode_as_in_pieces),
        cmocka_unit_test(whole_strings_of_any_octets_decode_as_in_pieces),
        cmocka_unit_test(whole_strings_have_long_codes_anywhere),
        cmocka_unit_test(strings_are_written_up_to_a_limit),
    };
    return cmocka_run_group_tests_name("huffman", tests, NULL, NULL);
}
