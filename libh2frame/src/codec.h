/* SPDX-License-Identifier: MIT */
/*
 * The codec of each frame type: pure functions over octets and one frame, read and write side by
 * side in the f_ files, collected in one table.
 *
 * read:    decodes the fixed part (layout PARTS: the prefix) or the whole payload (layout WHOLE)
 *          into a frame whose head is set. `length` is what the rules let through. Returns 0, or
 *          the reason of a fault with the number that was wrong. Pointers it sets view `in`.
 * measure: checks the members of a frame to be written and gives the length of its payload.
 *          Returns 0, or -1 when a member breaks a rule. The stream has been checked.
 * write:   writes exactly that many octets; the frame has been measured.
 *
 * A NULL read means that there is nothing to decode.
 */
#ifndef H2FRAME_CODEC_H
#define H2FRAME_CODEC_H

#include "fault.h"

struct h2frame__codec {
    uint32_t (*read)(const uint8_t *in, size_t length, h2frame_frame *frame,
                     struct h2frame__wrong *wrong);
    int (*measure)(const h2frame_frame *frame, size_t *length);
    void (*write)(const h2frame_frame *frame, uint8_t *out);
};

/* Never NULL; CONTINUATION and types that are not known share one that passes octets on. */
const struct h2frame__codec *h2frame__codec(uint32_t type);

extern const struct h2frame__codec h2frame__codec_data;
extern const struct h2frame__codec h2frame__codec_headers;
extern const struct h2frame__codec h2frame__codec_priority;
extern const struct h2frame__codec h2frame__codec_rst_stream;
extern const struct h2frame__codec h2frame__codec_settings;
extern const struct h2frame__codec h2frame__codec_push_promise;
extern const struct h2frame__codec h2frame__codec_ping;
extern const struct h2frame__codec h2frame__codec_goaway;
extern const struct h2frame__codec h2frame__codec_window_update;
extern const struct h2frame__codec h2frame__codec_altsvc;
extern const struct h2frame__codec h2frame__codec_origin;
extern const struct h2frame__codec h2frame__codec_priority_update;
extern const struct h2frame__codec h2frame__codec_octets; /* CONTINUATION, unknown types */

/* The five octets of RFC 9113 6.3, as HEADERS and PRIORITY carry them. */
enum { H2FRAME__PRIORITY_LENGTH = 5 };
void h2frame__priority_read(const uint8_t *in, h2frame_frame *frame);
int h2frame__priority_fits(const h2frame_frame *frame);
uint8_t *h2frame__priority_write(const h2frame_frame *frame, uint8_t *out);

/* Settings: six octets each. The check returns 0 or the reason (RFC 9113 6.5.2). */
enum { H2FRAME__SETTING_LENGTH = 6 };
h2frame_setting h2frame__setting_read(const uint8_t *in);
uint32_t h2frame__setting_check(const h2frame_setting *setting, struct h2frame__wrong *wrong);

/* Copies octets that may be none, with no address; returns the end of what was written. */
uint8_t *h2frame__bytes_write(const h2frame_bytes *bytes, uint8_t *out);

#endif
