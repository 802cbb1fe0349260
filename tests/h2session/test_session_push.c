/* SPDX-License-Identifier: MIT */
/* A client that takes pushes: promises, their responses, and everything that may be wrong. */
#include "push_client.h"

#include <stdio.h>
#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

#define HEAD_STYLE ":method HEAD|:scheme https|:authority a.example|:path /style"
#define ASKED                                                                                      \
    "> HEADERS 1 END_STREAM|END_HEADERS :method=GET :scheme=https :authority=a.example :path=/\n"

static void takes_any_origin(struct fixture *f)
{
    f->config.enable_push = 1;
    f->config.flags |= H2SESSION_PUSH_ANY_ORIGIN;
}

static void takes_one_pushed_stream(struct fixture *f)
{
    f->config.enable_push = 1;
    f->config.max_concurrent_streams = 1;
}

static void takes_small_sections(struct fixture *f)
{
    f->config.enable_push = 1;
    f->config.max_header_list_size = 200;
}

/* Refusing what is gone already changes nothing. */
static int reset_inside(struct fixture *f, const char *event, uint32_t stream_id)
{
    if (strcmp(event, "push") != 0) {
        return 0;
    }
    f->saw_nomem |=
        h2session_submit_reset(f->s, stream_id, H2FRAME_CODE_REFUSED_STREAM) == H2SESSION_ERR_NOMEM;
    return H2SESSION_REFUSE_STREAM;
}

static void resets_pushes(struct fixture *f)
{
    f->config.enable_push = 1;
    f->hook = reset_inside;
}

static void asks_and_cancels(struct fixture *f)
{
    asks(f);
    f->saw_nomem |= h2session_submit_reset(f->s, 1, H2FRAME_CODE_CANCEL) == H2SESSION_ERR_NOMEM;
    fixture_drain(f);
}

static void connects(struct fixture *f)
{
    (void)app_request(f, ":method CONNECT|:authority a.example:443", NULL, NULL);
    fixture_drain(f);
}

/* ---- What the server sends ---- */

static void answers_both(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 1);
    peer_headers(f, 1, ":status 200", 0);
    peer_headers(f, 2, ":status 200|content-length 5", 0);
    peer_data(f, 1, 3, END);
    peer_data(f, 2, 5, END);
}

static void promises_in_fragments(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 3);
    peer_headers_cut(f, 2, ":status 103|link </a>", 0, 3);
    peer_headers_cut(f, 2, ":status 200|server t", 0, 3);
    peer_data(f, 2, 5, 0);
    peer_headers(f, 2, "x-sum 5", END);
    peer_headers(f, 1, ":status 200", END);
}

static void promises_heads(struct fixture *f)
{
    peer_promise(f, 1, 2, HEAD_STYLE, 1);
    peer_headers(f, 2, ":status 200|content-length 5", END);
    peer_promise(f, 1, 6, HEAD_STYLE, 1); /* ids may be passed over */
    peer_headers(f, 6, ":status 200|content-length 5", 0);
    peer_data(f, 6, 5, END);
}

static void answers_short(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 1);
    peer_headers(f, 2, ":status 200|content-length 5", 0);
    peer_data(f, 2, 4, END);
    peer_headers(f, 1, ":status 200", END);
}

/* The tables stay in step: x-n is taken from them later. */
static void goes_on_after_a_refusal(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE "|x-n v", 2);
    peer_headers(f, 2, ":status 200|x-m w", 0);
    peer_data(f, 2, 5, END);
    peer_headers(f, 1, ":status 200|x-n v|x-m w", END);
}

static void promises_three(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 1);
    peer_promise(f, 1, 4, STYLE, 1);
    peer_promise(f, 1, 6, STYLE, 1);
    peer_headers(f, 2, ":status 204", END);
    peer_promise(f, 1, 8, STYLE, 1); /* the first has been answered */
}

static void opens_two(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 1);
    peer_promise(f, 1, 4, STYLE, 1);
    peer_headers(f, 2, ":status 200", 0);
    peer_headers(f, 4, ":status 200", 0);
    peer_data(f, 2, 1, END);
}

static void promises_what_it_may_not(struct fixture *f)
{
    peer_promise(f, 1, 2, POST_FIELDS, 1);
    peer_promise(f, 1, 4, STYLE "|content-length 5", 1);
    peer_promise(f, 1, 6, ":method GET|:scheme https|:path /|host a.example", 1);
    peer_promise(f, 1, 8, ":method GET|:scheme https|:authority b.example|:path /", 1);
    peer_promise(f, 1, 10, ":method GET|:scheme http|:authority a.example|:path /", 1);
    peer_headers(f, 8, ":status 200", END);
    peer_headers(f, 1, ":status 200", END);
}

