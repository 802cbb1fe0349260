/* SPDX-License-Identifier: MIT */
#include "answers.h"

#include <string.h>

#include "assets.h"
#include "bodies.h"
#include "ending.h"
#include "expect.h"
#include "explain.h"
#include "observe.h"
#include "push.h"
#include "redirect.h"
#include "submit.h"

static void explain(const struct fetch *fetch, const char *text)
{
    log_error(fetch->log, "explain: %s", text);
}

static int on_headers(h2session *s, const h2session_headers_event *event, void *user)
{
    struct fetch *fetch = user;
    struct request *request = event->stream_user;

    (void)s;
    if (event->kind == H2SESSION_HEADERS_PUSH) {
        return push_promised(fetch, event);
    }
    request->activity_ns = loop_now_ns();
    observe_answer(fetch, request, event);
    expect_answered(request, event);
    if (event->kind != H2SESSION_HEADERS_RESPONSE) {
        return 0;
    }
    request->status = event->status;
    redirect_consider(fetch, request, event);
    if (request->is_redirected) {
        return 0;
    }
    bodies_begin(fetch, request, event);
    assets_begin(fetch, request, event);
    fetch->progress.expected += event->content_length > 0 ? (uint64_t)event->content_length : 0;
    if (fetch->options->fail && event->status >= 400 && !request->is_aside) {
        request->is_discarded = 1;
    } else if (output_begin(request->output) != OUTPUT_OK) {
        bodies_stop(fetch, request->output);
    }
    return 0;
}

static int on_data(h2session *s, const h2session_data_event *event, void *user)
{
    struct fetch *fetch = user;
    struct request *request = event->stream_user;

    (void)s;
    request->activity_ns = loop_now_ns();
    fetch->progress.received += event->length;
    if (request->state == REQUEST_ACTIVE) {
        bodies_take(fetch, request, event->data, event->length);
    }
    return 0;
}

static int on_stream_end(h2session *s, const h2session_stream_end_event *event, void *user)
{
    struct request *request = event->stream_user;

    (void)s;
    request->is_complete = 1;
    expect_ended(user, request);
    return 0;
}

static int on_stream_closed(h2session *s, const h2session_stream_closed_event *event, void *user)
{
    struct fetch *fetch = user;
    struct request *request = event->stream_user;

    (void)s;
    if (request == NULL) {
        return 0; /* a push that was refused */
    }
    if (fetch->trace != NULL) {
        trace_stream_closed(fetch->trace, event, loop_now_ns());
    }
    if (fetch->options->explain && event->remote && event->code != H2FRAME_CODE_NO_ERROR &&
        event->reason == H2SESSION_REASON_RESET_BY_PEER) {
        char text[EXPLAIN_SIZE];

        explain_code(text, event->stream_id, event->code);
        explain(fetch, text);
    }
    observe_closed(request, event);
    if (request->is_aside) {
        push_closed(request);
    } else {
        ending_of_stream(fetch, request, event);
    }
    upload_end(&request->upload);
    request_unlink(&fetch->active, request);
    fetch->activity_ns = loop_now_ns();
    if (request->state == REQUEST_DONE && !request->is_aside) {
        fetch->done_count++;
        fetch->total_count++;
    } else if (request->is_aside && event->stream_id % 2 == 1 && request->is_complete) {
        fetch->done_count++; /* what asked for the upgrade: the connection was of use */
    }
    bodies_advance(fetch);
    if (request->state != REQUEST_ACTIVE && event->reason != H2SESSION_REASON_CONNECTION_ENDED) {
        submit_waiting(fetch);
    }
    return 0;
}

static int on_settings(h2session *s, const h2session_settings_event *event, void *user)
{
    struct fetch *fetch = user;

    fetch->is_heard = 1;
    if (!event->ack && fetch->session == s) {
        fetch->peer_streams = h2session_remote_setting(s, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS);
        submit_waiting(fetch); /* perhaps more streams are allowed now */
    }
    return 0;
}

static int on_goaway(h2session *s, const h2session_goaway_event *event, void *user)
{
    struct fetch *fetch = user;

    (void)s;
    fetch->goaway_code = event->code;
    size_t length = event->debug_data.length < 200 ? event->debug_data.length : 200;

    snprintf(fetch->goaway, sizeof fetch->goaway, " (GOAWAY with %s%s%.*s)",
             h2frame_code_name(event->code), length > 0 ? ": " : "", (int)length,
             length > 0 ? (const char *)event->debug_data.data : "");
    if (fetch->options->explain && event->code != H2FRAME_CODE_NO_ERROR) {
        char text[EXPLAIN_SIZE];

        explain_code(text, 0, event->code);
        explain(fetch, text);
    }
    return 0;
}

static int on_fault(h2session *s, const h2session_fault_event *event, void *user)
{
    struct fetch *fetch = user;

    (void)s;
    if (event->scope == H2FRAME_SCOPE_CONNECTION) {
        fetch->is_faulty = 1;
    }
    if (fetch->options->explain) {
        char text[EXPLAIN_SIZE];

        explain_fault(text, event, fetch->last_frame);
        explain(fetch, text);
    }
    if (fetch->trace != NULL) {
        trace_fault(fetch->trace, event, loop_now_ns());
    }
    return 0;
}

static int on_trace(h2session *s, const h2session_trace_event *event, void *user)
{
    struct fetch *fetch = user;

    (void)s;
    observe_frame(fetch, event);
    if (!event->outgoing) {
        explain_frame(fetch->last_frame, event->frame);
    }
    if (fetch->trace != NULL) {
        fetch_announce(fetch); /* the first frames are queued before the connection is ours */
        trace_frame(fetch->trace, event, loop_now_ns());
    }
    return 0;
}

void answers_callbacks(h2session_callbacks *callbacks)
{
    memset(callbacks, 0, sizeof *callbacks);
    callbacks->size = sizeof *callbacks;
    callbacks->on_headers = on_headers;
    callbacks->on_data = on_data;
    callbacks->on_stream_end = on_stream_end;
    callbacks->on_stream_closed = on_stream_closed;
    callbacks->on_settings = on_settings;
    callbacks->on_goaway = on_goaway;
    callbacks->on_fault = on_fault;
    callbacks->on_trace = on_trace;
}
