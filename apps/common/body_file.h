/* SPDX-License-Identifier: MIT */
/*
 * Body sources of an h2session for octets that are known from the start: an open file, or memory.
 *
 * Invariants:
 * - Exactly `left` octets are produced, from `offset` on. A file that turns out shorter fails the
 *   stream rather than sending less than the content-length has promised; octets it grew by are
 *   not sent.
 * - The source owns neither descriptor nor memory; it never waits on anything but the file. The
 *   descriptor's own position is not used: several may read from it.
 * - Little memory is copied into the output, to leave in one piece with the frames around it; more
 *   is lent.
 */
#ifndef H2KIT_APPS_BODY_FILE_H
#define H2KIT_APPS_BODY_FILE_H

#include <stdint.h>

#include <h2session/h2session.h>

struct body_file {
    int fd;
    const uint8_t *memory; /* the file's octets; NULL: they are read from fd */
    uint64_t offset;
    uint64_t left;
};

struct body_memory {
    const uint8_t *data; /* must outlive the stream */
    size_t length;
};

/* h2session_read_function over a struct body_file or a struct body_memory as read_user. */
int body_file_read(h2session *session, h2session_read_event *event, void *read_user);
int body_memory_read(h2session *session, h2session_read_event *event, void *read_user);

/* Takes the next octets, at most capacity, into a buffer. Returns how many, 0 when none are left,
 * or -1 when the file is shorter or cannot be read. */
int64_t body_file_take(struct body_file *body, uint8_t *buffer, size_t capacity);

#endif
