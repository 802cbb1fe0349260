/* SPDX-License-Identifier: MIT */
#include "decoder.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "decoder_format.h"

enum { BUFFER = 32768 };

struct decoder {
    const struct decoder_format *format;
    void *state;
    uint64_t ratio;
    uint64_t in;
    uint64_t out;
    const char *error;
    decoder_sink sink; /* during a write */
    void *user;
    uint32_t is_begun; /* something came in */
    uint32_t is_ended; /* the end of the coding did */
};

/* In the order in which they are offered. */
static const struct decoder_format *const formats[] = {
    &decoder_gzip,
    &decoder_deflate,
#ifdef H2KIT_BROTLI
    &decoder_br,
#endif
#ifdef H2KIT_ZSTD
    &decoder_zstd,
#endif
};

#ifdef H2KIT_BROTLI
#define OFFER_BR ", br"
#else
#define OFFER_BR
#endif
#ifdef H2KIT_ZSTD
#define OFFER_ZSTD ", zstd"
#else
#define OFFER_ZSTD
#endif

const char decoder_no_memory[] = "out of memory";
const char decoder_codings[] = "gzip, deflate" OFFER_BR OFFER_ZSTD;

static int is_name(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && strncasecmp(text, name, length) == 0;
}

int decoder_is_plain(const char *coding, size_t length)
{
    return length == 0 || is_name(coding, length, "identity");
}

static const struct decoder_format *find_format(const char *coding, size_t length)
{
    if (is_name(coding, length, "x-gzip")) {
        return &decoder_gzip;
    }
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (is_name(coding, length, formats[i]->name)) {
            return formats[i];
        }
    }
    return NULL;
}

struct decoder *decoder_new(const char *coding, size_t length, uint64_t ratio, const char **why)
{
    const struct decoder_format *format = find_format(coding, length);

    if (format == NULL) {
        *why = "the body has a content coding that was not asked for";
        return NULL;
    }
    struct decoder *decoder = calloc(1, sizeof *decoder);

    *why = decoder_no_memory;
    if (decoder == NULL) {
        return NULL;
    }
    *decoder =
        (struct decoder){.format = format, .state = format->open(), .ratio = ratio, .error = ""};
    if (decoder->state == NULL) {
        free(decoder);
        return NULL;
    }
    return decoder;
}

void decoder_free(struct decoder *decoder)
{
    if (decoder != NULL) {
        decoder->format->close(decoder->state);
        free(decoder);
    }
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

static int next_member(struct decoder *decoder)
{
    if (decoder->format->rewind == NULL) {
        return fail(decoder, "there is more after the end of the compressed body");
    }
    decoder->is_ended = 0;
    return decoder->format->rewind(decoder->state) == 0 ? 0 : fail(decoder, decoder_no_memory);
}

/* What came out before an error is given as well. */
static int write_piece(struct decoder *decoder, struct decoder_step *step)
{
    static const char *const reasons[] = {
        [DECODER_BROKEN] = "the compressed body is broken",
        [DECODER_LARGE] = "the compressed body needs a window of more than 8 MiB",
        [DECODER_NO_MEMORY] = decoder_no_memory,
    };
    uint8_t buffer[BUFFER];

    step->out = buffer;
    step->room = sizeof buffer;
    enum decoder_result result = decoder->format->step(decoder->state, step);
    int given = give(decoder, buffer, sizeof buffer - step->room);

    decoder->is_ended = result == DECODER_END;
    if (given != 0 || result == DECODER_MORE || result == DECODER_END) {
        return given;
    }
    return fail(decoder, reasons[result]);
}

int decoder_write(struct decoder *decoder, const uint8_t *data, size_t length, decoder_sink sink,
                  void *user)
{
    struct decoder_step step = {.in = data, .in_length = length};
    int result = 0;

    if (length == 0) {
        return 0;
    }
    decoder->is_begun = 1;
    decoder->sink = sink;
    decoder->user = user;
    decoder->in += length;
    while (result == 0 && (step.in_length > 0 || (step.room == 0 && !decoder->is_ended))) {
        if (decoder->is_ended) {
            result = next_member(decoder);
        }
        if (result == 0) {
            result = write_piece(decoder, &step);
        }
    }
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
