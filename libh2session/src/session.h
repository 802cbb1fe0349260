/* SPDX-License-Identifier: MIT */
/*
 * The session object and what its files share. Calls go downwards:
 *   submit, query, shutdown, deadlines, recv, send -> session -> in_*, header_in, out_data
 *     -> fault, goaway -> streams, credit, header_out -> out_frame, events, clock -> units
 *
 * Functions returning int return 0 or the negative code the session failed with: whoever sees a
 * negative value returns it at once. Callbacks run with in_callback > 0. Streams that ended are
 * reaped (on_stream_closed, free) only between events, so a stream pointer stays valid while one
 * event is handled.
 */
#ifndef H2SESSION_SRC_SESSION_H
#define H2SESSION_SRC_SESSION_H

#include "autotune.h"
#include "cold.h"
#include "http_rules.h"
#include "limits.h"
#include "memory.h"
#include "meter.h"
#include "out_queue.h"
#include "ping_timer.h"
#include "priority_idle.h"
#include "profile.h"
#include "push_origins.h"
#include "rule_counts.h"
#include "scheduler.h"
#include "send_windows.h"
#include "settings.h"
#include "slab.h"
#include "stream.h"
#include "stream_table.h"
#include "timer.h"
#include "verdict.h"

/* What becomes of the field block that is being received. */
enum {
    BLOCK_NONE = 0,
    BLOCK_OPENS = 1,   /* request that opens a stream */
    BLOCK_STREAM = 2,  /* section of a stream that is in the table */
    BLOCK_DISCARD = 3, /* decoded for the table only; `verdict` applies afterwards */
    BLOCK_PROMISE = 4  /* request that a server promises */
};

struct block {
    uint32_t kind;
    uint32_t stream_id;
    uint32_t promised_id;
    uint32_t end_stream;
    uint32_t continuations;
    uint64_t octets; /* of its frames so far */
    uint64_t started_ns;
    struct verdict verdict;
    uint32_t dependency; /* of HEADERS that open a stream of the tree; weight 0: not given */
    uint16_t weight;
    uint16_t exclusive;
};

/* Acknowledgements that are queued, the last of them up to this place of the output. */
struct acks {
    uint32_t count;
    uint64_t mark;
};

/* Frames of types that the application asked for. */
struct custom_frames;

enum {
    SHUTDOWN_NONE = 0,
    SHUTDOWN_ANNOUNCED = 1, /* GOAWAY with 2^31-1 and a PING went out */
    SHUTDOWN_FINAL = 2      /* GOAWAY with the last stream went out */
};

/* What memory is used for. */
enum {
    ACCOUNT_FIELDS = 0, /* both field coders with their tables */
    ACCOUNT_STREAMS,
    ACCOUNT_OUTPUT,
    ACCOUNT_OTHER, /* the session itself, the frame parser */
    ACCOUNT_APPLICATION,
    ACCOUNTS
};

/* What h2session_stats() tells and nothing else knows. Streams have 31 bits. */
struct counters {
    uint64_t octets_in;
    uint64_t frames_in;
    uint64_t body_in;
    uint64_t body_out;
    uint32_t streams_local;
    uint32_t streams_remote;
    uint32_t resets_in;
    uint32_t resets_out;
};

struct h2session {
    h2session_config config;
    h2session_callbacks callbacks;
    void *user;
    struct memory memory;        /* streams and what belongs to them */
    struct memory output_memory; /* the out queues */
    struct meter meter;
    struct account accounts[ACCOUNTS];
    uint64_t budget_least; /* the limit on memory is not lower */
    uint64_t frames_most;  /* unsent */

    int failed;           /* code the session ended with, or 0 */
    uint32_t failing;     /* it was noted, but the session has not been ended yet */
    uint32_t in_callback; /* depth */
    uint32_t in_call;     /* recv, recv_eof, peek, sent or tick is running */
    uint32_t free_asked;
    uint32_t paused; /* a callback said so; between calls: and some input was left */
    uint64_t now_ns;
    uint32_t now_known;
    uint32_t timed; /* the call that runs has brought the time */

