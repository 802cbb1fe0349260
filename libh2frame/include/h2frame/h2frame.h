/* SPDX-License-Identifier: MIT */
/*
 * libh2frame: the HTTP/2 frame layer (RFC 9113 sections 4 and 6), with ALTSVC (RFC 7838), ORIGIN
 * (RFC 8336) and PRIORITY_UPDATE (RFC 9218).
 *
 * A parser turns octets, cut anywhere, into typed frames whose payloads are views of the input; a
 * writer turns typed frames into octets. All that can be checked without knowing the state of
 * the connection is checked here. Field blocks are passed through as octets: compression is not
 * this library's business.
 *
 * Threads: no globals. Distinct objects may be used on distinct threads at once; one object by one
 * thread at a time; const functions on one object are still not concurrent with mutators.
 *
 * Errors: functions return 0 or a negative H2FRAME_ERR_ code. What a peer does wrong is not an
 * error of a function but a value: a fault event. Every length is in octets.
 * Every function is available since 0.1 unless it says otherwise.
 */
#ifndef H2FRAME_H2FRAME_H
#define H2FRAME_H2FRAME_H

#include <stddef.h>
#include <stdint.h>

#include <h2frame/export.h>
#include <h2frame/version.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define H2FRAME_MUST_CHECK __attribute__((warn_unused_result))
#else
#define H2FRAME_MUST_CHECK
#endif

/* ---- Errors ------------------------------------------------------------------------------- */

/* X(name, value, category, text). Values are frozen; new ones are added at the end. */
#define H2FRAME_ERROR_LIST(X)                                                                      \
    X(USAGE, -2000, USAGE, "invalid argument or call order")                                       \
    X(NOMEM, -2001, MEMORY, "out of memory")                                                       \
    X(BUFFER, -2002, USAGE, "output buffer too small")                                             \
    X(CONFIG, -2003, USAGE, "configuration has an unknown or invalid value")                       \
    X(FRAME, -2004, USAGE, "frame cannot be written: a member breaks RFC 9113")                    \
    X(INTERNAL, -2005, INTERNAL, "internal error")

enum { H2FRAME_OK = 0 };

enum {
#define H2FRAME_ERROR_VALUE_(name, value, category, text) H2FRAME_ERR_##name = (value),
    H2FRAME_ERROR_LIST(H2FRAME_ERROR_VALUE_)
#undef H2FRAME_ERROR_VALUE_
};

enum {
    H2FRAME_CATEGORY_NONE = 0,
    H2FRAME_CATEGORY_USAGE = 1,
    H2FRAME_CATEGORY_MEMORY = 2,
    H2FRAME_CATEGORY_INTERNAL = 6
};

/* Name ("H2FRAME_ERR_USAGE"), text and category of a code; never NULL. */
H2FRAME_API const char *h2frame_error_name(int code);
H2FRAME_API const char *h2frame_error_text(int code);
H2FRAME_API uint32_t h2frame_error_category(int code);

/* Version of the library at run time, "0.1.0". H2FRAME_VERSION is the one compiled against. */
H2FRAME_API const char *h2frame_version(void);

/* ---- Numbers of the protocol -------------------------------------------------------------- */

/* X(name, value): frame types. */
#define H2FRAME_TYPE_LIST(X)                                                                       \
    X(DATA, 0x0)                                                                                   \
    X(HEADERS, 0x1)                                                                                \
    X(PRIORITY, 0x2)                                                                               \
    X(RST_STREAM, 0x3)                                                                             \
    X(SETTINGS, 0x4)                                                                               \
    X(PUSH_PROMISE, 0x5)                                                                           \
    X(PING, 0x6)                                                                                   \
    X(GOAWAY, 0x7)                                                                                 \
    X(WINDOW_UPDATE, 0x8)                                                                          \
    X(CONTINUATION, 0x9)                                                                           \
    X(ALTSVC, 0xa)                                                                                 \
    X(ORIGIN, 0xc)                                                                                 \
    X(PRIORITY_UPDATE, 0x10)

