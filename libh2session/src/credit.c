/* SPDX-License-Identifier: MIT */
/*
 * Credit for DATA that was received: what needs no room any more is given back to the peer with
 * WINDOW_UPDATE, many octets at a time.
 *
 * What the application consumes by itself is credited to its stream then. The connection credits it
 * already when it was handed out, but keeps back what goes beyond unconsumed_limit_bytes, so that
 * memory has a bound and a stream that stands still does not stop the others below it.
 */
#include <string.h>

#include "session.h"

/* What the connection need not keep back any more. */
static uint32_t take_back(h2session *s)
{
    uint64_t limit = s->config.unconsumed_limit_bytes;
    uint64_t keep = s->unconsumed > limit ? s->unconsumed - limit : 0;
    uint64_t n = s->kept_back > keep ? s->kept_back - keep : 0;
    n = n < FLOW_MAX ? n : FLOW_MAX;
    s->kept_back -= n;
    return (uint32_t)n;
}

static int credit_connection(h2session *s, uint32_t n)
{
    uint32_t increment;
    if (s->terminated) {
        return 0;
    }
    h2session__flow_consume(&s->recv_flow, n);
    if (s->kept_back > 0) {
        h2session__flow_consume(&s->recv_flow, take_back(s));
    }
    increment = h2session__flow_update(&s->recv_flow);
    return increment > 0 ? h2session__out_frame_window_update(s, 0, increment) : 0;
}

/* A window that is smaller than what is aimed at: the increment that makes it as large. */
static uint32_t grow_window(const h2session *s, struct flow *f)
{
    uint32_t size = s->autotune->size;
    return (uint32_t)f->size < size ? h2session__flow_resize(f, size) : 0;
}

/* Whether a stream's window of that size stays in range when all SETTINGS that were sent come into
 * force. rfc: 9113#6.9.2 */
static int may_grow(const h2session *s)
{
    int64_t largest =
        h2session__settings_local_largest(&s->settings, H2FRAME_SETTING_INITIAL_WINDOW_SIZE);
    return s->autotune->size + largest - s->settings.local.initial_window_size <= FLOW_MAX;
}

static int credit_stream(h2session *s, struct stream *st, uint32_t n)
{
    if (s->terminated || !h2session__stream_states_remote_open(st->state)) {
        return 0;
    }
    uint32_t increment = 0;
    h2session__flow_consume(&st->recv, n);
    if (s->autotune != NULL && n > 0 && !(st->flags & STREAM_WINDOW_SET) && may_grow(s)) {
        increment = grow_window(s, &st->recv);
    }
    increment += h2session__flow_update(&st->recv);
    return increment > 0 ? h2session__out_frame_window_update(s, st->id, increment) : 0;
}

int h2session__credit_give(h2session *s, struct stream *st, uint32_t n)
{
    int result = credit_connection(s, n);
    return result != 0 || st == NULL ? result : credit_stream(s, st, n);
}

void h2session__credit_hand_out(h2session *s, struct stream *st, uint32_t n)
{
    st->unconsumed += n;
    s->unconsumed += n;
    s->kept_back += n;
}

int h2session__credit_consumed(h2session *s, struct stream *st, uint32_t n)
{
    st->unconsumed -= n;
    s->unconsumed -= n;
    int result = credit_connection(s, 0);
    return result != 0 ? result : credit_stream(s, st, n);
}

/* ---- The size of windows ---- */

static const uint8_t MEASURE_PING[8] = {'w', 'i', 'n', 'd', 'o', 'w', 's', 0};

int h2session__credit_init(h2session *s)
{
    const h2session_config *c = &s->config;
    if (c->window_max_bytes == 0) {
        return 0;
    }
    const struct memory other = h2session__accounts_memory(s, ACCOUNT_OTHER);
    s->autotune = h2session__memory_new(&other, sizeof *s->autotune);
    if (s->autotune == NULL) {
        return H2SESSION_ERR_NOMEM;
    }
    h2session__autotune_init(s->autotune, c->initial_window_size, c->window_max_bytes);
    return 0;
}

void h2session__credit_free(h2session *s)
{
    const struct memory other = h2session__accounts_memory(s, ACCOUNT_OTHER);
    h2session__memory_free(&other, s->autotune, sizeof *s->autotune);
}

int h2session__credit_measure(h2session *s, uint32_t n)
{
    uint32_t found = h2session__autotune_received(s->autotune, n, s->now_ns);
    int result = 0;
    if (found & AUTOTUNE_PING) {
        result = h2session__out_frame_ping(s, MEASURE_PING, 0);
    }
    if (result != 0 || !(found & AUTOTUNE_GREW) || s->recv_flow_set) {
        return result;
    }
    uint32_t increment = grow_window(s, &s->recv_flow);
    return increment > 0 ? h2session__out_frame_window_update(s, 0, increment) : 0;
}

int h2session__credit_ping_acked(h2session *s, const uint8_t opaque[8])
{
    if (s->autotune == NULL || s->autotune->pings == 0 ||
        memcmp(opaque, MEASURE_PING, sizeof MEASURE_PING) != 0) {
        return 0;
    }
    h2session__autotune_ping_acked(s->autotune, s->now_ns);
    return 1;
}