    h2frame_parser *parser; /* this and the coders: NULL until needed */
    hpack_decoder *decoder;
    hpack_encoder *encoder;
    uint32_t preface_read;    /* the parser that did it is gone */
    uint32_t encoder_fresh;   /* a server's encoder that has encoded nothing yet */
    uint32_t encoder_dropped; /* the peer's table may hold entries that the next one knows not of */
    struct settings settings;
    struct limits limits;
    struct flow send_flow;
    struct send_windows send_windows; /* of the streams */
    uint32_t windows_moved;           /* the schedule has not heard of it yet */
    struct flow recv_flow;
    uint32_t recv_flow_set;    /* by the application: it does not grow */
    struct autotune *autotune; /* NULL: windows do not grow */

    struct stream_table streams;
    struct slab stream_slab;
    struct slab sending_slab;
    struct push_origins origins;
    struct reset_ring resets;
    struct stream *ended;
    struct stream **ended_tail;
    struct scheduler schedule;
    struct priority_idle priority_idle; /* PRIORITY_UPDATE for streams not open yet */
    uint32_t priority_seen;             /* the client has given a signal of RFC 9218 */
    uint32_t next_stream_id;            /* ours */
    uint32_t last_peer_id;
    uint32_t skipped_above; /* the peer passed over the ids between these, the last time it did */
    uint32_t skipped_below;
    uint32_t local_count; /* streams we opened, still open */
    uint32_t remote_count;
    uint32_t reserved_count; /* promised, not open yet: a client's are remote, a server's local */
    uint32_t handlers;       /* of streams that are gone, which the application still runs */

    struct block block;
    struct custom_frames *custom; /* NULL: no type was asked for */
    uint32_t data_skip;  /* rest of the DATA frame being received is dropped, already credited */
    uint32_t data_owed;  /* octets of that frame to credit when it is complete */
    uint64_t unconsumed; /* sum over all streams, */
    uint64_t kept_back;  /* and how much of it the connection has not credited */

    uint32_t shutdown;
    uint32_t terminated; /* GOAWAY went out and nothing more is processed */
    uint32_t eof;
    uint32_t shutdown_pinged; /* the PING of the announcement waits for its ACK */
    uint32_t goaway_sent;
    uint32_t goaway_sent_last;
    uint32_t goaway_received;
    uint32_t goaway_received_last;

    struct out_queue out;
    /* Where frames go: the out queue, or while a body source fills that one, a queue of its own. */
    struct out_queue *out_to;
    uint64_t lent;          /* octets lent by the last peek and not covered by sent */
    uint32_t lends;         /* answers of body sources in a row that lent, counted up to a few */
    uint32_t out_broken;    /* nothing may follow what is in the out queue */
    uint64_t frames_sent;   /* as far as is known: those up to a place in the output, */
    uint64_t frames_before; /* and how many there were up to the next */
    uint64_t frames_mark;   /* place that is looked for */
    uint32_t pings_waiting; /* ours, without ACK */
    struct ping_timer ping_timer;
    struct acks acks_old;   /* those up to the mark are gone once it has been sent, */
    struct acks acks_new;   /* then these take their place */
    uint64_t settings_mark; /* the same after the last own SETTINGS */
    uint64_t settings_since_ns;
    uint32_t settings_waiting; /* settings_since_ns counts */
    uint32_t used;             /* some stream was opened */
    struct timer idle;         /* no stream is open */
    struct timer closing;      /* terminated */
    uint32_t close_now;        /* and that for too long */
    struct progress output_progress;
    int32_t look_after_ms; /* 0: as always */
    uint64_t looked_ns;    /* for progress, the last time; as long as nobody is waited for, now */

    struct counters counters;
    struct rule_counts rule_counts;
    h2session_fault_event last_fault;
};

/* What the session cannot go on after: no memory, ABORT of a callback. It may be found in any row,
 * and is only noted there; h2session__fault_settle() ends the session when the call has unwound.
 * Returns the code, and whoever sees it returns at once. */
COLD static inline int note_failure(h2session *s, int code)
{
    if (s->failed == 0) {
        s->failed = code;
        s->failing = 1;
    }
    return s->failed;
}

/* Whether the peer may look at priorities of RFC 7540: it has not said that it does not.
 * rfc: 9218#2.1.1 */
static inline int hears_dependencies(const h2session *s)
{
    return !s->settings.remote_seen || s->settings.remote.no_rfc7540_priorities != 1;
}

/* Unsent octets, and the place in the output behind all that was queued so far. */
static inline uint64_t out_bytes(const h2session *s)
{
    return s->out.bytes + (s->out_to != &s->out ? s->out_to->bytes : 0);
}

