/* SPDX-License-Identifier: MIT */
/*
 * Where bodies go: standard output, a file, or nowhere.
 *
 * Invariants:
 * - The file is made when the first body is due, not before: a run that fails earlier leaves an
 *   older file as it was. All bodies follow each other in it.
 * - Octets are written at once, not held: what has been received can be read on the other side.
 * - A file that is named by a URI never takes the place of another: it gets a number, and no link is
 *   followed.
 * - After a failure nothing is written any more. A reader of standard output who has closed his end
 *   is no failure to be told of: OUTPUT_READER_GONE.
 */
#ifndef H2KIT_CLIENT_OUTPUT_H
#define H2KIT_CLIENT_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "remote_name.h"

enum { OUTPUT_NAME_SIZE = REMOTE_NAME_SIZE + 8, OUTPUT_NUMBERS = 1000 };

enum { OUTPUT_OK = 0, OUTPUT_FAILED = -1, OUTPUT_READER_GONE = -2 };

struct output {
    const char *path; /* NULL: standard output */
    uint32_t discard;
    int fd;                      /* -1: not open */
    int error;                   /* errno of the failure */
    int result;                  /* OUTPUT_ value that stays */
    uint64_t written;            /* octets so far */
    char name[OUTPUT_NAME_SIZE]; /* of a remote name; path points to it */
};

/* path may be NULL or "-". */
void output_init(struct output *output, const char *path, uint32_t discard);
/* A file of its own in the current folder, named by the path of a URI; it must not move. */
void output_init_remote(struct output *output, const char *uri_path, uint32_t discard);
/* A body is due, perhaps an empty one. */
int output_begin(struct output *output);
int output_write(struct output *output, const uint8_t *data, size_t length);
/* Closes the file; what the system reports only now counts as a failure too. */
int output_close(struct output *output);

#endif