/* X(name, value): error codes of RST_STREAM and GOAWAY (RFC 9113 7). */
#define H2FRAME_CODE_LIST(X)                                                                       \
    X(NO_ERROR, 0x0)                                                                               \
    X(PROTOCOL_ERROR, 0x1)                                                                         \
    X(INTERNAL_ERROR, 0x2)                                                                         \
    X(FLOW_CONTROL_ERROR, 0x3)                                                                     \
    X(SETTINGS_TIMEOUT, 0x4)                                                                       \
    X(STREAM_CLOSED, 0x5)                                                                          \
    X(FRAME_SIZE_ERROR, 0x6)                                                                       \
    X(REFUSED_STREAM, 0x7)                                                                         \
    X(CANCEL, 0x8)                                                                                 \
    X(COMPRESSION_ERROR, 0x9)                                                                      \
    X(CONNECT_ERROR, 0xa)                                                                          \
    X(ENHANCE_YOUR_CALM, 0xb)                                                                      \
    X(INADEQUATE_SECURITY, 0xc)                                                                    \
    X(HTTP_1_1_REQUIRED, 0xd)

/* X(name, value): settings (RFC 9113 6.5.2, RFC 8441, RFC 9218). */
#define H2FRAME_SETTING_LIST(X)                                                                    \
    X(HEADER_TABLE_SIZE, 0x1)                                                                      \
    X(ENABLE_PUSH, 0x2)                                                                            \
    X(MAX_CONCURRENT_STREAMS, 0x3)                                                                 \
    X(INITIAL_WINDOW_SIZE, 0x4)                                                                    \
    X(MAX_FRAME_SIZE, 0x5)                                                                         \
    X(MAX_HEADER_LIST_SIZE, 0x6)                                                                   \
    X(ENABLE_CONNECT_PROTOCOL, 0x8)                                                                \
    X(NO_RFC7540_PRIORITIES, 0x9)

enum {
#define H2FRAME_TYPE_VALUE_(name, value) H2FRAME_TYPE_##name = (value),
    H2FRAME_TYPE_LIST(H2FRAME_TYPE_VALUE_)
#undef H2FRAME_TYPE_VALUE_
};

enum {
#define H2FRAME_CODE_VALUE_(name, value) H2FRAME_CODE_##name = (value),
    H2FRAME_CODE_LIST(H2FRAME_CODE_VALUE_)
#undef H2FRAME_CODE_VALUE_
};

enum {
#define H2FRAME_SETTING_VALUE_(name, value) H2FRAME_SETTING_##name = (value),
    H2FRAME_SETTING_LIST(H2FRAME_SETTING_VALUE_)
#undef H2FRAME_SETTING_VALUE_
};

enum {
    H2FRAME_FLAG_END_STREAM = 0x1,
    H2FRAME_FLAG_ACK = 0x1,
    H2FRAME_FLAG_END_HEADERS = 0x4,
    H2FRAME_FLAG_PADDED = 0x8,
    H2FRAME_FLAG_PRIORITY = 0x20,
    H2FRAME_HEAD_LENGTH = 9,
    H2FRAME_PREFACE_LENGTH = 24,
    H2FRAME_MAX_STREAM_ID = 0x7fffffff,
    H2FRAME_MIN_MAX_FRAME_SIZE = 16384,
    H2FRAME_MAX_MAX_FRAME_SIZE = 16777215
};

/* Names for people: "HEADERS", "NO_ERROR", "INITIAL_WINDOW_SIZE"; "UNKNOWN" for others. flag_name
 * takes one bit and knows which flags a type has ("ACK", "END_STREAM"); NULL when it has none
 * there. Static strings. */
H2FRAME_API const char *h2frame_type_name(uint32_t type);
H2FRAME_API const char *h2frame_flag_name(uint32_t type, uint32_t flag);
H2FRAME_API const char *h2frame_code_name(uint32_t code);
H2FRAME_API const char *h2frame_setting_name(uint32_t id);

/* The 24 octets that a client sends first (RFC 9113 3.4). Static. */
H2FRAME_API const uint8_t *h2frame_preface(void);

/* ---- Frames ------------------------------------------------------------------------------- */

typedef struct h2frame_bytes {
    const uint8_t *data;
    size_t length;
} h2frame_bytes;

typedef struct h2frame_setting {
    uint32_t id; /* H2FRAME_SETTING_, or any other 16-bit number */
    uint32_t value;
} h2frame_setting;

/* Which part of a frame an event carries. Frames whose payload is passed on as it arrives (DATA,
 * HEADERS, PUSH_PROMISE, CONTINUATION and unknown types) come in one or more parts; all others
 * come whole, with both bits set. */
enum { H2FRAME_PART_FIRST = 0x1, H2FRAME_PART_LAST = 0x2 };

