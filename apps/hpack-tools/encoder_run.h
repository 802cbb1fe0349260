/* SPDX-License-Identifier: MIT */
/*
 * The two calls of the encoder that hpack-encode needs in more than one place, and the names of its
 * policies.
 */
#ifndef H2KIT_HPACK_TOOLS_ENCODER_RUN_H
#define H2KIT_HPACK_TOOLS_ENCODER_RUN_H

#include "bytes.h"
#include "case_input.h"

/* How an encoder is to work. */
struct encoder_run_config {
    uint32_t table_size; /* what a decoder grants that began with 4096 octets */
    uint32_t own_size;   /* what the encoder uses of it at most */
    uint32_t policy;     /* HPACK_POLICY_ value */
    uint32_t huffman;    /* HPACK_HUFFMAN_ value */
};

/* The policy of a name: "adaptive", "all" or "static". Returns 0, or -1 when there is none. */
int encoder_run_find_policy(const char *name, uint32_t *policy);

/* Returns 0 or an HPACK_ERR_ code. */
int encoder_run_new(hpack_encoder **out, const struct encoder_run_config *wanted);

/* Encodes a set into wire, which is emptied before. Returns 0 or an HPACK_ERR_ code. */
int encoder_run(hpack_encoder *encoder, const struct field_set *set, struct bytes *wire);

#endif
