/* SPDX-License-Identifier: MIT */
/* The small units about files as HTTP shows them: media types, dates, bodies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "body_file.h"
#include "http_date.h"
#include "http_status.h"
#include "mime.h"
#include "support.h"

static void mime_type_goes_by_the_last_ending(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *type;
    } cases[] = {
        {"index.html", "text/html; charset=utf-8"},
        {"a/b.c/INDEX.HTML", "text/html; charset=utf-8"},
        {"x.tar.gz", "application/gzip"},
        {"pic.SVG", "image/svg+xml"},
        {"dir.html/file", "application/octet-stream"},
        {".html", "application/octet-stream"},
        {"html", "application/octet-stream"},
        {"a.", "application/octet-stream"},
        {"a.unknown", "application/octet-stream"},
        {"", "application/octet-stream"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(mime_type(cases[i].name), cases[i].type);
    }
}

/* rfc: 9110#5.6.7 */
static void date_is_written_as_http_wants_it(void **state)
{
    (void)state;
    static const struct {
        time_t when;
        const char *text;
    } cases[] = {
        {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
        {(time_t)253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
        {(time_t)253402300800, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {(time_t)INT64_MAX, "Thu, 01 Jan 1970 00:00:00 GMT"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[HTTP_DATE_SIZE];
        http_date_text(cases[i].when, text);
        assert_string_equal(text, cases[i].text);
    }
}

/* rfc: 9110#5.6.7 */
static void date_is_read_in_all_three_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        time_t when;
    } cases[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"Sun Nov  6 08:49:37 1994", 784111777},
        {"Wednesday, 09-Nov-94 08:49:37 GMT", 784370977},
        {"Sun Nov 16 08:49:37 1994", 784975777},
        {"Tue, 29 Feb 2000 00:00:00 GMT", 951782400},
        {"Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},
        {"Fri, 31 Dec 9999 23:59:59 GMT", (time_t)253402300799},
        /* Seen in 2026: 2076 is at most 50 years ahead, 2077 is not. */
        {"Wednesday, 01-Jan-76 00:00:00 GMT", (time_t)3345062400},
        {"Saturday, 01-Jan-77 00:00:00 GMT", 220924800},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        time_t when = 0;
        print_message("%s\n", cases[i].text);
        assert_int_equal(http_date_parse(cases[i].text, strlen(cases[i].text), 1767225600, &when),
                         0);
        assert_true(when == cases[i].when);
    }
}

static void registered_statuses_have_a_phrase(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        const char *phrase;
    } cases[] = {{100, "Continue"},
                 {200, "OK"},
                 {204, "No Content"},
                 {304, "Not Modified"},
                 {404, "Not Found"},
                 {413, "Content Too Large"},
                 {429, "Too Many Requests"},
                 {511, "Network Authentication Required"},
                 {0, ""},
                 {299, ""},
                 {418, ""},
                 {999, ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(http_status_phrase(cases[i].status), cases[i].phrase);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "now",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov -994 08:49:37 GMT",
        "Sundy, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "784111777",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        /* Each beginning of it as well. */
        for (size_t length = 0; length <= strlen(texts[i]); length++) {
            time_t when = 0;
            const int whole = length == 29 && strcmp(texts[i] + 29, " ") == 0;
            assert_int_equal(http_date_parse(texts[i], length, 0, &when), whole ? 0 : -1);
        }
    }
}

static int temporary_file(const char *text)
{
    char name[] = "/tmp/h2kit-body-XXXXXX";
    const int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static int read_once(struct body_file *body, uint8_t *buffer, size_t capacity,
                     h2session_read_event *event)
{
    memset(event, 0, sizeof *event);
    event->size = sizeof *event;
    event->buffer = buffer;
    event->capacity = capacity;
    return body_file_read(NULL, event, body);
}

static void file_body_ends_with_its_last_octet(void **state)
{
    (void)state;
    uint8_t buffer[8];
    h2session_read_event event;
    struct body_file body = {.fd = temporary_file("0123456789+"), .left = 10};
    assert_int_equal(read_once(&body, buffer, sizeof buffer, &event), 0);
    assert_int_equal(event.length, 8);
    assert_int_equal(event.flags, 0);
    assert_memory_equal(buffer, "01234567", 8);
    assert_int_equal(read_once(&body, buffer, sizeof buffer, &event), 0);
    assert_int_equal(event.length, 2);
    assert_int_equal(event.flags, H2SESSION_BODY_END);
    assert_memory_equal(buffer, "89", 2);
    assert_int_equal(close(body.fd), 0);
}

static void file_body_that_shrank_fails_the_stream(void **state)
{
    (void)state;
    uint8_t buffer[8];
    h2session_read_event event;
    struct body_file body = {.fd = temporary_file("0123"), .left = 10};
    assert_int_equal(read_once(&body, buffer, sizeof buffer, &event), 0);
    assert_int_equal(event.length, 4);
    assert_int_equal(event.flags, 0);
    assert_int_equal(read_once(&body, buffer, sizeof buffer, &event), H2SESSION_FAIL);
    assert_int_equal(event.code, H2FRAME_CODE_INTERNAL_ERROR);
    assert_int_equal(close(body.fd), 0);
}

static void slice_of_a_file_is_read_from_where_it_begins(void **state)
{
    (void)state;
    uint8_t buffer[8];
    h2session_read_event event;
    struct body_file body = {.fd = temporary_file("0123456789"), .offset = 3, .left = 4};
    struct body_file other = {.fd = body.fd, .offset = 9, .left = 1};
    assert_int_equal(body_file_take(&other, buffer, 1), 1);
    assert_int_equal(buffer[0], '9');
    assert_int_equal(body_file_take(&other, buffer, 1), 0);
    assert_int_equal(read_once(&body, buffer, sizeof buffer, &event), 0);
    assert_int_equal(event.length, 4);
    assert_int_equal(event.flags, H2SESSION_BODY_END);
    assert_memory_equal(buffer, "3456", 4);
    assert_int_equal(close(body.fd), 0);
}

static void slice_of_memory_is_lent_or_copied(void **state)
{
    (void)state;
    static const uint8_t text[] = "0123456789";
    uint8_t buffer[8];
    h2session_read_event event;
    struct body_file body = {.fd = -1, .memory = text, .offset = 2, .left = 8};
    assert_int_equal(body_file_take(&body, buffer, 3), 3);
    assert_memory_equal(buffer, "234", 3);
    struct body_file again = body;
    assert_int_equal(read_once(&body, buffer, 4, &event), 0);
    assert_ptr_equal(event.lend, text + 5);
    assert_int_equal(event.length, 5);
    assert_int_equal(event.flags, H2SESSION_BODY_END);
    assert_int_equal(read_once(&again, buffer, 5, &event), 0);
    assert_null(event.lend);
    assert_memory_equal(buffer, "56789", 5);
    assert_int_equal(event.length, 5);
    assert_int_equal(event.flags, H2SESSION_BODY_END);
}

static void much_memory_is_lent_even_where_it_would_fit(void **state)
{
    (void)state;
    static uint8_t text[8192];
    static uint8_t buffer[sizeof text];
    h2session_read_event event;
    struct body_file file = {.fd = -1, .memory = text, .left = sizeof text};
    struct body_memory memory = {text, sizeof text};
    assert_int_equal(read_once(&file, buffer, sizeof buffer, &event), 0);
    assert_ptr_equal(event.lend, text);
    assert_int_equal(event.length, sizeof text);
    memset(&event, 0, sizeof event);
    event.buffer = buffer;
    event.capacity = sizeof buffer;
    assert_int_equal(body_memory_read(NULL, &event, &memory), 0);
    assert_ptr_equal(event.lend, text);
}

static void memory_body_is_lent_or_copied_whole(void **state)
{
    (void)state;
    static const uint8_t text[] = "page";
    uint8_t buffer[4];
    struct body_memory body = {text, 4};
    h2session_read_event event;
    memset(&event, 0, sizeof event);
    assert_int_equal(body_memory_read(NULL, &event, &body), 0);
    assert_ptr_equal(event.lend, text);
    assert_int_equal(event.length, 4);
    assert_int_equal(event.flags, H2SESSION_BODY_END);
    memset(&event, 0, sizeof event);
    event.buffer = buffer;
    event.capacity = sizeof buffer;
    assert_int_equal(body_memory_read(NULL, &event, &body), 0);
    assert_null(event.lend);
    assert_memory_equal(buffer, text, 4);
    assert_int_equal(event.length, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mime_type_goes_by_the_last_ending),
        cmocka_unit_test(date_is_written_as_http_wants_it),
        cmocka_unit_test(date_is_read_in_all_three_forms),
        cmocka_unit_test(registered_statuses_have_a_phrase),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(file_body_ends_with_its_last_octet),
        cmocka_unit_test(file_body_that_shrank_fails_the_stream),
        cmocka_unit_test(slice_of_a_file_is_read_from_where_it_begins),
        cmocka_unit_test(slice_of_memory_is_lent_or_copied),
        cmocka_unit_test(much_memory_is_lent_even_where_it_would_fit),
        cmocka_unit_test(memory_body_is_lent_or_copied_whole),
    };
    return cmocka_run_group_tests_name("http_files", tests, NULL, NULL);
}
