/* SPDX-License-Identifier: MIT */
/* What a client says in the dependency tree of RFC 7540. */
#include "fixture_order.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

static void with_tree(struct fixture *f)
{
    f->config.priority_scheme = H2SESSION_PRIORITIES_RFC7540;
}

static void begin(struct order *o)
{
    memset(o, 0, sizeof *o);
    fixture_init(&o->f, H2SESSION_CLIENT, NULL);
    with_tree(&o->f);
    order_start(o);
}

static int request(struct fixture *f, uint32_t dependency, uint32_t weight, uint32_t exclusive,
                   struct body *body)
{
    static hpack_field fields[16];
    uint32_t id = 0;
    const h2session_message message = {
        .size = sizeof message,
        .fields = fields,
        .field_count = parse_fields(body != NULL ? POST_FIELDS : GET_FIELDS, fields, 16),
        .read = body != NULL ? body_read : NULL,
        .read_user = body,
        .dependency = dependency,
        .weight = weight,
        .exclusive = exclusive,
    };
    int result = h2session_submit_request(f->s, &message, &id);
    f->opened += result == 0;
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
    return result;
}

/* The first frame of the output that has this type. */
static const uint8_t *frame_of(const struct fixture *f, uint32_t type)
{
    size_t at = 0;
    while (f->output.data[at + 3] != type) {
        const uint8_t *d = f->output.data + at;
        at += H2FRAME_HEAD_LENGTH + ((size_t)d[0] << 16 | (size_t)d[1] << 8 | d[2]);
        assert_true(at + H2FRAME_HEAD_LENGTH <= f->output.length);
    }
    return f->output.data + at;
}

static void headers_carry_the_priority(void **state)
{
    (void)state;
    struct order s;
    begin(&s);
    assert_int_equal(request(&s.f, 0x12345679, 256, 1, NULL), 0);
    s.f.output.length = 0;
    fixture_drain(&s.f);
    fixture_expect(&s.f, "> HEADERS 1 END_STREAM|END_HEADERS|PRIORITY :method=GET :scheme=https "
                         ":authority=a.example :path=/\n");
    const uint8_t part[] = {0x92, 0x34, 0x56, 0x79, 0xff};
    assert_memory_equal(frame_of(&s.f, H2FRAME_TYPE_HEADERS) + H2FRAME_HEAD_LENGTH, part, 5);
    assert_int_equal(request(&s.f, 0, 0, 0, NULL), 0);
    fixture_drain(&s.f);
    fixture_expect(&s.f, "> HEADERS 3 END_STREAM|END_HEADERS :method=GET :scheme=https "
                         ":authority=a.example :path=/\n");
    order_end(&s);
}

/* The part counts on the size of the frame. */
static void long_sections_are_cut_behind_it(void **state)
{
    (void)state;
    static char value[16384];
    static hpack_field fields[16];
    struct order s;
    uint32_t id = 0;
    begin(&s);
    size_t count = parse_fields(GET_FIELDS, fields, 15);
    memset(value, '\\', sizeof value); /* has a long code, so it is sent as it is */
    fields[count] = (hpack_field){
        .name = "x-long", .value = value, .name_length = 6, .value_length = sizeof value};
    const h2session_message message = {
        .size = sizeof message, .fields = fields, .field_count = count + 1, .weight = 1};
    assert_int_equal(h2session_submit_request(s.f.s, &message, &id), 0);
    s.f.opened++;
    s.f.output.length = 0;
    fixture_drain(&s.f);
    const uint8_t head[] = {0, 0x40, 0, H2FRAME_TYPE_HEADERS, 0x21, 0, 0, 0, 1, 0, 0, 0, 0, 0};
    assert_memory_equal(s.f.output.data, head, sizeof head);
    assert_non_null(strstr(fixture_text(&s.f), "> CONTINUATION 1 END_HEADERS :method=GET"));
    order_end(&s);
}

static uint32_t pad_3(void *ctx, uint32_t type, uint32_t length, uint32_t most)
{
    (void)ctx;
    (void)type;
    (void)length;
    return most < 3 ? most : 3;
}

