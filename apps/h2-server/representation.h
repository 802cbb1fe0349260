/* SPDX-License-Identifier: MIT */
/*
 * Which octets stand for a file: the file as it is, a file beside it that has been compressed
 * before ("name.br", "name.zst", "name.gz"), or the file compressed by gzip while it is sent.
 *
 * Invariants:
 * - The client accepts the coding that is chosen; of those it likes best the server's order counts.
 * - A file beside the one asked for counts only when it is not older: an old one would show a
 *   former state.
 * - Nothing is compressed for a request for ranges, whose octets would have to be made first, nor
 *   while the most bodies are that can be at a time. What is small and cached is compressed once
 *   and cached too.
 */
#ifndef H2KIT_APPS_REPRESENTATION_H
#define H2KIT_APPS_REPRESENTATION_H

#include <stdint.h>

#include "asked.h"
#include "store.h"

struct representation_options {
    uint32_t precompressed; /* look for files beside the one asked for */
    uint32_t gzip_level;    /* 0: never while sending */
    uint64_t gzip_least;    /* sizes for which that is done */
    uint64_t gzip_most;
};

struct representation {
    struct stored stored;
    const char *mime;   /* of what the coding is taken off of */
    const char *coding; /* NULL: none */
    const char *etag;
    uint32_t compress; /* while it is sent */
    uint32_t varies;   /* another Accept-Encoding may get another one */
    char own_etag[ETAG_SIZE];
};

/* Takes the file, whose name is given. Returns 0, or 406 when nothing that there is is accepted;
 * the file is released then. out must not move. */
int representation_choose(struct store *store, const struct representation_options *options,
                          const struct asked *asked, const char *name, struct representation *out);

#endif
