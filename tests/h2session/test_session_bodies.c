/* SPDX-License-Identifier: MIT */
/* Body sources: in place, lent, deferred, failing, with trailers, and what happens when the stream
 * or the session ends while a source is at work. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

static void begin(struct fixture *f)
{
    fixture_init(f, H2SESSION_SERVER, NULL);
    assert_int_equal(fixture_start(f), 0);
    fixture_greet(f);
    peer_headers(f, 1, GET_FIELDS, END);
    assert_int_equal(fixture_feed(f), 0);
    fixture_clear(f);
}

/* The DATA payloads in the output, compared with the body. Returns their octets. */
static size_t check_output(const struct fixture *f)
{
    size_t at = 0;
    size_t offset = 0;
    const uint8_t *data = f->output.data;
    while (at + H2FRAME_HEAD_LENGTH <= f->output.length) {
        size_t length = (size_t)data[at] << 16 | (size_t)data[at + 1] << 8 | data[at + 2];
        for (size_t i = 0; data[at + 3] == H2FRAME_TYPE_DATA && i < length; i++) {
            assert_int_equal(data[at + H2FRAME_HEAD_LENGTH + i], body_octet(offset++));
        }
        at += H2FRAME_HEAD_LENGTH + length;
    }
    assert_int_equal(at, f->output.length);
    return offset;
}

struct shape {
    struct body body;
    const char *last; /* the last line of the output */
};

static const struct shape SHAPES[] = {
    {{.length = 10}, "> DATA 1 END_STREAM 10"},
    {{.length = 0}, "> DATA 1 END_STREAM 0"},
    {{.length = 10, .late = 1}, "> DATA 1 END_STREAM 0"},
    {{.length = 16384}, "> DATA 1 END_STREAM 16384"},
    {{.length = 16385}, "> DATA 1 END_STREAM 1"},
    {{.length = 60000, .chunk = 1000}, "> DATA 1 END_STREAM 1000"},
    {{.length = 10, .lend = 1}, "> DATA 1 END_STREAM 10"},
    {{.length = 10, .lend = 1, .late = 1}, "> DATA 1 END_STREAM 0"},
    {{.length = 60000, .lend = 1}, "> DATA 1 END_STREAM 10848"},
    {{.length = 60000, .lend = 1, .chunk = 7000}, "> DATA 1 END_STREAM 4000"},
};

static void bodies_arrive_as_given(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SHAPES / sizeof SHAPES[0]; i++) {
        struct fixture f;
        struct body body = SHAPES[i].body;
        begin(&f);
        assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        fixture_drain(&f);
        assert_int_equal(check_output(&f), body.length);
        assert_true(fixture_has(&f, SHAPES[i].last));
        assert_true(fixture_has(&f, "closed 1 NO_ERROR NONE"));
        fixture_end(&f);
        body_free(&body);
    }
}

static void deferred_body_goes_on_after_resume(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 5, .defer = 1};
    begin(&f);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    fixture_drain(&f);
    fixture_expect(&f, "> HEADERS 1 END_HEADERS :status=200\n");
    assert_false(h2session_wants(f.s) & H2SESSION_WANT_WRITE);
    assert_int_equal(h2session_resume(f.s, 1), 0);
    assert_true(h2session_wants(f.s) & H2SESSION_WANT_WRITE);
    fixture_drain(&f);
    fixture_expect(&f, "closed 1 NO_ERROR NONE\n> DATA 1 END_STREAM 5\n");
    assert_int_equal(h2session_resume(f.s, 1), H2SESSION_ERR_STREAM_UNKNOWN);
    fixture_end(&f);
}

static void failing_body_resets_its_stream(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 5, .answer = H2SESSION_FAIL, .code = H2FRAME_CODE_CANCEL};
    begin(&f);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    fixture_drain(&f);
    fixture_expect(&f, "closed 1 CANCEL BODY_FAILED\n> HEADERS 1 END_HEADERS :status=200\n"
                       "> DATA 1 5\n> RST_STREAM 1 CANCEL\n");
    fixture_end(&f);
}