/*
 * One frame, for all types, both directions. The head and the members of its type count, all
 * others are zero. From the parser: pointers are views of the input or of the parser, valid until
 * its next call; every part carries the head and all fixed members; `payload` is what this part
 * adds. To the writer: set `size`, type, flags, stream_id and the members of the type; `length`
 * and `part` are not looked at; PADDED and PRIORITY must be set in flags for the padding and the
 * priority members to be written. The reserved bits are never shown and always written as zero.
 */
typedef struct h2frame_frame {
    size_t size; /* sizeof(h2frame_frame) */
    /* head, RFC 9113 4.1 */
    uint32_t type;
    uint32_t flags;
    uint32_t stream_id;
    uint32_t length; /* payload of the frame on the wire, padding included */
    uint32_t part;   /* H2FRAME_PART_ bits */
    /* DATA, HEADERS, PUSH_PROMISE with PADDED: value of the pad length octet */
    uint32_t pad_length;
    /* DATA: the body. HEADERS, PUSH_PROMISE, CONTINUATION: field block fragment. GOAWAY:
     * additional debug data. ALTSVC: Alt-Svc-Field-Value. ORIGIN: the origin entries, see
     * h2frame_origin_next(). PRIORITY_UPDATE: priority field value. Unknown: the payload. */
    h2frame_bytes payload;
    h2frame_bytes origin; /* ALTSVC */
    /* SETTINGS without ACK, in the order of the wire */
    const h2frame_setting *settings;
    size_t settings_count;
    /* HEADERS with PRIORITY, PRIORITY (RFC 9113 5.3, 6.3) */
    uint32_t dependency;
    uint32_t weight; /* 1 to 256: the octet on the wire plus one */
    uint32_t exclusive;
    uint32_t promised_stream_id;    /* PUSH_PROMISE */
    uint32_t last_stream_id;        /* GOAWAY */
    uint32_t error_code;            /* RST_STREAM, GOAWAY */
    uint32_t increment;             /* WINDOW_UPDATE, 1 to 2^31-1 */
    uint32_t prioritized_stream_id; /* PRIORITY_UPDATE */
    uint8_t opaque[8];              /* PING */
} h2frame_frame;

/* Walks the entries of an ORIGIN payload: *offset starts at 0. Returns 1 and the next origin, or 0
 * at the end or when the rest is cut short (RFC 8336 2.1). */
H2FRAME_API int h2frame_origin_next(const h2frame_frame *frame, size_t *offset,
                                    h2frame_bytes *origin);

/* ---- Faults: what a peer did wrong -------------------------------------------------------- */

enum { H2FRAME_SCOPE_STREAM = 1, H2FRAME_SCOPE_CONNECTION = 2 };

/* X(name, id, "section or limit", text): stable reasons of faults found on the frame layer. */
#define H2FRAME_REASON_LIST(X)                                                                     \
    X(PREFACE, 2100, "RFC 9113 3.4", "connection preface is not the one of HTTP/2")                \
    X(FRAME_TOO_LARGE, 2101, "RFC 9113 4.2", "payload exceeds SETTINGS_MAX_FRAME_SIZE")            \
    X(FRAME_TOO_SMALL, 2102, "RFC 9113 4.2", "payload is too short for its fixed fields")          \
    X(STREAM_ID_ZERO, 2103, "RFC 9113 6", "frame type needs a stream, but stream is 0")            \
    X(STREAM_ID_NOT_ZERO, 2104, "RFC 9113 6", "frame type belongs to stream 0")                    \
    X(PADDING, 2105, "RFC 9113 6.1", "padding is as long as the payload or longer")                \
    X(PRIORITY_LENGTH, 2106, "RFC 9113 6.3", "PRIORITY payload is not 5 octets")                   \
    X(RST_STREAM_LENGTH, 2107, "RFC 9113 6.4", "RST_STREAM payload is not 4 octets")               \
    X(SETTINGS_ACK_LENGTH, 2108, "RFC 9113 6.5", "SETTINGS with ACK has a payload")                \
    X(SETTINGS_LENGTH, 2109, "RFC 9113 6.5", "SETTINGS payload is not a multiple of 6")            \
    X(SETTINGS_ENTRIES, 2110, "settings_entry_limit", "more settings in a frame than the limit")   \
    X(SETTING_ENABLE_PUSH, 2111, "RFC 9113 6.5.2", "ENABLE_PUSH is neither 0 nor 1")               \
    X(SETTING_WINDOW, 2112, "RFC 9113 6.5.2", "INITIAL_WINDOW_SIZE exceeds 2^31-1")                \
    X(SETTING_FRAME_SIZE, 2113, "RFC 9113 6.5.2", "MAX_FRAME_SIZE is out of range")                \
    X(SETTING_CONNECT, 2114, "RFC 8441 3", "ENABLE_CONNECT_PROTOCOL is neither 0 nor 1")           \
    X(SETTING_PRIORITIES, 2115, "RFC 9218 2.1", "NO_RFC7540_PRIORITIES is neither 0 nor 1")        \
    X(PING_LENGTH, 2116, "RFC 9113 6.7", "PING payload is not 8 octets")                           \
    X(GOAWAY_LENGTH, 2117, "RFC 9113 6.8", "GOAWAY payload is shorter than 8 octets")              \
    X(WINDOW_UPDATE_LENGTH, 2118, "RFC 9113 6.9", "WINDOW_UPDATE payload is not 4 octets")         \
    X(WINDOW_UPDATE_ZERO, 2119, "RFC 9113 6.9", "WINDOW_UPDATE increment is 0")                    \
    X(PUSH_PROMISE_ID, 2120, "RFC 9113 6.6", "promised stream is 0")                               \
    X(PRIORITY_UPDATE_LENGTH, 2121, "RFC 9218 7.1", "PRIORITY_UPDATE is shorter than 4 octets")    \
    X(PRIORITY_UPDATE_ID, 2122, "RFC 9218 7.1", "prioritized stream is 0")

