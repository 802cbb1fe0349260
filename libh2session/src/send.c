/* SPDX-License-Identifier: MIT */
/*
 * Output: lends what waits in the out queue, after asking body sources when little is left, and
 * takes note of what the transport took.
 */
#include "session.h"

/* Whether some body source may have something to send. */
static inline int may_fill(const h2session *s)
{
    return s->windows_moved || !scheduler_is_surely_empty(&s->schedule);
}

/* Nothing waits, could be asked for or has to be told. */
static inline int has_nothing(const h2session *s)
{
    return s->out.bytes == 0 && s->ended == NULL && !s->failing && !may_fill(s);
}

int h2session_peek(h2session *s, h2frame_bytes *pieces, size_t capacity, size_t *count)
{
    if (count != NULL) {
        *count = 0;
    }
    if (s == NULL || count == NULL || pieces == NULL || capacity == 0) {
        return H2SESSION_ERR_USAGE;
    }
    int result = h2session__session_enter(s);
    if (result != 0) {
        return result;
    }
    int before = s->failed;
    limits_output_taken(&s->limits);
    if (has_nothing(s)) {
        s->lent = 0;
        return h2session__session_leave(s, 0);
    }
    if (may_fill(s)) {
        result = h2session__out_data_fill(s);
    }
    if (!s->free_asked) {
        int settled = session_settle(s);
        result = result != 0 ? result : settled;
    }
    if (!s->free_asked) {
        *count = h2session__out_queue_peek(&s->out, pieces, capacity);
        s->lent = 0;
        for (size_t i = 0; i < *count; i++) {
            s->lent += pieces[i].length;
        }
    }
    /* An earlier failure does not close this port: the GOAWAY must go out. */
    return h2session__session_leave(s, result == before ? 0 : result);
}

int h2session_sent(h2session *s, size_t length, uint64_t now_ns)
{
    int result = s == NULL ? H2SESSION_ERR_USAGE : h2session__session_enter(s);
    if (result != 0) {
        return result;
    }
    if (length > s->lent) {
        return h2session__session_leave(s, H2SESSION_ERR_USAGE);
    }
    int before = s->failed;
    h2session__clock_time(s, now_ns);
    s->lent -= length;
    progress_moved(&s->output_progress, length < UINT32_MAX ? (uint32_t)length : UINT32_MAX);
    h2session__out_queue_sent(&s->out, length, h2session__out_data_released, s);
    h2session__clock_sent(s);
    result = session_settle(s);
    return h2session__session_leave(s, result == before ? 0 : result);
}

/* Nothing is open and nothing new can begin. */
static int is_finished(const h2session *s)
{
    int no_new = s->terminated || s->eof || s->shutdown == SHUTDOWN_FINAL ||
                 (s->goaway_received && s->config.role == H2SESSION_CLIENT);
    return no_new && s->streams.count == 0;
}

uint32_t h2session_wants(const h2session *s)
{
    if (s == NULL) {
        return 0;
    }
    int can_fill =
        !s->terminated && s->send_flow.window > 0 && !h2session__scheduler_is_empty(&s->schedule);
    if (s->close_now) {
        return H2SESSION_WANT_CLOSE;
    }
    uint32_t wants = s->out.bytes > 0 || can_fill ? H2SESSION_WANT_WRITE : 0;
    if (wants == 0 && is_finished(s)) {
        return H2SESSION_WANT_CLOSE;
    }
    if (!s->terminated && !s->eof && !h2session__budget_output_is_full(s)) {
        wants |= H2SESSION_WANT_READ;
    }
    return wants;
}
