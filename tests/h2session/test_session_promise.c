/* SPDX-License-Identifier: MIT */
/* A server that pushes: what it may promise when, and the responses on promised streams. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h" /* to set the next stream id */

enum { END = H2FRAME_FLAG_END_STREAM };

#define STYLE ":method GET|:scheme https|:authority a.example|:path /style"
#define HEAD_STYLE ":method HEAD|:scheme https|:authority a.example|:path /style"
#define STYLE_LOG " :method=GET :scheme=https :authority=a.example :path=/style"
#define REQUEST_LOG "request 1 end :method=GET :scheme=https :authority=a.example :path=/\nend 1\n"

/* ---- Scenarios ---- */

static struct body page;
static struct body style;

static void note_nomem(struct fixture *f, int result)
{
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
}

/* Promises, then answers the request, then what was promised. */
static int push_and_answer(struct fixture *f, const char *event, uint32_t stream_id)
{
    uint32_t promised = 0;
    if (strcmp(event, "request") != 0 || app_push(f, stream_id, STYLE, &promised) != 0) {
        return 0;
    }
    note_nomem(f, app_respond(f, stream_id, ":status 200", &page));
    note_nomem(f, app_inform(f, promised, ":status 103|link </a>"));
    note_nomem(f, app_respond(f, promised, ":status 200|content-length 5", &style));
    return 0;
}

static void pushes(struct fixture *f)
{
    page = (struct body){.length = 3};
    style = (struct body){.length = 5};
    f->hook = push_and_answer;
}

static int push_head(struct fixture *f, const char *event, uint32_t stream_id)
{
    uint32_t promised = 0;
    if (strcmp(event, "request") != 0 || app_push(f, stream_id, HEAD_STYLE, &promised) != 0) {
        return 0;
    }
    note_nomem(f, app_respond(f, promised, ":status 200|content-length 5", &style));
    note_nomem(f, app_respond(f, stream_id, ":status 204", NULL));
    return 0;
}

static void pushes_head(struct fixture *f)
{
    style = (struct body){.length = 5};
    f->hook = push_head;
}

static int push_only(struct fixture *f, const char *event, uint32_t stream_id)
{
    if (strcmp(event, "request") == 0) {
        (void)app_push(f, stream_id, STYLE, NULL);
    }
    return 0;
}

static void pushes_only(struct fixture *f)
{
    f->hook = push_only;
}

static void asks(struct fixture *f)
{
    peer_headers(f, 1, GET_FIELDS, END);
}

static void asks_and_refuses(struct fixture *f)
{
    peer_headers(f, 1, GET_FIELDS, END);
    peer_window(f, 2, 100);
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_PRIORITY, .stream_id = 2, .weight = 16});
    peer_reset(f, 2, H2FRAME_CODE_REFUSED_STREAM);
}

static void asks_and_goes(struct fixture *f)
{
    peer_headers(f, 1, GET_FIELDS, END);
    peer_goaway(f, 0, H2FRAME_CODE_NO_ERROR);
}

static void asks_and_sends_on_the_pushed_stream(struct fixture *f)
{
    peer_headers(f, 1, GET_FIELDS, END);
    peer_data(f, 2, 5, END);
}

