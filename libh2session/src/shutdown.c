/* SPDX-License-Identifier: MIT */
/* The end of a connection that is not the peer's fault: the public calls. */
#include "session.h"

int h2session_shutdown(h2session *s)
{
    if (s == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    if (s->failed != 0 || s->terminated || s->shutdown != SHUTDOWN_NONE) {
        return s->failed;
    }
    int at_once = s->config.role == H2SESSION_CLIENT || s->eof;
    int result = at_once ? h2session__goaway_final(s) : h2session__goaway_announce(s);
    return h2session__session_submitted(s, result);
}

/* The peer's streams above the last one are none of ours any more: it may try them elsewhere. */
static void drop_streams_above(h2session *s, uint32_t last_id)
{
    uint32_t position = 0;
    struct stream *st = h2session__stream_table_next(&s->streams, &position);
    while (st != NULL) {
        if (!(st->flags & STREAM_LOCAL_INITIATED) && st->id > last_id) {
            h2session__streams_end(s, st, H2FRAME_CODE_REFUSED_STREAM, H2SESSION_REASON_APPLICATION,
                                   0);
            position = 0;
        }
        st = h2session__stream_table_next(&s->streams, &position);
    }
    uint32_t id = s->block.kind == BLOCK_PROMISE ? s->block.promised_id : s->block.stream_id;
    if ((s->block.kind == BLOCK_OPENS || s->block.kind == BLOCK_PROMISE) && id > last_id) {
        s->block.kind = BLOCK_DISCARD;
        s->block.verdict = verdict_ignore();
    }
}

static int is_debug_data(const h2frame_bytes *debug)
{
    return debug == NULL || debug->data != NULL || debug->length == 0;
}

/* rfc: 9113#6.8 */
int h2session_submit_goaway(h2session *s, uint32_t last_stream_id, uint32_t code,
                            const h2frame_bytes *debug_data)
{
    enum { FIXED_OCTETS = 8 };
    if (s == NULL || !is_debug_data(debug_data) || last_stream_id > s->last_peer_id ||
        last_stream_id > s->goaway_sent_last ||
        (last_stream_id != 0 && h2session__streams_is_local(s, last_stream_id))) {
        return H2SESSION_ERR_USAGE;
    }
    const h2frame_bytes debug = debug_data != NULL ? *debug_data : (h2frame_bytes){NULL, 0};
    if (debug.length > s->settings.remote.max_frame_size - FIXED_OCTETS) {
        return H2SESSION_ERR_FRAME_SIZE;
    }
    int result = h2session__submit_allowed(s);
    if (result != 0) {
        return result;
    }
    s->shutdown = SHUTDOWN_FINAL;
    drop_streams_above(s, last_stream_id);
    result = h2session__out_frame_goaway_debug(s, last_stream_id, code, &debug);
    return h2session__session_submitted(s, result);
}

int h2session_terminate(h2session *s, uint32_t code)
{
    if (s == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    if (s->failed != 0) {
        return s->failed;
    }
    return h2session__session_submitted(
        s, h2session__fault_terminate(s, 0, code, H2SESSION_REASON_APPLICATION));
}
