/* SPDX-License-Identifier: MIT */
/*
 * What an application steers beside its messages: the sizes of receiving windows, the ids of its
 * streams.
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
int h2session__submit_windows_fit(const h2session *s, uint32_t initial)
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

/* The receiving window of a stream or the connection, or why there is none. */
static int find_window(h2session *s, uint32_t stream_id, uint32_t size, struct flow **out)
{
    *out = &s->recv_flow;
    if (stream_id == 0) {
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
    return is_in_range(s, &st->recv, size, 0) ? 0 : H2SESSION_ERR_USAGE;
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
