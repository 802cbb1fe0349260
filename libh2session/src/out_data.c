/* SPDX-License-Identifier: MIT */
/*
 * DATA frames: which stream is next, how much its source may give, cut to windows and frame size,
 * END_STREAM and trailers at the end. In place: the source writes behind the room for the head.
 * Lent: the head is ours, the octets stay where they are.
 */
#include <stddef.h>

#include "padding.h"
#include "session.h"

enum {
    FILL_TARGET = 128 * 1024, /* octets waiting from which on no source is asked */
    IN_PLACE_MAX = 16384,     /* most a source is asked to write in place */
    LENDS_SURE = 8,           /* answers in a row that lent, from which on */
    LENDER_OFFER = 1024,      /* this is the most */
    IN_PLACE_ROOM = 4096,     /* room in the last chunk that is not worth a new one */
    CRUMB = 64,               /* frames of less may be crumbs of a window */
    LENT_MAX = 65536          /* most of a lent piece in one frame, so that streams take turns */
};

/* One frame: what it carries of the body, and what is around that. */
struct data_frame {
    uint32_t octets;
    uint32_t padding; /* 0, or the length octet and so many less one */
    uint32_t flags;
};

static struct stream *stream_of(struct scheduled *node)
{
    return (struct stream *)((char *)node - offsetof(struct stream, node));
}

/* At most so many octets, as the windows and the schedule allow. */
static inline uint32_t turn(const h2session *s, const struct stream *st, int64_t most)
{
    int64_t n = most < FLOW_MAX ? most : FLOW_MAX;
    n = n < s->send_flow.window ? n : s->send_flow.window;
    int64_t window = h2session__streams_send_window(s, st);
    n = n < window ? n : window;
    uint32_t room = h2session__scheduler_room(&s->schedule, &st->node);
    n = n < room ? n : room;
    return (uint32_t)n;
}

/* The same for one frame. */
static inline uint32_t allowance(const h2session *s, const struct stream *st, int64_t most)
{
    uint32_t frame = s->settings.remote.max_frame_size;
    return turn(s, st, most < frame ? most : frame);
}

/* Whether there is room for one more frame. */
static inline int may_queue(const h2session *s)
{
    return s->out.bytes < FILL_TARGET && !h2session__budget_output_is_full(s);
}

static uint32_t end_flag(const struct stream *st, uint32_t body_flags)
{
    int last = (body_flags & H2SESSION_BODY_END) && !(body_flags & H2SESSION_BODY_TRAILERS) &&
               st->sending->trailers == NULL;
    return last ? H2FRAME_FLAG_END_STREAM : 0;
}

/* Largest frame: as configured, or by default. */
static int64_t frame_limit(const h2session *s, uint32_t by_default)
{
    return s->config.data_frame_limit_bytes > 0 ? s->config.data_frame_limit_bytes : by_default;
}

/* Completes the frame with n octets, body_flags being those that go with them. The octets fit. */
static struct data_frame frame_of(const h2session *s, const struct stream *st, uint32_t n,
                                  uint32_t body_flags)
{
    struct data_frame data = {n, 0, end_flag(st, body_flags)};
    if (s->config.padding != NULL) {
        int64_t most = (int64_t)n + PADDING_MAX;
        int64_t limit = frame_limit(s, LENT_MAX);
        uint32_t all = allowance(s, st, most < limit ? most : limit);
        data.padding =
            h2session__padding_choose(&s->config, H2FRAME_TYPE_DATA, n, all > n ? all - n : 0);
        data.flags |= data.padding > 0 ? H2FRAME_FLAG_PADDED : 0;
    }
    return data;
}

/* What a window cut to a few octets explains no further WINDOW_UPDATE: a peer that opens its windows
 * octet by octet makes this side send frames that cost more than they carry. */
static void charge_windows(h2session *s, struct stream *st, const struct data_frame *data)
{
    uint32_t n = data->octets + data->padding;
    (void)h2session__flow_charge(&s->send_flow, n); /* n was cut to both windows */
    (void)h2session__send_windows_charge(&s->send_windows, &st->send_ahead, n);
    int used_up = s->send_flow.window <= 0 || h2session__streams_send_window(s, st) <= 0;
    if (n >= CRUMB || !used_up) {
        h2session__limits_data_sent(&s->limits, n);
    }
    s->counters.body_out += data->octets;
    progress_moved(&st->progress, data->octets);
}

