/* SPDX-License-Identifier: MIT */
/*
 * Where bodies go: standard output, a file, or nowhere.
 *
 * Invariants:
 * - The file is made when the first body is due, not before: a run that fails earlier leaves an
 *   older file as it was. All bodies follow each other in it.
 * - Octets are written at once, not held: what has been received can be read on the other side.
 * - After a failure nothing is written any more. A reader of standard output who has closed his end
 *   is no failure to be told of: OUTPUT_READER_GONE.
 */
#ifndef H2KIT_CLIENT_OUTPUT_H
#define H2KIT_CLIENT_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

enum { OUTPUT_OK = 0, OUTPUT_FAILED = -1, OUTPUT_READER_GONE = -2 };

struct output {
    const char *path; /* NULL: standard output */
    uint32_t discard;
    int fd;     /* -1: not open */
    int error;  /* errno of the failure */
    int result; /* OUTPUT_ value that stays */
};

/* path may be NULL or "-". */
void output_init(struct output *output, const char *path, uint32_t discard);
/* A body is due, perhaps an empty one. */
int output_begin(struct output *output);
int output_write(struct output *output, const uint8_t *data, size_t length);
/* Closes the file; what the system reports only now counts as a failure too. */
int output_close(struct output *output);

#endif
