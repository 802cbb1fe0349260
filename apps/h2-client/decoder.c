/* SPDX-License-Identifier: MIT */
#include "decoder.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <zlib.h>
#ifdef H2KIT_BROTLI
#include <brotli/decode.h>
#endif

enum { BUFFER = 32768, RAW_WINDOW = -15, ZLIB_WINDOW = 15, GZIP_WINDOW = 15 + 16 };

enum kind { KIND_GZIP, KIND_DEFLATE, KIND_BR };

struct decoder {
    enum kind kind;
    z_stream zlib;
#ifdef H2KIT_BROTLI
    BrotliDecoderState *brotli;
#endif
    uint64_t ratio;
    uint64_t in;
    uint64_t out;
    const char *error;
    decoder_sink sink; /* during a write */
    void *user;
    uint32_t is_begun; /* something came in */
    uint32_t is_ended; /* the end of the coding did */
};

#ifdef H2KIT_BROTLI
const char decoder_codings[] = "gzip, deflate, br";
#else
const char decoder_codings[] = "gzip, deflate";
#endif

static int is_name(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(text, name, length) == 0;
}

int decoder_is_plain(const char *coding, size_t length)
{
    return length == 0 || is_name(coding, length, "identity");
}

static int open_kind(struct decoder *decoder)
{
#ifdef H2KIT_BROTLI
    if (decoder->kind == KIND_BR) {
        decoder->brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
        return decoder->brotli == NULL ? -1 : 0;
    }
#endif
    return inflateInit2(&decoder->zlib, decoder->kind == KIND_GZIP ? GZIP_WINDOW : ZLIB_WINDOW) ==
                   Z_OK
               ? 0
               : -1;
}

struct decoder *decoder_new(const char *coding, size_t length, uint64_t ratio, const char **why)
{
    enum kind kind;

    if (is_name(coding, length, "gzip") || is_name(coding, length, "x-gzip")) {
        kind = KIND_GZIP;
    } else if (is_name(coding, length, "deflate")) {
        kind = KIND_DEFLATE;
#ifdef H2KIT_BROTLI
    } else if (is_name(coding, length, "br")) {
        kind = KIND_BR;
#endif
    } else {
        *why = "the body has a content coding that was not asked for";
        return NULL;
    }
    struct decoder *decoder = calloc(1, sizeof *decoder);

    *why = "out of memory";
    if (decoder == NULL) {
        return NULL;
    }
    decoder->kind = kind;
    decoder->ratio = ratio;
    decoder->error = "";
    if (open_kind(decoder) != 0) {
        free(decoder);
        return NULL;
    }
    return decoder;
}

void decoder_free(struct decoder *decoder)
{
    if (decoder == NULL) {
        return;
    }
#ifdef H2KIT_BROTLI
    if (decoder->kind == KIND_BR) {
        BrotliDecoderDestroyInstance(decoder->brotli);
    }
#endif
    if (decoder->kind != KIND_BR) {
        (void)inflateEnd(&decoder->zlib);
    }
    free(decoder);
}

static int fail(struct decoder *decoder, const char *why)
{
    decoder->error = why;
    return -1;
}

static int give(struct decoder *decoder, const uint8_t *data, size_t length)
{
    decoder->out += length;
    if (decoder->out > DECODER_FREE && decoder->out / decoder->ratio > decoder->in) {
        return fail(decoder, "the body grows beyond what --max-expansion allows");
    }
    return length == 0 || decoder->sink(data, length, decoder->user) == 0 ? 0 : DECODER_STOPPED;
}

/* ---- gzip and deflate --------------------------------------------------------------------- */

/* "deflate" means the format of zlib (RFC 9110 8.4.1.2), but some send it without its frame: the first
 * octet tells them apart. */
static int begin_deflate(struct decoder *decoder, uint8_t first)
{
    if (decoder->kind == KIND_DEFLATE && !decoder->is_begun && (first & 0x0f) != Z_DEFLATED) {
        return inflateReset2(&decoder->zlib, RAW_WINDOW);
    }
    return Z_OK;
}

/* gzip may have several members, one after the other. */
static int next_member(struct decoder *decoder)
{
    if (decoder->kind != KIND_GZIP) {
        return fail(decoder, "there is more after the end of the compressed body");
    }
    decoder->is_ended = 0;
    return inflateReset(&decoder->zlib) == Z_OK ? 0 : fail(decoder, "out of memory");
}

static int inflate_piece(struct decoder *decoder)
{
    uint8_t buffer[BUFFER];

    decoder->zlib.next_out = buffer;
    decoder->zlib.avail_out = sizeof buffer;
    int result = inflate(&decoder->zlib, Z_NO_FLUSH);

    if (result == Z_MEM_ERROR) {
        return fail(decoder, "out of memory");
    }
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return fail(decoder, "the compressed body is broken");
    }
    decoder->is_ended = result == Z_STREAM_END;
    return give(decoder, buffer, sizeof buffer - decoder->zlib.avail_out);
}

static int write_zlib(struct decoder *decoder, const uint8_t *data, size_t length)
{
    int result = begin_deflate(decoder, data[0]) == Z_OK ? 0 : fail(decoder, "out of memory");

    decoder->zlib.next_in = (Bytef *)(uintptr_t)data;
    decoder->zlib.avail_in = (uInt)length;
    do {
        if (result == 0 && decoder->is_ended && decoder->zlib.avail_in > 0) {
            result = next_member(decoder);
        }
        if (result == 0) {
            result = inflate_piece(decoder);
        }
    } while (result == 0 && (decoder->zlib.avail_in > 0 || decoder->zlib.avail_out == 0));
    return result;
}

/* ---- br ----------------------------------------------------------------------------------- */

#ifdef H2KIT_BROTLI
static int write_brotli(struct decoder *decoder, const uint8_t *data, size_t length)
{
    BrotliDecoderResult result = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;

    while (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
        uint8_t buffer[BUFFER];
        uint8_t *at = buffer;
        size_t room = sizeof buffer;

        if (decoder->is_ended) {
            break;
        }
        result = BrotliDecoderDecompressStream(decoder->brotli, &length, &data, &room, &at, NULL);
        decoder->is_ended = result == BROTLI_DECODER_RESULT_SUCCESS;
        if (result == BROTLI_DECODER_RESULT_ERROR) {
            return fail(decoder, "the compressed body is broken");
        }
        int given = give(decoder, buffer, sizeof buffer - room);

        if (given != 0) {
            return given;
        }
    }
    return length == 0 ? 0 : fail(decoder, "there is more after the end of the compressed body");
}
#endif

/* ------------------------------------------------------------------------------------------- */

int decoder_write(struct decoder *decoder, const uint8_t *data, size_t length, decoder_sink sink,
                  void *user)
{
    int result = 0;

    if (length == 0) {
        return 0;
    }
    decoder->sink = sink;
    decoder->user = user;
    decoder->in += length;
#ifdef H2KIT_BROTLI
    if (decoder->kind == KIND_BR) {
        decoder->is_begun = 1;
        return write_brotli(decoder, data, length);
    }
#endif
    result = write_zlib(decoder, data, length);
    decoder->is_begun = 1;
    return result;
}

int decoder_end(const struct decoder *decoder)
{
    /* A body without octets is what HEAD and 304 have. */
    return decoder->is_ended || !decoder->is_begun ? 0 : -1;
}

const char *decoder_error(const struct decoder *decoder)
{
    return decoder->error[0] != '\0' ? decoder->error : "the compressed body is cut short";
}
