/* SPDX-License-Identifier: MIT */
/* zstd (RFC 8878), by its library. */
#include <zstd.h>
#include <zstd_errors.h>

#include "decoder_format.h"

/* rfc: 9659#3: a content coding has windows of at most 8 MiB, and a decoder need not have more. */
enum { WINDOW_LOG_MAX = 23 };

static void *open_zstd(void)
{
    ZSTD_DCtx *state = ZSTD_createDCtx();

    if (state != NULL &&
        ZSTD_isError(ZSTD_DCtx_setParameter(state, ZSTD_d_windowLogMax, WINDOW_LOG_MAX))) {
        (void)ZSTD_freeDCtx(state);
        return NULL;
    }
    return state;
}

static void close_zstd(void *state)
{
    (void)ZSTD_freeDCtx(state);
}

static enum decoder_result error_of(size_t result)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
        return DECODER_NO_MEMORY;
    case ZSTD_error_frameParameter_windowTooLarge:
        return DECODER_LARGE;
    default:
        return DECODER_BROKEN;
    }
}

static enum decoder_result step_zstd(void *state, struct decoder_step *step)
{
    ZSTD_inBuffer in = {.src = step->in, .size = step->in_length};
    ZSTD_outBuffer out = {.dst = step->out, .size = step->room};
    size_t result = ZSTD_decompressStream(state, &out, &in);

    step->in += in.pos;
    step->in_length -= in.pos;
    step->out += out.pos;
    step->room -= out.pos;
    if (ZSTD_isError(result)) {
        return error_of(result);
    }
    return result == 0 ? DECODER_END : DECODER_MORE;
}

/* The library makes itself ready for the next frame. */
static int rewind_zstd(void *state)
{
    (void)state;
    return 0;
}

const struct decoder_format decoder_zstd = {.name = "zstd",
                                            .open = open_zstd,
                                            .close = close_zstd,
                                            .step = step_zstd,
                                            .rewind = rewind_zstd};
