/* SPDX-License-Identifier: MIT */
/*
 * A session under test, with a scripted peer. All events and all frames that the session sends
 * become lines of one log, so that a test is: what comes in, and the log that must come out.
 *
 * Events:  "request 1 end :method=GET ...", "response 1 :status=200 ...", "data 1 5", "end 1",
 *          "push 2 of 1 :method=GET ...",
 *          "closed 1 NO_ERROR NONE", "settings 2", "ping", "goaway last=0 NO_ERROR",
 *          "priority 1 u=3 i=0" ("priority idle 1 ..."),
 *          "fault stream 1 PROTOCOL_ERROR PATH", "recv H2SESSION_ERR_PEER",
 *          "extension 42 1 flags=00 10",
 *          "altsvc 1 origin= value=h2=":1"", "origins 1" and "origin https://a.example" for each
 * Output:  "> HEADERS 1 END_STREAM|END_HEADERS :status=200", "> DATA 1 5 END_STREAM", ...
 *
 * Octets of a body that come in several on_data calls are one line. The peer's octets are built
 * with libh2frame and libhpack. Fields are written ":method GET|:path /". Memory of the session
 * comes from `alloc`; the fixture's own does not.
 */
#ifndef H2KIT_TESTS_H2SESSION_FIXTURE_H
#define H2KIT_TESTS_H2SESSION_FIXTURE_H

#include <guard.h>
#include <support.h>

#include <h2session/h2session.h>

#define GET_FIELDS ":method GET|:scheme https|:authority a.example|:path /"
#define POST_FIELDS ":method POST|:scheme https|:authority a.example|:path /"

struct octets {
    uint8_t *data;
    size_t length;
    size_t capacity;
};

/* A body source. Octet i of a body is always body_octet(i). */
struct body {
    size_t length;
    size_t offset;
    size_t chunk;   /* most octets a call, 0: as many as fit */
    uint32_t lend;  /* lends instead of writing in place */
    uint32_t late;  /* END comes with an empty call of its own */
    uint32_t flags; /* with END: H2SESSION_BODY_TRAILERS or 0 */
    uint32_t defer; /* so many calls answer DEFER first */
    int answer;     /* when not 0: the answer at the end instead of END */
    uint32_t code;  /* with FAIL */
    uint8_t *lent;  /* the octets, for lend */
};

enum { FIXTURE_PIECES = 4 };

struct fixture;
/* Called in each callback after it was logged: what happened ("request", "data", ...), where. The
 * return value is the callback's. */
typedef int (*fixture_hook)(struct fixture *f, const char *event, uint32_t stream_id);

struct fixture {
    h2session *s;
    uint32_t role;
    h2session_config config;
    struct test_alloc *alloc;
    struct test_alloc own_alloc;
    uint64_t now_ns;
    uint32_t saw_nomem;
    uint32_t freed; /* the hook freed the session */
    /* behaviour */
    fixture_hook hook;
    void *hook_data;
    void (*on_octets)(const uint8_t *data, size_t length); /* of bodies; or NULL */
    const char *answer; /* a server's fields for every request, NULL: none */
    struct body *body;  /* and its body, NULL: none */
    uint32_t trace;     /* log on_trace as well */
    uint32_t quiet;     /* count only: neither log nor output is kept, fields are not decoded */
    /* what came out */
    struct octets log;
    struct octets output;                 /* all octets sent */
    struct octets *trace_to;              /* lines of calls, see fixture_ports.h; or NULL */
    h2frame_bytes pieces[FIXTURE_PIECES]; /* of the last peek */
    size_t piece_count;
    struct octets extension; /* payload of on_extension that is not in the log yet */
    uint32_t data_stream;    /* on_data that is not in the log yet */
    size_t data_length;
    size_t data_total; /* octets of all on_data calls */
    uint32_t opened;
    uint32_t closed;
    size_t events;    /* callbacks */
    size_t sent[256]; /* frames that the session sent, by type */
    h2frame_parser *out_parser;
    hpack_decoder *out_decoder;
    /* the peer */
    struct octets in;
    struct test_guard guard; /* where its octets stand when the session reads them */
    hpack_encoder *encoder;
};

/* Fills the configuration with defaults; change it, then start. alloc NULL: an own one. */
void fixture_init(struct fixture *f, uint32_t role, struct test_alloc *alloc);
/* Creates the session; 0 or its error. */
int fixture_start(struct fixture *f);
/* The peer's preface, empty SETTINGS and ACK are fed and the output is drained; the log is empty
 * after that. */