static void aborting_body_ends_the_session(void **state)
{
    (void)state;
    const int answers[] = {H2SESSION_ABORT, -1, 99};
    for (size_t i = 0; i < 3; i++) {
        struct fixture f;
        struct body body = {.length = 5, .answer = answers[i]};
        begin(&f);
        assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        fixture_drain(&f);
        assert_true(fixture_has(&f, "peek H2SESSION_ERR_CALLBACK"));
        assert_true(fixture_has(&f, "> GOAWAY 0 last=1 INTERNAL_ERROR"));
        assert_int_equal(h2session_wants(f.s), H2SESSION_WANT_CLOSE);
        fixture_end(&f);
    }
}

static void trailers_kept_follow_the_body(void **state)
{
    (void)state;
    for (uint32_t late = 0; late <= 1; late++) {
        struct fixture f;
        struct body body = {.length = 5, .late = late};
        begin(&f);
        assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        assert_int_equal(app_trailers(&f, 1, "x-sum 5|x-empty "), 0);
        assert_int_equal(app_trailers(&f, 1, "x-sum 6"), H2SESSION_ERR_STREAM_STATE);
        fixture_drain(&f);
        fixture_expect(&f, "closed 1 NO_ERROR NONE\n> HEADERS 1 END_HEADERS :status=200\n"
                           "> DATA 1 5\n"
                           "> HEADERS 1 END_STREAM|END_HEADERS x-sum=5 x-empty=\n");
        fixture_end(&f);
    }
}

static void trailers_may_come_after_the_body(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 5, .flags = H2SESSION_BODY_TRAILERS};
    begin(&f);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    fixture_drain(&f);
    fixture_expect(&f, "> HEADERS 1 END_HEADERS :status=200\n> DATA 1 5\n");
    assert_int_equal(app_trailers(&f, 1, "x-sum 5"), 0);
    assert_int_equal(app_trailers(&f, 1, "x-sum 5"), H2SESSION_ERR_STREAM_UNKNOWN);
    fixture_drain(&f);
    fixture_expect(&f, "closed 1 NO_ERROR NONE\n> HEADERS 1 END_STREAM|END_HEADERS x-sum=5\n");
    fixture_end(&f);
}

/* Lent octets stand until they were sent, so the end of the stream is told only then. */
static void lent_octets_are_kept_until_sent(void **state)
{
    (void)state;
    for (uint32_t reset = 0; reset <= 1; reset++) {
        struct fixture f;
        struct body body = {.length = 1000, .lend = 1};
        h2frame_bytes pieces[4];
        size_t count = 0;
        size_t total = 0;
        begin(&f);
        assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
        assert_int_equal(h2session_peek(f.s, pieces, 4, &count), 0);
        for (size_t i = 0; i < count; i++) {
            total += pieces[i].length;
        }
        assert_ptr_equal(pieces[count - 1].data, body.lent);
        if (reset) {
            peer_reset(&f, 1, H2FRAME_CODE_CANCEL);
            assert_int_equal(fixture_feed(&f), 0);
        }
        assert_int_equal(h2session_sent(f.s, total - 1, 2), 0);
        assert_int_equal(f.closed, 0);
        assert_int_equal(h2session_peek(f.s, pieces, 4, &count), 0);
        assert_ptr_equal(pieces[0].data, body.lent + 999);
        assert_int_equal(h2session_sent(f.s, 2, 2), H2SESSION_ERR_USAGE);
        assert_int_equal(h2session_sent(f.s, 1, 2), 0);
        assert_int_equal(f.closed, 1);
        fixture_end(&f);
        body_free(&body);
    }
}

static void free_gives_lent_octets_back(void **state)
{
    (void)state;
    struct fixture f;
    struct body body = {.length = 1000, .lend = 1};
    h2frame_bytes pieces[4];
    size_t count = 0;
    begin(&f);
    assert_int_equal(app_respond(&f, 1, ":status 200", &body), 0);
    assert_int_equal(h2session_peek(f.s, pieces, 4, &count), 0);
    fixture_end(&f);
    body_free(&body);
}

/* ---- Sources that act on the session ---- */

static int (*action)(struct fixture *f);
static int source_answer;