static int trace_data(h2session *s, const struct stream *st, const struct data_frame *data)
{
    if (s->callbacks.on_trace == NULL) {
        return 0;
    }
    const h2frame_frame frame = {
        .size = sizeof frame,
        .type = H2FRAME_TYPE_DATA,
        .flags = data->flags,
        .stream_id = st->id,
        .length = data->octets + data->padding,
        .pad_length = data->padding > 0 ? data->padding - 1 : 0,
        .part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST,
    };
    return h2session__out_frame_trace(s, &frame, NULL, 0, 0);
}

/* The last octets of the body are queued and not traced yet: what the application may still send
 * on the stream is as it will be. */
static void note_end(struct stream *st, uint32_t body_flags)
{
    if (body_flags & H2SESSION_BODY_END) {
        int due = st->sending->trailers == NULL && (body_flags & H2SESSION_BODY_TRAILERS) != 0;
        st->flags &= ~(uint32_t)STREAM_BODY_PENDING;
        st->flags |= due ? STREAM_TRAILERS_DUE : 0;
    }
}

/* After note_end(): trailers that wait, or the half-close that END_STREAM brought. */
static int end_body(h2session *s, struct stream *st)
{
    if (st->state == STATE_CLOSED) {
        return s->failed; /* ended by the trace callback */
    }
    if (st->flags & STREAM_TRAILERS_DUE) {
        return 0;
    }
    if (st->sending->trailers != NULL) {
        size_t count = 0;
        const hpack_field *fields = h2session__trailers_fields(st->sending->trailers, &count);
        int result = h2session__header_out_write(s, st, fields, count, 1);
        if (result != 0) {
            return result;
        }
    }
    h2session__streams_half_close(s, st, INPUT_SEND_END_STREAM);
    return 0;
}

/* Frames as large as can be of what a stream lent, but for the last one. Nobody is asked or told
 * anything meanwhile, so that they are counted together. Returns their octets. */
static uint32_t send_full_frames(h2session *s, struct stream *st)
{
    struct sending *body = st->sending;
    int64_t limit = frame_limit(s, LENT_MAX);
    uint32_t frame = s->settings.remote.max_frame_size;
    frame = frame < limit ? frame : (uint32_t)limit;
    int one_by_one = s->callbacks.on_trace != NULL || s->config.padding != NULL ||
                     h2session__scheduler_has_tree(&s->schedule); /* which shares by frames */
    if (one_by_one || body->lend_length <= frame) {
        return 0;
    }
    uint64_t most = body->lend_length - 1;
    uint32_t left = turn(s, st, most < FLOW_MAX ? (int64_t)most : FLOW_MAX);
    struct data_frame data = {0, 0, 0};
    while (left - data.octets >= frame && may_queue(s)) {
        const struct out_piece lent = {body->lend, frame, st->id, 0};
        uint8_t *to = h2session__out_queue_extend_and_lend(&s->out, H2FRAME_HEAD_LENGTH, &lent);
        if (to == NULL) {
            break; /* the one frame that follows tells it */
        }
        h2frame_write_head(to, frame, H2FRAME_TYPE_DATA, 0, st->id);
        body->lend += frame;
        body->lend_length -= frame;
        data.octets += frame;
    }
    if (data.octets > 0) {
        body->lent_mark = s->out.total_committed;
        charge_windows(s, st, &data);
    }
    return data.octets;
}

