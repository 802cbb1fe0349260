/* SPDX-License-Identifier: MIT */
/*
 * The two calls of the encoder that hpack-encode needs in more than one place.
 */
#ifndef H2KIT_HPACK_TOOLS_ENCODER_RUN_H
#define H2KIT_HPACK_TOOLS_ENCODER_RUN_H

#include "bytes.h"
#include "case_input.h"

/* A change to the configuration before the encoder is made. */
typedef void (*encoder_configure)(hpack_encoder_config *config);

/* An encoder for a decoder that begins with 4096 octets and then grants table_size; it uses at most
 * own_size of them. configure may be NULL. Returns 0 or an HPACK_ERR_ code. */
int encoder_run_new(hpack_encoder **out, uint32_t table_size, uint32_t own_size,
                    encoder_configure configure);

/* Encodes a set into wire, which is emptied before. Returns 0 or an HPACK_ERR_ code. */
int encoder_run(hpack_encoder *encoder, const struct field_set *set, struct bytes *wire);

#endif