static void promises_for_another_origin(struct fixture *f)
{
    peer_promise(f, 1, 2, ":method GET|:scheme https|:authority b.example|:path /", 1);
    peer_headers(f, 2, ":status 204", END);
}

static void promises_with_default_port(struct fixture *f)
{
    peer_promise(f, 1, 2, ":method GET|:scheme https|:authority A.example:443|:path /", 1);
    peer_headers(f, 2, ":status 204", END);
}

static void promises_after_the_cancel(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 1);
    peer_headers(f, 2, ":status 200", 0);
    peer_data(f, 2, 5, END);
    peer_ping(f, 0);
}

static void promises_in_a_tunnel(struct fixture *f)
{
    peer_headers(f, 1, ":status 200", 0);
    peer_promise(f, 1, 2, STYLE, 1);
    peer_headers(f, 2, ":status 200", END);
    peer_ping(f, 0);
}

static void takes_it_back(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 1);
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_PRIORITY, .stream_id = 2, .weight = 16});
    peer_reset(f, 2, H2FRAME_CODE_INTERNAL_ERROR);
}

static void promises_a_large_section(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE "|x-long 0123456789012345678901234567890123456789", 1);
    peer_headers(f, 1, ":status 200", END);
}

/* rfc: 9113#6.6 rfc: 9113#8.4 rfc: 9113#8.4.1 rfc: 9113#8.4.2 */
static const struct scenario SCENARIOS[] = {
    {"pushed response", H2SESSION_CLIENT, takes_pushes, answers_both,
     ASKED "push 2 of 1" STYLE_LOG "\nresponse 1 :status=200\n"
           "response 2 :status=200 content-length=5\ndata 1 3\nend 1\n"
           "closed 1 NO_ERROR NONE remote\ndata 2 5\nend 2\nclosed 2 NO_ERROR NONE remote\n",
     asks, 0},
    {"promise and response in fragments", H2SESSION_CLIENT, takes_pushes, promises_in_fragments,
     ASKED "push 2 of 1" STYLE_LOG "\ninformational 2 :status=103 link=</a>\n"
           "response 2 :status=200 server=t\ndata 2 5\ntrailers 2 end x-sum=5\nend 2\n"
           "closed 2 NO_ERROR NONE remote\nresponse 1 end :status=200\nend 1\n"
           "closed 1 NO_ERROR NONE remote\n",
     asks, 0},
    {"promised HEAD has no content", H2SESSION_CLIENT, takes_pushes, promises_heads,
     ASKED "push 2 of 1 :method=HEAD :scheme=https :authority=a.example :path=/style\n"
           "response 2 end :status=200 content-length=5\nend 2\nclosed 2 NO_ERROR NONE remote\n"
           "push 6 of 1 :method=HEAD :scheme=https :authority=a.example :path=/style\n"
           "response 6 :status=200 content-length=5\n"
           "fault stream 6 PROTOCOL_ERROR CONTENT_NOT_ALLOWED\n"
           "closed 6 PROTOCOL_ERROR CONTENT_NOT_ALLOWED\n> RST_STREAM 6 PROTOCOL_ERROR\n",
     asks, 0},
    {"malformed response ends the push alone", H2SESSION_CLIENT, takes_pushes, answers_short,
     ASKED "push 2 of 1" STYLE_LOG "\nresponse 2 :status=200 content-length=5\ndata 2 4\n"
           "fault stream 2 PROTOCOL_ERROR CONTENT_LENGTH_MISMATCH\n"
           "closed 2 PROTOCOL_ERROR CONTENT_LENGTH_MISMATCH\nresponse 1 end :status=200\nend 1\n"
           "closed 1 NO_ERROR NONE remote\n> RST_STREAM 2 PROTOCOL_ERROR\n",
     asks, 0},
    {"application refuses", H2SESSION_CLIENT, refuses_pushes, goes_on_after_a_refusal,
     ASKED "push 2 of 1" STYLE_LOG " x-n=v\nfault stream 2 CANCEL REFUSED_BY_APPLICATION\n"
           "closed 2 CANCEL REFUSED_BY_APPLICATION\nresponse 1 end :status=200 x-n=v x-m=w\n"
           "end 1\nclosed 1 NO_ERROR NONE remote\n> RST_STREAM 2 CANCEL\n",
     asks, 0},
    {"application resets inside the event", H2SESSION_CLIENT, resets_pushes,
     goes_on_after_a_refusal,
     ASKED "push 2 of 1" STYLE_LOG " x-n=v\nclosed 2 REFUSED_STREAM APPLICATION\n"
           "response 1 end :status=200 x-n=v x-m=w\nend 1\nclosed 1 NO_ERROR NONE remote\n"
           "> RST_STREAM 2 REFUSED_STREAM\n",
     asks, 0},
    {"reserved streams have a limit", H2SESSION_CLIENT, takes_two_promises, promises_three,
     ASKED "push 2 of 1" STYLE_LOG "\npush 4 of 1" STYLE_LOG "\n"
           "fault stream 6 REFUSED_STREAM LIMIT_PROMISED\nresponse 2 end :status=204\nend 2\n"
           "closed 2 NO_ERROR NONE remote\npush 8 of 1" STYLE_LOG
           "\n> RST_STREAM 6 REFUSED_STREAM\n",
     asks, 0},
    {"open streams have another", H2SESSION_CLIENT, takes_one_pushed_stream, opens_two,
     ASKED "push 2 of 1" STYLE_LOG "\npush 4 of 1" STYLE_LOG "\nresponse 2 :status=200\n"
           "fault stream 4 REFUSED_STREAM CONCURRENT_STREAMS\n"
           "closed 4 REFUSED_STREAM CONCURRENT_STREAMS\ndata 2 1\nend 2\n"
           "closed 2 NO_ERROR NONE remote\n> RST_STREAM 4 REFUSED_STREAM\n",
     asks, 0},
    {"requests that cannot be promised", H2SESSION_CLIENT, takes_pushes, promises_what_it_may_not,
     ASKED "fault stream 2 PROTOCOL_ERROR PUSH_METHOD\n"
           "fault stream 4 PROTOCOL_ERROR CONTENT_NOT_ALLOWED\n"
           "fault stream 6 PROTOCOL_ERROR PSEUDO_MISSING\n"
           "fault stream 8 PROTOCOL_ERROR PUSH_ORIGIN\nfault stream 10 PROTOCOL_ERROR PUSH_ORIGIN\n"
           "response 1 end :status=200\nend 1\nclosed 1 NO_ERROR NONE remote\n"
           "> RST_STREAM 2 PROTOCOL_ERROR\n> RST_STREAM 4 PROTOCOL_ERROR\n"
           "> RST_STREAM 6 PROTOCOL_ERROR\n> RST_STREAM 8 PROTOCOL_ERROR\n"
           "> RST_STREAM 10 PROTOCOL_ERROR\n",
     asks, 0},
    {"any origin when the application looks", H2SESSION_CLIENT, takes_any_origin,
     promises_for_another_origin,
     ASKED "push 2 of 1 :method=GET :scheme=https :authority=b.example :path=/\n"
           "response 2 end :status=204\nend 2\nclosed 2 NO_ERROR NONE remote\n",
     asks, 0},
    {"default port may be given", H2SESSION_CLIENT, takes_pushes, promises_with_default_port,
     ASKED "push 2 of 1 :method=GET :scheme=https :authority=A.example:443 :path=/\n"
           "response 2 end :status=204\nend 2\nclosed 2 NO_ERROR NONE remote\n",
     asks, 0},
    {"parent was reset", H2SESSION_CLIENT, takes_pushes, promises_after_the_cancel,
     ASKED "closed 1 CANCEL APPLICATION\n> RST_STREAM 1 CANCEL\n"
           "fault stream 2 CANCEL PUSH_PARENT\nping\n> RST_STREAM 2 CANCEL\n> PING 0 ACK\n",
     asks_and_cancels, 0},
    {"parent is a tunnel", H2SESSION_CLIENT, takes_pushes, promises_in_a_tunnel,
     "> HEADERS 1 END_STREAM|END_HEADERS :method=CONNECT :authority=a.example:443\n"
     "response 1 :status=200\nfault stream 1 PROTOCOL_ERROR HEADERS_UNEXPECTED\n"
     "fault stream 2 PROTOCOL_ERROR HEADERS_UNEXPECTED\n"
     "closed 1 PROTOCOL_ERROR HEADERS_UNEXPECTED\nping\n"
     "> RST_STREAM 1 PROTOCOL_ERROR\n> RST_STREAM 2 PROTOCOL_ERROR\n> PING 0 ACK\n",
     connects, 0},
    {"server takes it back", H2SESSION_CLIENT, takes_pushes, takes_it_back,
     ASKED "push 2 of 1" STYLE_LOG "\nclosed 2 INTERNAL_ERROR RESET_BY_PEER remote\n", asks, 0},
    {"section beyond the limit", H2SESSION_CLIENT, takes_small_sections, promises_a_large_section,
     ASKED "fault stream 2 ENHANCE_YOUR_CALM LIMIT_FIELD_SECTION\nresponse 1 end :status=200\n"
           "end 1\nclosed 1 NO_ERROR NONE remote\n> RST_STREAM 2 ENHANCE_YOUR_CALM\n",
     asks, 0},
};