static int acting_read(h2session *s, h2session_read_event *event, void *user)
{
    struct fixture *f = user;
    size_t unused = 0;
    h2frame_bytes piece;
    assert_int_equal(h2session_peek(s, &piece, 1, &unused), H2SESSION_ERR_REENTRANT);
    assert_int_equal(h2session_sent(s, 1, 1), H2SESSION_ERR_REENTRANT);
    assert_int_equal(h2session_tick(s, 1), H2SESSION_ERR_REENTRANT);
    assert_int_equal(action(f), 0);
    memset(event->buffer, 'x', 3);
    event->length = 3;
    event->flags = H2SESSION_BODY_END;
    return source_answer;
}

static void run_action(struct fixture *f, int (*what)(struct fixture *f), int answer)
{
    begin(f);
    action = what;
    source_answer = answer;
    hpack_field fields[2];
    h2session_message message = {
        .size = sizeof message,
        .fields = fields,
        .field_count = parse_fields(":status 200", fields, 2),
        .read = acting_read,
        .read_user = f,
    };
    assert_int_equal(h2session_submit_response(f->s, 1, &message), 0);
    fixture_drain(f);
}

static int act_ping(struct fixture *f)
{
    return h2session_submit_ping(f->s, (const uint8_t *)"12345678");
}

static int act_reset(struct fixture *f)
{
    return h2session_submit_reset(f->s, 1, H2FRAME_CODE_CANCEL);
}

static int act_terminate(struct fixture *f)
{
    return h2session_terminate(f->s, H2FRAME_CODE_NO_ERROR);
}

static int act_trailers(struct fixture *f)
{
    return app_trailers(f, 1, "x-sum 3");
}

static int act_free(struct fixture *f)
{
    f->freed = 1;
    h2session_free(f->s);
    return 0;
}

static void frames_submitted_by_a_source_follow_its_data(void **state)
{
    (void)state;
    struct fixture f;
    run_action(&f, act_ping, 0);
    fixture_expect(&f, "closed 1 NO_ERROR NONE\n> HEADERS 1 END_HEADERS :status=200\n"
                       "> DATA 1 END_STREAM 3\n> PING 0\n");
    fixture_end(&f);
    run_action(&f, act_trailers, 0);
    fixture_expect(&f, "closed 1 NO_ERROR NONE\n> HEADERS 1 END_HEADERS :status=200\n"
                       "> DATA 1 3\n> HEADERS 1 END_STREAM|END_HEADERS x-sum=3\n");
    fixture_end(&f);
}

static void source_may_end_its_stream_or_the_session(void **state)
{
    (void)state;
    const int answers[] = {0, H2SESSION_DEFER, H2SESSION_FAIL, H2SESSION_ABORT};
    for (size_t i = 0; i < 4; i++) {
        struct fixture f;
        run_action(&f, act_reset, answers[i]);
        fixture_expect(&f, "closed 1 CANCEL APPLICATION\n> HEADERS 1 END_HEADERS :status=200\n"
                           "> RST_STREAM 1 CANCEL\n");
        fixture_end(&f);
        run_action(&f, act_terminate, answers[i]);
        fixture_expect(&f, "closed 1 CANCEL APPLICATION\n> HEADERS 1 END_HEADERS :status=200\n"
                           "> GOAWAY 0 last=1 NO_ERROR\n");
        fixture_end(&f);
        run_action(&f, act_free, answers[i]);
        fixture_end(&f);
    }
}

static int lend_nothing(h2session *s, h2session_read_event *event, void *user)
{
    (void)s;
    event->lend = user;
    return 0;
}

static int overfill(h2session *s, h2session_read_event *event, void *user)
{
    (void)s;
    (void)user;
    event->length = event->capacity + 1;
    return 0;
}

static void source_that_breaks_its_contract_ends_the_stream(void **state)
{
    (void)state;
    const h2session_read_function sources[] = {lend_nothing, overfill};
    for (size_t i = 0; i < 2; i++) {
        struct fixture f;
        hpack_field fields[2];
        begin(&f);
        h2session_message message = {
            .size = sizeof message,
            .fields = fields,
            .field_count = parse_fields(":status 200", fields, 2),
            .read = sources[i],
            .read_user = &f,
        };
        assert_int_equal(h2session_submit_response(f.s, 1, &message), 0);
        fixture_drain(&f);
        assert_true(fixture_has(&f, "> RST_STREAM 1 INTERNAL_ERROR"));
        assert_true(fixture_has(&f, "closed 1 INTERNAL_ERROR BODY_FAILED"));
        fixture_end(&f);
    }
}

