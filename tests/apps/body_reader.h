/* SPDX-License-Identifier: MIT */
/* Reads a body source to its end, in pieces of a chosen size. */
#ifndef H2KIT_TESTS_BODY_READER_H
#define H2KIT_TESTS_BODY_READER_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <h2session/h2session.h>

#include "support.h"

/* Returns the octets, for the caller to free(), or NULL when the source failed. */
static inline uint8_t *read_body(h2session_read_function read, void *user, size_t piece,
                                 size_t *length)
{
    size_t capacity = 1;
    uint8_t *all = malloc(capacity);
    assert_non_null(all);
    *length = 0;
    for (uint32_t flags = 0; (flags & H2SESSION_BODY_END) == 0;) {
        h2session_read_event event;
        uint8_t *buffer = malloc(piece);
        assert_non_null(buffer);
        memset(&event, 0, sizeof event);
        event.size = sizeof event;
        event.buffer = buffer;
        event.capacity = piece;
        if (read(NULL, &event, user) != 0) {
            assert_int_equal(event.code, H2FRAME_CODE_INTERNAL_ERROR);
            free(buffer);
            free(all);
            return NULL;
        }
        assert_true(event.lend != NULL || event.length <= piece);
        assert_true(event.length > 0 || (event.flags & H2SESSION_BODY_END) != 0);
        while (*length + event.length > capacity) {
            capacity *= 2;
            all = realloc(all, capacity);
            assert_non_null(all);
        }
        if (event.length > 0) {
            memcpy(all + *length, event.lend == NULL ? buffer : event.lend, event.length);
        }
        *length += event.length;
        flags = event.flags;
        free(buffer);
    }
    return all;
}

/* A file without a name that has these octets. */
static inline int anonymous_file(const void *octets, size_t length)
{
    char name[] = "/tmp/h2kit-octets-XXXXXX";
    const int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(write(fd, octets, length), (ssize_t)length);
    return fd;
}

#endif
