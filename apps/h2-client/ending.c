/* SPDX-License-Identifier: MIT */
#include "ending.h"

#include <string.h>

#include "redirect.h"

static void complete(struct fetch *fetch, struct request *request)
{
    if (redirect_follow(fetch, request)) {
        return;
    }
    if (request->output == &request->own_output && output_close(request->output) != OUTPUT_OK) {
        fetch_fail(fetch, request, EXIT_CODE_LOCAL, "%s: cannot write: %s", request->output->path,
                   strerror(request->output->error));
    } else if (request->is_discarded) {
        fetch_fail(fetch, request, EXIT_CODE_STATUS, "status %u", (unsigned)request->status);
    } else {
        request_end(request, EXIT_CODE_OK);
    }
}

/* RFC 9113 8.7: the server says that it has not processed the request. It may say so for ever, so
 * that is taken REQUEST_TRIES times without another request having come to its end.
 * rfc: 9113#8.7 */
static int may_retry(const struct fetch *fetch, struct request *request,
                     const h2session_stream_closed_event *event)
{
    if (fetch->is_stopped || (fetch->source != NULL && fetch->source->read_any)) {
        return 0;
    }
    if (event->reason != H2SESSION_REASON_GOAWAY_NOT_PROCESSED &&
        (!event->remote || event->code != H2FRAME_CODE_REFUSED_STREAM)) {
        return 0;
    }
    if (request->refused_after != fetch->total_count) {
        request->refused_after = fetch->total_count;
        request->refusals = 0;
    }
    return ++request->refusals < REQUEST_TRIES;
}

static void fail_upload(struct fetch *fetch, struct request *request)
{
    int error = request->upload.error;

    request->record->end = RECORD_FAILED;
    fetch_fail(fetch, request, EXIT_CODE_LOCAL, "cannot read the body to be sent: %s",
               error > 0 ? strerror(error) : "the file has become shorter");
}

static void fail_stream(struct fetch *fetch, struct request *request,
                        const h2session_stream_closed_event *event)
{
    const char *where = h2session_reason_where(event->reason);

    if (event->reason == H2SESSION_REASON_GOAWAY_NOT_PROCESSED) {
        fetch_fail(fetch, request, EXIT_CODE_PROTOCOL,
                   "not processed by the server, which ended "
                   "the connection%s",
                   fetch->goaway);
    } else if (event->remote) {
        fetch_fail(fetch, request, EXIT_CODE_PROTOCOL, "the server reset the stream: %s",
                   h2frame_code_name(event->code));
    } else {
        fetch_fail(fetch, request,
                   event->reason == H2SESSION_REASON_NO_MEMORY ? EXIT_CODE_LOCAL
                                                               : EXIT_CODE_PROTOCOL,
                   "%s%s%s%s", h2session_reason_text(event->reason), where[0] == '\0' ? "" : " (",
                   where, where[0] == '\0' ? "" : ")");
    }
}

/* What ends with the whole connection stays ACTIVE: the end of that says why, once for all. */
void ending_of_stream(struct fetch *fetch, struct request *request,
                      const h2session_stream_closed_event *event)
{
    if (request->state != REQUEST_ACTIVE) {
        return; /* failed before */
    }
    if (request->upload.error != 0) {
        fail_upload(fetch, request);
    } else if (request->is_complete && event->code == H2FRAME_CODE_NO_ERROR) {
        complete(fetch, request);
    } else if (request->is_timed_out) {
        request->record->end = RECORD_FAILED;
        fetch_fail(fetch, request, EXIT_CODE_PROTOCOL, "no progress in the time of --timeout");
    } else if (may_retry(fetch, request, event)) {
        request_reset(request);
    } else if (event->reason != H2SESSION_REASON_CONNECTION_ENDED && !fetch->is_faulty) {
        fail_stream(fetch, request, event);
    }
}