/* rfc: 9113#6.6 rfc: 9113#8.4 */
static const struct scenario SCENARIOS[] = {
    {"promise, response, pushed response", H2SESSION_SERVER, pushes, asks,
     REQUEST_LOG "closed 1 NO_ERROR NONE\nclosed 2 NO_ERROR NONE\n"
                 "> PUSH_PROMISE 1 END_HEADERS promises 2" STYLE_LOG "\n"
                 "> HEADERS 1 END_HEADERS :status=200\n"
                 "> HEADERS 2 END_HEADERS :status=103 link=</a>\n"
                 "> HEADERS 2 END_HEADERS :status=200 content-length=5\n"
                 "> DATA 1 END_STREAM 3\n> DATA 2 END_STREAM 5\n",
     NULL, 0},
    {"pushed HEAD has no body", H2SESSION_SERVER, pushes_head, asks,
     "request 1 end :method=GET :scheme=https :authority=a.example :path=/\nend 1\n"
     "closed 2 NO_ERROR NONE\nclosed 1 NO_ERROR NONE remote\n"
     "> PUSH_PROMISE 1 END_HEADERS promises 2 :method=HEAD :scheme=https :authority=a.example "
     ":path=/style\n"
     "> HEADERS 2 END_STREAM|END_HEADERS :status=200 content-length=5\n"
     "> HEADERS 1 END_STREAM|END_HEADERS :status=204\n",
     NULL, 0},
    {"client refuses the promise", H2SESSION_SERVER, pushes_only, asks_and_refuses,
     REQUEST_LOG "closed 2 REFUSED_STREAM RESET_BY_PEER remote\n"
                 "> PUSH_PROMISE 1 END_HEADERS promises 2" STYLE_LOG "\n",
     NULL, 0},
    {"client goes away", H2SESSION_SERVER, pushes_only, asks_and_goes,
     REQUEST_LOG "goaway last=0 NO_ERROR\nclosed 2 REFUSED_STREAM GOAWAY_NOT_PROCESSED remote\n"
                 "> PUSH_PROMISE 1 END_HEADERS promises 2" STYLE_LOG "\n",
     NULL, 0},
    {"DATA on a reserved stream", H2SESSION_SERVER, pushes_only,
     asks_and_sends_on_the_pushed_stream,
     REQUEST_LOG
     "fault connection 0 PROTOCOL_ERROR STREAM_RESERVED\n"
     "closed 1 PROTOCOL_ERROR STREAM_RESERVED\nclosed 2 PROTOCOL_ERROR STREAM_RESERVED\n"
     "recv H2SESSION_ERR_PEER\n"
     "> PUSH_PROMISE 1 END_HEADERS promises 2" STYLE_LOG "\n"
     "> GOAWAY 0 last=1 PROTOCOL_ERROR\n",
     NULL, 0},
    {"DATA on a stream that is answered", H2SESSION_SERVER, pushes,
     asks_and_sends_on_the_pushed_stream,
     REQUEST_LOG "fault stream 2 STREAM_CLOSED STREAM_HALF_CLOSED\n"
                 "closed 2 STREAM_CLOSED STREAM_HALF_CLOSED\nclosed 1 NO_ERROR NONE\n"
                 "> PUSH_PROMISE 1 END_HEADERS promises 2" STYLE_LOG "\n"
                 "> HEADERS 1 END_HEADERS :status=200\n"
                 "> HEADERS 2 END_HEADERS :status=103 link=</a>\n"
                 "> HEADERS 2 END_HEADERS :status=200 content-length=5\n"
                 "> RST_STREAM 2 STREAM_CLOSED\n> DATA 1 END_STREAM 3\n",
     NULL, 0},
};

static void promises_go_out_before_what_follows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        scenario_run(&SCENARIOS[i]);
    }
}

/* ---- What cannot be promised ---- */

static void begin(struct fixture *f)
{
    fixture_init(f, H2SESSION_SERVER, NULL);
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
    peer_headers(f, 1, GET_FIELDS, END);
    assert_int_equal(fixture_turn(f), 0);
    fixture_clear(f);
}

static void set(struct fixture *f, uint32_t id, uint32_t value)
{
    peer_settings(f, id, value);
    assert_int_equal(fixture_turn(f), 0);
    fixture_clear(f);
}

/* rfc: 9113#8.4 */
static void client_that_wants_no_pushes_gets_none(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t promised = 0;
    begin(&f);
    assert_int_equal(h2session_stream_room(f.s), UINT32_MAX);
    assert_int_equal(app_push(&f, 1, STYLE, &promised), 0);
    set(&f, H2FRAME_SETTING_ENABLE_PUSH, 0);
    assert_int_equal(app_push(&f, 1, STYLE, NULL), H2SESSION_ERR_PUSH_DISABLED);
    assert_int_equal(h2session_stream_room(f.s), 0);
    assert_int_equal(app_respond(&f, promised, ":status 204", NULL), 0); /* it was promised */
    set(&f, H2FRAME_SETTING_ENABLE_PUSH, 1);
    assert_int_equal(app_push(&f, 1, STYLE, NULL), 0);
    fixture_end(&f);
}

