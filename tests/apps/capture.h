/* SPDX-License-Identifier: MIT */
/*
 * What a unit prints to a stream, as text: open, print to .out, then compare with capture_is(),
 * which also closes. Fails the test when the stream cannot be had.
 */
#ifndef H2KIT_TESTS_APPS_CAPTURE_H
#define H2KIT_TESTS_APPS_CAPTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "support.h"

struct capture {
    FILE *out;
    char *text;
    size_t length;
};

static inline void capture_open(struct capture *capture)
{
    capture->out = open_memstream(&capture->text, &capture->length);
    assert_non_null(capture->out);
}

/* The text so far; freed by the caller. */
static inline char *capture_close(struct capture *capture)
{
    assert_int_equal(fclose(capture->out), 0);
    return capture->text;
}

static inline void capture_is(struct capture *capture, const char *expected)
{
    char *text = capture_close(capture);

    assert_string_equal(text, expected);
    free(text);
}

#endif
