/* SPDX-License-Identifier: MIT */
/* Upgrade from HTTP/1.1 (RFC 7540 3.2): the request that asked for it is stream 1 of both sides. */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

#define HEAD_FIELDS ":method HEAD|:scheme http|:authority a.example|:path /"
/* INITIAL_WINDOW_SIZE 5 */
#define WINDOW_5 "AAQAAAAF"

static h2session_message message_of(const char *fields)
{
    static hpack_field parsed[32];
    return (h2session_message){
        .size = sizeof(h2session_message),
        .fields = parsed,
        .field_count = parse_fields(fields, parsed, 32),
    };
}

static int upgrade_client(struct fixture *f, const char *fields)
{
    h2session_message message = message_of(fields);
    int result = h2session_upgrade_client(f->s, &message);
    f->opened += result == 0;
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
    return result;
}

static int upgrade_server(struct fixture *f, const char *settings, const char *fields)
{
    h2session_message message = message_of(fields);
    int result = h2session_upgrade_server(f->s, settings, strlen(settings), &message);
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
    return result;
}

static void begin(struct fixture *f, uint32_t role)
{
    fixture_init(f, role, NULL);
    assert_int_equal(fixture_start(f), 0);
}

static uint32_t last_reason(struct fixture *f)
{
    h2session_fault_event fault = {.size = sizeof fault};
    assert_int_equal(h2session_last_fault(f->s, &fault), 0);
    return fault.reason;
}

/* ---- Client ---- */

/* rfc: 7540#3.2.1 */
static void client_tells_the_settings_of_its_preface(void **state)
{
    (void)state;
    /* ENABLE_PUSH, MAX_HEADER_LIST_SIZE, NO_RFC7540_PRIORITIES */
    static const char expected[] = "AAIAAAAAAAYABAAAAAkAAAAB";
    struct fixture f;
    char text[H2SESSION_UPGRADE_SETTINGS_MAX];
    size_t length = 0;
    begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_upgrade_settings(f.s, text, sizeof text, &length), 0);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(text, expected, length);
    length = 0;
    assert_int_equal(h2session_upgrade_settings(f.s, text, 23, &length), H2SESSION_ERR_USAGE);
    assert_int_equal(length, 24);
    assert_int_equal(h2session_upgrade_settings(f.s, NULL, 0, &length), H2SESSION_ERR_USAGE);
    assert_int_equal(length, 24);
    assert_int_equal(h2session_upgrade_settings(f.s, text, 24, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_upgrade_settings(NULL, text, 24, &length), H2SESSION_ERR_USAGE);
    assert_int_equal(length, 0);
    fixture_end(&f);
}

static void upgraded_get(struct fixture *f)
{
    (void)upgrade_client(f, GET_FIELDS "|content-length 0");
    fixture_drain(f);
    fixture_clear(f);
    f->output.length = 0;
}

static void response_input(struct fixture *f)
{
    peer_settings(f, 0, 0);
    peer_headers(f, 1, ":status 103|link a", 0);
    peer_headers(f, 1, ":status 200|content-length 5", 0);
    peer_ack(f);
    peer_data(f, 1, 5, 0);
    peer_headers(f, 1, "x-a b", END);
}

/* rfc: 7540#3.2 */
static void response_comes_on_stream_1(void **state)
{
    (void)state;
    scenario_run(&(struct scenario){
        .name = "response",
        .role = H2SESSION_CLIENT,
        .raw = 1,
        .before = upgraded_get,
        .input = response_input,
        .expect = "settings 0\n"
                  "informational 1 :status=103 link=a\n"
                  "response 1 :status=200 content-length=5\n"
                  "settings ack\n"
                  "data 1 5\n"
                  "trailers 1 end x-a=b\nend 1\nclosed 1 NO_ERROR NONE remote\n"
                  "> SETTINGS 0 ACK n=0\n",
    });
}

static void client_goes_on_with_stream_3(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t id = 0;
    begin(&f, H2SESSION_CLIENT);
    assert_int_equal(upgrade_client(&f, GET_FIELDS), 0);
    assert_int_equal(h2session_stream_count(f.s), 1);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, &id), 0);
    assert_int_equal(id, 3);
    fixture_drain(&f);
    /* Nothing of stream 1 is sent. */
    fixture_expect(&f, "> SETTINGS 0 n=3\n> WINDOW_UPDATE 0 +983041\n"
                       "> HEADERS 3 END_STREAM|END_HEADERS :method=GET :scheme=https "
                       ":authority=a.example :path=/\n");
    fixture_end(&f);
}

