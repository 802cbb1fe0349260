/* SPDX-License-Identifier: MIT */
/*
 * libh2session: one HTTP/2 connection (RFC 9113), client or server, as a machine with two byte
 * ports and no clock, no socket, no thread.
 *
 *   in:   h2session_recv() takes the octets of the peer and calls one callback per event.
 *   out:  h2session_peek() lends what is to be sent, h2session_sent() says how much was taken.
 *   then: h2session_wants() and h2session_deadline_ns() say what to wait for.
 *
 * Time is an argument: nanoseconds of any monotonic clock. Input may be cut anywhere: the events
 * and the octets sent are the same.
 *
 * Callbacks are called from recv, recv_eof, peek, sent, tick, free and upgrade_server; only on_trace
 * also from new and submits, when they queue a frame. Inside a callback: getters, h2session_submit_*,
 * h2session_resume(), h2session_consume(), h2session_shutdown() and h2session_terminate() are
 * allowed; recv, peek, sent, tick and trim on the same session return H2SESSION_ERR_REENTRANT;
 * h2session_free() takes effect when the outer call returns.
 *
 * Threads: no globals. Distinct objects may be used on distinct threads at once; one object by one
 * thread at a time; const functions on one object are still not concurrent with mutators.
 *
 * Errors: functions return 0 or a negative H2SESSION_ERR_ code. A session that failed stays
 * failed: later calls return the same code; h2session_free() is always allowed.
 * Every length is in octets. Every function is available since 0.1 unless it says otherwise.
 */
#ifndef H2SESSION_H2SESSION_H
#define H2SESSION_H2SESSION_H

#include <stddef.h>
#include <stdint.h>

#include <h2frame/h2frame.h>
#include <hpack/hpack.h>

#include <h2session/export.h>
#include <h2session/version.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define H2SESSION_MUST_CHECK __attribute__((warn_unused_result))
#else
#define H2SESSION_MUST_CHECK
#endif

/* ---- Errors ------------------------------------------------------------------------------- */

/* X(name, value, category, text). Values are frozen; new ones are added at the end. */
#define H2SESSION_ERROR_LIST(X)                                                                    \
    X(USAGE, -3000, USAGE, "invalid argument or call order")                                       \
    X(NOMEM, -3001, MEMORY, "out of memory")                                                       \
    X(CONFIG, -3002, USAGE, "configuration has an unknown or invalid value")                       \
    X(REENTRANT, -3003, USAGE, "call not allowed inside a callback of the same session")           \
    X(PEER, -3004, PEER, "the peer broke the protocol; the connection ends")                       \
    X(LIMIT, -3005, LIMIT, "the peer exceeded a limit; the connection ends")                       \
    X(CALLBACK, -3006, CALLBACK, "a callback asked to abort")                                      \
    X(CLOSED, -3007, USAGE, "the connection is closing; no new streams or frames")                 \
    X(STREAM_UNKNOWN, -3008, USAGE, "no such stream")                                              \
    X(STREAM_STATE, -3009, USAGE, "the stream's state does not allow that")                        \
    X(STREAM_LIMIT, -3010, USAGE, "the peer allows no more concurrent streams now")                \
    X(STREAM_IDS, -3011, USAGE, "stream ids are exhausted; open a new connection")                 \
    X(FIELD, -3012, USAGE, "a submitted field breaks RFC 9113 section 8")                          \
    X(SECTION_LIMIT, -3013, LIMIT, "submitted field section exceeds what the peer accepts")        \
    X(OUTPUT_LIMIT, -3014, LIMIT, "too much unsent output; write first")                           \
    X(TIMEOUT, -3015, LIMIT, "the peer let a deadline pass; the connection ends")                  \
    X(INTERNAL, -3016, INTERNAL, "internal error")                                                 \
    X(FRAME_SIZE, -3017, USAGE, "frame is larger than the peer accepts")                           \
    X(UPGRADE, -3018, PEER, "HTTP2-Settings cannot be used: answer in HTTP/1.1")                   \
    X(PRIORITY_SCHEME, -3019, USAGE, "the connection does not use this kind of priority signals")  \
    X(PUSH_DISABLED, -3020, USAGE, "the peer wants no pushes")

enum { H2SESSION_OK = 0 };

enum {
#define H2SESSION_ERROR_VALUE_(name, value, category, text) H2SESSION_ERR_##name = (value),
    H2SESSION_ERROR_LIST(H2SESSION_ERROR_VALUE_)
#undef H2SESSION_ERROR_VALUE_
};

enum {
    H2SESSION_CATEGORY_NONE = 0,
    H2SESSION_CATEGORY_USAGE = 1,
    H2SESSION_CATEGORY_MEMORY = 2,
    H2SESSION_CATEGORY_PEER = 3,
    H2SESSION_CATEGORY_LIMIT = 4,
    H2SESSION_CATEGORY_CALLBACK = 5,
    H2SESSION_CATEGORY_INTERNAL = 6
};

/* Name ("H2SESSION_ERR_PEER"), text and category of a code; never NULL. */
H2SESSION_API const char *h2session_error_name(int code);
H2SESSION_API const char *h2session_error_text(int code);
H2SESSION_API uint32_t h2session_error_category(int code);

/* Version of the library at run time, "0.1.0". H2SESSION_VERSION is the one compiled against. */
H2SESSION_API const char *h2session_version(void);

/* ---- Reasons: why a stream or the connection was ended ------------------------------------- */

/* X(name, id, "section or limit", text). Ids are stable. Faults of the frame layer have the ids of
 * H2FRAME_REASON_LIST. */
