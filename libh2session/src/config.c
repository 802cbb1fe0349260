/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "config.h"
#include "import.h"
#include "limits.h"
#include "settings.h"

enum { KNOWN_FLAGS = H2SESSION_MANUAL_CONSUME | H2SESSION_PUSH_ANY_ORIGIN };

enum { DEFAULT_EXTENSION_LIMIT = 4096 };

/* No padding at the end: sizes of all versions of the struct differ. */
_Static_assert(sizeof(h2session_config) % sizeof(uint64_t) == 0, "config has tail padding");

int h2session_config_init(h2session_config *config, size_t size, uint32_t role)
{
    if (config == NULL || size < sizeof(size_t) + sizeof(uint32_t) ||
        (role != H2SESSION_CLIENT && role != H2SESSION_SERVER)) {
        return H2SESSION_ERR_USAGE;
    }
    int server = role == H2SESSION_SERVER;
    const h2session_config defaults = {
        .size = size,
        .role = role,
        .header_table_size = 4096,
        .max_concurrent_streams = 100,
        .initial_window_size = 65535,
        .max_frame_size = H2FRAME_MIN_MAX_FRAME_SIZE,
        .max_header_list_size = server ? 65536 : 262144,
        .connection_window_size = 1048576,
        .encoder_table_size = 4096,
        .assumed_peer_streams = 100,
        .field_count_limit = server ? 128 : 256,
        .continuation_limit = 8,
        .settings_entry_limit = 32,
        .ack_queue_limit = 100,
        .refused_limit = 100,
        .reset_burst = 200,
        .reset_rate = 20,
        .glitch_burst = 1000,
        .glitch_rate = 50,
        .informational_limit = 32,
        .output_limit_bytes = 262144,
        .settings_ack_timeout_ns = 10 * SECOND_NS,
        .field_block_timeout_ns = 10 * SECOND_NS,
        .idle_timeout_ns = server ? 60 * SECOND_NS : 0,
        .promised_streams_limit = 100,
        .new_stream_factor = 2,
        .empty_frame_limit = 4,
        .output_frame_limit = 1000,
        .window_update_free = 5,
        .window_update_per_stream = 2,
        .window_update_per_data = 20,
        .priority_free = 100,
        .priority_per_stream = 10,
        .extension_free = 100,
        .extension_per_stream = 10,
        .extension_limit_bytes = DEFAULT_EXTENSION_LIMIT,
        .progress_rate = server ? 500 : 0,
        .progress_grace_ns = 10 * SECOND_NS,
        .progress_max_ns = 60 * SECOND_NS,
        .first_request_timeout_ns = server ? 10 * SECOND_NS : 0,
        .close_timeout_ns = 5 * SECOND_NS,
        .unconsumed_limit_bytes = 4194304,
        .priority_scheme = H2SESSION_PRIORITIES_RFC9218,
        .priority_node_limit = 32,
    };
    size_t known = size < sizeof defaults ? size : sizeof defaults;
    memset(config, 0, size);
    memcpy(config, &defaults, known);
    return 0;
}

/* Options that only one role has a use for. */
static int role_is_valid(const h2session_config *c)
{
    int server = c->role == H2SESSION_SERVER;
    return (server || c->role == H2SESSION_CLIENT) &&
           c->enable_connect_protocol <= (server ? 1u : 0u) && c->enable_push <= (server ? 0u : 1u);
}

/* More settings must be none that mean something here. */
static int extras_are_valid(const h2session_config *c)
{
    if (c->extra_settings_count > SETTINGS_EXTRA_MAX ||
        (c->extra_settings == NULL && c->extra_settings_count > 0)) {
        return 0;
    }
    for (size_t i = 0; i < c->extra_settings_count; i++) {
        if (!h2session__settings_is_free(c->extra_settings[i].id)) {
            return 0;
        }
    }
    return 1;
}

static int config_is_valid(const h2session_config *c)
{
    return role_is_valid(c) && (c->flags & ~(uint32_t)KNOWN_FLAGS) == 0 &&
           c->initial_window_size <= H2FRAME_MAX_STREAM_ID &&
           c->max_frame_size >= H2FRAME_MIN_MAX_FRAME_SIZE &&
           c->max_frame_size <= H2FRAME_MAX_MAX_FRAME_SIZE && c->connection_window_size >= 65535 &&
           c->connection_window_size <= H2FRAME_MAX_STREAM_ID && c->field_count_limit > 0 &&
           c->continuation_limit > 0 && c->settings_entry_limit > 0 && c->ack_queue_limit > 0 &&
           c->max_header_list_size > 0 && c->output_limit_bytes > 0 && c->reserved == 0 &&
           c->data_frame_limit_bytes <= H2FRAME_MAX_MAX_FRAME_SIZE && extras_are_valid(c) &&
           c->reserved_4 == 0 && c->reserved_6 == 0 && c->profile <= H2SESSION_PROFILE_OBSERVE &&
           c->window_max_bytes <= H2FRAME_MAX_STREAM_ID &&
           c->priority_scheme <= H2SESSION_PRIORITIES_RFC7540;
}

int h2session__config_import(h2session_config *out, const h2session_config *in)
{
    if (in == NULL || in->size < offsetof(h2session_config, resize)) {
        return H2SESSION_ERR_CONFIG;
    }
    if (h2session_config_init(out, sizeof *out, in->role) != 0) {
        return H2SESSION_ERR_CONFIG;
    }
    if (import_struct(out, sizeof *out, in, in->size) != 0) {
        return H2SESSION_ERR_CONFIG;
    }
    out->size = sizeof *out;
    if (out->extension_limit_bytes == 0) {
        out->extension_limit_bytes = DEFAULT_EXTENSION_LIMIT;
    }
    return config_is_valid(out) ? 0 : H2SESSION_ERR_CONFIG;
}