static void padding_goes_around_it(void **state)
{
    (void)state;
    struct order s;
    memset(&s, 0, sizeof s);
    fixture_init(&s.f, H2SESSION_CLIENT, NULL);
    with_tree(&s.f);
    s.f.config.padding = pad_3;
    order_start(&s);
    assert_int_equal(request(&s.f, 0x12345679, 256, 1, NULL), 0);
    s.f.output.length = 0;
    fixture_drain(&s.f);
    fixture_expect(&s.f, "> HEADERS 1 END_STREAM|END_HEADERS|PADDED|PRIORITY :method=GET "
                         ":scheme=https :authority=a.example :path=/\n");
    const uint8_t part[] = {2, 0x92, 0x34, 0x56, 0x79, 0xff};
    assert_memory_equal(frame_of(&s.f, H2FRAME_TYPE_HEADERS) + H2FRAME_HEAD_LENGTH, part, 6);
    order_end(&s);
}

static void trace_shows_it(void **state)
{
    (void)state;
    struct fixture f;
    fixture_init(&f, H2SESSION_CLIENT, NULL);
    with_tree(&f);
    f.trace = 1;
    assert_int_equal(fixture_start(&f), 0);
    fixture_clear(&f);
    assert_int_equal(request(&f, 3, 9, 0, NULL), 0);
    fixture_expect(&f, "trace out HEADERS 1 17 flags=25 fields opens\n");
    fixture_drain(&f);
    fixture_end(&f);
}

static void priority_frames_are_sent(void **state)
{
    (void)state;
    struct order s;
    begin(&s);
    assert_int_equal(h2session_submit_priority(s.f.s, 5, 0, 201, 0), 0);
    assert_int_equal(h2session_submit_priority(s.f.s, 7, 5, 1, 1), 0);
    s.f.output.length = 0;
    fixture_drain(&s.f);
    fixture_expect(&s.f, "> PRIORITY 5\n> PRIORITY 7\n");
    const uint8_t both[] = {0, 0, 5, 2, 0, 0, 0, 0, 5, 0,    0, 0, 0, 200,
                            0, 0, 5, 2, 0, 0, 0, 0, 7, 0x80, 0, 0, 5, 0};
    assert_int_equal(s.f.output.length, sizeof both);
    assert_memory_equal(s.f.output.data, both, sizeof both);
    /* As many idle ones as it wants: only this side's own order forgets them. */
    for (uint32_t id = 101; id < 301; id += 2) {
        assert_int_equal(h2session_submit_priority(s.f.s, id, 0, 16, 0), 0);
    }
    order_end(&s);
}

/* RFC 9218 9, and the same here. */
static void own_bodies_follow(void **state)
{
    (void)state;
    struct order s;
    begin(&s);
    for (uint32_t i = 0; i < 4; i++) {
        s.bodies[i] = (struct body){.length = 40000};
    }
    assert_int_equal(request(&s.f, 0, 16, 0, &s.bodies[0]), 0);
    assert_int_equal(request(&s.f, 1, 16, 0, &s.bodies[1]), 0);
    assert_int_equal(request(&s.f, 0, 16, 1, &s.bodies[2]), 0);
    assert_int_equal(request(&s.f, 3, 16, 0, &s.bodies[3]), 0);
    assert_int_equal(h2session_submit_priority(s.f.s, 7, 0, 16, 1), 0);
    struct tally t = order_all(&s);
    assert_string_equal(t.turns, "7 5 1 3 ");
    order_end(&s);
}

/* rfc: 9218#2.1.1 */
static void servers_that_do_not_listen_are_not_told(void **state)
{
    (void)state;
    struct order s;
    begin(&s);
    peer_settings(&s.f, H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 0);
    assert_int_equal(fixture_turn(&s.f), 0);
    assert_int_equal(h2session_submit_priority(s.f.s, 1, 0, 16, 0), 0);
    order_end(&s);

    memset(&s, 0, sizeof s);
    fixture_init(&s.f, H2SESSION_CLIENT, NULL);
    with_tree(&s.f);
    assert_int_equal(fixture_start(&s.f), 0);
    assert_int_equal(h2session_submit_priority(s.f.s, 1, 0, 16, 0), 0);
    peer_settings(&s.f, H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 1);
    assert_int_equal(fixture_turn(&s.f), 0);
    fixture_clear(&s.f);
    assert_int_equal(h2session_submit_priority(s.f.s, 1, 0, 16, 0), H2SESSION_ERR_PRIORITY_SCHEME);
    assert_int_equal(request(&s.f, 0, 99, 0, NULL), 0);
    fixture_drain(&s.f);
    fixture_expect(&s.f, "> HEADERS 1 END_STREAM|END_HEADERS :method=GET :scheme=https "
                         ":authority=a.example :path=/\n");
    order_end(&s);
}