static inline uint64_t out_end(const h2session *s)
{
    return s->out.total_committed + (s->out_to != &s->out ? s->out_to->bytes : 0);
}

static inline uint64_t out_frames(const h2session *s)
{
    return s->out.frames - s->frames_sent + (s->out_to != &s->out ? s->out_to->frames : 0);
}

/* Whether somebody could be waited for. */
static inline int is_watched(const h2session *s)
{
    return s->config.progress_rate > 0 && !s->terminated &&
           (s->streams.count > 0 || s->out.bytes > 0);
}

/* accounts.c: books over the application's hook. The configuration is there already. */
void h2session__accounts_init(h2session *s, const struct memory *hook);
/* What the sum of the accounts may be now. */
uint64_t h2session__accounts_limit(const h2session *s);
/* Memory for what is not worth a struct memory of its own in the session. */
struct memory h2session__accounts_memory(h2session *s, uint32_t account);

/* budget.c: limits on the sum of the accounts and on unsent frames. */
COLD int h2session__budget_check(h2session *s);
/* Whether no more should be caused before some output has been taken. */
int h2session__budget_output_is_full(const h2session *s);

/* Whether h2session__budget_check() has to look. */
static inline int h2session__budget_is_used(const h2session *s)
{
    return s->meter.live > s->budget_least || out_frames(s) > s->frames_most;
}

/* events.c: one function a callback. Each returns 0 or the code the session failed with. The
 * result of on_headers is written to *refused (1: REFUSE_STREAM). */
int h2session__events_headers(h2session *s, const h2session_headers_event *event, int *refused);
int h2session__events_data(h2session *s, const struct stream *st, const uint8_t *data,
                           size_t length);
int h2session__events_stream_end(h2session *s, const struct stream *st);
int h2session__events_stream_closed(h2session *s, const struct stream *st);
int h2session__events_settings(h2session *s, const h2frame_frame *frame);
int h2session__events_ping(h2session *s, const h2frame_frame *frame);
int h2session__events_goaway(h2session *s, const h2frame_frame *frame);
int h2session__events_altsvc(h2session *s, const struct stream *st, const h2frame_frame *frame);
int h2session__events_origin(h2session *s, const h2frame_bytes *origins, size_t count);
int h2session__events_priority_update(h2session *s, const h2session_priority_update_event *event);
int h2session__events_extension(h2session *s, const struct stream *st, const h2frame_frame *frame);
COLD int h2session__events_fault(h2session *s, const h2session_fault_event *event);
COLD int h2session__events_trace(h2session *s, h2session_trace_event *event);
/* Asks a body source; the return value is the source's. */
int h2session__events_read(h2session *s, struct stream *st, h2session_read_event *event);

/* fault.c */
/* Turns a verdict into RST_STREAM or GOAWAY and on_fault. 0 for OK, IGNORE and STREAM. */
COLD int h2session__fault_apply(h2session *s, struct verdict v, uint32_t stream_id);
/* Whether a fault of a message may be forgiven, when the rest of it is right. */
int h2session__fault_may_forgive(const h2session *s, struct verdict v);
/* Tells a fault that nothing follows. 0 or the code the session failed with. */
int h2session__fault_forgive(h2session *s, struct verdict v, uint32_t stream_id);
/* Something legal but useless or suspicious, one of the GLITCH_ reasons. */
COLD int h2session__fault_glitch(h2session *s, uint32_t reason);
/* A frame of an extension: free, or a glitch when there were too many. */
COLD int h2session__fault_extension(h2session *s);
/* One more for h2session_rule_count(). */
COLD void h2session__fault_count(h2session *s, uint32_t reason);
/* Ends the session: a failure was noted. */
COLD void h2session__fault_settle(h2session *s);
/* Queues a GOAWAY and ends all streams; `failed` becomes code. */
COLD int h2session__fault_terminate(h2session *s, int code, uint32_t h2_code, uint32_t reason);

/* streams.c: life of streams */
struct stream *h2session__streams_find(const h2session *s, uint32_t id);
/* State of a stream that may be absent from the table. */
uint32_t h2session__streams_state(const h2session *s, uint32_t id);
/* New stream in state OPEN, in the table; NULL without memory. */
struct stream *h2session__streams_open(h2session *s, uint32_t id, uint32_t flags);
/* Gives the stream a body source, whose content-length promised body_length (-1: nothing). */
int h2session__streams_attach(h2session *s, struct stream *st, const h2session_message *message,
                              int64_t body_length);
