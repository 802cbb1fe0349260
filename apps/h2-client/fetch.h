/* SPDX-License-Identifier: MIT */
/*
 * Fetches all requests: one connection for each origin, one origin after the other, the requests of
 * an origin at the same time as far as the server allows.
 *
 * Invariants:
 * - Bodies are written in the order of the requests of an origin (`turn` is the one that may
 *   write); at most `concurrent` requests have a stream or octets that wait in memory, and the
 *   connection's window has room for all of their windows, so that bodies which wait for their
 *   turn cannot starve the one that does not.
 * - A connection that ended is followed by another one for the requests it left only when it
 *   brought at least one to its end.
 * - When every request is DONE, or `is_stopped`, nothing is left on the loop.
 */
#ifndef H2KIT_CLIENT_FETCH_H
#define H2KIT_CLIENT_FETCH_H

#include <stddef.h>
#include <stdint.h>

#include "client_options.h"
#include "explain.h"
#include "fields.h"
#include "h2_conn.h"
#include "log.h"
#include "loop.h"
#include "output.h"
#include "progress.h"
#include "record.h"
#include "request.h"
#include "route.h"
#include "session_setup.h"
#include "trace.h"

enum { FETCH_CONCURRENT = 64, FETCH_TEXT_SIZE = 320 };

enum { UPGRADE_SETTINGS_SIZE = H2SESSION_UPGRADE_SETTINGS_MAX + 1 };

/* What --upgrade asks in HTTP/1.1 (upgrade.h). */
struct upgrade {
    struct request *request;
    struct fields fields;
    char *text; /* NULL: there is no upgrade */
};

struct fetch {
    /* Given. */
    const struct client_options *options;
    const struct field_lines *lines;
    const struct field_lines *trailers;
    const struct log *log;
    const struct trace *trace; /* NULL: not wanted */
    struct loop *loop;
    struct output *output;
    struct upload_source *source; /* NULL: requests have no body */
    struct request_list list;
    struct record_book *book;
    uint32_t observes; /* a report wants sizes and stalls */

    /* Own. */
    struct tls_context *tls;         /* made when it is needed */
    struct tls_context *tls_foreign; /* without our certificate */
    uv_timer_t timer;
    uv_timer_t continue_timer; /* runs while bodies wait for 100 (Continue) */
    struct session_padding padding;
    uint32_t concurrent;        /* requests at once, 1 to FETCH_CONCURRENT */
    struct request_list pushes; /* and what else is aside of the plan */
    struct upgrade upgrade;
    struct route route; /* of the connection */
    char *tunnel_text;  /* what the proxy is asked */
    struct output nowhere;
    const struct uri *origin; /* of the connection, a copy; NULL before the first */
    struct uri own_origin;
    struct h2_conn *conn; /* NULL between connections */
    h2session *session;   /* NULL before it is open and once it ends */
    size_t turn;
    uint32_t is_announced;          /* the log has said that we are connected */
    uint32_t is_heard;              /* the server has sent its SETTINGS */
    uint32_t is_faulty;             /* one side broke the protocol of the connection */
    struct conn_record *connection; /* of conn */
    struct request_chain active;
    struct request *submitting;   /* while it is */
    struct stall_clock room;      /* requests wait that the peer does not let begin */
    struct loop_task observing;   /* observe.h */
    uint32_t done_count;          /* on this connection */
    size_t total_count;           /* on all connections */
    uint32_t peer_streams;        /* what the origin said it allows at a time, 0: not known */
    uint64_t activity_ns;         /* when a stream was last open */
    char goaway[FETCH_TEXT_SIZE]; /* "": none */
    uint32_t goaway_code;
    size_t asset_count;
    uint64_t push_octets; /* of fields of pushes that are kept */
    struct progress progress;
    uv_timer_t progress_timer;
    uv_signal_t signals[2];
    int signal_number;                   /* that has stopped it, 0: none */
    char last_frame[EXPLAIN_FRAME_SIZE]; /* of the server, for --explain */
    uint32_t is_stopped;                 /* nothing more can be written */
    enum exit_code stop_result;
};

/* Returns the exit status of the program: of the first request that failed, but STATUS only when
 * nothing worse happened. */
enum exit_code fetch_all(struct fetch *fetch);

/* ---- For the units of a fetch ---- */

/* Says once that the connection stands, before its first frame. */
void fetch_announce(struct fetch *fetch);

/* Ends a request with a message "URI: ...". */
void fetch_fail(struct fetch *fetch, struct request *request, enum exit_code result,
                const char *format, ...) LOG_FORMAT(4, 5);

/* What the session did not do: without memory the connection cannot go on, everything else only
 * says that the stream or the connection has ended meanwhile. */
void fetch_check(struct fetch *fetch, int result);

/* Resets the stream of a request with CANCEL. */
void fetch_cancel(struct fetch *fetch, const struct request *request);

#endif
