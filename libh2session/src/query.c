/* SPDX-License-Identifier: MIT */
/* Read-only getters. */
#include "import.h"
#include "session.h"

_Static_assert((int)H2SESSION_STATE_OPEN == (int)STATE_OPEN &&
                   (int)H2SESSION_STATE_CLOSED == (int)STATE_CLOSED,
               "public states are those of the table");

uint32_t h2session_remote_setting(const h2session *s, uint32_t id)
{
    return s == NULL ? 0 : h2session__settings_get(&s->settings.remote, id);
}

uint32_t h2session_local_setting(const h2session *s, uint32_t id)
{
    return s == NULL ? 0 : h2session__settings_get(&s->settings.local, id);
}

uint32_t h2session_role(const h2session *s)
{
    return s == NULL ? 0 : s->config.role;
}

/* How a stream was closed is the session's affair. */
uint32_t h2session_stream_state(const h2session *s, uint32_t stream_id)
{
    if (s == NULL || stream_id == 0) {
        return H2SESSION_STATE_IDLE;
    }
    uint32_t state = h2session__streams_state(s, stream_id);
    return state < STATE_CLOSED ? state : H2SESSION_STATE_CLOSED;
}

uint64_t h2session_output_octets(const h2session *s)
{
    return s == NULL ? 0 : out_bytes(s);
}

uint64_t h2session_output_frames(const h2session *s)
{
    return s == NULL ? 0 : out_frames(s);
}

const hpack_encoder *h2session_encoder(const h2session *s)
{
    return s == NULL ? NULL : s->encoder;
}

const hpack_decoder *h2session_decoder(const h2session *s)
{
    return s == NULL ? NULL : s->decoder;
}

/* rfc: 9113#5.1.2 */
uint32_t h2session_stream_room(const h2session *s)
{
    if (s == NULL || s->terminated || s->goaway_received || s->shutdown != SHUTDOWN_NONE ||
        s->eof) {
        return 0;
    }
    int server = s->config.role == H2SESSION_SERVER;
    if (server && (!s->settings.remote_seen || s->settings.remote.enable_push == 0)) {
        return 0;
    }
    uint32_t limit = s->settings.remote_seen ? s->settings.remote.max_concurrent_streams
                                             : s->config.assumed_peer_streams;
    /* What a server has promised holds a place already. */
    uint32_t used = s->local_count + (server ? s->reserved_count : 0);
    return used < limit ? limit - used : 0;
}

uint32_t h2session_stream_count(const h2session *s)
{
    return s == NULL ? 0 : s->local_count + s->remote_count;
}

uint32_t h2session_last_peer_stream_id(const h2session *s)
{
    return s == NULL ? 0 : s->last_peer_id;
}

uint32_t h2session_goaway_sent_id(const h2session *s)
{
    return s == NULL || !s->goaway_sent ? UINT32_MAX : s->goaway_sent_last;
}

uint32_t h2session_goaway_received_id(const h2session *s)
{
    return s == NULL || !s->goaway_received ? UINT32_MAX : s->goaway_received_last;
}

int64_t h2session_send_window(const h2session *s, uint32_t stream_id)
{
    if (s == NULL || stream_id == 0) {
        return s == NULL ? 0 : s->send_flow.window;
    }
    const struct stream *st = h2session__streams_find(s, stream_id);
    return st == NULL ? 0 : h2session__streams_send_window(s, st);
}

int64_t h2session_recv_window(const h2session *s, uint32_t stream_id)
{
    if (s == NULL || stream_id == 0) {
        return s == NULL ? 0 : s->recv_flow.window;
    }
    const struct stream *st = h2session__streams_find(s, stream_id);
    return st == NULL ? 0 : st->recv.window;
}

uint32_t h2session_window_size(const h2session *s, uint32_t stream_id)
{
    if (s == NULL || stream_id == 0) {
        return s == NULL ? 0 : (uint32_t)s->recv_flow.size;
    }
    const struct stream *st = h2session__streams_find(s, stream_id);
    return st == NULL ? 0 : (uint32_t)st->recv.size;
}

uint32_t h2session_next_stream_id(const h2session *s)
{
    return s == NULL || s->next_stream_id > H2FRAME_MAX_STREAM_ID ? 0 : s->next_stream_id;
}

void *h2session_stream_user(const h2session *s, uint32_t stream_id)
{
    const struct stream *st = s == NULL ? NULL : h2session__streams_find(s, stream_id);
    return st == NULL ? NULL : st->user;
}

int h2session_set_stream_user(h2session *s, uint32_t stream_id, void *stream_user)
{
    struct stream *st = s == NULL ? NULL : h2session__streams_find(s, stream_id);
    if (st == NULL) {
        return s == NULL ? H2SESSION_ERR_USAGE : H2SESSION_ERR_STREAM_UNKNOWN;
    }
    st->user = stream_user;
    return 0;
}

uint32_t h2session_rule_count(const h2session *s, uint32_t reason)
{
    return s == NULL ? 0 : h2session__rule_counts_get(&s->rule_counts, reason);
}

int h2session_last_fault(const h2session *s, h2session_fault_event *out)
{
    if (s == NULL || out == NULL || out->size < sizeof(size_t)) {
        return H2SESSION_ERR_USAGE;
    }
    h2session_fault_event fault = s->last_fault;
    fault.size = out->size;
    export_struct(out, &fault, sizeof fault, fault.size);
    return 0;
}
