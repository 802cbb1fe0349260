/* SPDX-License-Identifier: MIT */
/*
 * The formats that decoder.c can undo, each a row of functions over its library.
 *
 * Contract:
 * - step() takes from `in` and puts to `out`, and moves both on. It stops when there is no more input, no
 *   more room, or the end of a member came; it says which error it met otherwise.
 * - After the end of a member rewind() makes ready for another one, where the format has several.
 * - A state is freed by close(), whatever happened to it.
 */
#ifndef H2KIT_CLIENT_DECODER_FORMAT_H
#define H2KIT_CLIENT_DECODER_FORMAT_H

#include <stddef.h>
#include <stdint.h>

struct decoder_step {
    const uint8_t *in;
    size_t in_length;
    uint8_t *out;
    size_t room;
};

enum decoder_result { DECODER_MORE, DECODER_END, DECODER_BROKEN, DECODER_LARGE, DECODER_NO_MEMORY };

struct decoder_format {
    const char *name;
    void *(*open)(void); /* NULL: out of memory */
    void (*close)(void *state);
    enum decoder_result (*step)(void *state, struct decoder_step *step);
    int (*rewind)(void *state); /* returns 0 or -1; NULL: nothing may follow the end */
};

extern const struct decoder_format decoder_gzip;
extern const struct decoder_format decoder_deflate;
#ifdef H2KIT_BROTLI
extern const struct decoder_format decoder_br;
#endif
#ifdef H2KIT_ZSTD
extern const struct decoder_format decoder_zstd;
#endif

#endif