static void promises_are_taken_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        scenario_run(&SCENARIOS[i]);
    }
}

/* ---- What ends the connection ---- */

static void parent_is_idle(struct fixture *f)
{
    peer_promise(f, 3, 2, STYLE, 1);
}

static void parent_is_a_push(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 1);
    peer_headers(f, 2, ":status 200", 0);
    peer_promise(f, 2, 4, STYLE, 1);
}

static void parent_has_ended(struct fixture *f)
{
    peer_headers(f, 1, ":status 200", END);
    peer_promise(f, 1, 2, STYLE, 1);
}

static void promised_id_is_odd(struct fixture *f)
{
    peer_promise(f, 1, 3, STYLE, 1);
}

static void promised_id_repeats(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 1);
    peer_promise(f, 1, 2, STYLE, 1);
}

static void promised_id_falls(struct fixture *f)
{
    peer_promise(f, 1, 6, STYLE, 1);
    peer_promise(f, 1, 4, STYLE, 1);
}

static void data_on_reserved(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 1);
    peer_data(f, 2, 1, END);
}

static void window_on_reserved(struct fixture *f)
{
    peer_promise(f, 1, 2, STYLE, 1);
    peer_window(f, 2, 1);
}

static void response_without_promise(struct fixture *f)
{
    peer_promise(f, 1, 4, STYLE, 1);
    peer_headers(f, 6, ":status 200", END);
}

