/* SPDX-License-Identifier: MIT */
/*
 * Padding of outgoing frames (RFC 9113 6.1, 10.7): how much the application's policy wants, cut to
 * what the frame may have. A size is that of what is added: 0 is none, 1 the length octet alone,
 * 256 that and 255 octets of zero. Pure, but for the call of the policy.
 */
#ifndef H2SESSION_SRC_PADDING_H
#define H2SESSION_SRC_PADDING_H

#include <h2session/h2session.h>

enum { PADDING_MAX = 256 };

/* For a frame of that type with `length` octets of payload so far, which may have `most` more. */
uint32_t h2session__padding_choose(const h2session_config *config, uint32_t type, uint32_t length,
                                   uint32_t most);

/* The octets of a payload stand at `payload`, with room for `padding` (at least 1) more: puts the
 * length octet before them and zeros behind. */
void h2session__padding_apply(uint8_t *payload, size_t length, uint32_t padding);

/* 255 octets of zero. */
const uint8_t *h2session__padding_zeros(void);

#endif
