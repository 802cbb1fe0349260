/* SPDX-License-Identifier: MIT */
/*
 * Promises of a server (RFC 9113 8.4). A promise holds a place among the streams that the peer
 * allows from the beginning, although only its response will count there (5.1.2): whatever was
 * promised can be answered at once.
 */
#include "http_push.h"
#include "session.h"

/* The stream that a promise goes out on, or why none can. */
static int find_parent(const h2session *s, uint32_t id, struct stream **out)
{
    struct stream *st = h2session__streams_find(s, id);
    *out = st;
    if (s->settings.remote.enable_push == 0) {
        return H2SESSION_ERR_PUSH_DISABLED;
    }
    if (st == NULL) {
        return H2SESSION_ERR_STREAM_UNKNOWN;
    }
    /* What a running source gives goes out first, and may be the end of the stream.
     * rfc: 9113#6.6 rfc: 9113#8.5 */
    int open = h2session__stream_states_local_open(st->state) && !(st->flags & STREAM_ASKED);
    int ends = (st->flags & STREAM_FINAL_SENT) != 0 &&
               (st->flags & (STREAM_BODY_PENDING | STREAM_TRAILERS_DUE)) == 0;
    int fit = !(st->flags & STREAM_LOCAL_INITIATED) && !h2session__streams_is_tunnel(st, 0);
    return open && !ends && fit ? 0 : H2SESSION_ERR_STREAM_STATE;
}

static int promise(h2session *s, const struct stream *parent, const h2session_message *request,
                   uint32_t *promised_id)
{
    struct http_request judged;
    struct verdict v =
        h2session__http_push_request(request->fields, request->field_count, 0, &judged);
    if (v.scope != VERDICT_OK) {
        return h2session__submit_refuse(s, v, H2SESSION_ERR_FIELD);
    }
    int result = h2session__submit_section_fits(s, request->fields, request->field_count);
    if (result != 0) {
        return result;
    }
    struct stream *st = h2session__streams_reserve(s, s->next_stream_id,
                                                   STREAM_LOCAL_INITIATED | STREAM_FINAL_RECEIVED);
    if (st == NULL) {
        return H2SESSION_ERR_NOMEM;
    }
    st->user = request->stream_user;
    st->method = (uint8_t)judged.method;
    /* rfc: 7540#5.3.5 */
    const struct names_signal below_parent = {st->id, parent->id, TREE_WEIGHT_DEFAULT, 0};
    (void)h2session__scheduler_depend(&s->schedule, &below_parent); /* it has its node */
    s->next_stream_id += 2;
    result =
        h2session__header_out_promise(s, parent->id, st->id, request->fields, request->field_count);
    if (result == 0) { /* otherwise the session failed, and this stream never began */
        st->flags |= STREAM_ANNOUNCED;
        *promised_id = st->id;
    }
    return result;
}

int h2session_submit_push(h2session *s, uint32_t parent_stream_id, const h2session_message *request,
                          uint32_t *promised_id)
{
    if (s == NULL || promised_id == NULL || s->config.role != H2SESSION_SERVER) {
        return H2SESSION_ERR_USAGE;
    }
    *promised_id = 0;
    struct stream *parent = NULL;
    h2session_message copy;
    const h2session_message *own = h2session__submit_import(request, &copy);
    int result = own == NULL || own->read != NULL || own->weight != 0 ? H2SESSION_ERR_USAGE : 0;
    result = result != 0 ? result : h2session__submit_allowed(s);
    result = result != 0 ? result : find_parent(s, parent_stream_id, &parent);
    result = result != 0 ? result : h2session__submit_may_open(s);
    result = result != 0 ? result : promise(s, parent, own, promised_id);
    return h2session__session_submitted(s, result);
}
