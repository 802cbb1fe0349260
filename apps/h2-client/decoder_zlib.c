/* SPDX-License-Identifier: MIT */
/* gzip and deflate, by zlib. */
#include <stdlib.h>

#include <zlib.h>

#include "decoder_format.h"

enum { RAW_WINDOW = -15, ZLIB_WINDOW = 15, GZIP_WINDOW = 15 + 16 };

struct zlib_state {
    z_stream zlib;
    uint32_t is_undecided; /* deflate of which the first octet has not come */
};

static void *open_window(int window)
{
    struct zlib_state *state = calloc(1, sizeof *state);

    if (state == NULL) {
        return NULL;
    }
    state->is_undecided = window == ZLIB_WINDOW;
    if (inflateInit2(&state->zlib, window) != Z_OK) {
        free(state);
        return NULL;
    }
    return state;
}

static void *open_gzip(void)
{
    return open_window(GZIP_WINDOW);
}

static void *open_deflate(void)
{
    return open_window(ZLIB_WINDOW);
}

static void close_zlib(void *user)
{
    struct zlib_state *state = user;

    (void)inflateEnd(&state->zlib);
    free(state);
}

/* "deflate" means the format of zlib (RFC 9110 8.4.1.2), but some send it without its frame: the first
 * octet tells them apart. */
static int decide(struct zlib_state *state, uint8_t first)
{
    state->is_undecided = 0;
    return (first & 0x0f) == Z_DEFLATED ? Z_OK : inflateReset2(&state->zlib, RAW_WINDOW);
}

static enum decoder_result step_zlib(void *user, struct decoder_step *step)
{
    struct zlib_state *state = user;

    if (state->is_undecided && step->in_length > 0 && decide(state, step->in[0]) != Z_OK) {
        return DECODER_NO_MEMORY;
    }
    state->zlib.next_in = (Bytef *)(uintptr_t)step->in;
    state->zlib.avail_in = (uInt)step->in_length;
    state->zlib.next_out = step->out;
    state->zlib.avail_out = (uInt)step->room;
    int result = inflate(&state->zlib, Z_NO_FLUSH);

    step->in = state->zlib.next_in;
    step->in_length = state->zlib.avail_in;
    step->out = state->zlib.next_out;
    step->room = state->zlib.avail_out;
    switch (result) {
    case Z_OK:
    case Z_BUF_ERROR:
        return DECODER_MORE;
    case Z_STREAM_END:
        return DECODER_END;
    case Z_MEM_ERROR:
        return DECODER_NO_MEMORY;
    default:
        return DECODER_BROKEN;
    }
}

static int rewind_gzip(void *user)
{
    struct zlib_state *state = user;

    return inflateReset(&state->zlib) == Z_OK ? 0 : -1;
}

/* gzip may have several members, one after the other (RFC 1952 2.2). */
const struct decoder_format decoder_gzip = {.name = "gzip",
                                            .open = open_gzip,
                                            .close = close_zlib,
                                            .step = step_zlib,
                                            .rewind = rewind_gzip};

const struct decoder_format decoder_deflate = {
    .name = "deflate", .open = open_deflate, .close = close_zlib, .step = step_zlib};
