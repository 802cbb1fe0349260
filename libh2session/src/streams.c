/* SPDX-License-Identifier: MIT */
/*
 * Life of streams: found, opened, half closed, ended, reaped; and when they are in the scheduler.
 */
#include <string.h>

#include "http_rules.h"
#include "session.h"

int h2session__streams_is_local(const h2session *s, uint32_t id)
{
    uint32_t odd = id & 1;
    return s->config.role == H2SESSION_CLIENT ? odd == 1 : odd == 0;
}

struct stream *h2session__streams_find(const h2session *s, uint32_t id)
{
    return h2session__stream_table_find(&s->streams, id);
}

/* rfc: 9113#5.1 rfc: 9113#5.1.1 */
uint32_t h2session__streams_state(const h2session *s, uint32_t id)
{
    const struct stream *st = h2session__streams_find(s, id);
    if (st != NULL) {
        return st->state;
    }
    if (h2session__reset_ring_has(&s->resets, id)) {
        return STATE_CLOSED_BY_RESET;
    }
    if (h2session__streams_is_local(s, id)) {
        return id < s->next_stream_id ? STATE_CLOSED : STATE_IDLE;
    }
    if (id > s->last_peer_id) {
        return STATE_IDLE;
    }
    /* After the final GOAWAY new streams of the peer are dropped unseen. */
    return id > s->goaway_sent_last ? STATE_CLOSED_BY_RESET : STATE_CLOSED;
}

static int is_reserved(uint32_t state)
{
    return state == STATE_RESERVED_LOCAL || state == STATE_RESERVED_REMOTE;
}

/* Where a stream is counted. Reserved ones are not open. rfc: 9113#5.1.2 */
static uint32_t *counter_of(h2session *s, const struct stream *st)
{
    if (is_reserved(st->state)) {
        return &s->reserved_count;
    }
    return st->flags & STREAM_LOCAL_INITIATED ? &s->local_count : &s->remote_count;
}

static struct stream *create_stream(h2session *s, uint32_t id, uint32_t flags, uint32_t state)
{
    uint8_t place;
    struct stream *st = h2session__slab_take(&s->stream_slab, &place);
    if (st == NULL) {
        return NULL;
    }
    if (h2session__stream_table_insert(&s->streams, id, st) != 0) {
        h2session__slab_give(&s->stream_slab, st, place);
        return NULL;
    }
    s->out.keeps = 1; /* it will be answered, and others will follow */
    s->streams.keeps = 1;
    s->used = 1;
    *st = (struct stream){
        .id = id,
        .state = state,
        .flags = flags,
        .place = place,
        .content_length = -1,
    };
    h2session__flow_init(&st->recv, s->settings.local.initial_window_size);
    if (h2session__scheduler_open(&s->schedule, &st->node, id) != 0) {
        h2session__stream_table_remove(&s->streams, id);
        h2session__slab_give(&s->stream_slab, st, place);
        return NULL;
    }
    if (flags & STREAM_LOCAL_INITIATED) {
        s->counters.streams_local++;
    } else {
        s->counters.streams_remote++;
    }
    ++*counter_of(s, st);
    h2session__clock_stream_count(s);
    return st;
}

struct stream *h2session__streams_open(h2session *s, uint32_t id, uint32_t flags)
{
    return create_stream(s, id, flags, STATE_OPEN);
}

struct stream *h2session__streams_reserve(h2session *s, uint32_t id, uint32_t flags)
{
    return create_stream(s, id, flags,
                         flags & STREAM_LOCAL_INITIATED ? STATE_RESERVED_LOCAL
                                                        : STATE_RESERVED_REMOTE);
}

void h2session__streams_activate(h2session *s, struct stream *st, uint32_t input)
{
    if (is_reserved(st->state)) {
        --*counter_of(s, st);
        (void)h2session__stream_states_apply(&st->state, input);
        ++*counter_of(s, st);
        h2session__clock_stream_count(s);
        h2session__limits_accepted(&s->limits);
    }
}

static struct verdict refused(const h2session *s, uint32_t reason, uint64_t count)
{
    return verdict_with(verdict_stream(H2FRAME_CODE_REFUSED_STREAM, reason), count + 1,
                        s->config.max_concurrent_streams);
}

/* rfc: 9113#5.1.2 */
struct verdict h2session__streams_admit(const h2session *s)
{
    uint64_t running = (uint64_t)s->remote_count + s->handlers;
    if (s->remote_count >= s->config.max_concurrent_streams) {
        return refused(s, H2SESSION_REASON_CONCURRENT_STREAMS, s->remote_count);
    }
    if (running >= s->config.max_concurrent_streams) {
        return refused(s, H2SESSION_REASON_LIMIT_HANDLERS, running);
    }
    return verdict_ok();
}

