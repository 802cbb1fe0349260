/* SPDX-License-Identifier: MIT */
#include "body_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Copying so little costs less than a piece of its own in the write. */
enum { IN_PLACE_MOST = 4096 };

int64_t body_file_take(struct body_file *body, uint8_t *buffer, size_t capacity)
{
    const size_t wanted = capacity < body->left ? capacity : (size_t)body->left;
    if (wanted == 0) {
        return 0;
    }
    ssize_t got = (ssize_t)wanted;
    if (body->memory != NULL) {
        memcpy(buffer, body->memory + body->offset, wanted);
    } else {
        do {
            got = pread(body->fd, buffer, wanted, (off_t)body->offset);
        } while (got < 0 && errno == EINTR);
    }
    if (got <= 0) {
        return -1;
    }
    body->offset += (uint64_t)got;
    body->left -= (uint64_t)got;
    return got;
}

int body_file_read(h2session *session, h2session_read_event *event, void *read_user)
{
    (void)session;
    struct body_file *body = read_user;
    const int is_small = body->left <= IN_PLACE_MOST && body->left <= event->capacity;
    if (body->memory != NULL && !is_small) {
        event->lend = body->memory + body->offset;
        event->length = (size_t)body->left;
        body->left = 0;
    } else {
        const int64_t got = body_file_take(body, event->buffer, event->capacity);
        if (got < 0) {
            event->code = H2FRAME_CODE_INTERNAL_ERROR;
            return H2SESSION_FAIL;
        }
        event->length = (size_t)got;
    }
    if (body->left == 0) {
        event->flags = H2SESSION_BODY_END;
    }
    return 0;
}

int body_memory_read(h2session *session, h2session_read_event *event, void *read_user)
{
    (void)session;
    const struct body_memory *body = read_user;
    if (body->length <= IN_PLACE_MOST && body->length <= event->capacity) {
        memcpy(event->buffer, body->data, body->length);
    } else {
        event->lend = body->data;
    }
    event->length = body->length;
    event->flags = H2SESSION_BODY_END;
    return 0;
}