/* New stream that is reserved, locally with STREAM_LOCAL_INITIATED; NULL without memory. */
struct stream *h2session__streams_reserve(h2session *s, uint32_t id, uint32_t flags);
/* The first HEADERS of a response (INPUT_RECV_HEADERS or INPUT_SEND_HEADERS): a stream that was
 * reserved is open from now on; others stay as they are. */
void h2session__streams_activate(h2session *s, struct stream *st, uint32_t input);
/* Whether the peer may have one more stream open. */
struct verdict h2session__streams_admit(const h2session *s);
/* Takes the stream out of the table; on_stream_closed follows at the next reap. */
void h2session__streams_end(h2session *s, struct stream *st, uint32_t code, uint32_t reason,
                            uint32_t remote);
/* Applies INPUT_SEND_END_STREAM or INPUT_RECV_END_STREAM; ends the stream when both are done. */
void h2session__streams_half_close(h2session *s, struct stream *st, uint32_t input);
/* Ends every stream (CONNECTION_ENDED, or the given reason). */
void h2session__streams_end_all(h2session *s, uint32_t code, uint32_t reason);
/* Calls on_stream_closed for ended streams that lend nothing any more, and frees them. */
int h2session__streams_reap(h2session *s);
/* Puts the stream into the scheduler or takes it out, as its state says. */
void h2session__streams_schedule(h2session *s, struct stream *st);
/* All of them leave the dependency tree for urgencies. */
void h2session__streams_use_urgency(h2session *s);
/* The same for all, when the windows of all have moved since. */
void h2session__streams_schedule_moved(h2session *s);
int64_t h2session__streams_send_window(const h2session *s, const struct stream *st);
int h2session__streams_is_local(const h2session *s, uint32_t id);
/* Whether one direction is that of a tunnel, where nothing but DATA follows the head: the client's
 * from its CONNECT on, the server's once it has answered that with 2xx. rfc: 9113#8.5 */
int h2session__streams_is_tunnel(const struct stream *st, int from_client);

/* out_frame.c: frames into the out queue. 0 or the code the session failed with. */
int h2session__out_frame_write(h2session *s, const h2frame_frame *frame);
int h2session__out_frame_reset(h2session *s, uint32_t stream_id, uint32_t code);
int h2session__out_frame_window_update(h2session *s, uint32_t stream_id, uint32_t increment);
int h2session__out_frame_goaway(h2session *s, uint32_t last_id, uint32_t code, uint32_t reason);
int h2session__out_frame_goaway_debug(h2session *s, uint32_t last_id, uint32_t code,
                                      const h2frame_bytes *debug);
int h2session__out_frame_settings(h2session *s, const h2frame_setting *settings, size_t count);
int h2session__out_frame_ping(h2session *s, const uint8_t opaque[8], uint32_t flags);
int h2session__out_frame_settings_ack(h2session *s);
COLD int h2session__out_frame_trace(h2session *s, const h2frame_frame *frame,
                                    const hpack_field *fields, size_t count, uint32_t opens);

/* credit.c: n octets of the peer's DATA need no room any more: connection, and the stream unless
 * NULL. */
int h2session__credit_give(h2session *s, struct stream *st, uint32_t n);
/* With MANUAL_CONSUME: n octets of a body go to the application / it has consumed them. */
void h2session__credit_hand_out(h2session *s, struct stream *st, uint32_t n);
int h2session__credit_consumed(h2session *s, struct stream *st, uint32_t n);
/* n octets came, for the size of windows: may send a PING. / Whether an ACK is that of this PING. */
int h2session__credit_measure(h2session *s, uint32_t n);
int h2session__credit_ping_acked(h2session *s, const uint8_t opaque[8]);
/* Prepares that, when the configuration asks for it. 0 or NOMEM. */
int h2session__credit_init(h2session *s);
void h2session__credit_free(h2session *s);