/* ---- Every allocation failing ---- */

static struct body lent_body;

static void answers_lent(struct fixture *f)
{
    body_free(&lent_body);
    lent_body = (struct body){.length = 50000, .lend = 1, .chunk = 20000};
    f->answer = ":status 200|content-length 50000";
    f->body = &lent_body;
}

static void one_get(struct fixture *f)
{
    peer_headers(f, 1, GET_FIELDS, END);
}

static void lent_body_survives_cuts_and_failures(void **state)
{
    (void)state;
    const struct scenario sc = {
        .name = "lent", .role = H2SESSION_SERVER, .configure = answers_lent, .input = one_get};
    scenario_run(&sc);
}

enum { MANY = 12 };

/* DATA payloads in the output, each the beginning of a body; the last frame may be cut short. */
static void check_payloads(const struct octets *output)
{
    size_t at = 0;
    while (at + H2FRAME_HEAD_LENGTH <= output->length) {
        const uint8_t *head = output->data + at;
        size_t length = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
        at += H2FRAME_HEAD_LENGTH;
        for (size_t i = 0; head[3] == H2FRAME_TYPE_DATA && i < length; i++) {
            if (at + i < output->length) {
                assert_int_equal(output->data[at + i], body_octet(i));
            }
        }
        at += length;
    }
}

/* A source in the middle of which something else is submitted. */
static int read_and_ping(h2session *s, h2session_read_event *event, void *user)
{
    (void)!h2session_submit_ping(s, (const uint8_t *)"pingpong");
    return body_read(s, event, user);
}

static int answer_many(struct test_alloc *a, void *arg)
{
    h2session_read_function *read = arg;
    hpack_field fields[4];
    h2session_message m = {.size = sizeof m,
                           .fields = fields,
                           .field_count = parse_fields(":status 200", fields, 4),
                           .read = *read};
    struct fixture f;
    struct body bodies[MANY];
    fixture_init(&f, H2SESSION_SERVER, a);
    if (fixture_start(&f) == 0) {
        fixture_greet(&f);
        for (uint32_t i = 0; i < MANY; i++) {
            bodies[i] = (struct body){.length = 100, .lend = 1};
            peer_headers(&f, 1 + 2 * i, GET_FIELDS, END);
            (void)fixture_feed(&f);
            m.read_user = &bodies[i];
            (void)!h2session_submit_response(f.s, 1 + 2 * i, &m);
        }
        fixture_drain(&f);
        check_payloads(&f.output);
        for (uint32_t i = 0; i < MANY; i++) {
            body_free(&bodies[i]);
        }
    }
    int result = f.saw_nomem ? H2SESSION_ERR_NOMEM : 0;
    fixture_end(&f);
    return result;
}

/* Without memory for a lent piece, nothing else may take its place behind the head. */
static void failure_never_puts_other_octets_into_a_body(void **state)
{
    static h2session_read_function sources[] = {body_read, read_and_ping};
    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        test_each_failing_alloc(answer_many, &sources[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_arrive_as_given),
        cmocka_unit_test(deferred_body_goes_on_after_resume),
        cmocka_unit_test(failing_body_resets_its_stream),
        cmocka_unit_test(aborting_body_ends_the_session),
        cmocka_unit_test(trailers_kept_follow_the_body),
        cmocka_unit_test(trailers_may_come_after_the_body),
        cmocka_unit_test(lent_octets_are_kept_until_sent),
        cmocka_unit_test(free_gives_lent_octets_back),
        cmocka_unit_test(frames_submitted_by_a_source_follow_its_data),
        cmocka_unit_test(source_may_end_its_stream_or_the_session),
        cmocka_unit_test(source_that_breaks_its_contract_ends_the_stream),
        cmocka_unit_test(lent_body_survives_cuts_and_failures),
        cmocka_unit_test(failure_never_puts_other_octets_into_a_body),
    };
    return cmocka_run_group_tests_name("session_bodies", tests, NULL, NULL);
}
