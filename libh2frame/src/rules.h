/* SPDX-License-Identifier: MIT */
/*
 * What RFC 9113 6 and the extension RFCs say about each frame type, as data.
 *
 * One row a type, and one row for all types that are not known. The rows are what the parser
 * checks heads against and what the writer may produce; nothing here depends on a connection.
 *
 * Invariants: h2frame__rule() never returns NULL; a row with layout PARTS has no upper bound of
 * its own, its min_length is the fixed part without what flags add; a row's flags are all the
 * flags that mean something for its type (of an unknown type: all that there are).
 */
#ifndef H2FRAME_RULES_H
#define H2FRAME_RULES_H

#include <h2frame/h2frame.h>

/* Which streams a type belongs to: bit 0 is stream 0, bit 1 all others. */
enum { H2FRAME__STREAM_ZERO = 1, H2FRAME__STREAM_NEEDED = 2, H2FRAME__STREAM_ANY = 3 };

/* How the payload is handed over: in parts after a short fixed prefix, whole, or as settings. */
enum { H2FRAME__LAYOUT_PARTS, H2FRAME__LAYOUT_WHOLE, H2FRAME__LAYOUT_SETTINGS };

/* What happens to a payload that exceeds extension_limit_bytes: nothing, it is not interpreted, or
 * what comes after the fixed part is cut. */
enum { H2FRAME__LONG_FINE, H2FRAME__LONG_RAW, H2FRAME__LONG_CUT };

/* What stands behind the head of a frame that lies whole in the input, for the short way of
 * parser_whole.c; NONE never takes it, EMPTY only without a payload. */
enum {
    H2FRAME__WHOLE_NONE,
    H2FRAME__WHOLE_OCTETS,
    H2FRAME__WHOLE_EMPTY,
    H2FRAME__WHOLE_CODE,
    H2FRAME__WHOLE_OPAQUE,
    H2FRAME__WHOLE_INCREMENT
};

struct h2frame__rule {
    uint32_t max_length;
    uint16_t length_reason; /* fault when the payload is outside of min_length..max_length */
    uint8_t min_length;
    uint8_t flags;        /* what may be written */
    uint8_t prefix_flags; /* PADDED and PRIORITY, where they add to the prefix */
    uint8_t stream;
    uint8_t layout;
    uint8_t too_long;
    uint8_t stream_scope; /* 1: a size that is wrong ends the stream only, if there is one */
    uint8_t whole;
};

/* Rows of the types 0 to H2FRAME__RULE_COUNT - 1, then the row of all others. */
enum { H2FRAME__RULE_COUNT = 0x11 };
extern const struct h2frame__rule h2frame__rules[H2FRAME__RULE_COUNT + 1];

static inline const struct h2frame__rule *h2frame__rule(uint32_t type)
{
    return &h2frame__rules[type < H2FRAME__RULE_COUNT ? type : H2FRAME__RULE_COUNT];
}

/* 1 when a frame of that type may be on that stream. */
static inline int h2frame__stream_fits(const struct h2frame__rule *rule, uint32_t stream_id)
{
    return (rule->stream >> (stream_id != 0) & 1) != 0;
}

/* Octets before the body of a frame with layout PARTS: pad length, priority, promised stream. */
static inline uint32_t h2frame__prefix_length(const struct h2frame__rule *rule, uint32_t flags)
{
    uint32_t added = flags & rule->prefix_flags;
    return rule->min_length + ((added & H2FRAME_FLAG_PADDED) != 0 ? 1u : 0u) +
           ((added & H2FRAME_FLAG_PRIORITY) != 0 ? 5u : 0u);
}

#endif
