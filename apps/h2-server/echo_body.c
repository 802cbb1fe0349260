/* SPDX-License-Identifier: MIT */
#include "echo_body.h"

#include <stdlib.h>
#include <string.h>

enum { ECHO_SMALLEST = 4096 };

/* Room for so much more at the end. */
static int make_room(struct echo_body *body, size_t length)
{
    if (length <= body->capacity - body->end) {
        return 0;
    }
    const size_t waiting = body->end - body->start;
    if (waiting > 0 && body->start > 0) {
        memmove(body->data, body->data + body->start, waiting);
    }
    body->start = 0;
    body->end = waiting;
    if (length <= body->capacity - waiting) {
        return 0;
    }
    if (length > SIZE_MAX / 2 - waiting) {
        return -1;
    }
    size_t capacity = body->capacity == 0 ? ECHO_SMALLEST : body->capacity;
    while (capacity < waiting + length) {
        capacity *= 2;
    }
    uint8_t *data = realloc(body->data, capacity);
    if (data == NULL) {
        return -1;
    }
    body->data = data;
    body->capacity = capacity;
    return 0;
}

int echo_body_add(struct echo_body *body, const uint8_t *data, size_t length)
{
    if (length == 0) {
        return 0;
    }
    if (make_room(body, length) != 0) {
        return -1;
    }
    memcpy(body->data + body->end, data, length);
    body->end += length;
    return 0;
}

void echo_body_clear(struct echo_body *body)
{
    free(body->data);
    body->data = NULL;
    body->start = 0;
    body->end = 0;
    body->capacity = 0;
}

int echo_body_read(h2session *session, h2session_read_event *event, void *read_user)
{
    (void)session;
    struct echo_body *body = read_user;
    size_t length = body->end - body->start;
    if (length == 0 && !body->complete) {
        body->deferred = 1;
        return H2SESSION_DEFER;
    }
    if (length > event->capacity) {
        length = event->capacity;
    }
    if (length > 0) {
        memcpy(event->buffer, body->data + body->start, length);
        body->start += length;
        if (body->carrier != NULL && carrier_consume(body->carrier, length) != 0) {
            return H2SESSION_ABORT;
        }
    }
    event->length = length;
    if (body->start == body->end) {
        echo_body_clear(body);
        event->flags = body->complete ? H2SESSION_BODY_END : 0;
    }
    return 0;
}
