/* SPDX-License-Identifier: MIT */
#include "multipart.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_SIZE = 512, TYPE_SHOWN = 255 };

struct multipart {
    struct multipart_source source;
    char boundary[MULTIPART_BOUNDARY_SIZE];
    size_t part;         /* the one being sent; count: the closing delimiter */
    uint32_t is_closed;  /* and that is through */
    size_t head_sent;    /* octets of its head */
    struct body_file at; /* what is left of its octets */
    size_t count;
    struct byte_range ranges[];
};

/* The delimiter before a part and its fields; behind the last one that which closes. */
static size_t write_head(const struct multipart *body, size_t part, char out[HEAD_SIZE])
{
    const char *line_end = part == 0 ? "" : "\r\n";
    if (part == body->count) {
        return (size_t)snprintf(out, HEAD_SIZE, "%s--%s--\r\n", line_end, body->boundary);
    }
    const struct byte_range *range = &body->ranges[part];
    return (size_t)snprintf(out, HEAD_SIZE,
                            "%s--%s\r\ncontent-type: %.*s\r\ncontent-range: bytes %" PRIu64
                            "-%" PRIu64 "/%" PRIu64 "\r\n\r\n",
                            line_end, body->boundary, TYPE_SHOWN, body->source.mime, range->first,
                            range->first + range->length - 1, body->source.size);
}

struct multipart *multipart_new(const struct multipart_source *source,
                                const struct range_set *ranges)
{
    struct multipart *body = calloc(1, sizeof *body + ranges->count * sizeof ranges->ranges[0]);
    if (body == NULL) {
        return NULL;
    }
    body->source = *source;
    (void)snprintf(body->boundary, sizeof body->boundary, "%s", source->boundary);
    body->source.boundary = body->boundary;
    body->count = ranges->count;
    memcpy(body->ranges, ranges->ranges, ranges->count * sizeof ranges->ranges[0]);
    return body;
}

void multipart_free(struct multipart *body)
{
    free(body);
}

uint64_t multipart_length(const struct multipart *body)
{
    char head[HEAD_SIZE];
    uint64_t total = 0;
    for (size_t i = 0; i <= body->count; i++) {
        total += write_head(body, i, head);
        total += i < body->count ? body->ranges[i].length : 0;
    }
    return total;
}

/* Puts what still fits of the head; when it is through, the octets of its part are next. */
static size_t put_head(struct multipart *body, uint8_t *out, size_t room)
{
    char head[HEAD_SIZE];
    const size_t length = write_head(body, body->part, head);
    const size_t left = length - body->head_sent;
    const size_t put = left < room ? left : room;
    memcpy(out, head + body->head_sent, put);
    body->head_sent += put;
    if (body->head_sent == length && body->part == body->count) {
        body->is_closed = 1;
    } else if (body->head_sent == length) {
        body->at = body->source.file;
        body->at.offset = body->ranges[body->part].first;
        body->at.left = body->ranges[body->part].length;
    }
    return put;
}

/* Puts what fits of the octets; when they are through, the next head follows. Returns -1 when
 * they are not there. */
static int64_t put_octets(struct multipart *body, uint8_t *out, size_t room)
{
    const int64_t put = body_file_take(&body->at, out, room);
    if (body->at.left == 0) {
        body->part++;
        body->head_sent = 0;
    }
    return put;
}

int multipart_read(h2session *session, h2session_read_event *event, void *read_user)
{
    (void)session;
    struct multipart *body = *(struct multipart **)read_user;
    size_t used = 0;
    while (used < event->capacity && !body->is_closed) {
        uint8_t *out = event->buffer + used;
        const size_t room = event->capacity - used;
        const int64_t put =
            body->at.left == 0 ? (int64_t)put_head(body, out, room) : put_octets(body, out, room);
        if (put < 0) {
            event->code = H2FRAME_CODE_INTERNAL_ERROR;
            return H2SESSION_FAIL;
        }
        used += (size_t)put;
    }
    event->length = used;
    event->flags = body->is_closed ? H2SESSION_BODY_END : 0;
    return 0;
}