/* rfc: 9113#6.6 rfc: 9113#8.5 */
static void parent_is_a_request_under_way(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t promised = 0;
    struct body body = {.length = 5, .defer = 1};
    begin(&f);
    assert_int_equal(app_push(&f, 0, STYLE, NULL), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(app_push(&f, 3, STYLE, NULL), H2SESSION_ERR_STREAM_UNKNOWN);
    assert_int_equal(app_push(&f, 1, STYLE, &promised), 0);
    assert_int_equal(promised, 2);
    assert_int_equal(app_push(&f, 2, STYLE, NULL), H2SESSION_ERR_STREAM_STATE);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    assert_int_equal(app_push(&f, 1, STYLE, NULL), 0); /* while the response is under way */
    peer_headers(&f, 3, POST_FIELDS, 0);
    peer_headers(&f, 5, ":method CONNECT|:authority a.example:443", 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_push(&f, 3, STYLE, NULL), 0);
    assert_int_equal(app_respond(&f, 3, ":status 204", NULL), 0); /* the request is still coming */
    assert_int_equal(app_push(&f, 3, STYLE, NULL), H2SESSION_ERR_STREAM_STATE);
    assert_int_equal(app_respond(&f, 5, ":status 200", &body), 0);
    assert_int_equal(app_push(&f, 5, STYLE, NULL), H2SESSION_ERR_STREAM_STATE);
    fixture_end(&f);
}

static void malformed_promises_are_not_sent(void **state)
{
    (void)state;
    static const struct {
        const char *fields;
        uint32_t reason;
        uint64_t position;
    } CASES[] = {
        {POST_FIELDS, H2SESSION_REASON_PUSH_METHOD, 0},
        {STYLE "|content-length 5", H2SESSION_REASON_CONTENT_NOT_ALLOWED, 4},
        {":method GET|:scheme https|:path /|host a", H2SESSION_REASON_PSEUDO_MISSING, 4},
        {STYLE "|X-A b", H2SESSION_REASON_FIELD_NAME, 4},
        {STYLE "|a b|:status 200", H2SESSION_REASON_PSEUDO_NOT_ALLOWED, 5},
    };
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        h2session_fault_event fault = {.size = sizeof fault};
        assert_int_equal(app_push(&f, 1, CASES[i].fields, NULL), H2SESSION_ERR_FIELD);
        assert_int_equal(h2session_last_fault(f.s, &fault), 0);
        assert_int_equal(fault.reason, CASES[i].reason);
        assert_int_equal(fault.value, CASES[i].position);
    }
    fixture_drain(&f);
    fixture_expect(&f, "");
    fixture_end(&f);
}

static void usage_errors_are_told(void **state)
{
    (void)state;
    struct fixture f;
    hpack_field fields[8];
    uint32_t id = 7;
    struct body body = {.length = 1};
    h2session_message message = {.size = sizeof message, .fields = fields};
    message.field_count = parse_fields(STYLE, fields, 8);
    begin(&f);
    assert_int_equal(h2session_submit_push(NULL, 1, &message, &id), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_push(f.s, 1, NULL, &id), H2SESSION_ERR_USAGE);
    assert_int_equal(id, 0);
    assert_int_equal(h2session_submit_push(f.s, 1, &message, NULL), H2SESSION_ERR_USAGE);
    message.read = body_read;
    message.read_user = &body;
    assert_int_equal(h2session_submit_push(f.s, 1, &message, &id), H2SESSION_ERR_USAGE);
    set(&f, H2FRAME_SETTING_MAX_HEADER_LIST_SIZE, 100);
    assert_int_equal(app_push(&f, 1, STYLE, NULL), H2SESSION_ERR_SECTION_LIMIT);
    fixture_end(&f);
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    assert_int_equal(fixture_start(&f), 0);
    assert_int_equal(app_push(&f, 1, STYLE, NULL), H2SESSION_ERR_USAGE);
    fixture_end(&f);
}

static void connection_that_ends_promises_nothing(void **state)
{
    (void)state;
    for (uint32_t way = 0; way < 4; way++) {
        struct fixture f;
        begin(&f);
        if (way == 0) {
            assert_int_equal(h2session_shutdown(f.s), 0);
        } else if (way == 1) {
            peer_goaway(&f, 0, H2FRAME_CODE_NO_ERROR);
            assert_int_equal(fixture_turn(&f), 0);
        } else if (way == 2) {
            assert_int_equal(h2session_recv_eof(f.s, 1), 0);
        } else {
            f.s->next_stream_id = H2FRAME_MAX_STREAM_ID - 1;
            assert_int_equal(app_push(&f, 1, STYLE, NULL), 0);
        }
        assert_int_equal(app_push(&f, 1, STYLE, NULL),
                         way == 3 ? H2SESSION_ERR_STREAM_IDS : H2SESSION_ERR_CLOSED);
        assert_int_equal(h2session_stream_room(f.s), way == 3 ? UINT32_MAX - 1 : 0);
        fixture_end(&f);
    }
}

