/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "paced_body.h"
#include "support.h"

static int give(struct paced_body *body, char *text, size_t capacity, uint32_t *ends)
{
    h2session_read_event event = {
        .size = sizeof event, .buffer = (uint8_t *)text, .capacity = capacity};
    const int status = paced_body_read(NULL, &event, body);
    text[event.length] = '\0';
    *ends = event.flags == H2SESSION_BODY_END;
    return status;
}

static void lines_come_one_at_a_time(void **state)
{
    (void)state;
    struct paced_body body = {.lines = 2};
    char text[32];
    uint32_t ends = 0;
    assert_int_equal(give(&body, text, 31, &ends), 0);
    assert_string_equal(text, "1\n");
    assert_int_equal(ends, 0);
    /* Time that comes early makes one line, however often it does. */
    assert_int_equal(paced_body_next(&body), 0);
    assert_int_equal(paced_body_next(&body), 0);
    assert_int_equal(give(&body, text, 31, &ends), 0);
    assert_string_equal(text, "2\n");
    assert_int_equal(ends, 1);
}

static void streams_that_wait_are_resumed_once(void **state)
{
    (void)state;
    struct paced_body body = {.lines = 0, .waits = 1};
    char text[32];
    uint32_t ends = 0;
    assert_int_equal(give(&body, text, 31, &ends), H2SESSION_DEFER);
    assert_int_equal(paced_body_next(&body), 1);
    assert_int_equal(paced_body_next(&body), 0);
}

static void line_is_never_cut(void **state)
{
    (void)state;
    struct paced_body body = {.given = 99};
    char text[32];
    uint32_t ends = 0;
    assert_int_equal(give(&body, text, 3, &ends), H2SESSION_DEFER);
    assert_int_equal(paced_body_next(&body), 1);
    assert_int_equal(give(&body, text, 4, &ends), 0);
    assert_string_equal(text, "100\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_one_at_a_time),
        cmocka_unit_test(streams_that_wait_are_resumed_once),
        cmocka_unit_test(line_is_never_cut),
    };
    return cmocka_run_group_tests_name("paced_body", tests, NULL, NULL);
}
