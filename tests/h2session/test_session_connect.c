/* SPDX-License-Identifier: MIT */
/* CONNECT and extended CONNECT: tunnels from both sides, and what may be sent when. */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

#define TO ":method CONNECT|:authority a.example:443"
#define WEBSOCKET                                                                                  \
    ":method CONNECT|:protocol websocket|:scheme https|:authority a.example|:path /chat"
#define TO_LOG ":method=CONNECT :authority=a.example:443"
#define WEBSOCKET_LOG                                                                              \
    ":method=CONNECT :protocol=websocket :scheme=https :authority=a.example :path=/chat"

/* ---- Server ---- */

static struct body outbound;

static void answers(struct fixture *f, const char *fields, const struct body *body)
{
    outbound = *body;
    f->answer = fields;
    f->body = &outbound;
}

static void accepts(struct fixture *f)
{
    answers(f, ":status 200", &(struct body){.length = 6});
}

static void accepts_with_204(struct fixture *f)
{
    answers(f, ":status 204", &(struct body){.length = 6});
}

static void refuses_with_body(struct fixture *f)
{
    answers(f, ":status 403|content-length 6", &(struct body){.length = 6});
}

static void accepts_extended(struct fixture *f)
{
    f->config.enable_connect_protocol = 1;
    accepts(f);
}

/* The peer closes its half with the last octets, or later than this side. */
static void tunnels_and_closes(struct fixture *f)
{
    peer_headers(f, 1, TO, 0);
    peer_data(f, 1, 3, 0);
    peer_window(f, 1, 100);
    peer_frame(f, &(h2frame_frame){.type = H2FRAME_TYPE_PRIORITY, .stream_id = 1, .weight = 16});
    peer_data(f, 1, 4, END);
}

static void tunnels_with_length(struct fixture *f)
{
    peer_headers(f, 1, TO "|content-length 3", 0);
    peer_data(f, 1, 5, END);
}

static void tunnels_and_resets(struct fixture *f)
{
    peer_headers(f, 1, TO, 0);
    peer_data(f, 1, 3, 0);
    peer_reset(f, 1, H2FRAME_CODE_CONNECT_ERROR);
}

static void tunnels_and_ends_with_trailers(struct fixture *f)
{
    peer_headers(f, 1, TO, 0);
    peer_headers(f, 1, "x-a b", END);
}

static void asks_for_a_websocket(struct fixture *f)
{
    peer_headers(f, 1, WEBSOCKET, 0);
    peer_data(f, 1, 5, END);
}

/* ---- Client ---- */

static void asks_with_length(struct fixture *f)
{
    outbound = (struct body){.length = 6};
    (void)app_request(f, TO "|content-length 3", &outbound, NULL);
}

static void asks(struct fixture *f)
{
    outbound = (struct body){.length = 6};
    (void)app_request(f, TO, &outbound, NULL);
}

/* The fixture's body is asked for before the peer's octets are fed: this side closes first. */
static void asks_and_sends(struct fixture *f)
{
    asks(f);
    fixture_drain(f);
}

static void answers_200(struct fixture *f)
{
    peer_headers(f, 1, ":status 200|content-length 3", 0);
    peer_data(f, 1, 5, END);
}

static void answers_204(struct fixture *f)
{
    peer_headers(f, 1, ":status 204", 0);
    peer_data(f, 1, 5, END);
}

static void answers_403(struct fixture *f)
{
    peer_headers(f, 1, ":status 403|content-length 3", 0);
    peer_data(f, 1, 3, 0);
    peer_headers(f, 1, "x-a b", END);
}

static void answers_403_short(struct fixture *f)
{
    peer_headers(f, 1, ":status 403|content-length 3", 0);
    peer_data(f, 1, 2, END);
}

#define SERVER H2SESSION_SERVER
#define CLIENT H2SESSION_CLIENT