/* codecs.c: a parser with the limits of the session. 0 or an error. */
int h2session__codecs_new_parser(h2session *s, uint32_t expect_preface, h2frame_parser **out);
/* Each is made when it is first asked for. NULL without memory. */
APART h2frame_parser *h2session__codecs_make_parser(h2session *s);
APART hpack_decoder *h2session__codecs_make_decoder(h2session *s);
APART hpack_encoder *h2session__codecs_make_encoder(h2session *s);
static inline hpack_decoder *codecs_decoder(h2session *s)
{
    return s->decoder != NULL ? s->decoder : h2session__codecs_make_decoder(s);
}
static inline hpack_encoder *codecs_encoder(h2session *s)
{
    return s->encoder != NULL ? s->encoder : h2session__codecs_make_encoder(s);
}
/* A new size of a table. 0 or the code the session failed with. */
int h2session__codecs_decoder_table(h2session *s, uint32_t size);
int h2session__codecs_encoder_table(h2session *s, uint32_t size);
/* The largest frame that the peer may send is another one. 0 or a negative error. */
int h2session__codecs_frame_size(h2session *s);
/* Gives back what can be made again. */
void h2session__codecs_rest(h2session *s);
void h2session__codecs_drop_encoder(h2session *s);
void h2session__codecs_free(h2session *s);

/* header_out.c: encodes a section as HEADERS and CONTINUATION. */
int h2session__header_out_message(h2session *s, struct stream *st, const h2session_message *message,
                                  uint32_t end_stream);
int h2session__header_out_write(h2session *s, struct stream *st, const hpack_field *fields,
                                size_t count, uint32_t end_stream);
/* The same as PUSH_PROMISE on the parent. rfc: 9113#6.6 */
int h2session__header_out_promise(h2session *s, uint32_t parent_id, uint32_t promised_id,
                                  const hpack_field *fields, size_t count);

/* header_in.c: fragments of a field block; *done is 1 when it is complete and decoded. */
int h2session__header_in_fragment(h2session *s, const h2frame_frame *frame, int *done);

/* in_headers.c, in_data.c, in_control.c, in_priority.c, in_extension.c: one handler a frame type. */
int h2session__in_headers_headers(h2session *s, const h2frame_frame *frame);
int h2session__in_headers_continuation(h2session *s, const h2frame_frame *frame);
int h2session__in_headers_push_promise(h2session *s, const h2frame_frame *frame);
/* in_push.c: the head of a PUSH_PROMISE; its request; the response to it begins. */
int h2session__in_push_begin(h2session *s, const h2frame_frame *frame);
int h2session__in_push_promised(h2session *s, const hpack_field *fields, size_t count);
struct verdict h2session__in_push_opens(h2session *s, struct stream *st);
int h2session__in_data_data(h2session *s, const h2frame_frame *frame);
/* The same for a frame that lies whole in the input, has content and no padding. */
int h2session__in_data_whole(h2session *s, const h2frame_frame *frame);
int h2session__in_control_settings(h2session *s, const h2frame_frame *frame);
int h2session__in_control_ping(h2session *s, const h2frame_frame *frame);
int h2session__in_control_rst_stream(h2session *s, const h2frame_frame *frame);
int h2session__in_control_goaway(h2session *s, const h2frame_frame *frame);
int h2session__in_control_window_update(h2session *s, const h2frame_frame *frame);
int h2session__in_control_ignored(h2session *s, const h2frame_frame *frame);
int h2session__in_priority_priority(h2session *s, const h2frame_frame *frame);
int h2session__in_priority_update(h2session *s, const h2frame_frame *frame);
/* The priority part of HEADERS whose block begins. */
void h2session__in_priority_block(h2session *s, const h2frame_frame *frame);
int h2session__in_extension_altsvc(h2session *s, const h2frame_frame *frame);
int h2session__in_extension_origin(h2session *s, const h2frame_frame *frame);
/* in_custom.c: a frame of a type that has no handler. is_free: whether the application may use the
 * type. */
int h2session__in_custom_frame(h2session *s, const h2frame_frame *frame);
int h2session__in_custom_is_free(uint32_t type);
void h2session__in_custom_free(h2session *s);
/* Settings of the peer, or the effects of own ones, come into force. */
int h2session__in_control_apply_remote(h2session *s, const h2frame_setting *settings, size_t count);
int h2session__in_control_apply_local(h2session *s, const struct settings_effect *effects,
                                      size_t count);
/* Tells the application a checked field section, then moves the state when END_STREAM came with
 * it. The caller fills the event but for size and stream. */
