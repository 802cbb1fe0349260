/* SPDX-License-Identifier: MIT */
/*
 * Bodies through the decoders: what comes out keeps to the limit of expansion, and does not depend on how
 * the body is cut.
 *
 * Input: the coding, the limit, the size of the pieces, an octet each; then the body.
 */
#include <string.h>

#include <zlib.h>

#include "decoder.h"
#include "input.h"
#include "require.h"

static const char *const codings[] = {"gzip", "deflate", "br", "zstd"};

struct run {
    uint64_t in;
    uint64_t out;
    uint64_t ratio;
    uLong sum;  /* of what came out */
    int result; /* of the write that failed, or of the end */
    char error[80];
};

static int on_octets(const uint8_t *data, size_t length, void *user)
{
    struct run *run = user;

    require(length > 0);
    run->sum = crc32_z(run->sum, data, length);
    run->out += length;
    require(run->out <= DECODER_FREE || run->out / run->ratio <= run->in);
    return 0;
}

/* 0: this coding is not known. */
static int decode(struct run *run, const char *coding, const uint8_t *body, size_t length,
                  size_t piece)
{
    const char *why;
    struct decoder *decoder = decoder_new(coding, strlen(coding), run->ratio, &why);

    for (size_t at = 0; decoder != NULL && run->result == 0 && at < length; at += piece) {
        size_t size = length - at < piece ? length - at : piece;

        run->in += size;
        run->result = decoder_write(decoder, body + at, size, on_octets, run);
    }
    if (decoder == NULL) {
        return 0;
    }
    run->result = run->result != 0 ? run->result : decoder_end(decoder);
    strncpy(run->error, decoder_error(decoder), sizeof run->error - 1);
    decoder_free(decoder);
    return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size, 0};
    const char *coding = codings[input_below(&in, sizeof codings / sizeof codings[0])];
    struct run whole = {.ratio = 1 + input_octet(&in)};
    struct run cut = {.ratio = whole.ratio};
    size_t piece = 1 + input_octet(&in);
    size_t length = size;
    const uint8_t *body = input_octets(&in, &length);

    if (!decode(&whole, coding, body, length, length + 1) ||
        !decode(&cut, coding, body, length, piece)) {
        return 0;
    }
    /* How much has come in by then decides what is too much, and a small zstd frame that is there as a
     * whole needs no window. */
    if (strstr(whole.error, "--max-expansion") != NULL ||
        strstr(cut.error, "--max-expansion") != NULL || strstr(cut.error, "8 MiB") != NULL) {
        return 0;
    }
    require(whole.result == cut.result && strcmp(whole.error, cut.error) == 0);
    if (whole.result == 0) {
        require(whole.out == cut.out && whole.sum == cut.sum);
    }
    return 0;
}
