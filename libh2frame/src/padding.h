/* SPDX-License-Identifier: MIT */
/*
 * Padding of DATA, HEADERS and PUSH_PROMISE (RFC 9113 6.1, 6.2, 6.6).
 *
 * A padded frame starts with the pad length octet and ends with that many octets of padding. What
 * the padding holds is not looked at when it is read, and zero when it is written.
 */
#ifndef H2FRAME_PADDING_H
#define H2FRAME_PADDING_H

#include "fault.h"

/* Takes the pad length off the start of a prefix when there is one; returns where it goes on. */
const uint8_t *h2frame__padding_read(const uint8_t *in, h2frame_frame *frame);

/* 0 when body and padding fit behind a prefix of that length, else the reason. */
uint32_t h2frame__padding_check(const h2frame_frame *frame, uint32_t prefix,
                                struct h2frame__wrong *wrong);

/* Octets that padding adds to a frame to be written, or -1 when pad_length is out of range. */
int h2frame__padding_size(const h2frame_frame *frame);

/* Writes the pad length octet, and the padding; both return the end of what they wrote. */
uint8_t *h2frame__padding_write_length(const h2frame_frame *frame, uint8_t *out);
uint8_t *h2frame__padding_write(const h2frame_frame *frame, uint8_t *out);

#endif