#define H2SESSION_REASON_LIST(X)                                                                   \
    X(NONE, 0, "", "")                                                                             \
    X(FIRST_FRAME, 3100, "RFC 9113 3.4", "first frame is not SETTINGS, or has ACK")                \
    X(BLOCK_INTERRUPTED, 3101, "RFC 9113 4.3", "field block interrupted by another frame")         \
    X(CONTINUATION_UNEXPECTED, 3102, "RFC 9113 6.10", "CONTINUATION without an open block")        \
    X(COMPRESSION, 3103, "RFC 9113 4.3", "field block cannot be decoded")                          \
    X(STREAM_ID_PARITY, 3104, "RFC 9113 5.1.1", "stream id belongs to the other side")             \
    X(STREAM_ID_ORDER, 3105, "RFC 9113 5.1.1", "stream id is not above all before")                \
    X(STREAM_IDLE, 3106, "RFC 9113 5.1", "frame on an idle stream")                                \
    X(STREAM_CLOSED, 3107, "RFC 9113 5.1", "frame on a closed stream")                             \
    X(STREAM_HALF_CLOSED, 3108, "RFC 9113 5.1", "frame after END_STREAM")                          \
    X(STREAM_RESERVED, 3109, "RFC 9113 5.1", "frame not allowed on a reserved stream")             \
    X(CONCURRENT_STREAMS, 3110, "RFC 9113 5.1.2", "more streams than MAX_CONCURRENT_STREAMS")      \
    X(REFUSED_BY_APPLICATION, 3111, "on_headers", "the application refused the stream")            \
    X(SETTINGS_ACK_UNEXPECTED, 3112, "RFC 9113 6.5.3", "SETTINGS ACK without SETTINGS")            \
    X(SETTING_PUSH_FROM_SERVER, 3113, "RFC 9113 6.5.2", "a server set ENABLE_PUSH to 1")           \
    X(SETTING_CONNECT_WITHDRAWN, 3114, "RFC 8441 3", "ENABLE_CONNECT_PROTOCOL went from 1 to 0")   \
    X(SETTING_PRIORITIES_CHANGED, 3115, "RFC 9218 2.1", "NO_RFC7540_PRIORITIES changed later")     \
    X(WINDOW_OVERFLOW, 3116, "RFC 9113 6.9.1", "flow-control window exceeds 2^31-1")               \
    X(WINDOW_EXCEEDED, 3117, "RFC 9113 6.9.1", "DATA exceeds the flow-control window")             \
    X(PUSH_TO_SERVER, 3118, "RFC 9113 8.4", "a client sent PUSH_PROMISE")                          \
    X(PUSH_DISABLED, 3119, "RFC 9113 6.6", "PUSH_PROMISE although ENABLE_PUSH is 0")               \
    X(GOAWAY_LAST_ID_GREW, 3120, "RFC 9113 6.8", "last stream id of GOAWAY grew")                  \
    X(PRIORITY_UPDATE_FROM_SERVER, 3121, "RFC 9218 7.1", "a server sent PRIORITY_UPDATE")          \
    X(PRIORITY_UPDATE_IDLE, 3122, "RFC 9218 7.1", "more idle streams prioritized than may open")   \
    X(PRIORITY_UPDATE_PUSH, 3123, "RFC 9218 7.1", "PRIORITY_UPDATE for a push not promised yet")   \
    X(PUSH_METHOD, 3124, "RFC 9113 8.4", "promised request is not GET or HEAD")                    \
    X(PUSH_ORIGIN, 3125, "RFC 9113 8.4", "promised request has another origin than its parent")    \
    X(PUSH_PARENT, 3126, "RFC 9113 5.1", "promise on a stream that was reset")                     \
    X(PRIORITY_SELF, 3127, "RFC 7540 5.3.1", "a stream depends on itself")                         \
    X(PSEUDO_UNKNOWN, 3130, "RFC 9113 8.3", "undefined pseudo-field")                              \
    X(PSEUDO_ORDER, 3131, "RFC 9113 8.3", "pseudo-field after a regular field")                    \
    X(PSEUDO_REPEATED, 3132, "RFC 9113 8.3", "pseudo-field given twice")                           \
    X(PSEUDO_MISSING, 3133, "RFC 9113 8.3.1", "mandatory pseudo-field missing")                    \
    X(PSEUDO_NOT_ALLOWED, 3134, "RFC 9113 8.3", "pseudo-field not allowed in this message")        \
    X(FIELD_NAME, 3135, "RFC 9113 8.2.1", "field name is empty or has a forbidden octet")          \
    X(FIELD_VALUE, 3136, "RFC 9113 8.2.1", "field value has a forbidden octet or outer space")     \
    X(FIELD_CONNECTION, 3137, "RFC 9113 8.2.2", "connection-specific field")                       \
    X(FIELD_TE, 3138, "RFC 9113 8.2.2", "te has another value than trailers")                      \
    X(METHOD, 3139, "RFC 9110 9.1", "method is not a token")                                       \
    X(SCHEME, 3140, "RFC 3986 3.1", "scheme has a forbidden octet")                                \
    X(PATH, 3141, "RFC 9113 8.3.1", "path is empty or malformed")                                  \
    X(AUTHORITY, 3142, "RFC 9113 8.3.1", "authority is empty or malformed")                        \
    X(HOST, 3143, "RFC 9113 8.3.1", "host is repeated or differs from :authority")                 \
    X(STATUS, 3144, "RFC 9113 8.3.2", "status is not three digits from 100 to 599")                \
    X(STATUS_101, 3145, "RFC 9113 8.6", "status 101 is not used in HTTP/2")                        \
    X(CONTENT_LENGTH, 3146, "RFC 9110 8.6", "content-length is repeated or not a number")          \
    X(CONTENT_LENGTH_MISMATCH, 3147, "RFC 9113 8.1.1", "content-length differs from the body")     \
    X(CONTENT_NOT_ALLOWED, 3148, "RFC 9110 6.4.1", "body in a message that has none")              \
    X(HEADERS_UNEXPECTED, 3149, "RFC 9113 8.1", "field section at this point of the message")      \
    X(INFORMATIONAL_END, 3150, "RFC 9113 8.1", "1xx response with END_STREAM")                     \
    X(DATA_BEFORE_HEADERS, 3151, "RFC 9113 8.1", "DATA before the final response")                 \
    X(CONNECT, 3152, "RFC 9113 8.5", "malformed CONNECT request")                                  \
    X(FIELD_TRAILER, 3153, "RFC 9110 6.5.1", "field not allowed in trailers")                      \
    X(CONTENT_LENGTH_FORBIDDEN, 3154, "RFC 9110 8.6", "content-length where none may be")          \
    X(UPGRADE_ALPHABET, 3160, "RFC 7540 3.2.1", "HTTP2-Settings is not all base64url")             \
    X(UPGRADE_PADDING, 3161, "RFC 7540 3.2.1", "HTTP2-Settings has padding")                       \
    X(UPGRADE_LENGTH, 3162, "RFC 7540 3.2.1", "HTTP2-Settings has no possible length")             \
    X(UPGRADE_BITS, 3163, "RFC 4648 3.5", "HTTP2-Settings ends with bits that are not zero")       \
    X(LIMIT_CONTINUATIONS, 3170, "continuation_limit", "too many CONTINUATION frames")             \
    X(LIMIT_FIELD_SECTION, 3171, "max_header_list_size", "field section larger than the limit")    \
    X(LIMIT_FIELD_COUNT, 3172, "field_count_limit", "more field lines than the limit")             \
    X(LIMIT_RESETS, 3173, "reset_burst", "streams are reset too often")                            \
    X(LIMIT_GLITCHES, 3174, "glitch_burst", "too many useless or suspicious frames")               \
    X(LIMIT_REFUSED, 3175, "refused_limit", "too many streams beyond the offered limit")           \
    X(LIMIT_ACKS, 3176, "ack_queue_limit", "too many unsent acknowledgements")                     \
    X(LIMIT_INFORMATIONAL, 3177, "informational_limit", "too many 1xx responses")                  \
    X(LIMIT_PROMISED, 3178, "promised_streams_limit", "too many promised streams")                 \
    X(TIMEOUT_SETTINGS_ACK, 3180, "settings_ack_timeout_ns", "SETTINGS not acknowledged")          \
    X(TIMEOUT_FIELD_BLOCK, 3181, "field_block_timeout_ns", "field block not completed")            \
    X(TIMEOUT_IDLE, 3182, "idle_timeout_ns", "no stream was open")                                 \
    X(APPLICATION, 3190, "", "the application ended it")                                           \
    X(BODY_FAILED, 3191, "", "the body source failed")                                             \
    X(RESET_BY_PEER, 3192, "RFC 9113 6.4", "the peer reset the stream")                            \
    X(GOAWAY_NOT_PROCESSED, 3193, "RFC 9113 6.8", "above the last stream id of GOAWAY: not begun") \
    X(CONNECTION_ENDED, 3194, "", "the connection ended first")                                    \
    X(NO_MEMORY, 3195, "", "out of memory")                                                        \
    X(LIMIT_MEMORY, 3200, "memory_limit_bytes", "the connection takes too much memory")            \
    X(LIMIT_NEW_STREAMS, 3201, "new_stream_factor", "too many new streams at once")                \
    X(LIMIT_EMPTY_FRAMES, 3202, "empty_frame_limit", "too many frames without content in a row")   \
    X(LIMIT_OUTPUT_FRAMES, 3203, "output_frame_limit", "too many unsent frames")                   \
    X(LIMIT_WINDOW_UPDATES, 3204, "window_update_free", "more WINDOW_UPDATE than DATA explains")   \
    X(LIMIT_FIELD_BLOCK, 3205, "field_block_limit_bytes", "field block larger than the limit")     \
    X(LIMIT_HANDLERS, 3206, "max_concurrent_streams", "handlers of streams that are gone run on")  \
    X(TIMEOUT_FIRST_REQUEST, 3210, "first_request_timeout_ns", "no stream was ever opened")        \
    X(TIMEOUT_PROGRESS, 3211, "progress_rate", "the peer sends or takes the body too slowly")      \
    X(TIMEOUT_OUTPUT, 3212, "progress_rate", "the peer takes what is sent too slowly")             \
    X(LIMIT_PRIORITY_NODES, 3220, "priority_node_limit", "too many idle streams in the tree")      \
    X(GLITCH_SETTINGS, 3230, "glitch_burst", "SETTINGS after the first")                           \
    X(GLITCH_PING_ACK, 3231, "glitch_burst", "PING ACK without a PING")                            \
    X(GLITCH_GOAWAY, 3232, "glitch_burst", "GOAWAY after the first")                               \
    X(GLITCH_EMPTY_FRAME, 3233, "glitch_burst", "frame without content that ends nothing")         \
    X(GLITCH_LATE_FRAME, 3234, "glitch_burst", "HEADERS or empty DATA on a stream that was reset") \
    X(GLITCH_PRIORITY, 3235, "glitch_burst", "more PRIORITY and PRIORITY_UPDATE than are free")    \
    X(GLITCH_EXTENSION, 3236, "glitch_burst", "more frames of extensions than are free")           \
    X(GLITCH_MISPLACED, 3237, "glitch_burst", "ALTSVC or ORIGIN where it has no meaning")

enum {
#define H2SESSION_REASON_VALUE_(name, id, where, text) H2SESSION_REASON_##name = (id),
    H2SESSION_REASON_LIST(H2SESSION_REASON_VALUE_)
#undef H2SESSION_REASON_VALUE_
};

/* Name ("WINDOW_EXCEEDED"), section or name of the limit, and text; also for the reasons of
 * libh2frame. Never NULL; "UNKNOWN" or "" for other numbers. Static strings. */
H2SESSION_API const char *h2session_reason_name(uint32_t reason);
H2SESSION_API const char *h2session_reason_where(uint32_t reason);
H2SESSION_API const char *h2session_reason_text(uint32_t reason);

/* ---- Configuration ------------------------------------------------------------------------ */

typedef struct h2session h2session;

enum { H2SESSION_CLIENT = 1, H2SESSION_SERVER = 2 };

enum {
    /* The application returns flow-control credit with h2session_consume(); otherwise DATA is
     * credited as soon as on_data has returned. The stream waits for that credit; the connection
     * does not as long as unconsumed_limit_bytes allows it, so that a body that nobody takes does
     * not stop the others. */
    H2SESSION_MANUAL_CONSUME = 0x1,
    /* A client takes promises for any origin: the application checks that the server may speak for
     * it, and resets the promised stream with PROTOCOL_ERROR otherwise (RFC 9113 8.4). Without this
     * flag scheme and authority must be those of the request that the promise came with. */
    H2SESSION_PUSH_ANY_ORIGIN = 0x2
};

/* Kinds of priorities: see "Priorities" below. */
enum {
    H2SESSION_PRIORITIES_RFC9218 = 0, /* urgency and incremental */
    H2SESSION_PRIORITIES_RFC7540 = 1  /* dependency tree and weights, for peers that use it */
};

