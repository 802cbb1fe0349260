/* SPDX-License-Identifier: MIT */
/*
 * What clients of a server may cost it, as the operator sets it: members, options and defaults.
 *
 * Invariants:
 * - Defaults are those of the library where the library keeps the limit (h2session_config).
 * - The options write to a struct limits at the very beginning of the program's own struct.
 * - What the library does not know (handshake, writes, requests, clients, memory in all, request
 *   line) is kept by h2_conn.h, client_counts.h, memory_cap.h and the program.
 */
#ifndef H2KIT_APPS_LIMIT_OPTIONS_H
#define H2KIT_APPS_LIMIT_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include <h2session/h2session.h>

#include "options.h"

/* Times in nanoseconds. All are uint64_t, as options want them. */
struct limits {
    uint64_t client_connections; /* of one address; 0: no limit */
    uint64_t requests;           /* of a connection; 0: no limit */
    uint64_t handshake_timeout_ns;
    uint64_t first_request_timeout_ns;
    uint64_t field_block_timeout_ns;
    uint64_t settings_ack_timeout_ns;
    uint64_t idle_timeout_ns;
    uint64_t write_timeout_ns;
    uint64_t close_timeout_ns;
    uint64_t progress_rate;
    uint64_t progress_grace_ns;
    uint64_t progress_max_ns;
    uint64_t memory_in_all; /* 0: no limit */
    uint64_t memory;        /* of a connection */
    uint64_t header_list;
    uint64_t fields;
    uint64_t request_line;
    uint64_t frame_size;
    uint64_t continuations;
    uint64_t field_block;
    uint64_t settings_entries;
    uint64_t acks;
    uint64_t output;
    uint64_t output_frames;
    uint64_t unconsumed;
    uint64_t refused;
    uint64_t new_stream_factor;
    uint64_t empty_frames;
    uint64_t reset_burst;
    uint64_t reset_rate;
    uint64_t glitch_burst;
    uint64_t glitch_rate;
    uint64_t window_update_free;
    uint64_t window_update_per_stream;
    uint64_t window_update_per_data;
    uint64_t priority_free;
    uint64_t priority_per_stream;
    uint64_t extension_free;
    uint64_t extension_per_stream;
};

extern const struct option_spec LIMIT_OPTIONS[];

enum { LIMIT_OPTION_COUNT = 39 };

void limits_init(struct limits *limits);
/* Those that the library keeps. */
void limits_apply(const struct limits *limits, h2session_config *config);

#endif
