/* SPDX-License-Identifier: MIT */
/* How large frames are that are sent, and how they are padded. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, LARGE = 1 << 20, MAX = 0x7fffffff };

/* What was sent, looked at octet by octet. */
struct sent {
    size_t frames;
    size_t largest;
    size_t octets;  /* of bodies, which must be those of body_octet() */
    size_t padding; /* length octets included */
};

static void look_at_data(const uint8_t *payload, size_t length, int padded, struct sent *sent)
{
    size_t pad = padded ? payload[0] : 0;
    size_t from = padded ? 1 : 0;
    assert_true(pad + from <= length);
    for (size_t i = from; i < length - pad; i++) {
        assert_int_equal(payload[i], body_octet(sent->octets++));
    }
    for (size_t i = length - pad; i < length; i++) {
        assert_int_equal(payload[i], 0);
    }
    sent->padding += pad + from;
    sent->frames++;
    sent->largest = length > sent->largest ? length : sent->largest;
}

static struct sent look_at_output(const struct fixture *f)
{
    struct sent sent = {0};
    size_t at = 0;
    const uint8_t *data = f->output.data;
    while (at < f->output.length) {
        size_t length = (size_t)data[at] << 16 | (size_t)data[at + 1] << 8 | data[at + 2];
        const uint8_t *payload = data + at + H2FRAME_HEAD_LENGTH;
        if (data[at + 3] == H2FRAME_TYPE_DATA) {
            look_at_data(payload, length, data[at + 4] & H2FRAME_FLAG_PADDED, &sent);
        }
        at += H2FRAME_HEAD_LENGTH + length;
    }
    assert_int_equal(at, f->output.length);
    return sent;
}

/* A peer with these limits, and one request. */
static void begin(struct fixture *f, uint32_t frame_size, uint32_t window)
{
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
    peer_settings(f, H2FRAME_SETTING_MAX_FRAME_SIZE, frame_size);
    peer_settings(f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, window);
    peer_window(f, 0, MAX - 65535);
    peer_headers(f, 1, GET_FIELDS, END);
    assert_int_equal(fixture_turn(f), 0);
    fixture_clear(f);
    f->output.length = 0;
}

/* ---- Large and small frames ---- */

static void frames_are_as_large_as_was_asked_for(void **state)
{
    (void)state;
    static const struct {
        uint32_t limit;
        uint32_t peer;
        uint32_t lend;
        size_t largest;
    } cases[] = {
        {0, LARGE, 0, 16384},
        {0, LARGE, 1, 65536},
        {0, 16384, 1, 16384},
        {100000, LARGE, 0, 100000},
        {100000, LARGE, 1, 100000},
        {100000, 40000, 0, 40000},
        {100000, 40000, 1, 40000},
        {1000, LARGE, 0, 1000},
        {1000, LARGE, 1, 1000},
        {LARGE, LARGE, 0, 500000},
        {16777215, 16777215, 1, 500000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        struct body body = {.length = 500000, .lend = cases[i].lend};
        fixture_init(&f, H2SESSION_SERVER, NULL);
        f.config.data_frame_limit_bytes = cases[i].limit;
        begin(&f, cases[i].peer, MAX);
        assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        fixture_drain(&f);
        struct sent sent = look_at_output(&f);
        assert_int_equal(sent.octets, 500000);
        assert_int_equal(sent.largest, cases[i].largest);
        assert_true(sent.frames <= 500000 / cases[i].largest + 2);
        fixture_end(&f);
        body_free(&body);
    }
}

/* A source that always lends is only offered a little memory, but never more than a frame has. */
static void offer_keeps_to_the_limit(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 5000, .lend = 1, .chunk = 50};
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.data_frame_limit_bytes = 100;
    begin(&f, 16384, MAX);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    for (int i = 0; i < 20; i++) {
        h2frame_bytes pieces[2];
        size_t count = 0;
        assert_int_equal(h2session_peek(f.s, pieces, 2, &count), 0);
        size_t total = 0;
        for (size_t k = 0; k < count; k++) {
            octets_add(&f.output, pieces[k].data, pieces[k].length);
            total += pieces[k].length;
        }
        assert_int_equal(h2session_sent(f.s, total, 1), 0);
    }
    assert_true(body.offset >= 500);
    body.lend = 0; /* it changes its mind */
    body.chunk = 0;
    fixture_drain(&f);
    assert_true(look_at_output(&f).largest <= 100);
    fixture_end(&f);
    body_free(&body);
}

/* What large frames take is within the budget by default, and they may be pending when the peer
 * sends something. */
