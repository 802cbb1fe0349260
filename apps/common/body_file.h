/* SPDX-License-Identifier: MIT */
/*
 * Body sources of an h2session for octets that are known from the start: an open file, or memory.
 *
 * Invariants:
 * - Exactly `left` octets are produced. A file that turns out shorter fails the stream rather than
 *   sending less than the content-length has promised; octets it grew by are not sent.
 * - The source does not own the file descriptor; it never waits on anything but the file.
 */
#ifndef H2KIT_APPS_BODY_FILE_H
#define H2KIT_APPS_BODY_FILE_H

#include <stdint.h>

#include <h2session/h2session.h>

struct body_file {
    int fd;
    uint64_t left;
};

struct body_memory {
    const uint8_t *data; /* must outlive the stream */
    size_t length;
};

/* h2session_read_function over a struct body_file or a struct body_memory as read_user. */
int body_file_read(h2session *session, h2session_read_event *event, void *read_user);
int body_memory_read(h2session *session, h2session_read_event *event, void *read_user);

#endif
