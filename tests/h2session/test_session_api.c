/* SPDX-License-Identifier: MIT */
/* The contract towards the application: usage errors, calls from inside every callback, structs of
 * older and newer callers, outbound fields. */
#include "fixture.h"

#include <string.h>

#include "session.h" /* to set the next stream id */

enum { END = H2FRAME_FLAG_END_STREAM };
static const uint8_t OPAQUE[8] = "12345678";

static void null_and_unknown_are_usage_errors(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t id;
    size_t n;
    h2session_fault_event fault = {.size = sizeof fault};
    h2session_message message = {.size = sizeof message};
    fixture_begin(&f, H2SESSION_SERVER);
    assert_int_equal(h2session_recv(NULL, OPAQUE, 1, 0, &n), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_recv(f.s, NULL, 1, 0, &n), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_peek(f.s, NULL, 1, &n), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_sent(f.s, 1, 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_request(f.s, NULL, &id), H2SESSION_ERR_USAGE);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(app_respond(&f, 1, ":status 200", NULL), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(app_trailers(&f, 1, "a b"), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(h2session_submit_reset(f.s, 1, 0), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(h2session_set_stream_user(f.s, 1, &f), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(h2session_consume(f.s, 1, 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_ping(f.s, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_last_fault(f.s, NULL), H2SESSION_ERR_USAGE);
    assert_null(h2session_stream_user(f.s, 1));
    assert_int_equal(h2session_wants(NULL), 0);
    fixture_upload(&f);
    assert_int_equal(h2session_set_stream_user(f.s, 1, &f), 0);
    assert_ptr_equal(h2session_stream_user(f.s, 1), &f);
    message.size = 3;
    assert_int_equal(h2session_submit_response(f.s, 1, &message), H2SESSION_ERR_USAGE);
    assert_int_equal(app_respond(&f, 1, ":status 103", NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(app_inform(&f, 1, ":status 200"), H2SESSION_ERR_USAGE);
    assert_int_equal(app_trailers(&f, 1, "a b"), H2SESSION_ERR_STREAM_STATE);
    assert_int_equal(app_respond(&f, 1, ":status 200", NULL), 0);
    assert_int_equal(app_respond(&f, 1, ":status 200", NULL), H2SESSION_ERR_STREAM_STATE);
    assert_int_equal(app_inform(&f, 1, ":status 103"), H2SESSION_ERR_STREAM_STATE);
    assert_int_equal(h2session_resume(f.s, 1), H2SESSION_ERR_STREAM_STATE);
    h2session_free(NULL);
    fixture_end(&f);
}

static void outbound_fields_are_checked_and_named(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        uint32_t reason;
        uint32_t position;
    } cases[] = {
        {":method GET|:scheme https|:authority a", H2SESSION_REASON_PSEUDO_MISSING, 3},
        {GET_FIELDS "|Upper a", H2SESSION_REASON_FIELD_NAME, 4},
        {GET_FIELDS "|a b|connection close", H2SESSION_REASON_FIELD_CONNECTION, 5},
        {GET_FIELDS "|a b\nc", H2SESSION_REASON_FIELD_VALUE, 4},
        {GET_FIELDS "|:path /", H2SESSION_REASON_PSEUDO_REPEATED, 4},
    };
    struct fixture f;
    h2session_fault_event fault = {.size = sizeof fault};
    fixture_begin(&f, H2SESSION_CLIENT);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(app_request(&f, cases[i].fields, NULL, NULL), H2SESSION_ERR_FIELD);
        assert_int_equal(h2session_last_fault(f.s, &fault), 0);
        assert_int_equal(fault.reason, cases[i].reason);
        assert_int_equal(fault.value, cases[i].position);
    }
    assert_int_equal(h2session_stream_count(f.s), 0);
    assert_false(h2session_wants(f.s) & H2SESSION_WANT_WRITE);
    fixture_end(&f);
}

/* rfc: 9113#5.1.1 */
static void stream_ids_run_out(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t id = 0;
    fixture_begin(&f, H2SESSION_CLIENT);
    f.s->next_stream_id = H2FRAME_MAX_STREAM_ID;
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, &id), 0);
    assert_int_equal(id, H2FRAME_MAX_STREAM_ID);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, &id), H2SESSION_ERR_STREAM_IDS);
    fixture_end(&f);
}

static void structs_may_be_older_or_newer(void **state)
{
    (void)state;
    struct {
        h2session_config config;
        uint64_t more;
    } newer;
    h2session *s = NULL;
    memset(&newer, 0, sizeof newer);
    assert_int_equal(h2session_config_init(&newer.config, sizeof newer, H2SESSION_SERVER), 0);
    assert_int_equal(newer.config.size, sizeof newer);
    assert_int_equal(h2session_new(&s, &newer.config, NULL, NULL), 0);
    h2session_free(s);
    newer.more = 1;
    assert_int_equal(h2session_new(&s, &newer.config, NULL, NULL), H2SESSION_ERR_CONFIG);
    assert_null(s);
    newer.config.size = offsetof(h2session_config, header_table_size);
    assert_int_equal(h2session_new(&s, &newer.config, NULL, NULL), 0);
    h2session_free(s);
    h2session_callbacks callbacks = {.size = 3};
    newer.config.size = sizeof newer.config;
    assert_int_equal(h2session_new(&s, &newer.config, &callbacks, NULL), H2SESSION_ERR_CONFIG);
    newer.config.max_frame_size = 1;
    assert_int_equal(h2session_new(&s, &newer.config, NULL, NULL), H2SESSION_ERR_CONFIG);
    assert_int_equal(h2session_config_init(&newer.config, 8, 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_config_init(&newer.config, sizeof newer.config, 3),
                     H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_new(&s, NULL, NULL, NULL), H2SESSION_ERR_CONFIG);
}

/* ---- From inside every callback ---- */

enum { DO_NOTHING, DO_RESET, DO_TERMINATE, DO_SHUTDOWN, DO_FREE, DO_ABORT, DO_COUNT };

struct plan {
    const char *event; /* the callback that acts */
    int what;
    int done;
};

/* Whether a call may succeed depends on the moment; here it only must not do harm. */
static void note(struct fixture *f, int result)
{
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
}

static int carry_out(struct fixture *f, int what, uint32_t stream_id)
{
    switch (what) {
    case DO_RESET:
        note(f, h2session_submit_reset(f->s, stream_id, H2FRAME_CODE_CANCEL));
        return 0;
    case DO_TERMINATE:
        note(f, h2session_terminate(f->s, H2FRAME_CODE_NO_ERROR));
        return 0;
    case DO_SHUTDOWN:
        note(f, h2session_shutdown(f->s));
        return 0;
    case DO_FREE:
        f->freed = 1;
        h2session_free(f->s);
        h2session_free(f->s);
        return 0;
    default:
        return what == DO_ABORT ? H2SESSION_ABORT : 0;
    }
}

static int act(struct fixture *f, const char *event, uint32_t stream_id)
{
    struct plan *plan = f->hook_data;
    size_t n;
    h2frame_bytes piece;
    if (strcmp(event, plan->event) != 0 || plan->done) {
        return 0;
    }
    plan->done = strcmp(event, "trace") != 0 || stream_id != 0;
    assert_int_equal(h2session_recv(f->s, OPAQUE, 1, 1, &n), H2SESSION_ERR_REENTRANT);
    assert_int_equal(n, 0);
    assert_int_equal(h2session_recv_eof(f->s, 1), H2SESSION_ERR_REENTRANT);
    assert_int_equal(h2session_peek(f->s, &piece, 1, &n), H2SESSION_ERR_REENTRANT);
    assert_int_equal(h2session_sent(f->s, 0, 1), H2SESSION_ERR_REENTRANT);
    assert_int_equal(h2session_tick(f->s, 1), H2SESSION_ERR_REENTRANT);
    assert_int_equal(h2session_trim(f->s), H2SESSION_ERR_REENTRANT);
    if (!plan->done) {
        return 0;
    }
    note(f, h2session_submit_ping(f->s, OPAQUE));
    note(f, h2session_consume(f->s, stream_id, 1));
    note(f, h2session_resume(f->s, stream_id));
    (void)h2session_stream_count(f->s);
    return carry_out(f, plan->what, stream_id);
}

static struct plan plan;

static void acts(struct fixture *f)
{
    f->hook = act;
    f->hook_data = &plan;
    f->config.flags = H2SESSION_MANUAL_CONSUME;
    f->trace = strcmp(plan.event, "trace") == 0;
    plan.done = 0;
}

static void busy_input(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS "|content-length 6", 0);
    peer_headers(f, 3, GET_FIELDS "|X-Bad a", END);
    peer_data(f, 1, 6, 0);
    peer_ping(f, 0);
    peer_headers(f, 1, "x-a b", END);
    peer_headers(f, 5, POST_FIELDS, 0);
    peer_window(f, 5, 0x7fffffff);
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 5);
    peer_goaway(f, 0, 0);
    peer_headers(f, 7, POST_FIELDS, 0);
    peer_reset(f, 7, H2FRAME_CODE_CANCEL);
}

static void every_callback_may_call_back(void **state)
{
    (void)state;
    static const char *const events[] = {"request", "data",   "trailers", "end",   "closed",
                                         "ping",    "goaway", "fault",    "trace", "settings"};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        for (int what = 0; what < DO_COUNT; what++) {
            plan = (struct plan){.event = events[i], .what = what};
            struct fixture f;
            fixture_init(&f, H2SESSION_SERVER, NULL);
            acts(&f);
            plan.done = 1; /* not yet */
            assert_int_equal(fixture_start(&f), 0);
            fixture_greet(&f);
            plan.done = 0;
            busy_input(&f);
            (void)fixture_feed(&f);
            fixture_drain(&f);
            assert_true(plan.done);
            if (what == DO_ABORT) {
                assert_int_equal(h2session_submit_ping(f.s, OPAQUE), H2SESSION_ERR_CALLBACK);
                assert_non_null(strstr(fixture_text(&f), "> GOAWAY"));
            }
            fixture_end(&f);
        }
    }
}

/* The same over all cuts, and with every allocation failing. */
static void calls_from_callbacks_do_not_depend_on_cuts(void **state)
{
    (void)state;
    static const char *const events[] = {"request", "trailers", "end", "ping", "fault"};
    for (size_t i = 0; i < 5; i++) {
        for (int what = 0; what < DO_FREE; what++) {
            plan = (struct plan){.event = events[i], .what = what};
            const struct scenario sc = {.name = events[i],
                                        .role = H2SESSION_SERVER,
                                        .configure = acts,
                                        .input = busy_input};
            scenario_run(&sc);
        }
    }
}

static int trace_acts(struct fixture *f, const char *event, uint32_t stream_id)
{
    int *what = f->hook_data;
    if (strcmp(event, "trace") != 0 || stream_id == 0) {
        return 0;
    }
    if (*what == 0) {
        note(f, h2session_submit_reset(f->s, stream_id, H2FRAME_CODE_CANCEL));
    } else if (*what == 1) {
        f->freed = 1;
        h2session_free(f->s);
    }
    return *what == 2 ? H2SESSION_ABORT : 0;
}

/* on_trace is also called from inside submits. */
static void trace_may_end_what_is_being_submitted(void **state)
{
    (void)state;
    for (int what = 0; what < 3; what++) {
        struct fixture f;
        struct body body = {.length = 5};
        static const int expected[] = {0, H2SESSION_ERR_CALLBACK, H2SESSION_ERR_CALLBACK};
        fixture_init(&f, H2SESSION_CLIENT, NULL);
        f.trace = 1;
        assert_int_equal(fixture_start(&f), 0);
        fixture_greet(&f);
        f.hook = trace_acts;
        f.hook_data = &what;
        assert_int_equal(app_request(&f, POST_FIELDS, &body, NULL), expected[what]);
        fixture_drain(&f);
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_and_unknown_are_usage_errors),
        cmocka_unit_test(outbound_fields_are_checked_and_named),
        cmocka_unit_test(stream_ids_run_out),
        cmocka_unit_test(structs_may_be_older_or_newer),
        cmocka_unit_test(every_callback_may_call_back),
        cmocka_unit_test(calls_from_callbacks_do_not_depend_on_cuts),
        cmocka_unit_test(trace_may_end_what_is_being_submitted),
    };
    return cmocka_run_group_tests_name("session_api", tests, NULL, NULL);
}