void fixture_greet(struct fixture *f);
/* The three of them, with nothing but defaults. */
void fixture_begin(struct fixture *f, uint32_t role);
/* Frees all, checks that the session's memory was given back and that streams were closed once. */
void fixture_end(struct fixture *f);

void fixture_log(struct fixture *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *fixture_text(struct fixture *f);
void fixture_clear(struct fixture *f);
/* Compares the log and empties it. */
void fixture_expect(struct fixture *f, const char *text);
/* The log has this line. */
int fixture_has(struct fixture *f, const char *line);

/* Feeds what the peer has built, whole or with cuts; results other than 0 are logged. Returns the
 * last one. */
int fixture_feed(struct fixture *f);
int fixture_feed_cut(struct fixture *f, const size_t *cuts, size_t count);
/* Sends all there is, logging the frames. */
void fixture_drain(struct fixture *f);
/* Feed and drain. */
int fixture_turn(struct fixture *f);
/* The peer asks by POST_FIELDS on stream 1, and does not end it; that is in order. */
void fixture_upload(struct fixture *f);

/* What the peer sends. */
void peer_preface(struct fixture *f);
void peer_frame(struct fixture *f, const h2frame_frame *frame);
void peer_settings(struct fixture *f, uint32_t id, uint32_t value); /* id 0: empty */
void peer_ack(struct fixture *f);
/* Appends the field block that the peer's encoder makes. */
void peer_encode(struct fixture *f, const hpack_field *fields, size_t count, struct octets *out);
void peer_headers(struct fixture *f, uint32_t stream_id, const char *fields, uint32_t flags);
/* The block in that many frames of equal size. */
void peer_headers_cut(struct fixture *f, uint32_t stream_id, const char *fields, uint32_t flags,
                      uint32_t frames);
/* A promise on the parent, in that many frames. */
void peer_promise(struct fixture *f, uint32_t parent_id, uint32_t promised_id, const char *fields,
                  uint32_t frames);
/* One frame with head's stream, flags and priority part. */
void peer_headers_like(struct fixture *f, const h2frame_frame *head, const char *fields);
void peer_data(struct fixture *f, uint32_t stream_id, size_t length, uint32_t flags);
void peer_padded(struct fixture *f, uint32_t stream_id, size_t length, uint32_t padding);
void peer_reset(struct fixture *f, uint32_t stream_id, uint32_t code);
void peer_window(struct fixture *f, uint32_t stream_id, uint32_t increment);
void peer_ping(struct fixture *f, uint32_t flags);
void peer_goaway(struct fixture *f, uint32_t last_id, uint32_t code);
void peer_priority_update(struct fixture *f, uint32_t stream_id, const char *value);
void peer_raw(struct fixture *f, const char *hex);

/* What the application does. Each returns the session's result. */
int app_request(struct fixture *f, const char *fields, struct body *body, uint32_t *stream_id);
int app_respond(struct fixture *f, uint32_t stream_id, const char *fields, struct body *body);
int app_push(struct fixture *f, uint32_t parent_id, const char *fields, uint32_t *promised_id);
int app_inform(struct fixture *f, uint32_t stream_id, const char *fields);
int app_trailers(struct fixture *f, uint32_t stream_id, const char *fields);

uint8_t body_octet(size_t i);
int body_read(h2session *s, h2session_read_event *event, void *user);
void body_free(struct body *b);

enum { FIELDS_MAX = 600 };
/* ":method GET|:path /" -> fields that point into it. */
size_t parse_fields(const char *text, hpack_field *out, size_t capacity);
/* Room for so many more without moving. */
void octets_room(struct octets *o, size_t more);
void octets_add(struct octets *o, const void *data, size_t length);

/*
 * One scenario: greeted (unless raw), the behaviour set by configure, the input built by input,
 * all fed, all drained, the log compared. Run whole, octet by octet, with random cuts (the log and
 * the output must be the same) and with every allocation failing.
 */
struct scenario {
    const char *name;
    uint32_t role;
    void (*configure)(struct fixture *f); /* before the session is created */
    void (*input)(struct fixture *f);
    const char *expect;
    void (*before)(struct fixture *f); /* after the greeting: requests of a client */
    uint32_t raw;
};

void scenario_run(const struct scenario *sc);

#endif