/* Comes before the RST_STREAM is written, whose trace may call back: the stream is gone then. */
void h2session__streams_end(h2session *s, struct stream *st, uint32_t code, uint32_t reason,
                            uint32_t remote)
{
    h2session__scheduler_close(&s->schedule, &st->node);
    h2session__stream_table_remove(&s->streams, st->id);
    --*counter_of(s, st);
    st->state = STATE_CLOSED;
    st->flags &= ~(uint32_t)(STREAM_BODY_PENDING | STREAM_TRAILERS_DUE);
    if (st->sending != NULL) {
        st->sending->lend_length = 0;
    }
    st->end_code = code;
    st->end_reason = reason;
    st->end_remote = remote != 0;
    st->next_ended = NULL;
    *s->ended_tail = st;
    s->ended_tail = &st->next_ended;
    h2session__clock_stream_count(s);
    if (st->unconsumed > 0) {
        (void)h2session__credit_consumed(s, st, st->unconsumed);
    }
}

void h2session__streams_half_close(h2session *s, struct stream *st, uint32_t input)
{
    struct verdict v = h2session__stream_states_apply(&st->state, input);
    if (v.scope == VERDICT_OK && st->state == STATE_CLOSED) {
        h2session__streams_end(s, st, H2FRAME_CODE_NO_ERROR, H2SESSION_REASON_NONE,
                               input == INPUT_RECV_END_STREAM);
    }
}

void h2session__streams_end_all(h2session *s, uint32_t code, uint32_t reason)
{
    uint32_t position = 0;
    struct stream *st = h2session__stream_table_next(&s->streams, &position);
    while (st != NULL) {
        h2session__streams_end(s, st, code, reason, 0);
        position = 0;
        st = h2session__stream_table_next(&s->streams, &position);
    }
}

int h2session__streams_is_tunnel(const struct stream *st, int from_client)
{
    return from_client ? st->method == HTTP_METHOD_CONNECT : (st->flags & STREAM_TUNNEL) != 0;
}

int h2session__streams_attach(h2session *s, struct stream *st, const h2session_message *message,
                              int64_t body_length)
{
    uint8_t place;
    struct sending *body = h2session__slab_take(&s->sending_slab, &place);
    if (body == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    *body = (struct sending){
        .read = message->read,
        .read_user = message->read_user,
        .body_left = body_length,
        .place = place,
    };
    st->sending = body;
    st->flags |= STREAM_BODY_PENDING;
    return 0;
}

static void free_stream(h2session *s, struct stream *st)
{
    struct sending *body = st->sending;
    if (body != NULL) {
        h2session__trailers_free(&s->memory, body->trailers);
        h2session__slab_give(&s->sending_slab, body, body->place);
    }
    h2session__push_origins_give(&s->origins, st->origin);
    h2session__slab_give(&s->stream_slab, st, st->place);
}

int h2session__streams_reap(h2session *s)
{
    struct stream **link = &s->ended;
    while (*link != NULL) {
        struct stream *st = *link;
        if (stream_lent_mark(st) > s->out.total_sent) {
            link = &st->next_ended;
            continue;
        }
        *link = st->next_ended;
        if (s->ended_tail == &st->next_ended) {
            s->ended_tail = link;
        }
        /* The callback may end more streams: they come behind this one in the list. */
        int result = st->flags & STREAM_ANNOUNCED ? h2session__events_stream_closed(s, st) : 0;
        free_stream(s, st);
        if (s->free_asked) {
            return result;
        }
    }
    return s->failed;
}

int64_t h2session__streams_send_window(const h2session *s, const struct stream *st)
{
    return send_window(&s->send_windows, st->send_ahead);
}

void h2session__streams_schedule(h2session *s, struct stream *st)
{
    const struct sending *body = st->sending;
    int has_octets = body != NULL && body->lend_length > 0;
    int may_ask = (st->flags & STREAM_BODY_PENDING) && !(st->flags & STREAM_DEFERRED) &&
                  body->lent_mark <= s->out.total_sent;
    int can_send =
        h2session__stream_states_local_open(st->state) && h2session__streams_send_window(s, st) > 0;
    if (can_send && (has_octets || may_ask)) {
        h2session__scheduler_add(&s->schedule, &st->node);
    } else {
        h2session__scheduler_remove(&s->schedule, &st->node);
    }
}

/* rfc: 9218#2.1 */
void h2session__streams_use_urgency(h2session *s)
{
    uint32_t position = 0;
    struct stream *st = h2session__stream_table_next(&s->streams, &position);
    for (; st != NULL; st = h2session__stream_table_next(&s->streams, &position)) {
        h2session__scheduler_close(&s->schedule, &st->node);
    }
    h2session__scheduler_use_urgency(&s->schedule);
    position = 0;
    st = h2session__stream_table_next(&s->streams, &position);
    for (; st != NULL; st = h2session__stream_table_next(&s->streams, &position)) {
        (void)h2session__scheduler_open(&s->schedule, &st->node, st->id); /* needs no memory */
        h2session__streams_schedule(s, st);
    }
}

void h2session__streams_schedule_moved(h2session *s)
{
    if (!s->windows_moved) {
        return;
    }
    s->windows_moved = 0;
    uint32_t position = 0;
    struct stream *st = h2session__stream_table_next(&s->streams, &position);
    for (; st != NULL; st = h2session__stream_table_next(&s->streams, &position)) {
        h2session__streams_schedule(s, st);
    }
}
