/* SPDX-License-Identifier: MIT */
/* Requests, responses, interim responses and trailers, seen from both sides. */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

/* ---- Server ---- */

static void answers_without_body(struct fixture *f)
{
    f->answer = ":status 200|server t";
}

static struct body hello = {.length = 5};

static void answers_hello(struct fixture *f)
{
    hello.offset = 0;
    f->answer = ":status 200|content-length 5";
    f->body = &hello;
}

static void answers_204_with_source(struct fixture *f)
{
    answers_hello(f);
    f->answer = ":status 204";
}

static void get(struct fixture *f)
{
    peer_headers(f, 1, GET_FIELDS, END);
}

static void head(struct fixture *f)
{
    peer_headers(f, 1, ":method HEAD|:scheme https|:authority a.example|:path /", END);
}

static void post_with_trailers(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS "|content-length 8", 0);
    peer_data(f, 1, 5, 0);
    peer_padded(f, 1, 3, 7);
    peer_headers(f, 1, "x-sum 8", END);
}

static void two_interleaved(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS, 0);
    peer_headers(f, 3, POST_FIELDS, 0);
    peer_data(f, 3, 4, 0);
    peer_data(f, 1, 6, 0);
    peer_data(f, 3, 0, END);
    peer_data(f, 1, 0, END);
}

static void greeting(struct fixture *f)
{
    peer_preface(f);
    peer_settings(f, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS, 7);
    peer_ack(f);
    peer_ping(f, 0);
}

static int inform_then_answer(struct fixture *f, const char *event, uint32_t stream_id)
{
    if (strcmp(event, "request") == 0) {
        f->saw_nomem |= app_inform(f, stream_id, ":status 103|link </a>") == H2SESSION_ERR_NOMEM;
        f->saw_nomem |= app_inform(f, stream_id, ":status 100") == H2SESSION_ERR_NOMEM;
        (void)app_respond(f, stream_id, ":status 200", NULL);
    }
    return 0;
}

static void informs(struct fixture *f)
{
    f->hook = inform_then_answer;
}

static int answer_at_end(struct fixture *f, const char *event, uint32_t stream_id)
{
    return strcmp(event, "end") == 0 && app_respond(f, stream_id, ":status 200", NULL) != 0 &&
           !f->saw_nomem;
}

static void answers_at_end(struct fixture *f)
{
    f->hook = answer_at_end;
}

static int pause_always(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)f;
    (void)event;
    (void)stream_id;
    return H2SESSION_PAUSE;
}

static void pauses(struct fixture *f)
{
    f->hook = pause_always;
    f->answer = ":status 200";
}

static int refuse(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)f;
    (void)stream_id;
    return strcmp(event, "request") == 0 ? H2SESSION_REFUSE_STREAM : 0;
}

static void refuses(struct fixture *f)
{
    f->hook = refuse;
}

/* ---- Client ---- */

static void asks(struct fixture *f)
{
    (void)app_request(f, GET_FIELDS, NULL, NULL);
}

static void asks_head(struct fixture *f)
{
    (void)app_request(f, ":method HEAD|:scheme https|:authority a.example|:path /", NULL, NULL);
}

static void responds(struct fixture *f)
{
    peer_headers(f, 1, ":status 200|content-length 5", 0);
    peer_data(f, 1, 5, END);
}

static void responds_all_kinds(struct fixture *f)
{
    peer_headers(f, 1, ":status 103|link </a>", 0);
    peer_headers(f, 1, ":status 200", 0);
    peer_data(f, 1, 5, 0);
    peer_headers(f, 1, "x-sum 5", END);
}

static void responds_to_head(struct fixture *f)
{
    peer_headers(f, 1, ":status 200|content-length 5", END);
}

#define REQUEST_LINE " :method=GET :scheme=https :authority=a.example :path=/\n"
#define POST_LINE " :method=POST :scheme=https :authority=a.example :path=/"

