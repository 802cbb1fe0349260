/* SPDX-License-Identifier: MIT */
#include "expect.h"

enum { EXPECT_STEP_MS = 100, EXPECT_WAIT_NS = 1000000000, STATUS_CONTINUE = 100 };

static void on_timer(uv_timer_t *timer)
{
    struct fetch *fetch = timer->data;
    uint64_t now_ns = loop_now_ns();
    int held = 0;

    for (struct request *request = fetch->active.first; request != NULL;
         request = request->next_active) {
        if (request->upload.is_held && now_ns > request->activity_ns + EXPECT_WAIT_NS) {
            upload_release(&request->upload);
        }
        held += request->upload.is_held ? 1 : 0;
    }
    if (held == 0) {
        uv_timer_stop(timer);
    }
}

void expect_started(struct fetch *fetch)
{
    if (!uv_is_active((uv_handle_t *)&fetch->continue_timer)) {
        (void)uv_timer_start(&fetch->continue_timer, on_timer, EXPECT_STEP_MS, EXPECT_STEP_MS);
        uv_unref((uv_handle_t *)&fetch->continue_timer);
    }
}

void expect_answered(struct request *request, const h2session_headers_event *event)
{
    int is_go = event->kind == H2SESSION_HEADERS_INFORMATIONAL && event->status == STATUS_CONTINUE;
    int is_final =
        event->kind == H2SESSION_HEADERS_RESPONSE && event->status < 400 && !event->end_stream;

    if (request->upload.is_held && (is_go || is_final)) {
        upload_release(&request->upload);
    }
}

void expect_ended(struct fetch *fetch, struct request *request)
{
    if (request->upload.is_held) {
        fetch_check(fetch, h2session_submit_reset(fetch->session, request->stream_id,
                                                  H2FRAME_CODE_NO_ERROR));
    }
}
