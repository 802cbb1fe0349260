/* SPDX-License-Identifier: MIT */
/*
 * From the :path of a request to the name of a file below the root, as a pure function.
 *
 * Invariants of an accepted name:
 * - It is relative, has no empty segment, no "." and no "..", no NUL and no other control octet;
 *   the root itself is ".".
 * - Percent-encoding has been taken off once; an encoded "/" is not accepted, as it would change
 *   what the segments are.
 */
#ifndef H2KIT_APPS_STATIC_PATH_H
#define H2KIT_APPS_STATIC_PATH_H

#include <stddef.h>
#include <stdint.h>

enum { STATIC_PATH_SIZE = 4096 };

struct static_path {
    char name[STATIC_PATH_SIZE];
    uint32_t is_folder; /* it ended in "/" */
};

/* Returns 0, or the status to answer with: 400 (malformed) or 404 (can be no file of ours). */
int static_path_parse(const char *path, size_t length, struct static_path *out);

#endif