enum {
#define H2FRAME_REASON_VALUE_(name, id, where, text) H2FRAME_REASON_##name = (id),
    H2FRAME_REASON_LIST(H2FRAME_REASON_VALUE_)
#undef H2FRAME_REASON_VALUE_
};

/* Name ("FRAME_TOO_LARGE"), section or limit, and text of a reason. Never NULL; "UNKNOWN" or ""
 * for other numbers. Static strings. */
H2FRAME_API const char *h2frame_reason_name(uint32_t reason);
H2FRAME_API const char *h2frame_reason_where(uint32_t reason);
H2FRAME_API const char *h2frame_reason_text(uint32_t reason);

typedef struct h2frame_fault {
    uint32_t scope;  /* H2FRAME_SCOPE_ */
    uint32_t code;   /* H2FRAME_CODE_ to send */
    uint32_t reason; /* H2FRAME_REASON_ */
    uint32_t stream_id;
    uint64_t value; /* the number that was wrong */
    uint64_t limit; /* the number it was held against, 0 when there is none */
} h2frame_fault;

/* ---- Parser ------------------------------------------------------------------------------- */

typedef struct h2frame_parser h2frame_parser;

/* Fill with h2frame_parser_config_init(&c, sizeof c), then change what you want. */
typedef struct h2frame_parser_config {
    size_t size;
    /* One function allocates (ptr NULL), resizes and frees (new_size 0). NULL: libc. */
    void *(*resize)(void *ctx, void *ptr, size_t old_size, size_t new_size);
    void *resize_ctx;
    /* Largest payload accepted, own SETTINGS_MAX_FRAME_SIZE. Default 16384. */
    uint32_t max_frame_size;
    /* Most entries in one SETTINGS frame, more is ENHANCE_YOUR_CALM. Default 32. */
    uint32_t settings_entry_limit;
    /* 1: the octets begin with the client's preface (RFC 9113 3.4). Default 0. */
    uint32_t expect_preface;
    /* Most payload of ALTSVC, ORIGIN and PRIORITY_UPDATE, and most debug data of GOAWAY, that is
     * kept; ALTSVC, ORIGIN and PRIORITY_UPDATE beyond it come as frames of unknown type would, in
     * parts and not interpreted (origin, prioritized_stream_id zero); GOAWAY's debug data is cut.
     * Default 4096. */
    uint32_t extension_limit_bytes;
} h2frame_parser_config;

H2FRAME_API int h2frame_parser_config_init(h2frame_parser_config *config,
                                           size_t size) H2FRAME_MUST_CHECK;

/* Creates a parser; config may be NULL for defaults and is copied. Errors: NOMEM, CONFIG. */
H2FRAME_API int h2frame_parser_new(h2frame_parser **out,
                                   const h2frame_parser_config *config) H2FRAME_MUST_CHECK;