static void response_to_head_has_no_body(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_CLIENT);
    assert_int_equal(upgrade_client(&f, HEAD_FIELDS), 0);
    peer_settings(&f, 0, 0);
    peer_headers(&f, 1, ":status 200|content-length 5", 0);
    peer_data(&f, 1, 5, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "response 1 :status=200 content-length=5"));
    assert_true(fixture_has(&f, "fault stream 1 PROTOCOL_ERROR CONTENT_NOT_ALLOWED"));
    fixture_end(&f);
}

/* The 101 acknowledges what HTTP2-Settings told; the preface tells it again.
 * rfc: 7540#3.2.1 */
static void settings_of_the_client_are_in_force_at_once(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    f.config.initial_window_size = 1 << 20;
    f.config.header_table_size = 8192;
    assert_int_equal(fixture_start(&f), 0);
    assert_int_equal(h2session_local_setting(f.s, H2FRAME_SETTING_ENABLE_PUSH), 1);
    assert_int_equal(upgrade_client(&f, GET_FIELDS), 0);
    assert_int_equal(h2session_local_setting(f.s, H2FRAME_SETTING_ENABLE_PUSH), 0);
    assert_int_equal(h2session_local_setting(f.s, H2FRAME_SETTING_HEADER_TABLE_SIZE), 8192);
    assert_int_equal(h2session_recv_window(f.s, 1), 1 << 20);
    peer_settings(&f, 0, 0);
    peer_raw(&f, "000004 01 04 00000001 3fe13f 88"); /* with a table of 8192 octets */
    for (int i = 0; i < 10; i++) {
        peer_data(&f, 1, 16384, 0);
    }
    peer_ack(&f);
    peer_ack(&f); /* there is one frame only */
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_PEER);
    assert_true(fixture_has(&f, "data 1 163840"));
    assert_true(fixture_has(&f, "settings ack"));
    assert_true(fixture_has(&f, "fault connection 0 PROTOCOL_ERROR SETTINGS_ACK_UNEXPECTED"));
    fixture_end(&f);
}

/* rfc: 9113#8.4 */
static void promises_are_held_against_the_request(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    f.config.enable_push = 1;
    assert_int_equal(fixture_start(&f), 0);
    assert_int_equal(upgrade_client(&f, GET_FIELDS), 0);
    peer_settings(&f, 0, 0);
    peer_promise(&f, 1, 2, GET_FIELDS, 1);
    peer_promise(&f, 1, 4, ":method GET|:scheme https|:authority b.example|:path /", 1);
    assert_int_equal(fixture_turn(&f), 0);
    assert_non_null(strstr(fixture_text(&f), "push 2 "));
    assert_null(strstr(fixture_text(&f), "push 4 "));
    assert_true(fixture_has(&f, "fault stream 4 PROTOCOL_ERROR PUSH_ORIGIN"));
    fixture_end(&f);
}

static void only_a_new_client_is_upgraded(void **state)
{
    (void)state;
    struct fixture f;
    char text[H2SESSION_UPGRADE_SETTINGS_MAX];
    size_t length;
    struct body body = {.length = 1};
    h2session_message message = message_of(GET_FIELDS);
    begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_upgrade_client(NULL, &message), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_upgrade_client(f.s, NULL), H2SESSION_ERR_USAGE);
    message.read = body_read;
    message.read_user = &body;
    assert_int_equal(h2session_upgrade_client(f.s, &message), H2SESSION_ERR_USAGE);
    assert_int_equal(upgrade_client(&f, ":method CONNECT|:authority a:1"), H2SESSION_ERR_USAGE);
    assert_int_equal(upgrade_client(&f, GET_FIELDS "|upgrade h2c"), H2SESSION_ERR_FIELD);
    assert_int_equal(last_reason(&f), H2SESSION_REASON_FIELD_CONNECTION);
    assert_int_equal(upgrade_server(&f, "", GET_FIELDS), H2SESSION_ERR_USAGE);
    assert_int_equal(upgrade_client(&f, GET_FIELDS), 0);
    assert_int_equal(upgrade_client(&f, GET_FIELDS), H2SESSION_ERR_USAGE);
    fixture_end(&f);
    begin(&f, H2SESSION_CLIENT);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    assert_int_equal(upgrade_client(&f, GET_FIELDS), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_upgrade_settings(f.s, text, sizeof text, &length),
                     H2SESSION_ERR_USAGE);
    fixture_end(&f);
    begin(&f, H2SESSION_CLIENT);
    fixture_greet(&f);
    assert_int_equal(upgrade_client(&f, GET_FIELDS), H2SESSION_ERR_USAGE);
    fixture_end(&f);
    begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_shutdown(f.s), 0);
    assert_int_equal(upgrade_client(&f, GET_FIELDS), H2SESSION_ERR_USAGE);
    fixture_end(&f);
    begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_terminate(f.s, 0), 0);
    assert_int_equal(upgrade_client(&f, GET_FIELDS), H2SESSION_ERR_CLOSED);
    fixture_end(&f);
}