/*
 * Which rules are enforced. In each profile h2session_rule_count() counts what was met, and on_fault
 * tells it; with `forgiven` 1 when nothing followed.
 *
 * STRICT: all of them. COMPATIBLE: not those that peers break without harm, where going on is safe;
 * the message is delivered as it came. These are: space around a value that the library does not
 * interpret (FIELD_VALUE), a host that differs from :authority, which is the one to use (HOST), te
 * with other values (FIELD_TE), at a client connection-specific fields other than transfer-encoding,
 * to be ignored (FIELD_CONNECTION), a SETTINGS ACK too many (SETTINGS_ACK_UNEXPECTED), a late change
 * of NO_RFC7540_PRIORITIES, without effect (SETTING_PRIORITIES_CHANGED), a GOAWAY whose last stream
 * id grew, without that (GOAWAY_LAST_ID_GREW).
 * OBSERVE: nor the limits on what costs work only: LIMIT_RESETS, LIMIT_GLITCHES, LIMIT_REFUSED,
 * LIMIT_WINDOW_UPDATES, LIMIT_EMPTY_FRAMES, TIMEOUT_PROGRESS; to find out what they would do to the
 * peers there are. Not for peers that may be hostile.
 */
enum {
    H2SESSION_PROFILE_STRICT = 0,
    H2SESSION_PROFILE_COMPATIBLE = 1,
    H2SESSION_PROFILE_OBSERVE = 2
};

/* Fill with h2session_config_init(&c, sizeof c, role), then change what you want. size comes
 * first, new members only at the end; zero means "as before the member existed". */
typedef struct h2session_config {
    size_t size;
    uint32_t role;  /* H2SESSION_CLIENT or H2SESSION_SERVER */
    uint32_t flags; /* H2SESSION_MANUAL_CONSUME, H2SESSION_PUSH_ANY_ORIGIN */
    /* One function allocates (ptr NULL), resizes and frees (new_size 0). NULL: libc. */
    void *(*resize)(void *ctx, void *ptr, size_t old_size, size_t new_size);
    void *resize_ctx;

    /* Sent in the first SETTINGS where they differ from the protocol's initial values, except that
     * MAX_CONCURRENT_STREAMS (server, or client that takes pushes), MAX_HEADER_LIST_SIZE,
     * ENABLE_PUSH 0 (other clients) and, unless priority_scheme is RFC7540, NO_RFC7540_PRIORITIES 1
     * are always sent. In force as limits from then on, whatever the peer believes. */
    uint32_t header_table_size;      /* 4096: decoder's dynamic table */
    uint32_t max_concurrent_streams; /* 100: streams the peer may have open */
    uint32_t initial_window_size;    /* 65535: credit of each stream at its start */
    uint32_t max_frame_size;         /* 16384 */
    uint32_t max_header_list_size;   /* 65536 (server), 262144 (client) */

    /* Window of the connection, topped up by WINDOW_UPDATE; at least 65535. Default 1048576. */
    uint32_t connection_window_size;
    /* Most memory for the encoder's dynamic table. Default 4096. */
    uint32_t encoder_table_size;
    /* Streams assumed to be allowed until the peer's SETTINGS arrive. Default 100. */
    uint32_t assumed_peer_streams;

    /* Limits on what the peer may cause; above one the connection ends with ENHANCE_YOUR_CALM, but
     * for field_count_limit and informational_limit, which like max_header_list_size end the
     * stream. */
    uint32_t field_count_limit;    /* 128 (server), 256 (client): field lines in a section */
    uint32_t continuation_limit;   /* 8: CONTINUATION frames in a field block */
    uint32_t settings_entry_limit; /* 32: entries in a SETTINGS frame */
    uint32_t ack_queue_limit;      /* 100: unsent ACKs of PING and SETTINGS */
    uint32_t refused_limit;        /* 100: streams opened beyond max_concurrent_streams */
    uint32_t reset_burst;          /* 200: resets of either side caused by the peer, at once; but
                                    * not its RST_STREAM for streams that this side opened */
    uint32_t reset_rate;           /* 20: of them given back each second */
    uint32_t glitch_burst;         /* 1000: useless or suspicious frames, at once */
    uint32_t glitch_rate;          /* 50: of them given back each second */
    uint32_t informational_limit;  /* 32: 1xx responses to a request (client) */
    /* Unsent octets from which on WANT_READ is withdrawn and submits are refused with
     * H2SESSION_ERR_OUTPUT_LIMIT. Default 262144. */
    uint32_t output_limit_bytes;
    uint32_t reserved;

    /* Deadlines, 0 = none. */
    uint64_t settings_ack_timeout_ns; /* 10 s */
    uint64_t field_block_timeout_ns;  /* 10 s, from its first frame to its last */
    uint64_t idle_timeout_ns;         /* 60 s (server), 0 (client): no stream open, or owed */

    /* Most memory for the connection: all that the session allocates and what the application
     * charges with h2session_charge(). Above it the connection ends with ENHANCE_YOUR_CALM. 0: 1 MiB
     * and 64 KiB for each open stream; the 1 MiB is more where limits above were raised. */
    uint64_t memory_limit_bytes;

    /* Server: 1 announces SETTINGS_ENABLE_CONNECT_PROTOCOL, so that clients may send a CONNECT with
     * :protocol (RFC 8441). 0: such a request is malformed. A client needs no option: it may send
     * one when h2session_remote_setting() says that the server has announced it. */
    uint32_t enable_connect_protocol;

    /* Client: 1 takes pushes, each announced by on_headers(PUSH). 0: all are refused, and the
     * server is told not to try. */
    uint32_t enable_push;

    /* More limits on what the peer may cause. */
    /* 2: streams opened before the output is looked at with h2session_peek() or time goes on, in
     * multiples of max_concurrent_streams; more are refused, as beyond that. 0: no limit. */
    uint32_t new_stream_factor;
    /* 4: DATA, HEADERS and CONTINUATION in a row without content that end nothing. 0: no limit. */
    uint32_t empty_frame_limit;
    /* 1000: unsent frames from which on WANT_READ is withdrawn and submits are refused, as with
     * output_limit_bytes; when the peer causes as many again the connection ends. 0: no limit. */
    uint32_t output_frame_limit;
    /* Octets of a field block that takes more than one frame, as they are on the wire. 0: as many as
     * max_header_list_size, but at least max_frame_size. */
    uint32_t field_block_limit_bytes;
    /* WINDOW_UPDATE frames: so many (5; 0: no limit), and for each stream (2), and for each DATA
     * frame sent (20), where a large one counts as several of 16 KiB, and one that a window cut to
     * less than 64 octets does not count. */
    uint32_t window_update_free;
    uint32_t window_update_per_stream;
    uint32_t window_update_per_data;
    /* PRIORITY and PRIORITY_UPDATE frames, beyond which each is a glitch: 100, and 10 a stream. */
    uint32_t priority_free;
    uint32_t priority_per_stream;
    /* Frames of ALTSVC, ORIGIN and unknown types, the same: 100, and 10 a stream. */
    uint32_t extension_free;
    uint32_t extension_per_stream;
    /* Client: 100: streams that may be promised at once without their response having begun. More
     * are refused with REFUSED_STREAM, and count for refused_limit. */
    uint32_t promised_streams_limit;

    /* Largest payload of extension frames that is kept: ALTSVC and ORIGIN beyond it are ignored,
     * what h2session_accept_extension() asked for comes in parts, debug data of GOAWAY is cut. 0:
     * 4096. */
    uint32_t extension_limit_bytes;
    /* Largest DATA frame that is sent, padding included, where the peer's MAX_FRAME_SIZE allows it.
     * Small ones let streams take turns more often, large ones cost less. 0: 65536 for octets that
     * are lent, 16384 for those that are written in place, which take memory. */
    uint32_t data_frame_limit_bytes;
    /* More entries for the first SETTINGS, at most 16, of ids that this library does not know
     * (RFC 9113 6.5.2). Only looked at by h2session_new(). */
    const h2frame_setting *extra_settings;
    size_t extra_settings_count;
    /* Padding of what is sent (RFC 9113 6.1, 10.7), NULL: none. Called for each frame of type DATA,
     * and for HEADERS and PUSH_PROMISE that hold their whole field block, with the octets of the
     * payload and the most that may be added, at most 256: by the format of the frame, its size and,
     * for DATA, the windows, on which padding counts. Returns how many octets to add, the one that
     * tells the length included; more than `most` is taken as `most`. Must not call the session. */
    uint32_t (*padding)(void *ctx, uint32_t type, uint32_t length, uint32_t most);
    void *padding_ctx;

    /* 500 (server), 0 (client): octets a second at least, where the peer is waited for: of a body
     * that this side may send and has no window for, or that the peer has windows to send (at a
     * server as long as no response was begun; at a client once one was), of all output that the
     * transport does not take. The first two end the stream, the last one the connection. 0: no
     * such limit. */
    uint32_t progress_rate;
    uint32_t reserved_4;
    uint64_t progress_grace_ns; /* 10 s at the start before it counts, or an eighth less */
    uint64_t progress_max_ns;   /* 60 s: most time without progress that faster progress buys */

    /* More deadlines, 0 = none. */
    uint64_t first_request_timeout_ns; /* 10 s (server), 0: idle_timeout_ns before any stream */
    uint64_t close_timeout_ns; /* 5 s: WANT_CLOSE after a GOAWAY, although not all was taken */

    /* 4194304: with H2SESSION_MANUAL_CONSUME, octets of all streams that were handed out and not
     * consumed up to which the connection's window is credited all the same; beyond, they are only
     * when they are consumed. So there are at most this and connection_window_size of them. 0: the
     * connection waits for each octet, and a stream that stands still can use up its window. */
    uint32_t unconsumed_limit_bytes;
    /* Receiving windows grow up to so many octets when they hold back what the path could carry,
     * measured with PINGs of the session's own while DATA comes in: that of the connection, and those
     * of streams that the application keeps up with. Windows that h2session_submit_window_size() has
     * set stay as they are. 0: windows do not grow. */
    uint32_t window_max_bytes;

    /* How the bodies that this side sends are ordered: H2SESSION_PRIORITIES_. Default RFC9218. */
    uint32_t priority_scheme;
    /* 32: nodes of the tree of RFC 7540 that are not open streams, but idle ones that PRIORITY has
     * named or closed ones that are remembered. Closed ones make room; more idle ones end the
     * connection with ENHANCE_YOUR_CALM. 0: none are kept. */
    uint32_t priority_node_limit;

    uint32_t profile; /* H2SESSION_PROFILE_. Default STRICT. */
    uint32_t reserved_6;
} h2session_config;

