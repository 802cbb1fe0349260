/* SPDX-License-Identifier: MIT */
/*
 * Settings of both sides (RFC 9113 6.5, RFC 8441, RFC 9218): values in force, own values waiting
 * for their ACK, and what a change means for the rest of the session, as a value. Pure: no
 * session, no frames. Value ranges were already checked by the frame layer.
 *
 * Own values come into force when the peer acknowledges them, in the order they were sent; at
 * most SETTINGS_PENDING_MAX frames wait at once.
 */
#ifndef H2SESSION_SRC_SETTINGS_H
#define H2SESSION_SRC_SETTINGS_H

#include "verdict.h"

/* Entries that mean something here, of one frame; and others that may go with them. */
enum { SETTINGS_PENDING_MAX = 4, SETTINGS_ENTRIES_MAX = 8, SETTINGS_EXTRA_MAX = 16 };

enum { SETTINGS_TABLE_SIZE = 4096 }; /* HEADER_TABLE_SIZE at the start */

struct settings_values {
    uint32_t header_table_size;      /* SETTINGS_TABLE_SIZE */
    uint32_t enable_push;            /* 1 */
    uint32_t max_concurrent_streams; /* UINT32_MAX: no limit */
    uint32_t initial_window_size;    /* 65535 */
    uint32_t max_frame_size;         /* 16384 */
    uint32_t max_header_list_size;   /* UINT32_MAX: no limit */
    uint32_t enable_connect_protocol;
    uint32_t no_rfc7540_priorities;
};

enum {
    SETTINGS_EFFECT_NONE = 0,
    SETTINGS_EFFECT_WINDOW = 1,     /* delta: add to the windows of all streams */
    SETTINGS_EFFECT_TABLE = 2,      /* value: new bound of the dynamic table */
    SETTINGS_EFFECT_FRAME_SIZE = 3, /* value */
    SETTINGS_EFFECT_CONCURRENCY = 4 /* value */
};

struct settings_effect {
    uint32_t kind;
    uint32_t value;
    int64_t delta;
};

/* Entries of one frame; the ids that mean something are small. */
struct settings_pending {
    uint32_t values[SETTINGS_ENTRIES_MAX];
    uint8_t ids[SETTINGS_ENTRIES_MAX];
    uint32_t count;
};

static inline h2frame_setting settings_pending_entry(const struct settings_pending *p, uint32_t i)
{
    return (h2frame_setting){p->ids[i], p->values[i]};
}

struct settings {
    uint32_t role; /* H2SESSION_CLIENT or H2SESSION_SERVER: ours */
    struct settings_values local;
    struct settings_values remote;
    uint32_t remote_seen;   /* a first SETTINGS frame of the peer was applied */
    uint32_t pending_count; /* own frames without ACK */
    struct settings_pending pending[SETTINGS_PENDING_MAX];
};

void h2session__settings_init(struct settings *s, uint32_t role);

/* Value of a setting by id, 0 for ids that are unknown. */
uint32_t h2session__settings_get(const struct settings_values *v, uint32_t id);

/* Whether the id has no meaning here, so that the application may give it one. */
int h2session__settings_is_free(uint32_t id);

/* One entry of the peer's SETTINGS, in order. *effect is always written. Connection errors:
 * ENABLE_PUSH 1 from a server (RFC 9113 6.5.2), ENABLE_CONNECT_PROTOCOL from 1 to 0 (RFC 8441 3),
 * NO_RFC7540_PRIORITIES changed after the first SETTINGS (RFC 9218 2.1). Unknown ids: no effect. */
struct verdict h2session__settings_remote_entry(struct settings *s, const h2frame_setting *entry,
                                                struct settings_effect *effect);
/* The peer's frame is complete. */
void h2session__settings_remote_end(struct settings *s);

/* Own frame was queued: remember it until its ACK, but for entries that have no meaning here. 0, or
 * -1 (unchanged) when too many wait or it has more than SETTINGS_ENTRIES_MAX of the others. */
int h2session__settings_local_sent(struct settings *s, const h2frame_setting *entries,
                                   size_t count);

/* The peer acknowledged the oldest waiting frame: its values come into force. Writes one effect an
 * entry, in order, and their number. Connection error (PROTOCOL_ERROR, SETTINGS_ACK_UNEXPECTED)
 * when none waits. */
struct verdict h2session__settings_local_acked(struct settings *s,
                                               struct settings_effect effects[SETTINGS_ENTRIES_MAX],
                                               size_t *count);

/* The oldest waiting frame comes into force although its ACK is still to come. Returns the number of
 * effects, as above; 0 when none waits. */
size_t h2session__settings_local_implied(struct settings *s,
                                         struct settings_effect effects[SETTINGS_ENTRIES_MAX]);

/* Largest value of an own setting that the peer may count on: in force or waiting. */
uint32_t h2session__settings_local_largest(const struct settings *s, uint32_t id);

#endif
