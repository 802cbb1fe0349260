/* SPDX-License-Identifier: MIT */
/*
 * The dependency tree by stream ids: which node is which stream's, and what is remembered of
 * streams that are not open. Pure but for memory.
 *
 * PRIORITY may name streams that do not exist yet, to group others below them, or no more
 * (RFC 7540 5.3.4). Such nodes are placeholders: made for ids that are idle, or left over from
 * streams that were closed. There are never more of them than a limit. For a new one the least
 * recently named goes whose stream cannot be opened any more; when there is none, the peer is
 * told off (NAMES_FULL), because it names streams without ever opening them.
 */
#ifndef H2SESSION_SRC_PRIORITY_NAMES_H
#define H2SESSION_SRC_PRIORITY_NAMES_H

#include "priority_tree.h"

struct named {
    struct tree_node node;
    struct ordered_node name; /* key: the id */
    struct named *older;      /* placeholders, by when they were named last */
    struct named *newer;
    void *stream; /* the owner's; NULL: a placeholder */
};

struct names {
    struct memory memory;
    struct tree tree;
    struct ordered by_id;
    struct named *oldest;
    struct named *newest;
    uint32_t placeholders;
    uint32_t limit;
    uint32_t opened[2]; /* highest id so far, even and odd */
};

/* PRIORITY, or the same part of HEADERS. */
struct names_signal {
    uint32_t id;
    uint32_t dependency; /* not the id itself */
    uint32_t weight;     /* 1 to 256 */
    uint32_t exclusive;
};

enum { NAMES_OK = 0, NAMES_NO_MEMORY = -1, NAMES_FULL = -2 };

/* 0, or -1 without memory; the names must stay where they are. */
int h2session__names_init(struct names *n, const struct memory *memory, uint32_t limit);
/* All streams were closed. */
void h2session__names_free(struct names *n);
/* The node of a new stream, with an id above all before: what was said of it before is in force.
 * NULL without memory. */
struct named *h2session__names_open(struct names *n, uint32_t id, void *stream);
void h2session__names_close(struct names *n, struct named *stream);
/* Whether it can be said in a frame: all in range, and no stream depends on itself. */
int h2session__names_signal_is_valid(const struct names_signal *signal);
/* What the peer says; without effect for closed streams of which nothing is known any more. */
int h2session__names_signal(struct names *n, const struct names_signal *signal);

void h2session__names_check(const struct names *n);

#endif