/* ---- Server ---- */

static struct body ten = {.length = 10};

static void upgraded_server(struct fixture *f)
{
    ten.offset = 0;
    f->answer = ":status 200";
    f->body = &ten;
    /* The content came with HTTP/1.1. */
    (void)upgrade_server(f, WINDOW_5, POST_FIELDS "|content-length 7");
    fixture_drain(f);
}

static void preface_input(struct fixture *f)
{
    f->answer = NULL;
    peer_preface(f);
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 5);
    peer_ack(f);
    peer_window(f, 1, 5);
    peer_headers(f, 3, GET_FIELDS, END);
}

/* rfc: 7540#3.2 rfc: 7540#3.2.1 */
static void server_answers_the_request_on_stream_1(void **state)
{
    (void)state;
    scenario_run(&(struct scenario){
        .name = "server",
        .role = H2SESSION_SERVER,
        .raw = 1,
        .before = upgraded_server,
        .input = preface_input,
        .expect = "request 1 end :method=POST :scheme=https :authority=a.example :path=/ "
                  "content-length=7\n"
                  "end 1\n"
                  "> SETTINGS 0 n=3\n> WINDOW_UPDATE 0 +983041\n"
                  "> HEADERS 1 END_HEADERS :status=200\n> DATA 1 5\n"
                  "settings 1\nsettings ack\n"
                  "request 3 end :method=GET :scheme=https :authority=a.example :path=/\nend 3\n"
                  "closed 1 NO_ERROR NONE\n"
                  "> SETTINGS 0 ACK n=0\n> DATA 1 END_STREAM 5\n",
    });
}

static void stream_1_is_half_closed(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER);
    assert_int_equal(upgrade_server(&f, "", POST_FIELDS), 0);
    assert_int_equal(h2session_last_peer_stream_id(f.s), 1);
    peer_preface(&f);
    peer_settings(&f, 0, 0);
    peer_data(&f, 1, 1, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_true(fixture_has(&f, "fault stream 1 STREAM_CLOSED STREAM_HALF_CLOSED"));
    fixture_end(&f);
}

static void preface_of_the_client_is_still_needed(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, H2SESSION_SERVER);
    assert_int_equal(upgrade_server(&f, "", POST_FIELDS), 0);
    peer_preface(&f);
    peer_ping(&f, 0);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_PEER);
    assert_true(fixture_has(&f, "fault connection 0 PROTOCOL_ERROR FIRST_FRAME"));
    fixture_end(&f);
}