/* ---- Limits of the client ---- */

/* rfc: 9113#5.1.2 */
static void promise_holds_a_place_of_the_limit(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t ids[2];
    begin(&f);
    set(&f, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS, 2);
    assert_int_equal(h2session_stream_room(f.s), 2);
    assert_int_equal(app_push(&f, 1, STYLE, &ids[0]), 0);
    assert_int_equal(app_push(&f, 1, STYLE, &ids[1]), 0);
    assert_int_equal(h2session_stream_room(f.s), 0);
    assert_int_equal(app_push(&f, 1, STYLE, NULL), H2SESSION_ERR_STREAM_LIMIT);
    assert_int_equal(h2session_stream_count(f.s), 1); /* promised is not open */
    assert_int_equal(app_respond(&f, ids[0], ":status 204", NULL), 0);
    assert_int_equal(app_push(&f, 1, STYLE, NULL), 0);
    assert_int_equal(h2session_submit_reset(f.s, ids[1], H2FRAME_CODE_CANCEL), 0);
    assert_int_equal(h2session_stream_room(f.s), 1);
    fixture_end(&f);
}

/* rfc: 9113#5.1.2 */
static void answer_waits_when_the_limit_was_lowered(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 5, .defer = 1};
    uint32_t ids[2];
    begin(&f);
    assert_int_equal(app_push(&f, 1, STYLE, &ids[0]), 0);
    assert_int_equal(app_push(&f, 1, STYLE, &ids[1]), 0);
    set(&f, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS, 1);
    assert_int_equal(app_respond(&f, ids[0], ":status 200", &body), 0);
    assert_int_equal(app_inform(&f, ids[1], ":status 103"), H2SESSION_ERR_STREAM_LIMIT);
    assert_int_equal(app_respond(&f, ids[1], ":status 204", NULL), H2SESSION_ERR_STREAM_LIMIT);
    fixture_drain(&f);
    assert_int_equal(h2session_resume(f.s, ids[0]), 0);
    fixture_drain(&f);
    assert_int_equal(app_respond(&f, ids[1], ":status 204", NULL), 0);
    fixture_end(&f);
}

/* rfc: 9113#6.9 */
static void window_of_a_reserved_stream_grows(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 70000};
    uint32_t promised = 0;
    begin(&f);
    set(&f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 10);
    assert_int_equal(app_push(&f, 1, STYLE, &promised), 0);
    peer_window(&f, promised, 90);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_send_window(f.s, promised), 100);
    assert_int_equal(app_respond(&f, promised, ":status 200", &body), 0);
    fixture_clear(&f);
    fixture_drain(&f);
    fixture_expect(&f, "> HEADERS 2 END_HEADERS :status=200\n> DATA 2 100\n");
    fixture_end(&f);
}

/* ---- Frames ---- */

/* rfc: 9113#4.3 rfc: 9113#6.10 */
static void large_promises_are_cut_to_the_frame_size_of_the_peer(void **state)
{
    (void)state;
    static const size_t LENGTHS[] = {16300, 16384, 33000, 100000};
    for (size_t i = 0; i < 8; i++) {
        struct fixture f;
        size_t length = LENGTHS[i / 2];
        size_t size = i % 2 ? 20000 : 16384;
        begin(&f);
        set(&f, H2FRAME_SETTING_MAX_FRAME_SIZE, (uint32_t)size);
        f.output.length = 0;
        char *fields = malloc(length + 100);
        assert_non_null(fields);
        int n = snprintf(fields, length + 100, "%s|x-long ", STYLE);
        memset(fields + n, 'z', length);
        fields[(size_t)n + length] = '\0';
        assert_int_equal(app_push(&f, 1, fields, NULL), 0);
        fixture_drain(&f); /* decoded by the fixture */
        free(fields);
        assert_non_null(strstr(fixture_text(&f), ":path=/style x-long=zzz"));
        for (size_t at = 0; at < f.output.length;) {
            const uint8_t *head = f.output.data + at;
            size_t payload = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
            assert_int_equal(head[3],
                             at == 0 ? H2FRAME_TYPE_PUSH_PROMISE : H2FRAME_TYPE_CONTINUATION);
            at += H2FRAME_HEAD_LENGTH + payload;
            assert_true(payload == size || (payload < size && at == f.output.length));
        }
        fixture_end(&f);
    }
}

