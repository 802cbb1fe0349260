/* SPDX-License-Identifier: MIT */
/*
 * The answer that has a file for a body: 200, 206 with one range or several, 304, 412, 416.
 *
 * Invariants:
 * - Conditions come before ranges (RFC 9110 13.2.2); HEAD never has a range (RFC 9110 14.2).
 * - The fields that describe the file are the same whether the body is there or not. They may point
 *   into the file if the body holds it, which it does longer than the response lasts.
 */
#ifndef H2KIT_APPS_FILE_ANSWER_H
#define H2KIT_APPS_FILE_ANSWER_H

#include "answer.h"
#include "representation.h"

struct file_answer {
    struct representation *file;
    struct store *store;
    int gzip_level;
    size_t most_ranges;
    uint64_t *boundaries; /* what the next boundary between ranges is made of, two numbers */
};

/* Takes the file. */
void answer_file(const struct answer *a, const struct file_answer *f);

#endif