/* rfc: 9113#8.5 */
static const struct scenario SCENARIOS[] = {
    {"tunnel at a server", SERVER, accepts, tunnels_and_closes,
     "request 1 " TO_LOG "\ndata 1 7\nend 1\nclosed 1 NO_ERROR NONE\n"
     "> HEADERS 1 END_HEADERS :status=200\n> DATA 1 END_STREAM 6\n",
     NULL, 0},
    {"any 2xx opens it", SERVER, accepts_with_204, tunnels_and_closes,
     "request 1 " TO_LOG "\ndata 1 7\nend 1\nclosed 1 NO_ERROR NONE\n"
     "> HEADERS 1 END_HEADERS :status=204\n> DATA 1 END_STREAM 6\n",
     NULL, 0},
    {"content-length of the request counts for nothing", SERVER, accepts, tunnels_with_length,
     "request 1 " TO_LOG " content-length=3\ndata 1 5\nend 1\nclosed 1 NO_ERROR NONE\n"
     "> HEADERS 1 END_HEADERS :status=200\n> DATA 1 END_STREAM 6\n",
     NULL, 0},
    {"refused CONNECT has a plain response", SERVER, refuses_with_body, tunnels_with_length,
     "request 1 " TO_LOG " content-length=3\ndata 1 5\nend 1\nclosed 1 NO_ERROR NONE\n"
     "> HEADERS 1 END_HEADERS :status=403 content-length=6\n> DATA 1 END_STREAM 6\n",
     NULL, 0},
    {"reset of a tunnel", SERVER, accepts, tunnels_and_resets,
     "request 1 " TO_LOG "\ndata 1 3\nclosed 1 CONNECT_ERROR RESET_BY_PEER remote\n"
     "> HEADERS 1 END_HEADERS :status=200\n",
     NULL, 0},
    {"no trailers, not even before the answer", SERVER, NULL, tunnels_and_ends_with_trailers,
     "request 1 " TO_LOG "\nfault stream 1 PROTOCOL_ERROR HEADERS_UNEXPECTED\n"
     "closed 1 PROTOCOL_ERROR HEADERS_UNEXPECTED\n> RST_STREAM 1 PROTOCOL_ERROR\n",
     NULL, 0},
    {"extended CONNECT at a server", SERVER, accepts_extended, asks_for_a_websocket,
     "request 1 " WEBSOCKET_LOG "\ndata 1 5\nend 1\nclosed 1 NO_ERROR NONE\n"
     "> HEADERS 1 END_HEADERS :status=200\n> DATA 1 END_STREAM 6\n",
     NULL, 0},
    {"extended CONNECT that was not announced", SERVER, accepts, asks_for_a_websocket,
     "fault stream 1 PROTOCOL_ERROR PSEUDO_NOT_ALLOWED\n> RST_STREAM 1 PROTOCOL_ERROR\n", NULL, 0},
    {"tunnel at a client", CLIENT, NULL, answers_200,
     "response 1 :status=200 content-length=3\ndata 1 5\nend 1\nclosed 1 NO_ERROR NONE\n"
     "> HEADERS 1 END_HEADERS :method=CONNECT :authority=a.example:443\n> DATA 1 END_STREAM 6\n",
     asks, 0},
    {"a client closes its half first", CLIENT, NULL, answers_200,
     "> HEADERS 1 END_HEADERS :method=CONNECT :authority=a.example:443\n> DATA 1 END_STREAM 6\n"
     "response 1 :status=200 content-length=3\ndata 1 5\nend 1\nclosed 1 NO_ERROR NONE remote\n",
     asks_and_sends, 0},
    {"tunnel by 204", CLIENT, NULL, answers_204,
     "> HEADERS 1 END_HEADERS :method=CONNECT :authority=a.example:443\n> DATA 1 END_STREAM 6\n"
     "response 1 :status=204\ndata 1 5\nend 1\nclosed 1 NO_ERROR NONE remote\n",
     asks_and_sends, 0},
    {"length that a client gives counts for nothing", CLIENT, NULL, answers_204,
     "response 1 :status=204\ndata 1 5\nend 1\nclosed 1 NO_ERROR NONE\n"
     "> HEADERS 1 END_HEADERS :method=CONNECT :authority=a.example:443 content-length=3\n"
     "> DATA 1 END_STREAM 6\n",
     asks_with_length, 0},
    {"refused CONNECT is a plain response", CLIENT, NULL, answers_403,
     "> HEADERS 1 END_HEADERS :method=CONNECT :authority=a.example:443\n> DATA 1 END_STREAM 6\n"
     "response 1 :status=403 content-length=3\ndata 1 3\ntrailers 1 end x-a=b\nend 1\n"
     "closed 1 NO_ERROR NONE remote\n",
     asks_and_sends, 0},
    {"whose length counts", CLIENT, NULL, answers_403_short,
     "> HEADERS 1 END_HEADERS :method=CONNECT :authority=a.example:443\n> DATA 1 END_STREAM 6\n"
     "response 1 :status=403 content-length=3\ndata 1 2\n"
     "fault stream 1 PROTOCOL_ERROR CONTENT_LENGTH_MISMATCH\n"
     "closed 1 PROTOCOL_ERROR CONTENT_LENGTH_MISMATCH\n> RST_STREAM 1 PROTOCOL_ERROR\n",
     asks_and_sends, 0},
};

