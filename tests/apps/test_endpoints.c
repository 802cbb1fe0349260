/* SPDX-License-Identifier: MIT */
#include "asked_fixture.h"
#include "body_reader.h"
#include "endpoints.h"

static void paths_name_endpoints_with_bounded_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum endpoint_kind kind;
        uint32_t number;
    } cases[] = {
        {"/bytes/0", ENDPOINT_BYTES, 0},
        {"/bytes/1073741824", ENDPOINT_BYTES, ENDPOINT_BYTES_MOST},
        {"/bytes/1073741825", ENDPOINT_BAD, 0},
        {"/bytes/99999999999999999999999999", ENDPOINT_BAD, 0},
        {"/bytes/", ENDPOINT_BAD, 0},
        {"/bytes/1x", ENDPOINT_BAD, 0},
        {"/bytes/-1", ENDPOINT_BAD, 0},
        {"/bytes/5?x", ENDPOINT_BYTES, 5},
        {"/bytes", ENDPOINT_NONE, 0},
        {"/status/200", ENDPOINT_STATUS, 200},
        {"/status/599", ENDPOINT_STATUS, 599},
        {"/status/199", ENDPOINT_BAD, 0},
        {"/status/600", ENDPOINT_BAD, 0},
        {"/delay/0", ENDPOINT_DELAY, 0},
        {"/delay/86400000?x", ENDPOINT_DELAY, ENDPOINT_DELAY_MOST},
        {"/delay/86400001", ENDPOINT_BAD, 0},
        {"/delay/", ENDPOINT_BAD, 0},
        {"/stream", ENDPOINT_STREAM, 0},
        {"/stream?x", ENDPOINT_STREAM, 0},
        {"/stream/1000000", ENDPOINT_STREAM, ENDPOINT_LINES_MOST},
        {"/stream/1000001", ENDPOINT_BAD, 0},
        {"/stream/0", ENDPOINT_BAD, 0},
        {"/streams", ENDPOINT_NONE, 0},
        {"/echo", ENDPOINT_ECHO, 0},
        {"/echo?a", ENDPOINT_ECHO, 0},
        {"/echo/", ENDPOINT_NONE, 0},
        {"/", ENDPOINT_NONE, 0},
        {"", ENDPOINT_NONE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct endpoint got = endpoint_of(cases[i].path, strlen(cases[i].path));
        print_message("%s\n", cases[i].path);
        assert_int_equal(got.kind, cases[i].kind);
        if (got.kind != ENDPOINT_BAD) {
            assert_int_equal(got.number, cases[i].number);
        }
    }
}

static void bytes_are_the_pattern_from_its_beginning(void **state)
{
    (void)state;
    const struct answer_options options = {0};
    for (size_t piece = 1; piece < 40; piece += 6) {
        struct asked_fixture f;
        struct response response;
        struct body body = {.read = NULL};
        size_t length = 0;
        const struct answer a = {&options, ASKED(&f, ":method", "GET", ":path", "/bytes/20"),
                                 &response, &body};
        f.asked.date = "now";
        assert_int_equal(answer_endpoint(&a), 1);
        uint8_t *octets = read_body(body.read, &body.as, piece, &length);
        assert_non_null(octets);
        assert_int_equal(length, 20);
        assert_memory_equal(octets, "0123456789abcdef0123", 20);
        free(octets);
        response_clear(&response);
        body_clear(&body);
    }
}

static void request_beyond_the_limit_of_echo_is_refused(void **state)
{
    (void)state;
    static char value[ENDPOINT_ECHO_MOST + 1];
    const struct answer_options options = {0};
    struct asked_fixture f;
    struct response response;
    struct body body = {.read = NULL};
    memset(value, 'x', sizeof value - 1);
    const struct answer a = {
        &options, ASKED(&f, ":method", "GET", ":path", "/echo", "cookie", value), &response, &body};
    f.asked.date = "now";
    assert_int_equal(answer_endpoint(&a), 1);
    assert_int_equal(response.status, 503);
    response_clear(&response);
    body_clear(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_name_endpoints_with_bounded_numbers),
        cmocka_unit_test(bytes_are_the_pattern_from_its_beginning),
        cmocka_unit_test(request_beyond_the_limit_of_echo_is_refused),
    };
    return cmocka_run_group_tests_name("endpoints", tests, NULL, NULL);
}