H2FRAME_API void h2frame_parser_free(h2frame_parser *parser); /* NULL is fine */

enum {
    H2FRAME_EVENT_PREFACE = 1, /* the client's preface has been read */
    H2FRAME_EVENT_FRAME = 2,   /* a frame or a part of one */
    H2FRAME_EVENT_FAULT = 3    /* the peer broke a rule; `frame` holds the head */
};

typedef struct h2frame_event {
    size_t size;
    uint32_t kind; /* H2FRAME_EVENT_ */
    uint32_t reserved;
    h2frame_frame frame;
    h2frame_fault fault;
} h2frame_event;

/*
 * Reads from data until there is one event. *consumed says how many octets were taken, *event is
 * the event or NULL when all of data was taken and more is needed; both are always written. Call
 * again with the rest until *event is NULL. The event and what it points to are valid until the
 * next call with this parser; payload views are views of data where that is possible.
 *
 * After a fault with stream scope the rest of that frame is skipped and parsing goes on. After a
 * fault with connection scope the parser takes and drops everything without further events.
 * An empty part is only delivered when it is the first or the last of its frame.
 * Errors: NOMEM, which is final; USAGE.
 */
H2FRAME_API int h2frame_parser_next(h2frame_parser *parser, const uint8_t *data, size_t length,
                                    size_t *consumed,
                                    const h2frame_event **event) H2FRAME_MUST_CHECK;

/* New bound for payloads, from the next frame head on. Error: USAGE when out of the range of
 * SETTINGS_MAX_FRAME_SIZE. */
H2FRAME_API int h2frame_parser_set_max_frame_size(h2frame_parser *parser,
                                                  uint32_t max_frame_size) H2FRAME_MUST_CHECK;

/* Extensions that the receiver does not support, and so has to ignore whatever is in them (RFC 9113 5.5):
 * from the next frame head on their frames come as those of unknown types do, in parts and not
 * interpreted. A bit 1 << H2FRAME_TYPE_ for each, of ALTSVC, ORIGIN and PRIORITY_UPDATE; 0: none.
 * Error: USAGE with any other bit. */
H2FRAME_API int h2frame_parser_set_unsupported(h2frame_parser *parser,
                                               uint32_t types) H2FRAME_MUST_CHECK;

/* 1 when the octets so far end inside a frame (or inside the preface), 0 between frames. */
H2FRAME_API int h2frame_parser_in_frame(const h2frame_parser *parser);

/* ---- Writer ------------------------------------------------------------------------------- */

/* Caller's memory that is appended to: data[length .. capacity) is free. */
typedef struct h2frame_buffer {
    uint8_t *data;
    size_t capacity;
    size_t length;
} h2frame_buffer;

/* Octets that h2frame_write() writes for this frame, head included; 0 when it cannot be written. */
H2FRAME_API size_t h2frame_write_size(const h2frame_frame *frame);

/* Appends one frame, any type of this header, or an unknown type with its payload as it stands.
 * Errors: BUFFER, FRAME (stream or member out of range, payload above 2^24-1); then out has not
 * changed. Whether the peer accepts a payload of that length is the caller's business. */
H2FRAME_API int h2frame_write(const h2frame_frame *frame, h2frame_buffer *out) H2FRAME_MUST_CHECK;

/* Writes only the nine octets of a head (RFC 9113 4.1) to out: for callers that send the payload
 * from elsewhere. length is cut to 24 bits, type and flags to 8, stream_id to 31. */
H2FRAME_API void h2frame_write_head(uint8_t out[9], uint32_t length, uint32_t type, uint32_t flags,
                                    uint32_t stream_id);

/* Whole frames of fixed length, written to out without further checks: for callers whose values
 * are in range already. stream_id and increment are cut to 31 bits. (SETTINGS with ACK is a head of
 * length 0.) */
H2FRAME_API void h2frame_write_rst_stream(uint8_t out[13], uint32_t stream_id, uint32_t code);
H2FRAME_API void h2frame_write_window_update(uint8_t out[13], uint32_t stream_id,
                                             uint32_t increment);
/* flags: H2FRAME_FLAG_ACK or 0. */
H2FRAME_API void h2frame_write_ping(uint8_t out[17], uint32_t flags, const uint8_t opaque[8]);

#ifdef __cplusplus
}
#endif

#endif