static void tunnels_carry_octets_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        scenario_run(&SCENARIOS[i]);
    }
}

/* rfc: 9113#8.5 */
static void trailers_into_a_tunnel_are_not_sent(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 6, .defer = 1};
    fixture_begin(&f, H2SESSION_CLIENT);
    assert_int_equal(app_request(&f, TO, &body, NULL), 0);
    assert_int_equal(app_trailers(&f, 1, "x-a b"), H2SESSION_ERR_STREAM_STATE);
    fixture_end(&f);
    static const struct {
        const char *fields;
        int result;
    } ANSWERS[] = {{":status 200", H2SESSION_ERR_STREAM_STATE}, {":status 403", 0}};
    for (size_t i = 0; i < 2; i++) {
        body.defer = 1;
        fixture_begin(&f, H2SESSION_SERVER);
        peer_headers(&f, 1, TO, 0);
        assert_int_equal(fixture_turn(&f), 0);
        assert_int_equal(app_respond(&f, 1, ANSWERS[i].fields, &body), 0);
        assert_int_equal(app_trailers(&f, 1, "x-a b"), ANSWERS[i].result);
        fixture_end(&f);
    }
}

/* What is no DATA has no place in a tunnel. rfc: 9113#8.5 */
static void alternative_services_have_no_place_in_a_tunnel(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 6, .defer = 1};
    const h2frame_bytes value = {(const uint8_t *)"clear", 5};
    fixture_begin(&f, H2SESSION_SERVER);
    peer_headers(&f, 1, TO, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    assert_int_equal(h2session_submit_altsvc(f.s, 1, NULL, &value), H2SESSION_ERR_STREAM_STATE);
    fixture_end(&f);
    body.defer = 1;
    fixture_begin(&f, H2SESSION_CLIENT);
    assert_int_equal(app_request(&f, TO, &body, NULL), 0);
    peer_headers(&f, 1, ":status 200", 0);
    peer_raw(&f, "000007 0a 00 00000001 0000 636c656172"); /* ALTSVC "clear" */
    assert_int_equal(fixture_turn(&f), 0);
    assert_null(strstr(fixture_text(&f), "altsvc"));
    fixture_end(&f);
}

static void source_that_announces_trailers_breaks_the_tunnel(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 6, .flags = H2SESSION_BODY_TRAILERS};
    fixture_begin(&f, H2SESSION_CLIENT);
    assert_int_equal(app_request(&f, TO, &body, NULL), 0);
    fixture_drain(&f);
    fixture_expect(&f, "closed 1 INTERNAL_ERROR BODY_FAILED\n"
                       "> HEADERS 1 END_HEADERS " TO_LOG "\n> RST_STREAM 1 INTERNAL_ERROR\n");
    fixture_end(&f);
}

static int64_t told_length;

static int note_length(h2session *s, const h2session_headers_event *e, void *user)
{
    (void)s;
    (void)user;
    told_length = e->content_length;
    return 0;
}

/* What is no field of such a response is not told as its length. rfc: 9110#8.6 */
static void length_is_told_where_it_means_something(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        const char *response;
        int64_t length;
    } CASES[] = {
        {GET_FIELDS, ":status 200|content-length 3", 3},
        {GET_FIELDS, ":status 304|content-length 3", 3},
        {GET_FIELDS, ":status 204|content-length 3", -1},
        {GET_FIELDS, ":status 103|content-length 3", -1},
        {":method HEAD|:scheme https|:authority a.example|:path /", ":status 200|content-length 3",
         3},
        {TO, ":status 200|content-length 3", -1},
        {TO, ":status 403|content-length 3", 3},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture f;
        h2session *s = NULL;
        hpack_field fields[8];
        size_t consumed = 0;
        uint32_t id = 0;
        h2session_callbacks callbacks = {.size = sizeof callbacks, .on_headers = note_length};
        fixture_begin(&f, H2SESSION_CLIENT);
        assert_int_equal(h2session_new(&s, &f.config, &callbacks, NULL), 0);
        h2session_message message = {.size = sizeof message,
                                     .fields = fields,
                                     .field_count = parse_fields(CASES[i].request, fields, 8)};
        assert_int_equal(h2session_submit_request(s, &message, &id), 0);
        peer_settings(&f, 0, 0);
        peer_headers(&f, 1, CASES[i].response, 0);
        told_length = -2;
        assert_int_equal(h2session_recv(s, f.in.data, f.in.length, 0, &consumed), 0);
        assert_int_equal(told_length, CASES[i].length);
        h2session_free(s);
        fixture_end(&f);
    }
}