static void trace_shows_promise_and_opening(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t promised = 0;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.trace = 1;
    assert_int_equal(fixture_start(&f), 0);
    fixture_greet(&f);
    peer_headers(&f, 1, GET_FIELDS, END);
    assert_int_equal(fixture_feed(&f), 0);
    fixture_clear(&f);
    assert_int_equal(app_push(&f, 1, STYLE, &promised), 0);
    assert_int_equal(app_inform(&f, promised, ":status 103"), 0);
    assert_int_equal(app_respond(&f, promised, ":status 204", NULL), 0);
    assert_int_equal(app_respond(&f, 1, ":status 204", NULL), 0);
    const char *text = fixture_text(&f);
    assert_non_null(strstr(text, "trace out PUSH_PROMISE 1 "));
    assert_non_null(strstr(text, "flags=4 fields\ntrace out HEADERS 2 "));
    assert_non_null(strstr(text, "flags=4 fields opens\ntrace out HEADERS 2 "));
    assert_non_null(strstr(text, "flags=5 fields\ntrace out HEADERS 1 "));
    fixture_end(&f);
}

struct source {
    struct fixture *f;
    uint32_t parent_id;
    int result;
};

static int push_from_source(h2session *s, h2session_read_event *event, void *user)
{
    struct source *source = user;
    (void)s;
    memset(event->buffer, 'x', 5);
    event->length = 5;
    event->flags = H2SESSION_BODY_END;
    source->result = app_push(source->f, source->parent_id, STYLE, NULL);
    return 0;
}

/* The octets of a source go out before what it submits, with END_STREAM behind which no promise may
 * follow; other streams are not concerned. rfc: 9113#6.6 */
static void source_promises_on_other_streams_only(void **state)
{
    (void)state;
    for (uint32_t parent = 1; parent <= 3; parent += 2) {
        struct fixture f;
        hpack_field fields[2];
        struct source source = {&f, parent, 1};
        begin(&f);
        peer_headers(&f, 3, GET_FIELDS, END);
        assert_int_equal(fixture_turn(&f), 0);
        fixture_clear(&f);
        h2session_message message = {.size = sizeof message,
                                     .fields = fields,
                                     .field_count = parse_fields(":status 200", fields, 2),
                                     .read = push_from_source,
                                     .read_user = &source};
        assert_int_equal(h2session_submit_response(f.s, 1, &message), 0);
        fixture_drain(&f);
        assert_int_equal(source.result, parent == 3 ? 0 : H2SESSION_ERR_STREAM_STATE);
        fixture_expect(&f, parent == 3
                               ? "closed 1 NO_ERROR NONE\n> HEADERS 1 END_HEADERS :status=200\n"
                                 "> DATA 1 END_STREAM 5\n"
                                 "> PUSH_PROMISE 3 END_HEADERS promises 2" STYLE_LOG "\n"
                               : "closed 1 NO_ERROR NONE\n> HEADERS 1 END_HEADERS :status=200\n"
                                 "> DATA 1 END_STREAM 5\n");
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promises_go_out_before_what_follows),
        cmocka_unit_test(client_that_wants_no_pushes_gets_none),
        cmocka_unit_test(parent_is_a_request_under_way),
        cmocka_unit_test(malformed_promises_are_not_sent),
        cmocka_unit_test(usage_errors_are_told),
        cmocka_unit_test(connection_that_ends_promises_nothing),
        cmocka_unit_test(promise_holds_a_place_of_the_limit),
        cmocka_unit_test(answer_waits_when_the_limit_was_lowered),
        cmocka_unit_test(window_of_a_reserved_stream_grows),
        cmocka_unit_test(large_promises_are_cut_to_the_frame_size_of_the_peer),
        cmocka_unit_test(trace_shows_promise_and_opening),
        cmocka_unit_test(source_promises_on_other_streams_only),
    };
    return cmocka_run_group_tests_name("session_promise", tests, NULL, NULL);
}
