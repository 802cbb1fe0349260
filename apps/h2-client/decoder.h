/* SPDX-License-Identifier: MIT */
/*
 * Content codings of bodies: gzip, deflate and, where their libraries were found, br and zstd. Octets
 * in, octets out, as they come.
 *
 * Invariants:
 * - A body that is cut short, or goes on after its end, is an error.
 * - What comes out is never more than `ratio` times what went in, beyond DECODER_FREE octets that are
 *   always allowed: a small body cannot fill a disk.
 * - Memory is that of one window, at most 16 MiB, and a buffer on the stack.
 */
#ifndef H2KIT_CLIENT_DECODER_H
#define H2KIT_CLIENT_DECODER_H

#include <stddef.h>
#include <stdint.h>

enum { DECODER_FREE = 16 * 1024 * 1024 };

struct decoder;

/* Takes octets that came out; returns 0, or another number to stop. */
typedef int (*decoder_sink)(const uint8_t *data, size_t length, void *user);

/* What is offered as accept-encoding: "gzip, deflate". */
extern const char decoder_codings[];

/* 1 when a body of that coding needs no decoder: "" and "identity". */
int decoder_is_plain(const char *coding, size_t length);

/* The reason when memory ran out, and nothing was wrong with the body. */
extern const char decoder_no_memory[];

/* NULL with a reason: the coding is unknown, or out of memory. */
struct decoder *decoder_new(const char *coding, size_t length, uint64_t ratio, const char **why);
void decoder_free(struct decoder *decoder);

enum { DECODER_STOPPED = 1 };

/* Returns 0; DECODER_STOPPED, the sink said so; or -1 with a reason. */
int decoder_write(struct decoder *decoder, const uint8_t *data, size_t length, decoder_sink sink,
                  void *user);
/* The body has ended: 0, or -1 with a reason. */
int decoder_end(const struct decoder *decoder);
/* The reason, a static text. */
const char *decoder_error(const struct decoder *decoder);

#endif