int h2session__in_headers_deliver(h2session *s, struct stream *st, h2session_headers_event *event);
/* Whether anything was said about priorities that the next function has to look at. */
static inline int h2session__in_priority_matters(const h2session *s,
                                                 const struct http_request *request)
{
    return s->priority_seen || s->priority_idle.count > 0 || request->has_priority ||
           h2session__scheduler_has_tree(&s->schedule);
}

/* The priority of a stream that a request, received or sent, has opened: its field, what
 * PRIORITY_UPDATE said before; or what HEADERS said, in a tree. */
void h2session__in_priority_request(h2session *s, struct stream *st, const hpack_field *fields,
                                    size_t count);
/* Whether the priority part of a request to be sent, if it has one, fits its stream: 0 or the error;
 * puts the stream where that part says. */
int h2session__in_priority_check(const h2session *s, const h2session_message *message,
                                 uint32_t stream_id);
void h2session__in_priority_depend(h2session *s, const h2session_message *message,
                                   uint32_t stream_id);
/* The peer's END_STREAM: checks content-length, tells the application, moves the state. */
int h2session__in_data_end_stream(h2session *s, struct stream *st);

/* out_data.c: fills the out queue with DATA as windows and sources allow. */
int h2session__out_data_fill(h2session *s);
/* All that a stream's source lent has been sent: it may be asked again. */
void h2session__out_data_released(void *session, uint32_t owner);

/* trailers.c: a deep copy of a section. NULL without memory; free takes NULL. */
struct trailers *h2session__trailers_copy(const struct memory *m, const hpack_field *fields,
                                          size_t count);
const hpack_field *h2session__trailers_fields(const struct trailers *t, size_t *count);
void h2session__trailers_free(const struct memory *m, struct trailers *t);

/* session.c: brackets of public mutators. leave() carries out a free that was asked for in a
 * callback and returns code; the session may be gone then. enter() refuses re-entrance. */
int h2session__session_enter(h2session *s);
int h2session__session_leave(h2session *s, int code);
/* leave() for functions that may be called inside callbacks. */
int h2session__session_submitted(h2session *s, int code);
/* Between events: ends the session when a failure was noted, tells the ends of streams. */
int h2session__session_settle_all(h2session *s);
static inline int session_settle(h2session *s)
{
    return s->ended != NULL || s->failing ? h2session__session_settle_all(s) : s->failed;
}

/* submit.c: 0, or why nothing can be submitted now: FAILED's code, CLOSED, OUTPUT_LIMIT. */
int h2session__submit_allowed(const h2session *s);
/* 0, or why no stream can be opened or promised now: CLOSED, STREAM_IDS, STREAM_LIMIT. */
int h2session__submit_may_open(const h2session *s);
/* The caller's struct of this version; of another one, what both know of it in *copy. NULL: USAGE. */
const h2session_message *h2session__submit_import(const h2session_message *in,
                                                  h2session_message *copy);
/* What promises on the stream of a request will be held against: its place in push_origins.h, or -1
 * without memory. */
int h2session__submit_take_origin(h2session *s, const h2session_message *message);
/* Keeps the verdict for h2session_last_fault(); returns code. */
int h2session__submit_refuse(h2session *s, struct verdict v, int code);
/* 0 or SECTION_LIMIT. */
int h2session__submit_section_fits(const h2session *s, const hpack_field *fields, size_t count);

/* goaway.c: the graceful end, at once or in two steps. */
int h2session__goaway_final(h2session *s);
int h2session__goaway_announce(h2session *s);
/* PING ACK of the announcement; *taken is 1 when it was that one. */
int h2session__goaway_ping_acked(h2session *s, const uint8_t opaque[8], int *taken);

/* clock.c */
void h2session__clock_ack_queued(h2session *s);
void h2session__clock_sent(h2session *s);
void h2session__clock_acked(h2session *s);
void h2session__clock_stream_count(h2session *s);
void h2session__clock_terminated(h2session *s);
void h2session__clock_time(h2session *s, uint64_t now_ns);

/* stalls.c: who does not keep up with progress_rate. */
/* When to look next. */
uint64_t h2session__stalls_deadline(const h2session *s);
int h2session__stalls_look(h2session *s);

void h2session__session_check(const h2session *s);

#endif
