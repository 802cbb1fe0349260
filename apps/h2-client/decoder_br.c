/* SPDX-License-Identifier: MIT */
/* br, by the library of brotli. Windows are those of RFC 7932, at most 16 MiB. */
#include <brotli/decode.h>

#include "decoder_format.h"

static void *open_br(void)
{
    return BrotliDecoderCreateInstance(NULL, NULL, NULL);
}

static void close_br(void *state)
{
    BrotliDecoderDestroyInstance(state);
}

static int is_allocation(BrotliDecoderErrorCode code)
{
    return code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
           code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
}

static enum decoder_result step_br(void *state, struct decoder_step *step)
{
    switch (BrotliDecoderDecompressStream(state, &step->in_length, &step->in, &step->room,
                                          &step->out, NULL)) {
    case BROTLI_DECODER_RESULT_SUCCESS:
        return DECODER_END;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        return DECODER_MORE;
    default:
        return is_allocation(BrotliDecoderGetErrorCode(state)) ? DECODER_NO_MEMORY : DECODER_BROKEN;
    }
}

const struct decoder_format decoder_br = {
    .name = "br", .open = open_br, .close = close_br, .step = step_br};
