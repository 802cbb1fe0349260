/* SPDX-License-Identifier: MIT */
#include "fetch.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assets.h"
#include "bodies.h"
#include "dial.h"
#include "interrupt.h"
#include "observe.h"
#include "push.h"
#include "submit.h"
#include "timeouts.h"
#include "upgrade.h"

void fetch_fail(struct fetch *fetch, struct request *request, enum exit_code result,
                const char *format, ...)
{
    char text[LOG_LINE_SIZE];
    va_list args;

    va_start(args, format);
    if (vsnprintf(text, sizeof text, format, args) < 0) {
        text[0] = '\0';
    }
    va_end(args);
    progress_clear(&fetch->progress);
    log_error(fetch->log, "%s: %s", request->text, text);
    snprintf(request->record->message, RECORD_TEXT_SIZE, "%.*s", RECORD_TEXT_SIZE - 1, text);
    request_end(request, result);
}

void fetch_check(struct fetch *fetch, int result)
{
    if (result == H2SESSION_ERR_NOMEM && fetch->conn != NULL) {
        h2_conn_abort(fetch->conn, CONN_MEMORY, "out of memory");
    }
}

void fetch_cancel(struct fetch *fetch, const struct request *request)
{
    fetch_check(fetch,
                h2session_submit_reset(fetch->session, request->stream_id, H2FRAME_CODE_CANCEL));
}

/* ---- Callbacks of the connection ---------------------------------------------------------- */

void fetch_announce(struct fetch *fetch)
{
    if (fetch->trace != NULL && !fetch->is_announced) {
        fetch->is_announced = 1;
        trace_opened(fetch->trace, loop_now_ns(), h2_conn_peer_text(fetch->conn),
                     h2_conn_tls_info(fetch->conn));
    }
}

/* --insecure: says what was not held against the server. */
static void warn_of_skipped(struct fetch *fetch)
{
    const struct tls_info *tls = h2_conn_tls_info(fetch->conn);

    if (tls != NULL && tls->skipped != NULL) {
        progress_clear(&fetch->progress);
        log_warning(fetch->log, "%s (not verified: --insecure)", tls->skipped);
    }
}

static void on_open(struct h2_conn *c, h2session *session, void *user)
{
    struct fetch *fetch = user;

    (void)c;
    fetch->session = session;
    fetch->activity_ns = loop_now_ns();
    observe_open(fetch);
    warn_of_skipped(fetch);
    fetch_announce(fetch);
    upgrade_open(fetch);
    fetch_check(fetch, session_setup_open(session, fetch->options));
    submit_waiting(fetch);
}

static enum exit_code result_of(enum conn_cause cause)
{
    switch (cause) {
    case CONN_CONNECT:
        return EXIT_CODE_CONNECT;
    case CONN_TLS:
        return EXIT_CODE_TLS;
    case CONN_MEMORY:
        return EXIT_CODE_LOCAL;
    case CONN_CLEAN:
    case CONN_PROTOCOL:
    case CONN_IO:
        break;
    }
    return EXIT_CODE_PROTOCOL;
}

/* Requests under way are lost with the connection, those that were not begun get another one when
 * this one was of use. */
static int is_lost(const struct fetch *fetch, const struct request *request)
{
    return uri_same_origin(fetch->origin, &request->uri) &&
           (request->state == REQUEST_ACTIVE ||
            (request->state == REQUEST_WAITING && fetch->done_count == 0));
}

/* A request that has no stream by now was left by the GOAWAY, if there was one. */
static void record_lost(const struct fetch *fetch, struct record *record)
{
    record->end = RECORD_LOST;
    record->connection = fetch->connection;
    if (record->end_reason == H2SESSION_REASON_NONE && fetch->goaway[0] != '\0') {
        record->by_peer = 1;
        record->end_code = fetch->goaway_code;
        record->end_reason = H2SESSION_REASON_GOAWAY_NOT_PROCESSED;
    }
}

/* Ends what the connection leaves: one message for all. */
static void end_requests(struct fetch *fetch, const struct conn_end *end)
{
    enum exit_code result = result_of(end->cause);
    const char *why = end->message[0] != '\0' ? end->message : "the server ended the connection";
    const char *hint = result == EXIT_CODE_PROTOCOL && !fetch->is_heard
                           ? "; does this server speak HTTP/2 here?"
                           : "";
    size_t others = 0;
    int is_told = 0;

    for (size_t i = 0; i < fetch->list.count; i++) {
        struct request *request = fetch->list.items[i];

        if (!is_lost(fetch, request)) {
            continue;
        }
        record_lost(fetch, request->record);
        if (!is_told) {
            fetch_fail(fetch, request, result, "%s%s%s", why, fetch->goaway, hint);
            is_told = 1;
        } else {
            request_end(request, result);
            others++;
        }
    }
    if (others > 0) {
        log_error(fetch->log, "the same for %zu more of %s://%s", others, fetch->origin->scheme,
                  fetch->origin->authority);
    }
    bodies_advance(fetch);
}

