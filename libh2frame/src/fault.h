/* SPDX-License-Identifier: MIT */
/*
 * From the reason of a fault to what has to be done about it.
 *
 * Codecs and checks only say which rule was broken and by which number; the error code and the
 * scope (stream or connection) follow from one table here, by the reason and the frame's head.
 *
 * Invariant: a fault on stream 0 always has connection scope (RFC 9113 4.2, 5.4).
 */
#ifndef H2FRAME_FAULT_H
#define H2FRAME_FAULT_H

#include <h2frame/h2frame.h>

/* The number that was wrong and the one it was held against. */
struct h2frame__wrong {
    uint64_t value;
    uint64_t limit;
};

void h2frame__fault_fill(h2frame_fault *fault, const h2frame_frame *head, uint32_t reason,
                         const struct h2frame__wrong *wrong);

#endif