static void large_frames_are_in_the_budget(void **state)
{
    (void)state;
    struct fixture f;
    h2frame_bytes piece;
    size_t count = 0;
    struct body body = {.length = 4 * LARGE};
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.data_frame_limit_bytes = 4 * LARGE;
    begin(&f, 4 * LARGE, MAX);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    assert_int_equal(h2session_peek(f.s, &piece, 1, &count), 0);
    peer_ping(&f, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(look_at_output(&f).largest, 4 * LARGE);
    fixture_end(&f);
}

static void field_blocks_use_large_frames(void **state)
{
    (void)state;
    static char fields[40000];
    struct fixture f;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    begin(&f, 65536, MAX);
    memcpy(fields, ":status 200|x-large ", 20);
    memset(fields + 20, '~', sizeof fields - 21); /* a dozen bits each, when coded */
    assert_int_equal(app_respond(&f, 1, fields, NULL), 0);
    fixture_drain(&f);
    assert_true(f.output.length > 40000);
    assert_null(strstr(fixture_text(&f), "CONTINUATION"));
    fixture_end(&f);
}

static void limit_of_frames_has_a_range(void **state)
{
    (void)state;
    h2session *s = NULL;
    h2session_config config;
    assert_int_equal(h2session_config_init(&config, sizeof config, H2SESSION_CLIENT), 0);
    config.data_frame_limit_bytes = 16777216;
    assert_int_equal(h2session_new(&s, &config, NULL, NULL), H2SESSION_ERR_CONFIG);
}

/* ---- Padding ---- */

static uint32_t always(void *ctx, uint32_t type, uint32_t length, uint32_t most)
{
    const uint32_t *wanted = ctx;
    assert_true(most >= 1 && most <= 256);
    (void)length;
    return type == H2FRAME_TYPE_DATA ? *wanted : 0;
}

static uint32_t not_data(void *ctx, uint32_t type, uint32_t length, uint32_t most)
{
    const uint32_t *wanted = ctx;
    assert_true(most >= 1 && most <= 256 && length > 0);
    return type != H2FRAME_TYPE_DATA ? *wanted : 0;
}

/* The first frame of that type in the output ends with so many zeros, and says so. */
static void check_padding(const struct fixture *f, uint32_t type, size_t length, uint32_t padding)
{
    size_t at = 0;
    const uint8_t *data = f->output.data;
    while (at < f->output.length && data[at + 3] != type) {
        at += H2FRAME_HEAD_LENGTH + ((size_t)data[at + 1] << 8 | data[at + 2]);
    }
    assert_true(at < f->output.length);
    assert_int_equal((size_t)data[at + 1] << 8 | data[at + 2], length + padding);
    assert_int_equal(data[at + 4] & H2FRAME_FLAG_PADDED, padding > 0 ? H2FRAME_FLAG_PADDED : 0);
    if (padding > 0) {
        assert_int_equal(data[at + H2FRAME_HEAD_LENGTH], padding - 1);
    }
    for (size_t i = 1; i < padding; i++) {
        assert_int_equal(data[at + H2FRAME_HEAD_LENGTH + length + i], 0);
    }
}

/* rfc: 9113#6.2 rfc: 9113#6.6 */
static void field_blocks_are_padded(void **state)
{
    (void)state;
    static const uint32_t wanted[] = {0, 1, 2, 100, 256};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct fixture f;
        uint32_t answer = wanted[i];
        fixture_init(&f, H2SESSION_SERVER, NULL);
        f.config.padding = not_data;
        f.config.padding_ctx = &answer;
        f.trace = 1;
        begin(&f, 16384, 1000);
        assert_int_equal(app_push(&f, 1, GET_FIELDS, NULL), 0);
        assert_int_equal(app_respond(&f, 1, ":status 200", NULL), 0);
        fixture_drain(&f);
        assert_true(fixture_has(&f, answer > 0
                                        ? "> HEADERS 1 END_STREAM|END_HEADERS|PADDED :status=200"
                                        : "> HEADERS 1 END_STREAM|END_HEADERS :status=200"));
        check_padding(&f, H2FRAME_TYPE_HEADERS, 1, answer);
        char line[80];
        char padding[24] = "";
        if (answer > 1) {
            (void)snprintf(padding, sizeof padding, " pad=%u", answer - 1);
        }
        (void)snprintf(line, sizeof line, "trace out HEADERS 1 %u flags=%x%s fields", 1 + answer,
                       answer > 0 ? 0xdu : 0x5u, padding);
        assert_true(fixture_has(&f, line));
        assert_non_null(strstr(fixture_text(&f), "> PUSH_PROMISE 1 "));
        fixture_end(&f);
    }
}

