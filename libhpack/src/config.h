/* SPDX-License-Identifier: MIT */
/*
 * Import of the caller's configurations.
 *
 * A caller may be compiled against an older or a newer header: members it does not have keep their
 * defaults, members unknown here must be zero. The result is complete: its hook is never NULL.
 */
#ifndef HPACK_SRC_CONFIG_H
#define HPACK_SRC_CONFIG_H

#include <hpack/hpack.h>

#include "memory.h"

/* in may be NULL for the defaults. Error: CONFIG. */
int hpack__import_decoder_config(hpack_decoder_config *out, const hpack_decoder_config *in);
int hpack__import_encoder_config(hpack_encoder_config *out, const hpack_encoder_config *in);

#endif