static void promise_interrupted(struct fixture *f)
{
    peer_frame(f, &(h2frame_frame){
                      .type = H2FRAME_TYPE_PUSH_PROMISE, .stream_id = 1, .promised_stream_id = 2});
    peer_ping(f, 0);
}

static void promise_continued_elsewhere(struct fixture *f)
{
    peer_frame(f, &(h2frame_frame){
                      .type = H2FRAME_TYPE_PUSH_PROMISE, .stream_id = 1, .promised_stream_id = 2});
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_CONTINUATION,
                                   .stream_id = 2,
                                   .flags = H2FRAME_FLAG_END_HEADERS});
}

/* rfc: 9113#5.1 rfc: 9113#5.1.1 rfc: 9113#6.6 rfc: 9113#6.10 */
static void broken_promises_end_the_connection(void **state)
{
    (void)state;
    static const struct {
        void (*input)(struct fixture *f);
        const char *reason;
    } CASES[] = {
        {parent_is_idle, "STREAM_IDLE"},
        {parent_is_a_push, "STREAM_ID_PARITY"},
        {parent_has_ended, "STREAM_CLOSED"},
        {promised_id_is_odd, "STREAM_ID_PARITY"},
        {promised_id_repeats, "STREAM_ID_ORDER"},
        {promised_id_falls, "STREAM_ID_ORDER"},
        {data_on_reserved, "STREAM_RESERVED"},
        {window_on_reserved, "STREAM_RESERVED"},
        {response_without_promise, "STREAM_ID_PARITY"},
        {promise_interrupted, "BLOCK_INTERRUPTED"},
        {promise_continued_elsewhere, "BLOCK_INTERRUPTED"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture f;
        char line[120];
        fixture_init(&f, H2SESSION_CLIENT, NULL);
        takes_pushes(&f);
        assert_int_equal(fixture_start(&f), 0);
        fixture_greet(&f);
        asks(&f);
        CASES[i].input(&f);
        assert_int_equal(fixture_turn(&f), H2SESSION_ERR_PEER);
        (void)snprintf(line, sizeof line, "fault connection 0 PROTOCOL_ERROR %s", CASES[i].reason);
        if (!fixture_has(&f, line)) {
            fail_msg("%s not in\n%s", line, fixture_text(&f));
        }
        fixture_end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promises_are_taken_or_refused),
        cmocka_unit_test(broken_promises_end_the_connection),
    };
    return cmocka_run_group_tests_name("session_push", tests, NULL, NULL);
}