/* What is cut into several frames is not padded, and what just fits has little room. */
static void padding_of_a_block_keeps_to_the_frame(void **state)
{
    (void)state;
    static char fields[17000];
    uint32_t answer = 256;
    for (size_t length = 16384 - 300; length < 16384 + 10; length++) {
        struct fixture f;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        f.config.padding = not_data;
        f.config.padding_ctx = &answer;
        begin(&f, 16384, 1000);
        /* "~" takes 13 bits with the Huffman code: it is sent as it is. */
        size_t head = (size_t)snprintf(fields, sizeof fields, ":status 200|x-a ");
        memset(fields + head, '~', length);
        fields[head + length] = '\0';
        assert_int_equal(app_respond(&f, 1, fields, NULL), 0);
        fixture_drain(&f);
        size_t frame = (size_t)f.output.data[1] << 8 | f.output.data[2];
        size_t block = f.output.length - H2FRAME_HEAD_LENGTH;
        assert_true(frame <= 16384);
        if (block <= 16384) {
            assert_int_equal(frame, block);
            assert_true(block == 16384 || f.output.data[4] & H2FRAME_FLAG_PADDED);
        } else {
            assert_int_equal(f.output.data[4] & H2FRAME_FLAG_PADDED, 0);
        }
        fixture_end(&f);
    }
}

/* rfc: 9113#6.1 rfc: 9113#6.9.1 */
static void data_is_padded_and_counts_on_windows(void **state)
{
    (void)state;
    static const struct {
        struct body body;
        uint32_t wanted;
        const char *expect;
        uint32_t added;
    } cases[] = {
        {{.length = 10}, 5, "> DATA 1 END_STREAM|PADDED 15\n", 5},
        {{.length = 10}, 1, "> DATA 1 END_STREAM|PADDED 11\n", 1},
        {{.length = 10}, 0, "> DATA 1 END_STREAM 10\n", 0},
        {{.length = 10}, 999, "> DATA 1 END_STREAM|PADDED 266\n", 256},
        {{.length = 0}, 256, "> DATA 1 END_STREAM|PADDED 256\n", 256},
        {{.length = 10, .lend = 1}, 5, "> DATA 1 END_STREAM|PADDED 15\n", 5},
        {{.length = 10, .lend = 1}, 1, "> DATA 1 END_STREAM|PADDED 11\n", 1},
        {{.length = 10, .lend = 1}, 256, "> DATA 1 END_STREAM|PADDED 266\n", 256},
        {{.length = 16384}, 5, "> DATA 1 END_STREAM 16384\n", 0}, /* no room */
        {{.length = 16380}, 9, "> DATA 1 END_STREAM|PADDED 16384\n", 4},
        {{.length = 16380, .lend = 1}, 9, "> DATA 1 END_STREAM|PADDED 16384\n", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f;
        struct body body = cases[i].body;
        uint32_t wanted = cases[i].wanted;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        f.config.padding = always;
        f.config.padding_ctx = &wanted;
        f.trace = 1;
        begin(&f, 16384, 100000);
        int64_t before = h2session_send_window(f.s, 0);
        assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        fixture_drain(&f);
        assert_true(fixture_has(&f, "> HEADERS 1 END_HEADERS :status=200"));
        assert_non_null(strstr(fixture_text(&f), cases[i].expect));
        char line[80];
        (void)snprintf(line, sizeof line, "DATA 1 %zu flags=9 pad=%u\n",
                       body.length + cases[i].added, cases[i].added - 1);
        assert_true(cases[i].added < 2 || strstr(fixture_text(&f), line) != NULL);
        struct sent sent = look_at_output(&f);
        assert_int_equal(sent.octets, body.length);
        assert_int_equal(sent.padding, cases[i].added);
        assert_int_equal(before - h2session_send_window(f.s, 0), body.length + cases[i].added);
        fixture_end(&f);
        body_free(&body);
    }
}

/* The windows leave so much for padding as they are larger than what is sent. */
static void padding_is_cut_to_the_windows(void **state)
{
    (void)state;
    for (uint32_t lend = 0; lend <= 1; lend++) {
        struct fixture f;
        struct body body = {.length = 30, .chunk = 10, .lend = lend};
        uint32_t wanted = 8;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        f.config.padding = always;
        f.config.padding_ctx = &wanted;
        begin(&f, 16384, 33);
        assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        fixture_clear(&f);
        fixture_drain(&f);
        fixture_expect(&f, "> HEADERS 1 END_HEADERS :status=200\n> DATA 1 PADDED 18\n"
                           "> DATA 1 PADDED 15\n");
        assert_int_equal(h2session_send_window(f.s, 1), 0);
        peer_window(&f, 1, 10);
        assert_int_equal(fixture_turn(&f), 0);
        assert_true(fixture_has(&f, "> DATA 1 END_STREAM 10"));
        fixture_end(&f);
        body_free(&body);
    }
}

/* A source that has promised a length is offered no more than that, and there still is room. */
static void promised_body_has_room_for_padding(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 5000};
    uint32_t wanted = 256;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.padding = always;
    f.config.padding_ctx = &wanted;
    begin(&f, 16384, 100000);
    assert_int_equal(app_respond(&f, 1, ":status 200|content-length 5000", &body), 0);
    fixture_drain(&f);
    assert_true(fixture_has(&f, "> DATA 1 END_STREAM|PADDED 5256"));
    fixture_end(&f);
}

