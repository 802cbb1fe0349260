/* SPDX-License-Identifier: MIT */
/*
 * The nine octets before every payload (RFC 9113 4.1): read, written and checked.
 *
 * h2frame__head_read() leaves a frame with only its head set and all else zero, `size` included
 * in what is set. h2frame__head_check() applies the rule of the type to that head; it needs no
 * octet of the payload. It returns 0 or the reason of the fault and the number that was wrong.
 */
#ifndef H2FRAME_HEAD_H
#define H2FRAME_HEAD_H

#include "fault.h"
#include "octets.h"
#include "rules.h"

struct h2frame__head_limits {
    uint32_t max_frame_size;
    uint32_t settings_entries;
};

/* As h2frame_write_head(). */
static inline void h2frame__head_write(uint8_t out[9], uint32_t length, uint32_t type,
                                       uint32_t flags, uint32_t stream_id)
{
    h2frame__put32(out, length << 8 | (type & 0xff));
    out[4] = (uint8_t)flags;
    h2frame__put32(out + 5, stream_id & H2FRAME_MAX_STREAM_ID);
}

void h2frame__head_read(const uint8_t in[9], h2frame_frame *frame);
uint32_t h2frame__head_check(const h2frame_frame *head, const struct h2frame__rule *rule,
                             const struct h2frame__head_limits *limits,
                             struct h2frame__wrong *wrong);

#endif
