/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "progress.h"
#include "support.h"
#include "waterfall.h"

static void add(struct record_book *book, const char *uri, const uint64_t times[4])
{
    struct record *record = record_new(book, uri);

    assert_non_null(record);
    record->queued_ns = times[0];
    record->sent_ns = times[1];
    record->first_ns = times[2];
    record->done_ns = times[3];
    record->end = RECORD_COMPLETE;
}

static void fill(struct record_book *book)
{
    static const uint64_t one[] = {1000000, 2000000, 4000000, 5000000};
    static const uint64_t lost[] = {3000000, 0, 0, 5000000};

    add(book, "http://h/a?<x>&\"y\x1b", one);
    add(book, "http://h/a-very-long-name-that-does-not-fit-into-a-third-of-the-line", lost);
    book->last->parent_id = 1;
    book->last->end = RECORD_LOST;
}

static void drawing_needs_nothing_but_itself(void **state)
{
    struct record_book book = {0};
    struct capture capture;

    (void)state;
    fill(&book);
    capture_open(&capture);
    waterfall_html(capture.out, &book);
    char *text = capture_close(&capture);

    assert_non_null(strstr(text, "http://h/a?&lt;x&gt;&amp;&quot;y?"));
    assert_null(strchr(text, '\x1b'));
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "src="));
    /* 760 columns are 4 ms: the first waits for a quarter, and is answered after half. */
    assert_non_null(strstr(text, "<rect class=\"queued\" x=\"340\" y=\"24\" width=\"190\""));
    assert_non_null(strstr(text, "<rect class=\"waiting\" x=\"530\" y=\"24\" width=\"380\""));
    assert_non_null(strstr(text, "<rect class=\"receiving\" x=\"910\" y=\"24\" width=\"190\""));
    assert_non_null(strstr(text, " class=\"failed\">* ..."));
    free(text);
    record_book_clear(&book);
}

static void text_keeps_to_the_width(void **state)
{
    struct record_book book = {0};
    struct capture capture;

    (void)state;
    fill(&book);
    capture_open(&capture);
    waterfall_text(capture.out, &book, 86);
    char *text = capture_close(&capture);
    char *row = strstr(text, "http://h/a?");

    assert_non_null(row);
    assert_non_null(strstr(row, "...........----------------------=========== 4.00ms\n"));
    for (const char *line = text; line[0] != '\0'; line += strcspn(line, "\n") + 1) {
        assert_true(strcspn(line, "\n") <= 86);
    }
    assert_non_null(strstr(text, " *\n"));
    free(text);
    record_book_clear(&book);
}

static void nothing_draws_nothing(void **state)
{
    struct record_book book = {0};
    struct capture capture;

    (void)state;
    capture_open(&capture);
    waterfall_svg(capture.out, &book);
    char *text = capture_close(&capture);

    assert_null(strstr(text, "class=\"queued\""));
    assert_non_null(strstr(text, "</svg>"));
    free(text);
}

static void progress_is_told_as_far_as_it_is_known(void **state)
{
    struct progress progress = {.start_ns = 1000000000,
                                .received = 12 * 1024 * 1024,
                                .expected = 48 * 1024 * 1024,
                                .running = 2,
                                .done = 5};
    char text[PROGRESS_TEXT_SIZE];

    (void)state;
    progress_text(&progress, 3000000000, text);
    assert_string_equal(text, "12M of 48M, 25%, 6.0M/s, 2 running, 5 done");
    progress.expected = 0;
    progress_text(&progress, 1000000000, text);
    assert_string_equal(text, "12M, 0/s, 2 running, 5 done");
}

static void progress_shows_nothing_in_the_first_second(void **state)
{
    struct progress progress = {.start_ns = 1};
    struct capture capture;

    (void)state;
    capture_open(&capture);
    progress.out = capture.out;
    progress_show(&progress, PROGRESS_WAIT_NS);
    progress_clear(&progress);
    assert_int_equal(ftell(capture.out), 0);
    progress_show(&progress, PROGRESS_WAIT_NS + 1);
    progress_clear(&progress);
    char *text = capture_close(&capture);

    assert_string_equal(text, "\r0, 0/s, 0 running, 0 done\033[K\r\033[K");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drawing_needs_nothing_but_itself),
        cmocka_unit_test(text_keeps_to_the_width),
        cmocka_unit_test(nothing_draws_nothing),
        cmocka_unit_test(progress_is_told_as_far_as_it_is_known),
        cmocka_unit_test(progress_shows_nothing_in_the_first_second),
    };

    return cmocka_run_group_tests_name("client_waterfall", tests, NULL, NULL);
}
