/* SPDX-License-Identifier: MIT */
#include "body_reader.h"
#include "multipart.h"

static const char OCTETS[] = "0123456789abcdefghij";
static const struct range_set RANGES = {
    .count = 3, .ranges = {{.first = 0, .length = 1}, {.first = 10, .length = 5}, {19, 1}}};
static const char EXPECTED[] = "--xyz\r\n"
                               "content-type: text/plain\r\n"
                               "content-range: bytes 0-0/20\r\n\r\n"
                               "0"
                               "\r\n--xyz\r\n"
                               "content-type: text/plain\r\n"
                               "content-range: bytes 10-14/20\r\n\r\n"
                               "abcde"
                               "\r\n--xyz\r\n"
                               "content-type: text/plain\r\n"
                               "content-range: bytes 19-19/20\r\n\r\n"
                               "j"
                               "\r\n--xyz--\r\n";

static void check(const struct body_file *file)
{
    const struct multipart_source source = {*file, 20, "text/plain", "xyz"};
    for (size_t piece = 1; piece < sizeof EXPECTED + 2; piece++) {
        size_t length = 0;
        struct multipart *body = multipart_new(&source, &RANGES);
        assert_non_null(body);
        assert_int_equal(multipart_length(body), sizeof EXPECTED - 1);
        uint8_t *octets = read_body(multipart_read, &body, piece, &length);
        assert_non_null(octets);
        assert_int_equal(length, sizeof EXPECTED - 1);
        assert_memory_equal(octets, EXPECTED, length);
        free(octets);
        multipart_free(body);
    }
}

/* rfc: 9110#15.3.7.2 */
static void each_range_has_a_head_and_its_octets(void **state)
{
    (void)state;
    const struct body_file memory = {.fd = -1, .memory = (const uint8_t *)OCTETS};
    const struct body_file file = {.fd = anonymous_file(OCTETS, 20)};
    check(&memory);
    check(&file);
    assert_int_equal(close(file.fd), 0);
}

static void file_that_shrank_fails_the_stream(void **state)
{
    (void)state;
    const struct body_file file = {.fd = anonymous_file(OCTETS, 12)};
    const struct multipart_source source = {file, 20, "text/plain", "xyz"};
    size_t length = 0;
    struct multipart *body = multipart_new(&source, &RANGES);
    assert_non_null(body);
    assert_null(read_body(multipart_read, &body, 100, &length));
    multipart_free(body);
    assert_int_equal(close(file.fd), 0);
}

static void long_type_is_cut_but_counted_right(void **state)
{
    (void)state;
    char type[2000];
    size_t length = 0;
    memset(type, 't', sizeof type - 1);
    type[sizeof type - 1] = '\0';
    const struct body_file memory = {.fd = -1, .memory = (const uint8_t *)OCTETS};
    const struct multipart_source source = {memory, 20, type, "xyz"};
    struct multipart *body = multipart_new(&source, &RANGES);
    assert_non_null(body);
    uint8_t *octets = read_body(multipart_read, &body, 300, &length);
    assert_non_null(octets);
    assert_int_equal(multipart_length(body), length);
    free(octets);
    multipart_free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_range_has_a_head_and_its_octets),
        cmocka_unit_test(file_that_shrank_fails_the_stream),
        cmocka_unit_test(long_type_is_cut_but_counted_right),
    };
    return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
