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

/* Which streams a type belongs to. */
enum { H2FRAME__STREAM_ANY, H2FRAME__STREAM_NEEDED, H2FRAME__STREAM_ZERO };

/* How the payload is handed over: in parts after a short fixed prefix, whole, or as settings. */
enum { H2FRAME__LAYOUT_PARTS, H2FRAME__LAYOUT_WHOLE, H2FRAME__LAYOUT_SETTINGS };

/* What happens to a payload that exceeds extension_limit_bytes: nothing, it is not interpreted, or
 * what comes after the fixed part is cut. */
enum { H2FRAME__LONG_FINE, H2FRAME__LONG_RAW, H2FRAME__LONG_CUT };

struct h2frame__rule {
    uint32_t min_length;
    uint32_t max_length;
    uint32_t length_reason; /* fault when the payload is outside of min_length..max_length */
    uint8_t flags;          /* what may be written */
    uint8_t prefix_flags;   /* PADDED and PRIORITY, where they add to the prefix */
    uint8_t stream;
    uint8_t layout;
    uint8_t too_long;
    uint8_t stream_scope; /* 1: a size that is wrong ends the stream only, if there is one */
};

/* Rows of the types 0 to H2FRAME__RULE_COUNT - 1, then the row of all others. */
enum { H2FRAME__RULE_COUNT = 0x11 };
extern const struct h2frame__rule h2frame__rules[H2FRAME__RULE_COUNT + 1];

static inline const struct h2frame__rule *h2frame__rule(uint32_t type)
{
    return &h2frame__rules[type < H2FRAME__RULE_COUNT ? type : H2FRAME__RULE_COUNT];
}

/* Octets before the body of a frame with layout PARTS: pad length, priority, promised stream. */
static inline uint32_t h2frame__prefix_length(const struct h2frame__rule *rule, uint32_t flags)
{
    uint32_t added = flags & rule->prefix_flags;
    return rule->min_length + ((added & H2FRAME_FLAG_PADDED) != 0 ? 1 : 0) +
           ((added & H2FRAME_FLAG_PRIORITY) != 0 ? 5 : 0);
}

#endif