/* Writes the defaults for a role. Errors: USAGE. */
H2SESSION_API int h2session_config_init(h2session_config *config, size_t size,
                                        uint32_t role) H2SESSION_MUST_CHECK;

/* ---- Events ------------------------------------------------------------------------------- */

/*
 * What a callback returns. 0 goes on. PAUSE: h2session_recv() returns after the frame, or the part
 * of it, that brought this event (on_stream_end may still follow, when that frame ended the
 * stream), with *consumed short of the input; call it again with the rest to go on (from
 * on_headers, on_data and on_stream_end only; elsewhere it counts as 0). REFUSE_STREAM: from
 * on_headers(REQUEST), resets the stream with REFUSED_STREAM; from on_headers(PUSH), resets the
 * promised stream with CANCEL (of the codes that RFC 9113 8.4.2 names, the one that does not invite
 * the server to try again). ABORT: the session fails with H2SESSION_ERR_CALLBACK.
 */
enum { H2SESSION_PAUSE = 1, H2SESSION_REFUSE_STREAM = 2, H2SESSION_ABORT = 3 };

/*
 * From on_stream_closed of a server, for a stream of the peer: the work on the request goes on,
 * although nobody waits for it any more. It takes the place of a stream below
 * max_concurrent_streams until h2session_handler_done(), so that a peer which resets what it asks
 * for cannot have more of it done at once. (DEFER and FAIL, below, are answers of body sources.)
 */
enum { H2SESSION_STILL_RUNNING = 6 };

enum {
    H2SESSION_HEADERS_REQUEST = 1,
    H2SESSION_HEADERS_RESPONSE = 2,
    H2SESSION_HEADERS_INFORMATIONAL = 3,
    H2SESSION_HEADERS_TRAILERS = 4,
    H2SESSION_HEADERS_PUSH = 5 /* a request that the server promises to answer unasked */
};

/* Events are filled by the library and valid during the callback only. */

/*
 * A whole field section, checked against RFC 9113 section 8.
 *
 * PUSH: the fields are those of the promised request, GET or HEAD, stream_id is the promised
 * stream. The response follows on it like any other: INFORMATIONAL, RESPONSE, on_data, TRAILERS,
 * on_stream_end. h2session_submit_reset() ends it at any time.
 */
typedef struct h2session_headers_event {
    size_t size;
    uint32_t stream_id;
    uint32_t kind;       /* H2SESSION_HEADERS_ */
    uint32_t end_stream; /* 1: no body follows */
    uint32_t status;     /* of a RESPONSE or INFORMATIONAL, else 0 */
    const hpack_field *fields;
    size_t field_count;
    int64_t content_length; /* -1: not given */
    void *stream_user;
    uint32_t parent_stream_id; /* of a PUSH: the request it came with; else 0 */
    uint32_t reserved;
} h2session_headers_event;

/* A piece of a body, a view of the input. Padding is already taken off and credited. */
typedef struct h2session_data_event {
    size_t size;
    uint32_t stream_id;
    uint32_t reserved;
    const uint8_t *data;
    size_t length;
    void *stream_user;
} h2session_data_event;

/* The peer's message is complete (END_STREAM, and content-length was right). */
typedef struct h2session_stream_end_event {
    size_t size;
    uint32_t stream_id;
    uint32_t reserved;
    void *stream_user;
} h2session_stream_end_event;

/* Last event of a stream; exactly one for each stream that on_headers(REQUEST), on_headers(PUSH),
 * h2session_submit_request() or h2session_submit_push() began, also from h2session_free(). */
typedef struct h2session_stream_closed_event {
    size_t size;
    uint32_t stream_id;
    /* H2FRAME_CODE_: NO_ERROR when both sides ended it, or when a server reset what was left of the
     * request with NO_ERROR after its whole response (RFC 9113 8.1); a NO_ERROR of the peer before
     * the response is complete counts as CANCEL. */
    uint32_t code;
    uint32_t reason; /* H2SESSION_REASON_ or H2FRAME_REASON_; NONE when both sides ended it */
    uint32_t remote; /* 1: the peer ended it */
    void *stream_user;
    uint32_t complete; /* 1: on_stream_end came, the peer's message is whole */
    /* 1: the server has done nothing with the request: it can be sent again on a new stream,
     * whatever its method (RFC 9113 8.7). It refused the stream (reason RESET_BY_PEER) or named a
     * lower one in its GOAWAY (GOAWAY_NOT_PROCESSED: on another connection). */
    uint32_t unprocessed;
} h2session_stream_closed_event;

typedef struct h2session_settings_event {
    size_t size;
    uint32_t ack; /* 1: the peer acknowledged ours, no entries */
    uint32_t reserved;
    const h2frame_setting *settings;
    size_t settings_count;
} h2session_settings_event;

typedef struct h2session_ping_event {
    size_t size;
    uint32_t ack; /* 1: answer to ours; 0: the peer's, which has been answered */
    uint32_t reserved;
    uint8_t opaque[8];
    /* Of an answer: since ours had been sent. One PING at a time is timed; 0 for others. */
    uint64_t round_trip_ns;
} h2session_ping_event;

typedef struct h2session_goaway_event {
    size_t size;
    uint32_t last_stream_id;
    uint32_t code;
    h2frame_bytes debug_data;
} h2session_goaway_event;

/* Where else an origin can be reached (RFC 7838 4). Only at a client. It need not be believed: see
 * RFC 7838 2.1 for what makes an alternative service trustworthy. */
typedef struct h2session_altsvc_event {
    size_t size;
    uint32_t stream_id; /* not 0: the origin of that stream's request is meant */
    uint32_t reserved;
    h2frame_bytes origin; /* with stream 0: its ASCII form, as the peer wrote it */
    h2frame_bytes value;  /* as the field Alt-Svc would have it */
    void *stream_user;
} h2session_altsvc_event;

/* Origins that the server says it is authoritative for (RFC 8336). Only at a client; one that uses a
 * proxy, or has no TLS, must not look at it. Entries that are no origin have been left out. */
typedef struct h2session_origin_event {
    size_t size;
    const h2frame_bytes *origins; /* "https://a.example:8443" */
    size_t origin_count;          /* 0: an empty set, which still is one (RFC 8336 2.3) */
} h2session_origin_event;

/* A frame of a type that h2session_accept_extension() asked for. */
typedef struct h2session_extension_event {
    size_t size;
    uint32_t type;
    uint32_t flags;     /* all eight, as they came */
    uint32_t stream_id; /* of any stream, also one that is idle or closed, or 0 */
    uint32_t length;    /* payload of the whole frame */
    uint32_t part;      /* H2FRAME_PART_ bits: both, or of a frame beyond extension_limit_bytes the
                         * first, a middle or the last part, cut as the input was */
    uint32_t reserved;
    h2frame_bytes payload; /* of this part; empty ones occur */
    void *stream_user;
} h2session_extension_event;

/* Why this side resets a stream, or ends the connection, or refuses something of the peer. */
typedef struct h2session_fault_event {
    size_t size;
    uint32_t scope;     /* H2FRAME_SCOPE_STREAM or H2FRAME_SCOPE_CONNECTION */
    uint32_t code;      /* H2FRAME_CODE_ that is sent */
    uint32_t reason;    /* H2SESSION_REASON_ or H2FRAME_REASON_ */
    uint32_t stream_id; /* 0: the connection */
    uint64_t value;     /* the number that was wrong */
    uint64_t limit;     /* the number it was held against, or 0 */
    uint32_t forgiven;  /* 1: by the profile; nothing is reset, ended or refused */
    uint32_t reserved;
} h2session_fault_event;

/* One frame, in or out. Outgoing frames are traced when they are queued. Parts of an incoming
 * frame are traced once, at its last part, without payload (DATA, field blocks, unknown types).
 * The frame that completes a field block also carries the decoded fields. */
typedef struct h2session_trace_event {
    size_t size;
    uint32_t outgoing; /* 1: sent by this side */
    uint32_t has_fields;
    const h2frame_frame *frame;
    const hpack_field *fields;
    size_t field_count;
    uint32_t opens_stream; /* HEADERS that opens its stream */
    uint32_t reserved;
} h2session_trace_event;

/* The client changed the priority of a stream with PRIORITY_UPDATE (RFC 9218 7). Only at a server.
 * It is in force already, unless h2session_set_stream_priority() was called for this stream. */