/* rfc: 7540#3.2.1 */
static void settings_that_cannot_be_used_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t reason;
    } cases[] = {
        {"AAQAAAA+", H2SESSION_REASON_UPGRADE_ALPHABET},
        {"AAQAAAAF, AAQAAAAF", H2SESSION_REASON_UPGRADE_ALPHABET},
        {"AAMAAABkAAQAAP__AA==", H2SESSION_REASON_UPGRADE_PADDING},
        {"AAQAAAAFA", H2SESSION_REASON_UPGRADE_LENGTH},
        {"AAQAAAAFAB", H2SESSION_REASON_UPGRADE_BITS},
        {"AAQAAAAFAA", H2FRAME_REASON_SETTINGS_LENGTH},
        {"AAQAAAA", H2FRAME_REASON_SETTINGS_LENGTH},
        {"AAQAAAAFAAIAAAAC", H2FRAME_REASON_SETTING_ENABLE_PUSH},
        {"AAQAAAAFAASAAAAA", H2FRAME_REASON_SETTING_WINDOW},
        {"AAQAAAAFAAUAAAAB", H2FRAME_REASON_SETTING_FRAME_SIZE},
        /* ENABLE_CONNECT_PROTOCOL 1 and then 0 */
        {"AAQAAAAFAAgAAAABAAgAAAAA", H2SESSION_REASON_SETTING_CONNECT_WITHDRAWN},
    };
    struct fixture f;
    begin(&f, H2SESSION_SERVER);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(upgrade_server(&f, cases[i].text, GET_FIELDS), H2SESSION_ERR_UPGRADE);
        assert_int_equal(last_reason(&f), cases[i].reason);
        assert_int_equal(h2session_remote_setting(f.s, H2FRAME_SETTING_INITIAL_WINDOW_SIZE), 65535);
    }
    assert_int_equal(upgrade_server(&f, WINDOW_5, GET_FIELDS "|upgrade h2c"), H2SESSION_ERR_FIELD);
    assert_int_equal(last_reason(&f), H2SESSION_REASON_FIELD_CONNECTION);
    assert_int_equal(h2session_remote_setting(f.s, H2FRAME_SETTING_INITIAL_WINDOW_SIZE), 65535);
    fixture_expect(&f, "");
    assert_int_equal(upgrade_server(&f, WINDOW_5, GET_FIELDS), 0);
    assert_int_equal(h2session_remote_setting(f.s, H2FRAME_SETTING_INITIAL_WINDOW_SIZE), 5);
    fixture_end(&f);
}

static void settings_have_a_limit(void **state)
{
    (void)state;
    static char text[30000];
    struct fixture f;
    h2session_message message = message_of(GET_FIELDS);
    begin(&f, H2SESSION_SERVER);
    memset(text, 'A', sizeof text); /* entries of unknown id 0 */
    assert_int_equal(h2session_upgrade_server(f.s, text, 8 * 33, &message), H2SESSION_ERR_UPGRADE);
    assert_int_equal(last_reason(&f), H2FRAME_REASON_SETTINGS_ENTRIES);
    assert_int_equal(h2session_upgrade_server(f.s, text, 21848, &message), H2SESSION_ERR_UPGRADE);
    assert_int_equal(last_reason(&f), H2SESSION_REASON_UPGRADE_LENGTH);
    assert_int_equal(h2session_upgrade_server(f.s, text, 8 * 32, &message), 0);
    fixture_end(&f);
}

static void only_a_new_server_is_upgraded(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 1};
    h2session_message message = message_of(GET_FIELDS);
    begin(&f, H2SESSION_SERVER);
    assert_int_equal(h2session_upgrade_server(NULL, "", 0, &message), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_upgrade_server(f.s, NULL, 1, &message), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_upgrade_server(f.s, "", 0, NULL), H2SESSION_ERR_USAGE);
    message.read = body_read;
    message.read_user = &body;
    assert_int_equal(h2session_upgrade_server(f.s, "", 0, &message), H2SESSION_ERR_USAGE);
    assert_int_equal(upgrade_server(&f, "", ":method CONNECT|:authority a:1"), H2SESSION_ERR_USAGE);
    assert_int_equal(upgrade_client(&f, GET_FIELDS), H2SESSION_ERR_USAGE);
    assert_int_equal(upgrade_server(&f, "", GET_FIELDS), 0);
    assert_int_equal(upgrade_server(&f, "", GET_FIELDS), H2SESSION_ERR_USAGE);
    fixture_end(&f);
    begin(&f, H2SESSION_SERVER);
    fixture_greet(&f);
    assert_int_equal(upgrade_server(&f, "", GET_FIELDS), H2SESSION_ERR_USAGE);
    fixture_end(&f);
}

/* ---- From inside the callback ---- */