/* rfc: 8441#3 rfc: 8441#4 */
static void client_waits_for_the_setting(void **state)
{
    (void)state;
    struct fixture f;
    h2session_fault_event fault = {.size = sizeof fault};
    fixture_begin(&f, H2SESSION_CLIENT);
    assert_int_equal(app_request(&f, WEBSOCKET, NULL, NULL), H2SESSION_ERR_FIELD);
    assert_int_equal(h2session_last_fault(f.s, &fault), 0);
    assert_int_equal(fault.reason, H2SESSION_REASON_PSEUDO_NOT_ALLOWED);
    assert_int_equal(fault.value, 1);
    peer_settings(&f, H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL, 1);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_remote_setting(f.s, H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL), 1);
    assert_int_equal(app_request(&f, WEBSOCKET, NULL, NULL), 0);
    fixture_end(&f);
}

/* rfc: 8441#3 */
static void server_announces_it_from_the_start_or_later(void **state)
{
    (void)state;
    for (uint32_t later = 0; later <= 1; later++) {
        struct fixture f;
        const h2frame_setting on = {H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL, 1};
        const h2frame_setting off = {H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL, 0};
        fixture_init(&f, H2SESSION_SERVER, NULL);
        f.config.enable_connect_protocol = !later;
        assert_int_equal(fixture_start(&f), 0);
        peer_preface(&f);
        peer_settings(&f, 0, 0);
        peer_ack(&f);
        peer_headers(&f, 1, WEBSOCKET, END);
        assert_int_equal(fixture_turn(&f), 0);
        assert_int_equal(fixture_has(&f, later ? "> SETTINGS 0 n=3" : "> SETTINGS 0 n=4"), 1);
        assert_int_equal(fixture_has(&f, "end 1"), !later);
        assert_int_equal(h2session_submit_settings(f.s, &off, 1), H2SESSION_ERR_USAGE);
        assert_int_equal(h2session_submit_settings(f.s, &on, 1), 0);
        peer_headers(&f, 3, WEBSOCKET, END); /* before the ACK of what was announced just now */
        peer_ack(&f);
        assert_int_equal(fixture_turn(&f), 0);
        assert_true(fixture_has(&f, "end 3"));
        assert_int_equal(h2session_local_setting(f.s, H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL), 1);
        fixture_end(&f);
    }
}

static void option_is_for_servers(void **state)
{
    (void)state;
    static const struct {
        uint32_t role;
        uint32_t value;
        int result;
    } CASES[] = {{H2SESSION_SERVER, 1, 0},
                 {H2SESSION_SERVER, 2, H2SESSION_ERR_CONFIG},
                 {H2SESSION_CLIENT, 1, H2SESSION_ERR_CONFIG}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct fixture f;
        fixture_init(&f, CASES[i].role, NULL);
        f.config.enable_connect_protocol = CASES[i].value;
        assert_int_equal(fixture_start(&f), CASES[i].result);
        fixture_end(&f);
    }
    struct fixture client;
    const h2frame_setting on = {H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL, 1};
    fixture_begin(&client, H2SESSION_CLIENT);
    assert_int_equal(h2session_submit_settings(client.s, &on, 1), H2SESSION_ERR_USAGE);
    fixture_end(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tunnels_carry_octets_and_nothing_else),
        cmocka_unit_test(trailers_into_a_tunnel_are_not_sent),
        cmocka_unit_test(alternative_services_have_no_place_in_a_tunnel),
        cmocka_unit_test(source_that_announces_trailers_breaks_the_tunnel),
        cmocka_unit_test(length_is_told_where_it_means_something),
        cmocka_unit_test(client_waits_for_the_setting),
        cmocka_unit_test(server_announces_it_from_the_start_or_later),
        cmocka_unit_test(option_is_for_servers),
    };
    return cmocka_run_group_tests_name("session_connect", tests, NULL, NULL);
}