static void padding_comes_with_trailers_too(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 10, .flags = H2SESSION_BODY_TRAILERS};
    uint32_t wanted = 3;
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.padding = always;
    f.config.padding_ctx = &wanted;
    begin(&f, 16384, 1000);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    fixture_drain(&f);
    assert_int_equal(app_trailers(&f, 1, "x-a b"), 0);
    fixture_drain(&f);
    assert_true(fixture_has(&f, "> DATA 1 PADDED 13"));
    assert_true(fixture_has(&f, "> HEADERS 1 END_STREAM|END_HEADERS x-a=b"));
    fixture_end(&f);
}

static uint32_t random_policy(void *ctx, uint32_t type, uint32_t length, uint32_t most)
{
    (void)type;
    (void)length;
    (void)most;
    return test_rand(ctx) % 300;
}

/* The limit is that of the frame, padding included. */
static void padding_keeps_to_the_limit_of_frames(void **state)
{
    (void)state;
    for (uint32_t lend = 0; lend <= 1; lend++) {
        struct fixture f;
        struct body body = {.length = 95, .lend = lend};
        uint32_t wanted = 8;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        f.config.padding = always;
        f.config.padding_ctx = &wanted;
        f.config.data_frame_limit_bytes = 100;
        begin(&f, 16384, 1000);
        assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        fixture_drain(&f);
        assert_true(fixture_has(&f, "> DATA 1 END_STREAM|PADDED 100"));
        fixture_end(&f);
        body_free(&body);
    }
}

/* Whatever the policy says, the octets arrive and the windows agree. */
static void random_padding_changes_no_octet(void **state)
{
    (void)state;
    uint32_t seed = 4711;
    for (uint32_t round = 0; round < 40; round++) {
        struct fixture f;
        struct body body = {.length = test_rand(&seed) % 100000,
                            .chunk = test_rand(&seed) % 3 * 777,
                            .lend = round % 2,
                            .late = round / 2 % 2};
        fixture_init(&f, H2SESSION_SERVER, NULL);
        f.config.padding = random_policy;
        f.config.padding_ctx = &seed;
        f.config.data_frame_limit_bytes = test_rand(&seed) % 3 * 5000;
        begin(&f, 16384, LARGE);
        int64_t before = h2session_send_window(f.s, 0);
        assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        fixture_drain(&f);
        struct sent sent = look_at_output(&f);
        assert_int_equal(sent.octets, body.length);
        assert_int_equal(before - h2session_send_window(f.s, 0), body.length + sent.padding);
        assert_true(sent.largest <= 16384);
        assert_true(fixture_has(&f, "closed 1 NO_ERROR NONE"));
        fixture_end(&f);
        body_free(&body);
    }
}

static uint32_t eleven = 11;
static struct body failing_body;

static void pads(struct fixture *f)
{
    f->config.padding = always;
    f->config.padding_ctx = &eleven;
    f->answer = ":status 200";
    failing_body.offset = 0;
    f->body = &failing_body;
}

static void get(struct fixture *f)
{
    peer_headers(f, 1, GET_FIELDS, END);
}

static void padding_survives_every_failing_allocation(void **state)
{
    (void)state;
    for (uint32_t lend = 0; lend <= 1; lend++) {
        failing_body = (struct body){.length = 20000, .lend = lend};
        scenario_run(&(struct scenario){
            .name = "padding", .role = H2SESSION_SERVER, .configure = pads, .input = get});
        body_free(&failing_body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_as_large_as_was_asked_for),
        cmocka_unit_test(offer_keeps_to_the_limit),
        cmocka_unit_test(large_frames_are_in_the_budget),
        cmocka_unit_test(field_blocks_use_large_frames),
        cmocka_unit_test(limit_of_frames_has_a_range),
        cmocka_unit_test(data_is_padded_and_counts_on_windows),
        cmocka_unit_test(field_blocks_are_padded),
        cmocka_unit_test(padding_of_a_block_keeps_to_the_frame),
        cmocka_unit_test(padding_is_cut_to_the_windows),
        cmocka_unit_test(promised_body_has_room_for_padding),
        cmocka_unit_test(padding_comes_with_trailers_too),
        cmocka_unit_test(padding_keeps_to_the_limit_of_frames),
        cmocka_unit_test(random_padding_changes_no_octet),
        cmocka_unit_test(padding_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("session_frames", tests, NULL, NULL);
}