/* Head of a frame whose octets are lent, and its padding behind them. */
static int queue_lent(h2session *s, struct stream *st, const struct data_frame *data, uint32_t last)
{
    struct out_queue *q = &s->out;
    size_t before = H2FRAME_HEAD_LENGTH + (data->padding > 0 ? 1u : 0u);
    const struct out_piece lent = {st->sending->lend, data->octets, st->id, last};
    uint8_t *to = h2session__out_queue_extend_and_lend(q, before, &lent);
    if (to == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    h2frame_write_head(to, data->octets + data->padding, H2FRAME_TYPE_DATA, data->flags, st->id);
    st->sending->lent_mark = q->total_committed;
    if (data->padding > 0) {
        to[H2FRAME_HEAD_LENGTH] = (uint8_t)(data->padding - 1);
    }
    if (data->padding > 1 && h2session__out_queue_lend(q, h2session__padding_zeros(),
                                                       data->padding - 1, st->id, 0) != 0) {
        s->out_broken = 1; /* a GOAWAY now would be taken for the padding that the head announced */
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    return 0;
}

/* One frame of what the source lent. */
static int send_lent(h2session *s, struct stream *st)
{
    struct sending *body = st->sending;
    int64_t most = frame_limit(s, LENT_MAX);
    most = body->lend_length < (uint64_t)most ? (int64_t)body->lend_length : most;
    uint32_t n = allowance(s, st, most);
    uint32_t last = n == body->lend_length;
    uint32_t body_flags = last ? body->lend_flags : 0;
    const struct data_frame data = frame_of(s, st, n, body_flags);
    int result = queue_lent(s, st, &data, last);
    if (result != 0) {
        return result;
    }
    body->lend += n;
    body->lend_length -= n;
    charge_windows(s, st, &data);
    note_end(st, body_flags);
    result = trace_data(s, st, &data);
    return result == 0 && (body_flags & H2SESSION_BODY_END) ? end_body(s, st) : result;
}

/* What was written in place becomes a frame. */
static int send_in_place(h2session *s, struct stream *st, uint8_t *to,
                         const h2session_read_event *event)
{
    uint32_t n = (uint32_t)event->length;
    int end = (event->flags & H2SESSION_BODY_END) != 0;
    if (n == 0 &&
        (!end || end_flag(st, event->flags) == 0)) { /* nothing, or nothing but trailers */
        h2session__out_queue_commit(&s->out, 0);
        if (end) {
            note_end(st, event->flags);
            return end_body(s, st);
        }
        st->flags |= STREAM_DEFERRED;
        return 0;
    }
    const struct data_frame data = frame_of(s, st, n, event->flags);
    if (data.padding > 0) {
        h2session__padding_apply(to + H2FRAME_HEAD_LENGTH, n, data.padding);
    }
    h2frame_write_head(to, n + data.padding, H2FRAME_TYPE_DATA, data.flags, st->id);
    h2session__out_queue_commit(&s->out, H2FRAME_HEAD_LENGTH + (size_t)n + data.padding);
    charge_windows(s, st, &data);
    note_end(st, event->flags);
    int result = trace_data(s, st, &data);
    return result == 0 && end ? end_body(s, st) : result;
}

/* The source failed, or broke its contract: the stream ends. */
static int body_failed(h2session *s, struct stream *st, uint32_t code, uint32_t reason)
{
    h2session__streams_end(s, st, code, reason, 0);
    return h2session__out_frame_reset(s, st->id, code);
}

/* What is wrong with the octets that the source gave, or 0. */
static uint32_t judge_answer(const h2session *s, struct stream *st,
                             const h2session_read_event *event)
{
    int misfit = event->lend == NULL ? event->length > event->capacity : event->length == 0;
    int client = s->config.role == H2SESSION_CLIENT;
    if (misfit || ((event->flags & H2SESSION_BODY_TRAILERS) != 0 &&
                   h2session__streams_is_tunnel(st, client))) {
        return H2SESSION_REASON_BODY_FAILED;
    }
    struct sending *body = st->sending;
    if (body->body_left < 0) {
        return 0;
    }
    /* rfc: 9113#8.1.1 */
    if (event->length > (uint64_t)body->body_left) {
        return H2SESSION_REASON_CONTENT_LENGTH_MISMATCH;
    }
    body->body_left -= (int64_t)event->length;
    int early = (event->flags & H2SESSION_BODY_END) && body->body_left > 0;
    return early ? H2SESSION_REASON_CONTENT_LENGTH_MISMATCH : 0;
}

/* After the source was asked: what it answered. The reserve is still open. */
static int take_answer(h2session *s, struct stream *st, uint8_t *to, h2session_read_event *event,
                       int answer)
{
    uint32_t wrong = answer == 0 ? judge_answer(s, st, event) : 0;
    if (answer != 0 || event->lend != NULL || wrong != 0) {
        h2session__out_queue_commit(&s->out, 0);
    }
    if (answer == H2SESSION_DEFER) {
        st->flags |= STREAM_DEFERRED;
        return 0;
    }
    if (answer == H2SESSION_FAIL) {
        return body_failed(s, st, event->code, H2SESSION_REASON_BODY_FAILED);
    }
    if (answer != 0) {
        return note_failure(s, H2SESSION_ERR_CALLBACK);
    }
    if (wrong != 0) {
        return body_failed(s, st, H2FRAME_CODE_INTERNAL_ERROR, wrong);
    }
    s->lends = event->lend == NULL ? 0 : s->lends + (s->lends < LENDS_SURE);
    if (event->lend == NULL) {
        return send_in_place(s, st, to, event);
    }
    st->sending->lend = event->lend;
    st->sending->lend_length = event->length;
    st->sending->lend_flags = event->flags;
    return send_lent(s, st);
}

/* Octets of a frame beside those of the body, at most. */
static size_t room_around(const h2session *s)
{
    return H2FRAME_HEAD_LENGTH + (s->config.padding != NULL ? (size_t)PADDING_MAX : 0);
}

/* Octets to offer the source: as much as may be sent at once, unless it promised less (one more,
 * because too much must show) or will lend, as all of late did. Where the rest of the chunk will
 * do, no new one is taken. */
static uint32_t offer(const h2session *s, const struct stream *st)
{
    int64_t most = frame_limit(s, IN_PLACE_MAX);
    most = s->lends < LENDS_SURE || most < LENDER_OFFER ? most : LENDER_OFFER;
    int64_t promised = st->sending->body_left;
    most = promised >= 0 && promised < most ? promised + 1 : most;
    most = allowance(s, st, most);
    size_t room = h2session__out_queue_room(&s->out);
    size_t around = room_around(s);
    int fits = room >= IN_PLACE_ROOM && room < around + (size_t)most;
    return fits ? (uint32_t)(room - around) : (uint32_t)most;
}

/* Until the octets of the source are queued all other frames wait behind them, also those that
 * follow its answer: field blocks go out in the order in which they were encoded. rfc: 9113#4.3 */
static int ask_source(h2session *s, struct stream *st)
{
    uint32_t capacity = offer(s, st);
    uint8_t *to = h2session__out_queue_reserve(&s->out, room_around(s) + capacity);
    if (to == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    h2session_read_event event = {.buffer = to + H2FRAME_HEAD_LENGTH, .capacity = capacity};
    struct out_queue side;
    h2session__out_queue_init(&side, &s->output_memory);
    s->out_to = &side;
    st->flags |= STREAM_ASKED;
    int answer = h2session__events_read(s, st, &event);
    st->flags &= ~(uint32_t)STREAM_ASKED;
    int result = s->failed;
    if (s->free_asked || s->failing || st->state == STATE_CLOSED) {
        h2session__out_queue_commit(&s->out, 0); /* freed or reset from inside the call */
        result = s->free_asked ? H2SESSION_ERR_CALLBACK : result;
    } else {
        result = take_answer(s, st, to, &event, answer);
    }
    s->out_to = &s->out;
    if (s->out_broken || h2session__out_queue_splice(&s->out, &side) != 0) {
        h2session__out_queue_free(&side);
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    return result;
}

/* Whether it has more of the same: it stays scheduled then. */
static int goes_on(const h2session *s, const struct stream *st)
{
    return st->sending->lend_length > 0 && h2session__streams_send_window(s, st) > 0;
}

static int send_one(h2session *s, struct stream *st)
{
    int32_t ahead = st->send_ahead;
    int lends = st->sending->lend_length > 0;
    int result = 0;
    if (!lends) {
        result = ask_source(s, st);
    } else if (send_full_frames(s, st) == 0) {
        result = send_lent(s, st);
    }
    if (result == 0 && st->state != STATE_CLOSED) {
        h2session__scheduler_served(&s->schedule, &st->node, (uint32_t)(ahead - st->send_ahead));
        if (!lends || !goes_on(s, st)) {
            h2session__streams_schedule(s, st);
        }
    }
    return result;
}

int h2session__out_data_fill(h2session *s)
{
    h2session__streams_schedule_moved(s);
    while (!s->terminated && s->send_flow.window > 0 && may_queue(s)) {
        struct scheduled *node = h2session__scheduler_next(&s->schedule);
        if (node == NULL) {
            return 0;
        }
        int result = send_one(s, stream_of(node));
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

void h2session__out_data_released(void *session, uint32_t owner)
{
    h2session *s = session;
    struct stream *st = h2session__streams_find(s, owner);
    if (st != NULL) {
        h2session__streams_schedule(s, st);
    }
}
