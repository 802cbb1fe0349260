/* SPDX-License-Identifier: MIT */
#include "gzip_body.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST /* its input is not written to */
#include <zlib.h>

enum { INPUT_SIZE = 16384, MEMORY_LEVEL = 8, WINDOW_BITS = 15, WITH_GZIP_HEAD = 16 };

struct gzip_body {
    struct gzip_pool *pool;
    struct body_file file;
    z_stream zlib;
    uint8_t input[INPUT_SIZE];
};

static int begin(z_stream *zlib, int level)
{
    memset(zlib, 0, sizeof *zlib);
    return deflateInit2(zlib, level, Z_DEFLATED, WINDOW_BITS + WITH_GZIP_HEAD, MEMORY_LEVEL,
                        Z_DEFAULT_STRATEGY) == Z_OK
               ? 0
               : -1;
}

struct gzip_body *gzip_body_new(struct gzip_pool *pool, const struct body_file *file, int level)
{
    if (pool->in_use >= GZIP_AT_A_TIME) {
        return NULL;
    }
    struct gzip_body *body = malloc(sizeof *body);
    if (body == NULL) {
        return NULL;
    }
    if (begin(&body->zlib, level) != 0) {
        free(body);
        return NULL;
    }
    body->pool = pool;
    body->file = *file;
    pool->in_use++;
    return body;
}

void gzip_body_free(struct gzip_body *body)
{
    if (body != NULL) {
        body->pool->in_use--;
        (void)deflateEnd(&body->zlib);
        free(body);
    }
}

/* Gets more input when there is none. Returns how much, or -1. */
static int64_t refill(struct gzip_body *body, size_t allowed)
{
    if (body->zlib.avail_in > 0) {
        return 0;
    }
    const size_t room = allowed < INPUT_SIZE ? allowed : INPUT_SIZE;
    const int64_t got = body_file_take(&body->file, body->input, room);
    if (got > 0) {
        body->zlib.next_in = body->input;
        body->zlib.avail_in = (uInt)got;
    }
    return got;
}

/* Compresses into the room there is. Returns 1 at the end, 0, or -1. */
static int compress_some(struct gzip_body *body, size_t room)
{
    size_t allowed = GZIP_INPUT_A_READ;
    while (body->zlib.avail_out > 0) {
        const int64_t got = refill(body, allowed);
        if (got < 0) {
            return -1;
        }
        allowed -= (size_t)got;
        int flush = body->file.left == 0 ? Z_FINISH : Z_NO_FLUSH;
        if (flush == Z_NO_FLUSH && body->zlib.avail_in == 0) {
            /* All that may be read now has been. */
            if (body->zlib.avail_out < room) {
                return 0;
            }
            flush = Z_SYNC_FLUSH;
        }
        const int status = deflate(&body->zlib, flush);
        if (status == Z_STREAM_END) {
            return 1;
        }
        if (status != Z_OK) {
            return -1;
        }
    }
    return 0;
}

int gzip_body_read(h2session *session, h2session_read_event *event, void *read_user)
{
    (void)session;
    struct gzip_body *body = *(struct gzip_body **)read_user;
    const size_t room = event->capacity < UINT_MAX ? event->capacity : UINT_MAX;
    body->zlib.next_out = event->buffer;
    body->zlib.avail_out = (uInt)room;
    const int status = compress_some(body, room);
    if (status < 0) {
        event->code = H2FRAME_CODE_INTERNAL_ERROR;
        return H2SESSION_FAIL;
    }
    event->length = room - body->zlib.avail_out;
    event->flags = status == 1 ? H2SESSION_BODY_END : 0;
    return 0;
}

uint8_t *gzip_whole(const uint8_t *data, size_t length, int level, size_t *out_length)
{
    z_stream zlib;
    if (length > UINT_MAX / 2 || begin(&zlib, level) != 0) {
        return NULL;
    }
    const uLong bound = deflateBound(&zlib, (uLong)length);
    uint8_t *out = malloc(bound);
    int status = Z_MEM_ERROR;
    if (out != NULL) {
        zlib.next_in = data;
        zlib.avail_in = (uInt)length;
        zlib.next_out = out;
        zlib.avail_out = (uInt)bound;
        status = deflate(&zlib, Z_FINISH);
        *out_length = (size_t)zlib.total_out;
    }
    (void)deflateEnd(&zlib);
    if (status != Z_STREAM_END) {
        free(out);
        return NULL;
    }
    return out;
}
