/* SPDX-License-Identifier: MIT */
/*
 * What an application steers beside its messages: its settings, the sizes of receiving windows, the
 * ids of its streams.
 */
#include "session.h"

/* Whether a window could come to exceed 2^31-1 when the largest INITIAL_WINDOW_SIZE that was sent,
 * or that one, comes into force. */
static int is_in_range(const h2session *s, const struct flow *f, uint32_t size, uint32_t initial)
{
    uint32_t largest =
        h2session__settings_local_largest(&s->settings, H2FRAME_SETTING_INITIAL_WINDOW_SIZE);
    int64_t more =
        (int64_t)(initial > largest ? initial : largest) - s->settings.local.initial_window_size;
    int64_t window = f->window > (int64_t)size ? f->window : (int64_t)size;
    return window + more <= FLOW_MAX;
}

/* rfc: 9113#6.9.2 */
static int windows_fit(const h2session *s, uint32_t initial)
{
    uint32_t position = 0;
    const struct stream *st = h2session__stream_table_next(&s->streams, &position);
    for (; st != NULL; st = h2session__stream_table_next(&s->streams, &position)) {
        if (!is_in_range(s, &st->recv, (uint32_t)st->recv.size, initial)) {
            return 0;
        }
    }
    return 1;
}

static int setting_is_valid(const h2session *s, const h2frame_setting *entry)
{
    switch (entry->id) {
    case H2FRAME_SETTING_HEADER_TABLE_SIZE:
    case H2FRAME_SETTING_MAX_CONCURRENT_STREAMS:
        return 1;
    case H2FRAME_SETTING_INITIAL_WINDOW_SIZE:
        return entry->value <= H2FRAME_MAX_STREAM_ID && windows_fit(s, entry->value);
    case H2FRAME_SETTING_MAX_FRAME_SIZE:
        return entry->value >= H2FRAME_MIN_MAX_FRAME_SIZE &&
               entry->value <= H2FRAME_MAX_MAX_FRAME_SIZE;
    case H2FRAME_SETTING_ENABLE_PUSH:
        return entry->value == 0 && s->config.role == H2SESSION_CLIENT;
    case H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL: /* rfc: 8441#3 */
        return entry->value == 1 && s->config.role == H2SESSION_SERVER;
    default:
        return h2session__settings_is_free(entry->id);
    }
}

/* More may be used at once, less only when the peer knows; but a push can always be refused. */
static void announce(h2session_config *config, const h2frame_setting *entry)
{
    if (entry->id == H2FRAME_SETTING_MAX_CONCURRENT_STREAMS &&
        entry->value > config->max_concurrent_streams) {
        config->max_concurrent_streams = entry->value;
    } else if (entry->id == H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL) {
        config->enable_connect_protocol = 1;
    } else if (entry->id == H2FRAME_SETTING_ENABLE_PUSH) {
        config->enable_push = 0; /* refused from now on, an error when the peer knows */
    }
}

int h2session_submit_settings(h2session *s, const h2frame_setting *settings, size_t count)
{
    if (s == NULL || (settings == NULL && count > 0)) {
        return H2SESSION_ERR_USAGE;
    }
    size_t extra = 0;
    for (size_t i = 0; i < count; i++) {
        extra += h2session__settings_is_free(settings[i].id) ? 1 : 0;
        if (!setting_is_valid(s, &settings[i])) {
            return H2SESSION_ERR_USAGE;
        }
    }
    if (extra > SETTINGS_EXTRA_MAX || count - extra > SETTINGS_ENTRIES_MAX) {
        return H2SESSION_ERR_USAGE;
    }
    int result = h2session__submit_allowed(s);
    result = result != 0 ? result : h2session__out_frame_settings(s, settings, count);
    for (size_t i = 0; result == 0 && i < count; i++) {
        announce(&s->config, &settings[i]);
    }
    if (result == 0) {
        /* A larger frame may come before the ACK is read here. */
        result = h2session__codecs_frame_size(s);
        result = result != 0 ? H2SESSION_ERR_INTERNAL : 0;
    }
    return h2session__session_submitted(s, result);
}

/* The receiving window of a stream or the connection, from now on set by the application; or why
 * there is none. */
static int find_window(h2session *s, uint32_t stream_id, uint32_t size, struct flow **out)
{
    *out = &s->recv_flow;
    if (stream_id == 0) {
        s->recv_flow_set = 1;
        return 0;
    }
    struct stream *st = h2session__streams_find(s, stream_id);
    if (st == NULL) {
        return H2SESSION_ERR_STREAM_UNKNOWN;
    }
    *out = &st->recv;
    if (!h2session__stream_states_remote_open(st->state)) {
        return H2SESSION_ERR_STREAM_STATE;
    }
    if (!is_in_range(s, &st->recv, size, 0)) {
        return H2SESSION_ERR_USAGE;
    }
    st->flags |= STREAM_WINDOW_SET;
    return 0;
}

int h2session_submit_window_size(h2session *s, uint32_t stream_id, uint32_t size)
{
    if (s == NULL || size > FLOW_MAX) {
        return H2SESSION_ERR_USAGE;
    }
    struct flow *f = NULL;
    int result = h2session__submit_allowed(s);
    result = result != 0 ? result : find_window(s, stream_id, size, &f);
    if (result != 0) {
        return result;
    }
    uint32_t increment = h2session__flow_resize(f, size);
    if (increment > 0) {
        result = h2session__out_frame_window_update(s, stream_id, increment);
    }
    return h2session__session_submitted(s, result);
}

/* rfc: 9113#5.1.1 */
int h2session_set_next_stream_id(h2session *s, uint32_t stream_id)
{
    if (s == NULL || stream_id > H2FRAME_MAX_STREAM_ID || stream_id < s->next_stream_id ||
        !h2session__streams_is_local(s, stream_id)) {
        return H2SESSION_ERR_USAGE;
    }
    s->next_stream_id = stream_id;
    return 0;
}
