/* SPDX-License-Identifier: MIT */
/* What cuts the input of hpack-encode and hpack-decode into cases, fed in pieces of every size. */
#include <stdio.h>
#include <string.h>

#include "case_scanner.h"
#include "support.h"
#include "text_reader.h"

enum { LOG_SIZE = 4096, LIMIT = 40 };

/* What was handed on, a line each. */
struct receipt {
    char log[LOG_SIZE];
    size_t length;
    size_t stop_after; /* cases; 0: never */
    size_t count;
};

static void note(struct receipt *receipt, const char *text, size_t length)
{
    assert_true(length + 1 < LOG_SIZE - receipt->length);
    memcpy(receipt->log + receipt->length, text, length);
    receipt->length += length;
    receipt->log[receipt->length++] = '\n';
    receipt->log[receipt->length] = '\0';
}

/* ---- JSON --------------------------------------------------------------------------------- */

static int take_case(void *ctx, const char *text, size_t length)
{
    struct receipt *receipt = ctx;

    note(receipt, text != NULL ? text : "(too long)", text != NULL ? length : 10);
    return ++receipt->count == receipt->stop_after;
}

struct scan_row {
    const char *text;
    int result;
    uint64_t line; /* of what is wrong */
    uint64_t column;
    const char *cases; /* a line each */
};

static void scan_pieces(const size_t *cuts, size_t count, void *arg)
{
    const struct scan_row *row = arg;
    struct receipt receipt = {.count = 0};
    struct case_scanner scanner;
    size_t start = 0;
    int result = SCAN_OK;

    case_scanner_init(&scanner, LIMIT, take_case, &receipt);
    for (size_t i = 0; i < count && result == SCAN_OK; i++) {
        result = case_scanner_feed(&scanner, (const uint8_t *)row->text + start, cuts[i] - start);
        start = cuts[i];
    }
    result = case_scanner_end(&scanner);
    assert_int_equal(result, row->result);
    assert_string_equal(receipt.log, row->cases);
    if (result == SCAN_BAD_TEXT) {
        assert_non_null(scanner.why);
        assert_int_equal(scanner.line, row->line);
        assert_int_equal(scanner.column, row->column);
    }
    case_scanner_clear(&scanner);
}

static void scan(struct scan_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        test_each_split(strlen(rows[i].text), scan_pieces, &rows[i]);
    }
}

static void scanner_hands_on_each_case(void **state)
{
    static struct scan_row rows[] = {
        {"{\"cases\":[]}", SCAN_OK, 0, 0, ""},
        {" { \"cases\" : [ {} , { \"a\" : 1 } ] } \n", SCAN_OK, 0, 0, "{}\n{ \"a\" : 1 }\n"},
        {"{\"a\":[1,{}],\"cases\":[1,-2.5e+1,0,true,\"x\",[[]]],\"b\":{}}", SCAN_OK, 0, 0,
         "1\n-2.5e+1\n0\ntrue\n\"x\"\n[[]]\n"},
        {"{\"a\":{\"cases\":[1]},\"cases\":[2]}", SCAN_OK, 0, 0, "2\n"},
        {"{\"cases \":[1],\"case\":[2],\"cases\":[3],\"casesx\":[4]}", SCAN_OK, 0, 0, "3\n"},
        {"{\"cases\":[{\"cases\":[5]}]}", SCAN_OK, 0, 0, "{\"cases\":[5]}\n"},
        {"{\"cases\":[\"]}\\\"\\\\\",\"\\u00e9\\/\"]}", SCAN_OK, 0, 0,
         "\"]}\\\"\\\\\"\n\"\\u00e9\\/\"\n"},
        {"{\"cases\":[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"]}", SCAN_OK, 0, 0,
         "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"\n"},
    };

    (void)state;
    scan(rows, sizeof rows / sizeof rows[0]);
}

static void scanner_marks_the_escape_of_nul(void **state)
{
    static struct scan_row rows[] = {
        {"{\"\\u0000\":0,\"cases\":[\"a\\u0000b\",{\"\\u0000\":\"\\\\u0000\\u0001\\u1000\"}]}",
         SCAN_OK, 0, 0,
         "\"a\xc0\x80"
         "b\"\n{\"\xc0\x80\":\"\\\\u0000\\u0001\\u1000\"}\n"},
    };

    (void)state;
    scan(rows, sizeof rows / sizeof rows[0]);
}

static void scanner_passes_over_a_case_beyond_the_limit(void **state)
{
    static struct scan_row rows[] = {
        /* 40 octets, and 41. */
        {"{\"cases\":[\"12345678901234567890123456789012345678\",7]}", SCAN_OK, 0, 0,
         "\"12345678901234567890123456789012345678\"\n7\n"},
        {"{\"cases\":[\"123456789012345678901234567890123456789\",7]}", SCAN_OK, 0, 0,
         "(too long)\n7\n"},
        {"{\"cases\":[[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17],7]}", SCAN_OK, 0, 0,
         "(too long)\n7\n"},
        {"{\"cases\":[12345678901234567890123456789012345678901,7]}", SCAN_OK, 0, 0,
         "(too long)\n7\n"},
        {"{\"cases\":[\"\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\","
         "[[\"1234567890123456789012345678901234567890\\u0000\"]]]}",
         SCAN_OK, 0, 0,
         "\"\xc0\x80\xc0\x80\xc0\x80\xc0\x80\xc0\x80\xc0\x80\xc0\x80\xc0\x80\xc0\x80\"\n"
         "(too long)\n"},
    };

    (void)state;
    scan(rows, sizeof rows / sizeof rows[0]);
}