static const struct scenario SCENARIOS[] = {
    {"server greets", H2SESSION_SERVER, NULL, greeting,
     "settings 1\nsettings ack\nping\n> SETTINGS 0 n=3\n> WINDOW_UPDATE 0 +983041\n"
     "> SETTINGS 0 ACK n=0\n> PING 0 ACK\n",
     NULL, 1},
    {"request and response without bodies", H2SESSION_SERVER, answers_without_body, get,
     "request 1 end" REQUEST_LINE "end 1\nclosed 1 NO_ERROR NONE remote\n"
     "> HEADERS 1 END_STREAM|END_HEADERS :status=200 server=t\n",
     NULL, 0},
    {"response with a body", H2SESSION_SERVER, answers_hello, get,
     "request 1 end" REQUEST_LINE "end 1\nclosed 1 NO_ERROR NONE\n"
     "> HEADERS 1 END_HEADERS :status=200 content-length=5\n> DATA 1 END_STREAM 5\n",
     NULL, 0},
    {"response to HEAD has no body", H2SESSION_SERVER, answers_hello, head,
     "request 1 end :method=HEAD :scheme=https :authority=a.example :path=/\nend 1\n"
     "closed 1 NO_ERROR NONE remote\n"
     "> HEADERS 1 END_STREAM|END_HEADERS :status=200 content-length=5\n",
     NULL, 0},
    {"status 204 has no body", H2SESSION_SERVER, answers_204_with_source, get,
     "request 1 end" REQUEST_LINE "end 1\nclosed 1 NO_ERROR NONE remote\n"
     "> HEADERS 1 END_STREAM|END_HEADERS :status=204\n",
     NULL, 0},
    {"request with body, padding and trailers", H2SESSION_SERVER, answers_at_end,
     post_with_trailers,
     "request 1" POST_LINE " content-length=8\ndata 1 8\ntrailers 1 end x-sum=8\nend 1\n"
     "closed 1 NO_ERROR NONE remote\n> HEADERS 1 END_STREAM|END_HEADERS :status=200\n",
     NULL, 0},
    {"two requests interleaved", H2SESSION_SERVER, answers_at_end, two_interleaved,
     "request 1" POST_LINE "\nrequest 3" POST_LINE "\ndata 3 4\ndata 1 6\nend 3\n"
     "closed 3 NO_ERROR NONE remote\nend 1\nclosed 1 NO_ERROR NONE remote\n"
     "> HEADERS 3 END_STREAM|END_HEADERS :status=200\n"
     "> HEADERS 1 END_STREAM|END_HEADERS :status=200\n",
     NULL, 0},
    {"interim responses", H2SESSION_SERVER, informs, get,
     "request 1 end" REQUEST_LINE "end 1\nclosed 1 NO_ERROR NONE remote\n"
     "> HEADERS 1 END_HEADERS :status=103 link=</a>\n> HEADERS 1 END_HEADERS :status=100\n"
     "> HEADERS 1 END_STREAM|END_HEADERS :status=200\n",
     NULL, 0},
    {"every callback pauses", H2SESSION_SERVER, pauses, post_with_trailers,
     "request 1" POST_LINE " content-length=8\ndata 1 8\ntrailers 1 end x-sum=8\nend 1\n"
     "closed 1 NO_ERROR NONE remote\n> HEADERS 1 END_STREAM|END_HEADERS :status=200\n",
     NULL, 0},
    {"the application refuses", H2SESSION_SERVER, refuses, get,
     "request 1 end" REQUEST_LINE "fault stream 1 REFUSED_STREAM REFUSED_BY_APPLICATION\n"
     "closed 1 REFUSED_STREAM REFUSED_BY_APPLICATION\n> RST_STREAM 1 REFUSED_STREAM\n",
     NULL, 0},
    {"client gets a response", H2SESSION_CLIENT, NULL, responds,
     "response 1 :status=200 content-length=5\ndata 1 5\nend 1\n"
     "closed 1 NO_ERROR NONE remote\n"
     "> HEADERS 1 END_STREAM|END_HEADERS" REQUEST_LINE,
     asks, 0},
    {"client gets an interim response and trailers", H2SESSION_CLIENT, NULL, responds_all_kinds,
     "informational 1 :status=103 link=</a>\nresponse 1 :status=200\ndata 1 5\n"
     "trailers 1 end x-sum=5\nend 1\nclosed 1 NO_ERROR NONE remote\n"
     "> HEADERS 1 END_STREAM|END_HEADERS" REQUEST_LINE,
     asks, 0},
    {"response to HEAD has a content-length and no body", H2SESSION_CLIENT, NULL, responds_to_head,
     "response 1 end :status=200 content-length=5\nend 1\nclosed 1 NO_ERROR NONE remote\n"
     "> HEADERS 1 END_STREAM|END_HEADERS :method=HEAD :scheme=https :authority=a.example "
     ":path=/\n",
     asks_head, 0},
};

static void exchanges_go_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        scenario_run(&SCENARIOS[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchanges_go_as_written),
    };
    return cmocka_run_group_tests_name("session_exchange", tests, NULL, NULL);
}