static int in_callback(struct fixture *f, const char *event, uint32_t stream_id)
{
    const char *plan = f->hook_data;
    h2session_message message = message_of(GET_FIELDS);
    if (strcmp(event, "request") != 0) {
        return 0;
    }
    assert_int_equal(stream_id, 1);
    assert_int_equal(h2session_upgrade_server(f->s, "", 0, &message), H2SESSION_ERR_USAGE);
    if (strcmp(plan, "reset") == 0) {
        assert_int_equal(h2session_submit_reset(f->s, 1, H2FRAME_CODE_CANCEL), 0);
    } else if (strcmp(plan, "free") == 0) {
        f->freed = 1;
        h2session_free(f->s);
    }
    return strcmp(plan, "refuse") == 0  ? H2SESSION_REFUSE_STREAM
           : strcmp(plan, "abort") == 0 ? H2SESSION_ABORT
                                        : 0;
}

static void application_may_refuse_the_request(void **state)
{
    (void)state;
    static const struct {
        const char *plan;
        int result;
        const char *line;
    } cases[] = {
        {"refuse", 0, "> RST_STREAM 1 REFUSED_STREAM"},
        {"reset", 0, "> RST_STREAM 1 CANCEL"},
        {"abort", H2SESSION_ERR_CALLBACK, "> GOAWAY 0 last=1 INTERNAL_ERROR"},
        {"free", H2SESSION_ERR_CALLBACK, "closed 1 CANCEL CONNECTION_ENDED"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        begin(&f, H2SESSION_SERVER);
        f.hook = in_callback;
        f.hook_data = (void *)(uintptr_t)cases[i].plan;
        assert_int_equal(upgrade_server(&f, "", GET_FIELDS), cases[i].result);
        fixture_drain(&f);
        assert_true(fixture_has(&f, cases[i].line));
        fixture_end(&f);
    }
}

/* ---- Both ---- */

static void pass(struct fixture *from, struct fixture *to)
{
    fixture_drain(from);
    octets_add(&to->in, from->output.data, from->output.length);
    from->output.length = 0;
    (void)fixture_feed(to);
}

static int exchange_failing(struct test_alloc *a, void *arg)
{
    (void)arg;
    struct fixture client;
    struct fixture server;
    struct body body = {.length = 300};
    char text[H2SESSION_UPGRADE_SETTINGS_MAX + 1];
    size_t length = 0;
    fixture_init(&client, H2SESSION_CLIENT, a);
    fixture_init(&server, H2SESSION_SERVER, a);
    server.answer = ":status 200";
    server.body = &body;
    int result = fixture_start(&client);
    result = result != 0 ? result : fixture_start(&server);
    if (result == 0) {
        assert_int_equal(h2session_upgrade_settings(client.s, text, sizeof text, &length), 0);
        text[length] = '\0';
        result = upgrade_server(&server, text, GET_FIELDS);
        result = result != 0 ? result : upgrade_client(&client, GET_FIELDS);
        for (int i = 0; i < 3 && result == 0; i++) {
            pass(&server, &client);
            pass(&client, &server);
        }
    }
    int failed = result != 0 || client.saw_nomem || server.saw_nomem;
    if (!failed) {
        assert_true(fixture_has(&client, "data 1 300"));
        assert_true(fixture_has(&client, "closed 1 NO_ERROR NONE remote"));
        assert_true(fixture_has(&server, "closed 1 NO_ERROR NONE"));
    }
    client.alloc = NULL; /* shared */
    fixture_end(&client);
    fixture_end(&server);
    return failed;
}

static void both_understand_each_other(void **state)
{
    (void)state;
    test_each_failing_alloc(exchange_failing, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_tells_the_settings_of_its_preface),
        cmocka_unit_test(response_comes_on_stream_1),
        cmocka_unit_test(client_goes_on_with_stream_3),
        cmocka_unit_test(response_to_head_has_no_body),
        cmocka_unit_test(settings_of_the_client_are_in_force_at_once),
        cmocka_unit_test(promises_are_held_against_the_request),
        cmocka_unit_test(only_a_new_client_is_upgraded),
        cmocka_unit_test(server_answers_the_request_on_stream_1),
        cmocka_unit_test(stream_1_is_half_closed),
        cmocka_unit_test(preface_of_the_client_is_still_needed),
        cmocka_unit_test(settings_that_cannot_be_used_change_nothing),
        cmocka_unit_test(settings_have_a_limit),
        cmocka_unit_test(only_a_new_server_is_upgraded),
        cmocka_unit_test(application_may_refuse_the_request),
        cmocka_unit_test(both_understand_each_other),
    };
    return cmocka_run_group_tests_name("session_upgrade", tests, NULL, NULL);
}