static void on_end(struct h2_conn *c, const struct conn_end *end, void *user)
{
    struct fetch *fetch = user;

    (void)c;
    observe_end(fetch);
    fetch->conn = NULL;
    fetch->session = NULL;
    uv_timer_stop(&fetch->timer);
    if (fetch->trace != NULL) {
        trace_ended(fetch->trace, loop_now_ns(), end->message);
    }
    uv_timer_stop(&fetch->continue_timer);
    dial_clear(fetch);
    push_lost(fetch);
    if (!fetch->is_stopped) {
        end_requests(fetch, end);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct fetch *fetch = timer->data;

    if (fetch->session != NULL) {
        timeouts_check(fetch, loop_now_ns());
    }
}

static void on_progress(uv_timer_t *timer)
{
    struct fetch *fetch = timer->data;

    fetch->progress.running = fetch->active.count;
    fetch->progress.done = (uint32_t)fetch->total_count;
    progress_show(&fetch->progress, loop_now_ns());
}

/* Shown where it disturbs nobody: on a terminal that gets neither the bodies nor a log. */
static void begin_progress(struct fetch *fetch)
{
    int has_terminal = isatty(STDERR_FILENO) && !fetch->options->no_progress;
    int is_free = !isatty(STDOUT_FILENO) ||
                  ((fetch->output->path != NULL || fetch->output->discard) && fetch->trace == NULL);

    fetch->progress.out = has_terminal && is_free ? stderr : NULL;
    fetch->progress.start_ns = loop_now_ns();
    (void)uv_timer_init(&fetch->loop->uv, &fetch->progress_timer);
    fetch->progress_timer.data = fetch;
    if (fetch->progress.out != NULL) {
        (void)uv_timer_start(&fetch->progress_timer, on_progress, PROGRESS_STEP_MS,
                             PROGRESS_STEP_MS);
        uv_unref((uv_handle_t *)&fetch->progress_timer);
    }
}

/* ---- Connections -------------------------------------------------------------------------- */

/* The origin of the request becomes that of the connection. */
static int set_origin(struct fetch *fetch, const struct request *request)
{
    struct uri uri;
    const char *why;

    if (uri_parse(&uri, request->text, &why) != 0) {
        return -1;
    }
    if (fetch->origin != NULL && !uri_same_origin(fetch->origin, &uri)) {
        fetch->peer_streams = 0;
    }
    uri_clear(&fetch->own_origin);
    fetch->own_origin = uri;
    fetch->origin = &fetch->own_origin;
    return 0;
}

/* Fetches what can be fetched over one connection to the origin of this request. */
static void fetch_origin(struct fetch *fetch, struct request *request)
{
    uint64_t limit_ms = fetch->options->timeout_ns / 1000000;

    if (set_origin(fetch, request) != 0) {
        fetch_fail(fetch, request, EXIT_CODE_LOCAL, "out of memory");
        return;
    }
    fetch->turn = 0;
    fetch->is_announced = 0;
    fetch->is_heard = 0;
    fetch->is_faulty = 0;
    memset(&fetch->active, 0, sizeof fetch->active);
    fetch->connection = record_new_connection(fetch->book);
    fetch->done_count = 0;
    fetch->goaway[0] = '\0';
    fetch->last_frame[0] = '\0';
    const struct h2_conn_config callbacks = {.on_open = on_open, .on_end = on_end};
    int error = fetch->connection == NULL ? UV_ENOMEM : dial(fetch, &callbacks);

    if (error != 0) {
        const struct conn_end end = {error == UV_ENOMEM ? CONN_MEMORY : CONN_CONNECT,
                                     uv_strerror(error)};

        dial_clear(fetch);
        end_requests(fetch, &end);
        return;
    }
    if (limit_ms > 0) {
        uint64_t step = limit_ms < 80 ? 10 : limit_ms > 8000 ? 1000 : limit_ms / 8;

        uv_timer_start(&fetch->timer, on_timer, step, step);
    }
    loop_run(fetch->loop);
}

static struct request *first_waiting(const struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->list.count; i++) {
        if (fetch->list.items[i]->state == REQUEST_WAITING) {
            return fetch->list.items[i];
        }
    }
    return NULL;
}

static enum exit_code overall(const struct fetch *fetch)
{
    enum exit_code result = fetch->stop_result;

    for (size_t i = 0; i < fetch->list.count; i++) {
        enum exit_code one = fetch->list.items[i]->result;

        if (one != EXIT_CODE_OK && (result == EXIT_CODE_OK || result == EXIT_CODE_STATUS)) {
            result = result == EXIT_CODE_STATUS && one == EXIT_CODE_STATUS ? result : one;
        }
    }
    return result;
}

enum exit_code fetch_all(struct fetch *fetch)
{
    struct request *next;

    if (dial_prepare(fetch) != 0) {
        return EXIT_CODE_LOCAL;
    }
    /* These two cannot fail. */
    (void)uv_timer_init(&fetch->loop->uv, &fetch->timer);
    (void)uv_timer_init(&fetch->loop->uv, &fetch->continue_timer);
    fetch->timer.data = fetch;
    fetch->continue_timer.data = fetch;
    fetch->concurrent = session_setup_streams(fetch->options, FETCH_CONCURRENT);
    output_init(&fetch->nowhere, NULL, 1);
    observe_init(fetch);
    begin_progress(fetch);
    interrupt_begin(fetch);
    uv_unref((uv_handle_t *)&fetch->timer);
    while (!fetch->is_stopped && (next = first_waiting(fetch)) != NULL) {
        fetch_origin(fetch, next);
    }
    uv_close((uv_handle_t *)&fetch->timer, NULL);
    uv_close((uv_handle_t *)&fetch->continue_timer, NULL);
    uv_close((uv_handle_t *)&fetch->progress_timer, NULL);
    interrupt_end(fetch);
    progress_clear(&fetch->progress);
    for (size_t i = 0; i < fetch->list.count; i++) {
        assets_end(fetch->list.items[i]);
    }
    loop_run(fetch->loop);
    tls_context_free(fetch->tls);
    tls_context_free(fetch->tls_foreign);
    uri_clear(&fetch->own_origin);
    requests_clear(&fetch->pushes);
    return overall(fetch);
}