static void scanner_says_where_a_text_is_broken(void **state)
{
    static struct scan_row rows[] = {
        {"", SCAN_BAD_TEXT, 1, 1, ""},
        {"{}", SCAN_BAD_TEXT, 1, 3, ""},
        {"\n [", SCAN_BAD_TEXT, 2, 2, ""},
        {"{\"cases\":[1,2\n\n}", SCAN_BAD_TEXT, 3, 1, "1\n2\n"},
        {"{\"cases\":[1,2.}", SCAN_BAD_TEXT, 1, 15, "1\n"},
        {"{\"cases\":[1,\"\xff\"]}", SCAN_BAD_TEXT, 1, 14, "1\n"},
        {"{\"cases\":[1,\"\xe2\x82\"]}", SCAN_BAD_TEXT, 1, 16, "1\n"},
        {"{\"cases\":[1]}}", SCAN_BAD_TEXT, 1, 14, "1\n"},
        {"{\"cases\":[1]", SCAN_BAD_TEXT, 1, 13, "1\n"},
    };

    (void)state;
    scan(rows, sizeof rows / sizeof rows[0]);
}

static void scanner_counts_containers(void **state)
{
    char text[2 * SCAN_DEPTH + 32] = "{\"a\":";
    struct scan_row row = {text, SCAN_OK, 0, 0, ""};
    size_t head = strlen(text);

    (void)state;
    memset(text + head, '[', SCAN_DEPTH - 1);
    memset(text + head + SCAN_DEPTH - 1, ']', SCAN_DEPTH - 1);
    strcpy(text + head + 2 * (SCAN_DEPTH - 1), ",\"cases\":[]}");
    test_each_split(strlen(text), scan_pieces, &row);

    memset(text + head, '[', SCAN_DEPTH);
    text[head + SCAN_DEPTH] = '\0';
    row.result = SCAN_BAD_TEXT;
    row.line = 1;
    row.column = head + SCAN_DEPTH;
    test_each_split(strlen(text), scan_pieces, &row);
}

static void scanner_stops_when_told(void **state)
{
    static const char text[] = "{\"cases\":[1,2,3]}";
    struct receipt receipt = {.stop_after = 2};
    struct case_scanner scanner;

    (void)state;
    case_scanner_init(&scanner, LIMIT, take_case, &receipt);
    assert_int_equal(case_scanner_feed(&scanner, (const uint8_t *)text, strlen(text)),
                     SCAN_STOPPED);
    assert_int_equal(case_scanner_feed(&scanner, (const uint8_t *)text, strlen(text)),
                     SCAN_STOPPED);
    assert_int_equal(case_scanner_end(&scanner), SCAN_STOPPED);
    assert_string_equal(receipt.log, "1\n2\n");
    case_scanner_clear(&scanner);
}

/* ---- Text --------------------------------------------------------------------------------- */

static int take_set(void *ctx, struct case_input *input)
{
    struct receipt *receipt = ctx;

    if (input->error.name != NULL) {
        note(receipt, input->error.name, strlen(input->error.name));
        return 0;
    }
    for (size_t i = 0; i < input->set.count; i++) {
        const hpack_field *field = &input->set.fields[i];
        char line[LIMIT + 8];
        int length = snprintf(line, sizeof line, "<%.*s|%.*s>", (int)field->name_length,
                              field->name, (int)field->value_length, field->value);

        note(receipt, line, (size_t)length);
    }
    note(receipt, "--", 2);
    return 0;
}

struct text_row {
    const char *text;
    const char *sets;
};

static void read_pieces(const size_t *cuts, size_t count, void *arg)
{
    const struct text_row *row = arg;
    struct receipt receipt = {.count = 0};
    struct case_input input = {.has_table_size = 0};
    struct text_reader reader;
    size_t start = 0;

    text_reader_init(&reader, LIMIT, &input, take_set, &receipt);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(
            text_reader_feed(&reader, (const uint8_t *)row->text + start, cuts[i] - start),
            TEXT_OK);
        start = cuts[i];
    }
    assert_int_equal(text_reader_end(&reader), TEXT_OK);
    assert_string_equal(receipt.log, row->sets);
    text_reader_clear(&reader);
    case_input_clear(&input);
}

static void text_is_read_set_by_set(void **state)
{
    static struct text_row rows[] = {
        {"", ""},
        {"\n\r\n\n", ""},
        {"a:b", "<a|b>\n--\n"},
        {":method: GET\r\na:\t b  c \r\n\r\n\nd:\n", "<:method|GET>\n<a|b  c>\n--\n<d|>\n--\n"},
        {"a: b\nnone\nc: d\n\ne: f", "CASE_ERR_SYNTAX\n<e|f>\n--\n"},
        /* 40 octets in a set, and 41. */
        {"a: 34567890123456789012345678901234567\nb:\n\nc: d",
         "<a|34567890123456789012345678901234567>\n<b|>\n--\n<c|d>\n--\n"},
        {"a: 345678901234567890123456789012345678\nb: \n\nc: d", "CASE_ERR_TOO_LARGE\n<c|d>\n--\n"},
        {"a: 345678901234567890123456789012345678901234567890\r\n\r\nc: d",
         "CASE_ERR_TOO_LARGE\n<c|d>\n--\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_each_split(strlen(rows[i].text), read_pieces, &rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scanner_hands_on_each_case),
        cmocka_unit_test(scanner_marks_the_escape_of_nul),
        cmocka_unit_test(scanner_passes_over_a_case_beyond_the_limit),
        cmocka_unit_test(scanner_says_where_a_text_is_broken),
        cmocka_unit_test(scanner_counts_containers),
        cmocka_unit_test(scanner_stops_when_told),
        cmocka_unit_test(text_is_read_set_by_set),
    };

    return cmocka_run_group_tests_name("hpack_tools_scanner", tests, NULL, NULL);
}