typedef struct h2session_priority_update_event {
    size_t size;
    uint32_t stream_id;
    uint32_t is_idle;     /* 1: the stream is not open yet; the priority is kept until it is */
    uint32_t urgency;     /* 0 to 7 */
    uint32_t incremental; /* 0 or 1 */
    h2frame_bytes value;  /* as the field priority would have it; well formed */
    void *stream_user;    /* NULL when idle */
} h2session_priority_update_event;

/* Zero it, set size, set what you want to hear of. Every function may be NULL. */
typedef struct h2session_callbacks {
    size_t size;
    int (*on_headers)(h2session *s, const h2session_headers_event *event, void *user);
    int (*on_data)(h2session *s, const h2session_data_event *event, void *user);
    int (*on_stream_end)(h2session *s, const h2session_stream_end_event *event, void *user);
    int (*on_stream_closed)(h2session *s, const h2session_stream_closed_event *event, void *user);
    int (*on_settings)(h2session *s, const h2session_settings_event *event, void *user);
    int (*on_ping)(h2session *s, const h2session_ping_event *event, void *user);
    int (*on_goaway)(h2session *s, const h2session_goaway_event *event, void *user);
    int (*on_fault)(h2session *s, const h2session_fault_event *event, void *user);
    int (*on_trace)(h2session *s, const h2session_trace_event *event, void *user);
    int (*on_altsvc)(h2session *s, const h2session_altsvc_event *event, void *user);
    int (*on_origin)(h2session *s, const h2session_origin_event *event, void *user);
    int (*on_priority_update)(h2session *s, const h2session_priority_update_event *event,
                              void *user);
    int (*on_extension)(h2session *s, const h2session_extension_event *event, void *user);
} h2session_callbacks;

/* ---- Life and byte ports ------------------------------------------------------------------ */

/* Creates a session and queues its preface: SETTINGS, a WINDOW_UPDATE when the connection window
 * is larger than 65535, for a client the 24 octets first. config and callbacks are copied.
 * Errors: NOMEM, CONFIG, CALLBACK (on_trace asked to abort). */
H2SESSION_API int h2session_new(h2session **out, const h2session_config *config,
                                const h2session_callbacks *callbacks,
                                void *user) H2SESSION_MUST_CHECK;

/* Ends every stream with on_stream_closed (CONNECTION_ENDED) and frees. NULL is fine. */
H2SESSION_API void h2session_free(h2session *s);

/*
 * Takes octets of the peer. *consumed is always written; it is short of length only when a
 * callback paused or on failure. After a failure all input is taken and dropped.
 * Errors: PEER and LIMIT: the connection ends, a GOAWAY is queued: keep writing what
 * h2session_peek() lends until h2session_wants() says CLOSE. CALLBACK, NOMEM: the same.
 */
H2SESSION_API int h2session_recv(h2session *s, const uint8_t *data, size_t length, uint64_t now_ns,
                                 size_t *consumed) H2SESSION_MUST_CHECK;

/* The transport will bring no more octets: streams that still wait for the peer end now, with
 * on_stream_closed (CONNECTION_ENDED). What can be sent may still be. */
H2SESSION_API int h2session_recv_eof(h2session *s, uint64_t now_ns) H2SESSION_MUST_CHECK;

/*
 * Lends what is to be sent: up to `capacity` pieces, *count is how many were written. Asks body
 * sources for more when little is left. The octets stay valid and unchanged until
 * h2session_sent() has covered them, also across h2session_recv(). Calling again before
 * h2session_sent() lends the same octets first. Errors: USAGE, REENTRANT; NOMEM and CALLBACK when
 * the session fails in this call: the pieces are lent all the same. On a session that failed
 * before, it returns 0 and lends what is left to send.
 */
H2SESSION_API int h2session_peek(h2session *s, h2frame_bytes *pieces, size_t capacity,
                                 size_t *count) H2SESSION_MUST_CHECK;

/* The first `length` octets of what was lent have been taken by the transport. May call
 * on_stream_closed. Error: USAGE when more than was lent. */
H2SESSION_API int h2session_sent(h2session *s, size_t length, uint64_t now_ns);

enum {
    H2SESSION_WANT_READ = 0x1,  /* octets of the peer are welcome */
    H2SESSION_WANT_WRITE = 0x2, /* h2session_peek() has something */
    H2SESSION_WANT_CLOSE =
        0x4 /* finished: close the transport (all has been sent, or time is up) */
};
H2SESSION_API uint32_t h2session_wants(const h2session *s);

/* The time at which h2session_tick() has something to do; UINT64_MAX = never. */
H2SESSION_API uint64_t h2session_deadline_ns(const h2session *s);

/* Gives back what is kept so that the next request needs no allocation, some KiB: for connections
 * that are expected to stay idle for a while. Errors: USAGE, REENTRANT. */
H2SESSION_API int h2session_trim(h2session *s);

/* Frees the encoder of field blocks with its table, 2 KiB and more, until the next block, which is
 * longer for it: it begins with an empty table and says so (RFC 7541 4.2). For connections that are
 * expected to stay idle for long. What h2session_encoder() gave is gone. Errors: USAGE, REENTRANT. */
H2SESSION_API int h2session_drop_encoder(h2session *s);

/* Looks at the deadlines. Errors: TIMEOUT: a GOAWAY is queued, as with h2session_recv(). */
H2SESSION_API int h2session_tick(h2session *s, uint64_t now_ns) H2SESSION_MUST_CHECK;

/* ---- Submitting --------------------------------------------------------------------------- */

enum {
    H2SESSION_BODY_END = 0x1,     /* with these octets the body is complete */
    H2SESSION_BODY_TRAILERS = 0x2 /* with END: h2session_submit_trailers() comes later */
};

/*
 * A body source is asked for octets when they can be sent. It either writes at most `capacity`
 * octets to `buffer` and sets length, or sets `lend` and length to lend memory of any length: the
 * octets must then stand unchanged until the source of this stream is asked again or
 * on_stream_closed comes; lent octets are never copied. It returns 0; or DEFER: nothing now, ask
 * again after h2session_resume(); or FAIL: the stream is reset with `code`; or ABORT.
 */
typedef struct h2session_read_event {
    size_t size;
    uint32_t stream_id;
    uint32_t flags; /* out: H2SESSION_BODY_ */
    uint8_t *buffer;
    size_t capacity;
    const uint8_t *lend; /* out, NULL = buffer was filled */
    size_t length;       /* out */
    uint32_t code;       /* out, with FAIL; INTERNAL_ERROR when left alone */
    uint32_t reserved;
    void *stream_user;
} h2session_read_event;

enum { H2SESSION_DEFER = 4, H2SESSION_FAIL = 5 };

typedef int (*h2session_read_function)(h2session *s, h2session_read_event *event, void *read_user);

/*
 * A request or a response. Zero it, set size and what you need; fields are borrowed for the call.
 * In a response to HEAD, or with status 204, 205 or 304, the body source is not used. A source that
 * gives less or more than content-length said fails as if it had returned FAIL.
 *
 * CONNECT (RFC 9113 8.5), also with :protocol (RFC 8441), becomes a tunnel by any 2xx: on_data and
 * the body source of either side carry its octets, content-length counts for nothing, there are no
 * trailers, and each side closes its half by the end of its body. The source of the client is asked
 * at once: let it say DEFER until on_headers brought the response.
 */
typedef struct h2session_message {
    size_t size;
    const hpack_field *fields; /* pseudo-fields first */
    size_t field_count;
    h2session_read_function read; /* body source; NULL: no body */
    void *read_user;
    void *stream_user; /* requests: as h2session_set_stream_user() */
    /* Requests, with priority_scheme RFC7540: the stream that this one depends on (0: none), its
     * weight, 1 to 256, and whether it comes between that stream and what depends on it. weight 0:
     * HEADERS without a priority part. */
    uint32_t dependency;
    uint32_t weight;
    uint32_t exclusive;
    uint32_t reserved;
} h2session_message;

/* Client: opens a stream. Errors: USAGE, PRIORITY_SCHEME (a weight without that scheme), CLOSED,
 * STREAM_LIMIT (wait for a stream to close), STREAM_IDS, FIELD (h2session_last_fault() tells which
 * rule; value is the position of the field), SECTION_LIMIT, OUTPUT_LIMIT, NOMEM. */
H2SESSION_API int h2session_submit_request(h2session *s, const h2session_message *message,
                                           uint32_t *stream_id) H2SESSION_MUST_CHECK;

/* Server: the final response. Errors as above, and STREAM_UNKNOWN, STREAM_STATE (there was one).
 * STREAM_LIMIT: only of a promised stream, when the client allows fewer than before. */
H2SESSION_API int h2session_submit_response(h2session *s, uint32_t stream_id,
                                            const h2session_message *message) H2SESSION_MUST_CHECK;

/*
 * Server: promises the response to a request that the client is expected to send (RFC 9113 8.4), on
 * a new stream, which h2session_submit_informational() and h2session_submit_response() then take
 * like one of the client's. Promise before anything is sent that makes the client ask for it.
 * request: fields of a GET or HEAD with :authority; no body source. The server must be
 * authoritative for it; clients usually take promises for the parent's origin alone.
 * A promise holds a place among the streams that the client allows until its stream is closed.
 * Errors: PUSH_DISABLED; STREAM_UNKNOWN or STREAM_STATE: the parent is not a stream of the client
 * whose response is still under way, or is a tunnel, or its body source is running; CLOSED,
 * STREAM_LIMIT, STREAM_IDS, FIELD, SECTION_LIMIT, OUTPUT_LIMIT, NOMEM as for a request.
 */
