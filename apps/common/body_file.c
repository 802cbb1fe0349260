/* SPDX-License-Identifier: MIT */
#include "body_file.h"

#include <errno.h>
#include <unistd.h>

int body_file_read(h2session *session, h2session_read_event *event, void *read_user)
{
    (void)session;
    struct body_file *body = read_user;
    size_t wanted = event->capacity;
    if (wanted > body->left) {
        wanted = (size_t)body->left;
    }
    if (wanted > 0) {
        ssize_t got = -1;
        do {
            got = read(body->fd, event->buffer, wanted);
        } while (got < 0 && errno == EINTR);
        if (got <= 0) {
            event->code = H2FRAME_CODE_INTERNAL_ERROR;
            return H2SESSION_FAIL;
        }
        event->length = (size_t)got;
        body->left -= (uint64_t)got;
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
    event->lend = body->data;
    event->length = body->length;
    event->flags = H2SESSION_BODY_END;
    return 0;
}