static void what_cannot_be_said_is_refused(void **state)
{
    (void)state;
    struct order s;
    begin(&s);
    assert_int_equal(request(&s.f, 1, 16, 0, NULL), H2SESSION_ERR_USAGE); /* itself */
    assert_int_equal(request(&s.f, 0, 257, 0, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(request(&s.f, 0, 16, 2, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(request(&s.f, 0x80000000, 16, 0, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(request(&s.f, 3, 0, 0, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(request(&s.f, 0, 0, 1, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_priority(NULL, 1, 0, 16, 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_priority(s.f.s, 0, 1, 16, 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_priority(s.f.s, 0x80000001, 1, 16, 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_priority(s.f.s, 3, 3, 16, 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_priority(s.f.s, 3, 1, 0, 0), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_terminate(s.f.s, H2FRAME_CODE_NO_ERROR), 0);
    assert_int_equal(h2session_submit_priority(s.f.s, 3, 1, 16, 0), H2SESSION_ERR_CLOSED);
    assert_int_equal(request(&s.f, 0, 16, 0, NULL), H2SESSION_ERR_CLOSED);
    order_end(&s);

    order_begin(&s, H2SESSION_CLIENT);
    assert_int_equal(request(&s.f, 0, 16, 0, NULL), H2SESSION_ERR_PRIORITY_SCHEME);
    assert_int_equal(h2session_submit_priority(s.f.s, 3, 1, 16, 0), H2SESSION_ERR_PRIORITY_SCHEME);
    order_end(&s);

    hpack_field status[1];
    h2session_message message = {.size = sizeof message, .fields = status, .weight = 16};
    message.field_count = parse_fields(":status 200", status, 1);
    order_begin(&s, H2SESSION_SERVER);
    peer_headers(&s.f, 1, GET_FIELDS, END);
    assert_int_equal(fixture_feed(&s.f), 0);
    assert_int_equal(h2session_submit_response(s.f.s, 1, &message), H2SESSION_ERR_USAGE);
    message.weight = 0;
    message.reserved = 1;
    assert_int_equal(h2session_submit_response(s.f.s, 1, &message), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_priority(s.f.s, 3, 1, 16, 0), H2SESSION_ERR_USAGE);
    order_end(&s);
}

static void send_all(struct fixture *f)
{
    static struct body body;
    body = (struct body){.length = 100};
    (void)request(f, 0, 16, 0, NULL);
    f->saw_nomem |= h2session_submit_priority(f->s, 9, 1, 16, 1) == H2SESSION_ERR_NOMEM;
    (void)request(f, 9, 1, 1, &body);
}

static void answer(struct fixture *f)
{
    peer_headers(f, 1, ":status 200", END);
}

static const struct scenario SCENARIO = {
    "dependent requests",
    H2SESSION_CLIENT,
    with_tree,
    answer,
    "response 1 end :status=200\nend 1\nclosed 1 NO_ERROR NONE remote\n"
    "> HEADERS 1 END_STREAM|END_HEADERS|PRIORITY :method=GET :scheme=https :authority=a.example "
    ":path=/\n> PRIORITY 9\n"
    "> HEADERS 3 END_HEADERS|PRIORITY :method=POST :scheme=https :authority=a.example :path=/\n"
    "> DATA 3 END_STREAM 100\n",
    send_all,
    0};

static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    scenario_run(&SCENARIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_carry_the_priority),
        cmocka_unit_test(long_sections_are_cut_behind_it),
        cmocka_unit_test(padding_goes_around_it),
        cmocka_unit_test(trace_shows_it),
        cmocka_unit_test(priority_frames_are_sent),
        cmocka_unit_test(own_bodies_follow),
        cmocka_unit_test(servers_that_do_not_listen_are_not_told),
        cmocka_unit_test(what_cannot_be_said_is_refused),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests_name("session_dependent", tests, NULL, NULL);
}