H2SESSION_API int h2session_submit_push(h2session *s, uint32_t parent_stream_id,
                                        const h2session_message *request,
                                        uint32_t *promised_id) H2SESSION_MUST_CHECK;

/* Server: a 1xx response, before the final one. Errors as for the final one. */
H2SESSION_API int h2session_submit_informational(h2session *s, uint32_t stream_id,
                                                 const hpack_field *fields,
                                                 size_t field_count) H2SESSION_MUST_CHECK;

/* Ends a message with trailers. While the body is not at its end they are copied and sent after
 * it; otherwise (the source ended with BODY_END | BODY_TRAILERS) they go out now. Error:
 * STREAM_STATE when the message has no body source or has ended without them. */
H2SESSION_API int h2session_submit_trailers(h2session *s, uint32_t stream_id,
                                            const hpack_field *fields,
                                            size_t field_count) H2SESSION_MUST_CHECK;

/* Ends a stream now with RST_STREAM; body octets not yet cut into frames are dropped.
 * on_stream_closed follows when nothing of the stream is lent any more. */
H2SESSION_API int h2session_submit_reset(h2session *s, uint32_t stream_id,
                                         uint32_t code) H2SESSION_MUST_CHECK;

/* PING with these octets; on_ping brings the answer, and how long it took. */
H2SESSION_API int h2session_submit_ping(h2session *s, const uint8_t opaque[8]) H2SESSION_MUST_CHECK;

/* New values for INITIAL_WINDOW_SIZE, MAX_CONCURRENT_STREAMS, HEADER_TABLE_SIZE or MAX_FRAME_SIZE,
 * in force when the peer acknowledges; from a server also ENABLE_CONNECT_PROTOCOL 1, in force at
 * once and for good; from a client ENABLE_PUSH 0: promises are refused at once. At most 16 entries
 * may have ids that this library does not know: they are sent, and h2session_local_setting() stays
 * 0 for them. Errors: USAGE for others, and for an INITIAL_WINDOW_SIZE with which a window set by
 * h2session_submit_window_size() would exceed 2^31-1; OUTPUT_LIMIT when four frames wait for their
 * acknowledgement. */
H2SESSION_API int h2session_submit_settings(h2session *s, const h2frame_setting *settings,
                                            size_t count) H2SESSION_MUST_CHECK;

/* The window of a stream for what is received, or with stream_id 0 that of the connection: so many
 * octets may be on their way or held by the application (at most 2^31-1). More is announced at once;
 * less takes effect as the peer uses up what it was given, which cannot be taken back (RFC 9113
 * 6.9). Replaces initial_window_size for this stream, or connection_window_size. Errors: USAGE,
 * STREAM_UNKNOWN, STREAM_STATE (nothing more comes on it), CLOSED, OUTPUT_LIMIT, NOMEM. */
H2SESSION_API int h2session_submit_window_size(h2session *s, uint32_t stream_id,
                                               uint32_t size) H2SESSION_MUST_CHECK;

/* The id of the next stream that this side opens: requests of a client (odd), pushes of a server
 * (even). It only grows; ids that are passed over are used up. Error: USAGE. */
H2SESSION_API int h2session_set_next_stream_id(h2session *s, uint32_t stream_id);

/* Server: where else an origin can be reached (RFC 7838 4). With stream_id 0, `origin` names it; with
 * another, which must be open, origin is NULL and that stream's is meant. value is what the field
 * Alt-Svc would have. Both are copied. Errors: USAGE (also for text that cannot be one), FRAME_SIZE,
 * STREAM_UNKNOWN, STREAM_STATE (a tunnel), CLOSED, OUTPUT_LIMIT, NOMEM. */
H2SESSION_API int h2session_submit_altsvc(h2session *s, uint32_t stream_id,
                                          const h2frame_bytes *origin,
                                          const h2frame_bytes *value) H2SESSION_MUST_CHECK;

/* Server: what it is authoritative for (RFC 8336), as ASCII origins: "https://a.example". They are
 * copied, into as many frames as needed; count 0 sends an empty one. Errors: USAGE (also for what is
 * no origin), CLOSED, OUTPUT_LIMIT, NOMEM. */
H2SESSION_API int h2session_submit_origin(h2session *s, const h2frame_bytes *origins,
                                          size_t count) H2SESSION_MUST_CHECK;

/* Frames of this type are told by on_extension instead of being ignored; inside a field block they
 * stay a connection error (RFC 9113 5.5). At most 16 types from 0x0a to 0xff, and none that this
 * library knows (ALTSVC, ORIGIN, PRIORITY_UPDATE). Errors: USAGE, NOMEM. */
H2SESSION_API int h2session_accept_extension(h2session *s, uint32_t type);

/* Sends a frame of such a type (size, type, flags, stream_id and payload are looked at, the octets
 * copied): on any stream, and whether or not the peer knows what it means. It passes DATA that waits
 * for a window, and is not flow-controlled. Errors: USAGE, FRAME_SIZE, CLOSED, OUTPUT_LIMIT, NOMEM. */
H2SESSION_API int h2session_submit_extension(h2session *s,
                                             const h2frame_frame *frame) H2SESSION_MUST_CHECK;

/* A deferred body source has octets again. */
H2SESSION_API int h2session_resume(h2session *s, uint32_t stream_id) H2SESSION_MUST_CHECK;

/* With H2SESSION_MANUAL_CONSUME: `length` octets of the stream's body need no room any more. Of a
 * closed stream nothing is owed: what was not consumed is credited to the connection then. */
H2SESSION_API int h2session_consume(h2session *s, uint32_t stream_id,
                                    size_t length) H2SESSION_MUST_CHECK;

/* slow 1: neither direction of this stream has to keep to progress_rate, because it is slow by its
 * nature, as a stream of messages can be. A CONNECT tunnel need not be told of: its client may be
 * silent anyway. Errors: USAGE, STREAM_UNKNOWN. */
H2SESSION_API int h2session_set_stream_slow(h2session *s, uint32_t stream_id, uint32_t slow);

/* One of the handlers for which on_stream_closed returned H2SESSION_STILL_RUNNING has come to its
 * end. Also inside callbacks. Error: USAGE when none runs. */
H2SESSION_API int h2session_handler_done(h2session *s);

/* The application holds so many octets more, or less, because of this connection: requests that it
 * keeps, responses that it made. They count against memory_limit_bytes. Also inside callbacks.
 * Errors: LIMIT: over it, the connection ends; USAGE: more is released than is charged. */
H2SESSION_API int h2session_charge(h2session *s, uint64_t octets) H2SESSION_MUST_CHECK;
H2SESSION_API int h2session_release(h2session *s, uint64_t octets);

/* Graceful end: no new streams of the peer, running ones complete, then WANT_CLOSE. A server first
 * announces it with last stream id 2^31-1 and names the last stream one round trip later
 * (RFC 9113 6.8). */
H2SESSION_API int h2session_shutdown(h2session *s) H2SESSION_MUST_CHECK;

/* Graceful end with a GOAWAY of the application's making: last_stream_id is at most the last stream
 * of the peer that was seen, and never grows; streams of the peer above it end now with
 * on_stream_closed (REFUSED_STREAM), running ones complete, then WANT_CLOSE. debug_data, copied, is
 * for people and may be NULL. Errors: USAGE, FRAME_SIZE, CLOSED, OUTPUT_LIMIT, NOMEM. */
H2SESSION_API int h2session_submit_goaway(h2session *s, uint32_t last_stream_id, uint32_t code,
                                          const h2frame_bytes *debug_data) H2SESSION_MUST_CHECK;

/* Immediate end: GOAWAY with this code, then WANT_CLOSE. */
H2SESSION_API int h2session_terminate(h2session *s, uint32_t code) H2SESSION_MUST_CHECK;

/* ---- Upgrade from HTTP/1.1 ---------------------------------------------------------------- */

/*
 * "Upgrade: h2c" (RFC 7540 3.2). The client sends a request in HTTP/1.1 with the fields Upgrade,
 * HTTP2-Settings and, naming both, Connection; the server answers it with 101 (Switching Protocols).
 * Then the octets of both are those of HTTP/2, and that request is stream 1. Nothing of it is sent
 * or received again; both prefaces are. HTTP/1.1 itself is the application's business: the sessions
 * are created before the upgrade, and their octets lent or fed after it.
 */

enum { H2SESSION_UPGRADE_SETTINGS_MAX = 256 };

/* Client, before anything was received: writes the value of HTTP2-Settings to text, without NUL;
 * *length is always written. H2SESSION_UPGRADE_SETTINGS_MAX octets are always enough. It tells
 * nothing of extra_settings: those come with the preface. Errors: USAGE (also when capacity is too
 * small), or the session's. */
H2SESSION_API int h2session_upgrade_settings(const h2session *s, char *text, size_t capacity,
                                             size_t *length) H2SESSION_MUST_CHECK;

/* Client: the server answered 101 to this request, whose content has been sent, all in HTTP/1.1.
 * Its response comes on stream 1. The fields are those that h2session_submit_request() would take,
 * read must be NULL, CONNECT cannot be upgraded. Errors: USAGE, FIELD, NOMEM. */
H2SESSION_API int h2session_upgrade_client(h2session *s,
                                           const h2session_message *request) H2SESSION_MUST_CHECK;

/*
 * Server: takes the value of HTTP2-Settings, which must have been there once, and the request, which
 * has been received whole in HTTP/1.1; its fields are given in the form of HTTP/2, without those
 * about the connection. on_headers and on_stream_end tell it from inside this call, with stream_user
 * as given there; the application has its content already. Then answer with 101 before anything that
 * h2session_peek() lends. Not from inside callbacks.
 * Errors: UPGRADE and FIELD: h2session_last_fault() tells what is wrong, the session is as before:
 * answer in HTTP/1.1. USAGE: not a session that is new, or the request is a CONNECT or has a body
 * source. REENTRANT, NOMEM, CALLBACK.
 */
H2SESSION_API int h2session_upgrade_server(h2session *s, const char *settings,
                                           size_t settings_length,
                                           const h2session_message *request) H2SESSION_MUST_CHECK;

/* ---- Priorities: which stream sends first --------------------------------------------------- */

/*
 * Bodies of a lower urgency wait until none of a higher one can be sent; a stream that waits for a
 * window or for its source holds nobody up. Within an urgency streams that are not incremental are
 * sent one after another in the order of their ids, incremental ones share by octets; where there
 * are both, either kind gets half.
 *
 * A request sets the priority of its stream with its field `priority` (up to 64 octets; others are
 * ignored, as are malformed ones), and PRIORITY_UPDATE of the client overrides that. Until a client
 * has given any such signal its streams are incremental, so that they share; from then on one
 * without it has the defaults of RFC 9218: urgency 3, not incremental. At a client the field of its
 * own request also orders the bodies it sends; without it they share.
 *
 * With priority_scheme RFC7540 in the configuration the streams stand in a dependency tree instead
 * (RFC 7540 5.3), built from PRIORITY frames and that part of HEADERS: a stream is sent before those
 * that depend on it, and siblings share by their weights of 1 to 256. Signals of RFC 9218 have no
 * effect then. At a server a client that says NO_RFC7540_PRIORITIES 1 gets the scheme of RFC 9218
 * all the same (RFC 9218 2.1).
 */

/* The priority of an open stream. Errors: STREAM_UNKNOWN; PRIORITY_SCHEME: it stands in a tree. */
H2SESSION_API int h2session_stream_priority(const h2session *s, uint32_t stream_id,
                                            uint32_t *urgency, uint32_t *incremental);

/* Sets it, for instance to what the field `priority` of a response says (RFC 9218 8). From then on
 * PRIORITY_UPDATE of the client for this stream is only told by on_priority_update. Errors: USAGE:
 * urgency above 7 or incremental above 1; STREAM_UNKNOWN; PRIORITY_SCHEME: it stands in a tree. */
H2SESSION_API int h2session_set_stream_priority(h2session *s, uint32_t stream_id, uint32_t urgency,
                                                uint32_t incremental);

/* Reads the value of a field `priority`: what it gives overwrites *urgency and *incremental, what it
 * omits leaves them as they are. For a request they hold the defaults 3 and 0 before, for a response
 * the values of the request (RFC 9218 5, 8). Error: USAGE when the value is malformed or has more
 * than 64 octets; nothing is changed then. */
H2SESSION_API int h2session_parse_priority(const uint8_t *value, size_t length, uint32_t *urgency,
                                           uint32_t *incremental);

/* Client: PRIORITY_UPDATE for a stream that is open, or that is not yet: then the number of such
 * streams together with the open ones is bounded by what the server allows. value is what the field
 * `priority` would have ("u=1, i"), up to 64 octets, and is copied. Errors: USAGE (also for a
 * malformed value); STREAM_UNKNOWN: closed, or of the server and not promised; STREAM_LIMIT;
 * PRIORITY_SCHEME: the session uses RFC 7540, or the server's SETTINGS came without
 * NO_RFC7540_PRIORITIES 1, so it would not look at it (RFC 9218 2.1.1); CLOSED, OUTPUT_LIMIT,
 * NOMEM. */
H2SESSION_API int h2session_submit_priority_update(h2session *s, uint32_t stream_id,
                                                   const uint8_t *value,
                                                   size_t length) H2SESSION_MUST_CHECK;

/* Client with priority_scheme RFC7540: PRIORITY, for any stream, also one that is idle, to group
 * others below it (RFC 7540 5.3). Arguments as in h2session_message. The bodies of this side follow as
 * well. Errors: USAGE; PRIORITY_SCHEME: another scheme, or the server said NO_RFC7540_PRIORITIES 1, so
 * it would not look at it; CLOSED, OUTPUT_LIMIT, NOMEM. */
H2SESSION_API int h2session_submit_priority(h2session *s, uint32_t stream_id, uint32_t dependency,
                                            uint32_t weight,
                                            uint32_t exclusive) H2SESSION_MUST_CHECK;

/* ---- Queries ------------------------------------------------------------------------------ */

/* Value in force of a setting: what the peer told us, or what the peer acknowledged of ours; the
 * protocol's initial value before that; 0 for unknown ids. UINT32_MAX stands for "no limit". */
H2SESSION_API uint32_t h2session_remote_setting(const h2session *s, uint32_t id);
H2SESSION_API uint32_t h2session_local_setting(const h2session *s, uint32_t id);

/* H2SESSION_CLIENT or H2SESSION_SERVER. */
H2SESSION_API uint32_t h2session_role(const h2session *s);

/* States of RFC 9113 5.1: in OPEN and HALF_CLOSED_LOCAL the peer may still send, in OPEN and
 * HALF_CLOSED_REMOTE this side may. */
enum {
    H2SESSION_STATE_IDLE = 0,
    H2SESSION_STATE_RESERVED_LOCAL = 1,
    H2SESSION_STATE_RESERVED_REMOTE = 2,
    H2SESSION_STATE_OPEN = 3,
    H2SESSION_STATE_HALF_CLOSED_LOCAL = 4,
    H2SESSION_STATE_HALF_CLOSED_REMOTE = 5,
    H2SESSION_STATE_CLOSED = 6
};

/* State of any stream, H2SESSION_STATE_. on_stream_closed may still be to come for a CLOSED one. */
H2SESSION_API uint32_t h2session_stream_state(const h2session *s, uint32_t stream_id);
/* Octets that are queued and not covered by h2session_sent(). */
H2SESSION_API uint64_t h2session_output_octets(const h2session *s);
/* Frames that are queued, what output_frame_limit is held against. Those that have been sent count
 * until all that was queued with them has been: it is never too low, and 0 when nothing is queued. */
H2SESSION_API uint64_t h2session_output_frames(const h2session *s);
/* The coders of field sections, to look at their tables (hpack_encoder_table_info() and the like).
 * They belong to the session, which makes each when it is first needed: NULL before a field section
 * has gone that way or its table was given a size other than 4096. */
H2SESSION_API const hpack_encoder *h2session_encoder(const h2session *s);
H2SESSION_API const hpack_decoder *h2session_decoder(const h2session *s);

/* Streams that h2session_submit_request() could open, or h2session_submit_push() promise, now; 0
 * when closing. */
H2SESSION_API uint32_t h2session_stream_room(const h2session *s);
/* Streams that are open, of both sides; those that are promised only are not. */
H2SESSION_API uint32_t h2session_stream_count(const h2session *s);
/* Highest stream id the peer has opened, 0 = none. */
H2SESSION_API uint32_t h2session_last_peer_stream_id(const h2session *s);
/* Last stream id of the latest GOAWAY of this side, or of the peer; UINT32_MAX: there was none. */
H2SESSION_API uint32_t h2session_goaway_sent_id(const h2session *s);
H2SESSION_API uint32_t h2session_goaway_received_id(const h2session *s);
/* Flow-control windows; stream_id 0 = the connection. May be negative. 0 for unknown streams. */
H2SESSION_API int64_t h2session_send_window(const h2session *s, uint32_t stream_id);
H2SESSION_API int64_t h2session_recv_window(const h2session *s, uint32_t stream_id);

/* Size of a receiving window, as set: what may be on its way or held by the application. 0 for
 * unknown streams. */
H2SESSION_API uint32_t h2session_window_size(const h2session *s, uint32_t stream_id);
/* Id of the next stream that this side opens; 0 when ids are used up. */
H2SESSION_API uint32_t h2session_next_stream_id(const h2session *s);

/* The application's pointer of a stream; NULL for unknown streams. */
H2SESSION_API void *h2session_stream_user(const h2session *s, uint32_t stream_id);
H2SESSION_API int h2session_set_stream_user(h2session *s, uint32_t stream_id, void *stream_user);

/* How often a rule or a limit was met on this connection, by H2SESSION_REASON_ or H2FRAME_REASON_:
 * streams reset, the end of the connection, what is only counted (GLITCH_) or is the peer's own
 * doing (RESET_BY_PEER, of streams that it opened). Stays at UINT32_MAX. */
H2SESSION_API uint32_t h2session_rule_count(const h2session *s, uint32_t reason);

/* Octets of memory that the connection holds now, by use. */
typedef struct h2session_memory_info {
    size_t size;
    uint64_t live;        /* sum of those below */
    uint64_t peak;        /* the most it ever was */
    uint64_t limit;       /* what it may be now: memory_limit_bytes, or the rule there */
    uint64_t fields;      /* field coders with their tables */
    uint64_t streams;     /* streams, and trailers that wait */
    uint64_t output;      /* unsent octets; lent ones are not counted */
    uint64_t other;       /* the session itself and the frame parser */
    uint64_t application; /* charged with h2session_charge() */
} h2session_memory_info;

/* Set out->size first. Error: USAGE. */
H2SESSION_API int h2session_memory(const h2session *s, h2session_memory_info *out);

/* What has happened on the connection so far. For frames by type there is on_trace. */
typedef struct h2session_stats_info {
    size_t size;
    uint64_t octets_received;
    uint64_t octets_sent;     /* as h2session_sent() was told */
    uint64_t frames_received; /* without those that had a fault of the frame layer */
    uint64_t frames_queued;   /* a field block in several frames counts once */
    uint64_t body_received;   /* octets, without padding; of streams that are gone not at all */
    uint64_t body_queued;
    uint64_t streams_local; /* opened or promised by this side */
    uint64_t streams_remote;
    uint64_t resets_received; /* RST_STREAM */
    uint64_t resets_sent;
    uint64_t window_updates_received;
    uint64_t handlers; /* that run on after their stream, H2SESSION_STILL_RUNNING */
} h2session_stats_info;

/* Set out->size first. Error: USAGE. */
H2SESSION_API int h2session_stats(const h2session *s, h2session_stats_info *out);

/* How far a limit is used, by the reason that it ends with. */
typedef struct h2session_limit_info {
    size_t size;
    uint32_t reason;
    uint32_t rate;  /* given back each second, 0: not by time */
    uint64_t used;  /* now, or at the last call that brought the time */
    uint64_t limit; /* beyond which something happens; 0: no limit */
} h2session_limit_info;

/* reason: LIMIT_RESETS, LIMIT_GLITCHES, LIMIT_REFUSED, LIMIT_ACKS, LIMIT_MEMORY,
 * LIMIT_NEW_STREAMS, LIMIT_EMPTY_FRAMES, LIMIT_OUTPUT_FRAMES, LIMIT_WINDOW_UPDATES,
 * LIMIT_CONTINUATIONS, LIMIT_HANDLERS or CONCURRENT_STREAMS. Set out->size first. Error: USAGE,
 * also for other reasons, which are no sums. */
H2SESSION_API int h2session_limit(const h2session *s, uint32_t reason, h2session_limit_info *out);

/* The fault that ended the session, or else the latest of a stream or of a submit. reason NONE:
 * there was none. Set out->size first. */
H2SESSION_API int h2session_last_fault(const h2session *s, h2session_fault_event *out);

/* ---- Event batch: a session without callbacks ---------------------------------------------- */

/*
 * A batch owns a session and keeps its events as copies until they are pulled, so that a program,
 * or a binding of another language, needs no callback. Everything else is done with the session
 * itself, h2session_batch_session(), except that it must not be freed:
 *
 *   h2session_recv(s, ...);                      until *consumed covers the input; in between:
 *   h2session_batch_next(b, &event);             until event.kind is H2SESSION_EVENT_NONE
 *   h2session_batch_clear(b);
 *
 * recv_eof, peek, sent, tick and upgrade_server bring events as well. An event tells of a moment that
 * has passed: the stream it names may be gone, and submits then return STREAM_UNKNOWN.
 *
 * Bodies are queued as copies by h2session_batch_submit_body(). Messages with a body source of the
 * program's own, or without a body, are submitted to the session as always.
 */
typedef struct h2session_batch h2session_batch;

enum {
    H2SESSION_EVENT_NONE = 0,
    H2SESSION_EVENT_HEADERS = 1,
    H2SESSION_EVENT_DATA = 2,
    H2SESSION_EVENT_STREAM_END = 3,
    H2SESSION_EVENT_STREAM_CLOSED = 4,
    H2SESSION_EVENT_SETTINGS = 5,
    H2SESSION_EVENT_PING = 6,
    H2SESSION_EVENT_GOAWAY = 7,
    H2SESSION_EVENT_FAULT = 8,
    /* A body that h2session_batch_submit_body() refused has room again. */
    H2SESSION_EVENT_BODY_ROOM = 9,
    H2SESSION_EVENT_ALTSVC = 10,
    H2SESSION_EVENT_ORIGIN = 11,
    H2SESSION_EVENT_PRIORITY_UPDATE = 12,
    H2SESSION_EVENT_EXTENSION = 13
};

/* One event. The struct that the callback of that name would get, and all it points to, are copies
 * that stand until h2session_batch_clear() after the event was pulled. stream_user is what it was
 * when the event came. */
typedef struct h2session_batch_event {
    size_t size;        /* sizeof of the caller's struct, set by the caller */
    uint32_t kind;      /* H2SESSION_EVENT_ */
    uint32_t stream_id; /* 0: the connection */
    union {
        const void *any; /* NULL with NONE and BODY_ROOM */
        const h2session_headers_event *headers;
        const h2session_data_event *data;
        const h2session_stream_end_event *stream_end;
        const h2session_stream_closed_event *stream_closed;
        const h2session_settings_event *settings;
        const h2session_ping_event *ping;
        const h2session_goaway_event *goaway;
        const h2session_fault_event *fault;
        const h2session_altsvc_event *altsvc;
        const h2session_origin_event *origin;
        const h2session_priority_update_event *priority_update;
        const h2session_extension_event *extension;
    } as;
} h2session_batch_event;

enum {
    /* Server: a stream of the peer that is closed keeps its place below max_concurrent_streams, as
     * with H2SESSION_STILL_RUNNING, until h2session_handler_done() is called once for it: when its
     * STREAM_CLOSED was pulled and nothing works on the request any more. */
    H2SESSION_BATCH_HOLD_STREAMS = 0x1
};

/* Fill with h2session_batch_config_init(&c, sizeof c), then change what you want. Memory comes
 * from the resize function of the session's configuration; h2session_memory() does not count it. */
typedef struct h2session_batch_config {
    size_t size;
    /* Memory of events from which on h2session_recv() pauses: pull, clear, then feed the rest.
     * Default 262144. */
    size_t pause_bytes;
    /* Most memory of events. One that would go beyond it ends the session: events that do not pause
     * came in great number, or nothing was pulled or cleared. At least pause_bytes, max_frame_size,
     * max_header_list_size, extension_limit_bytes and 4096 together. Default 4194304. */
    size_t event_limit_bytes;
    /* Waiting octets of one body from which on h2session_batch_submit_body() is refused. Default
     * 1048576. */
    size_t body_limit_bytes;
    uint32_t flags; /* H2SESSION_BATCH_ */
    uint32_t reserved;
} h2session_batch_config;

/* Writes the defaults. Error: USAGE. */
H2SESSION_API int h2session_batch_config_init(h2session_batch_config *config,
                                              size_t size) H2SESSION_MUST_CHECK;

/* Creates a session, as h2session_new() does, with a batch around it. batch_config may be NULL for
 * defaults; both are copied. Errors: NOMEM, CONFIG, USAGE. */
H2SESSION_API int h2session_batch_new(h2session_batch **out, const h2session_config *config,
                                      const h2session_batch_config *batch_config)
    H2SESSION_MUST_CHECK;

/* Frees the batch, its session, and all events. NULL is fine. */
H2SESSION_API void h2session_batch_free(h2session_batch *b);

/* The session; it belongs to the batch and must not be freed. NULL for NULL. */
H2SESSION_API h2session *h2session_batch_session(const h2session_batch *b);

/*
 * The next event, in the order in which callbacks would have come; kind NONE when there is none.
 * Errors: USAGE. NOMEM and LIMIT when an event could not be kept: it and all later ones are
 * missing. Those before it are pulled first, then every call returns the error. The call that
 * brought it has failed, with CALLBACK unless the session had failed before, and all streams have
 * ended.
 */
H2SESSION_API int h2session_batch_next(h2session_batch *b,
                                       h2session_batch_event *event) H2SESSION_MUST_CHECK;

/* Releases the events that were pulled; what they point to is gone. */
H2SESSION_API void h2session_batch_clear(h2session_batch *b);

/* As h2session_submit_request() and h2session_submit_response(), with a body that
 * h2session_batch_submit_body() brings; message->read must be NULL. Errors as there. */
H2SESSION_API int h2session_batch_submit_request(h2session_batch *b,
                                                 const h2session_message *message,
                                                 uint32_t *stream_id) H2SESSION_MUST_CHECK;
H2SESSION_API int h2session_batch_submit_response(
    h2session_batch *b, uint32_t stream_id, const h2session_message *message) H2SESSION_MUST_CHECK;

/*
 * Queues a copy of the next octets of a body. flags: H2SESSION_BODY_END with the last of them
 * (length may be 0), and H2SESSION_BODY_TRAILERS with it when h2session_submit_trailers() comes
 * later. Taken and dropped when the message has no body (response to HEAD, 204, 304).
 * Errors: STREAM_UNKNOWN: the stream has ended, or its message was not submitted to the batch.
 * STREAM_STATE: the body has ended. OUTPUT_LIMIT: body_limit_bytes are waiting; nothing was queued,
 * H2SESSION_EVENT_BODY_ROOM comes when half of them have gone. NOMEM: nothing was queued.
 */
H2SESSION_API int h2session_batch_submit_body(h2session_batch *b, uint32_t stream_id,
                                              const uint8_t *data, size_t length,
                                              uint32_t flags) H2SESSION_MUST_CHECK;

/* Octets of the stream's body that wait in the batch. 0 for unknown streams. */
H2SESSION_API size_t h2session_batch_body_waiting(const h2session_batch *b, uint32_t stream_id);

#ifdef __cplusplus
}
#endif

#endif
