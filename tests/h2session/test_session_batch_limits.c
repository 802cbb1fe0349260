/* SPDX-License-Identifier: MIT */
/* What an event batch may hold, and for how long. */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

static h2session_config config_of(uint32_t role, struct test_alloc *alloc)
{
    h2session_config config;
    assert_int_equal(h2session_config_init(&config, sizeof config, role), 0);
    config.resize = test_alloc_resize;
    config.resize_ctx = alloc;
    return config;
}

static h2session_batch_config batch_defaults(void)
{
    h2session_batch_config config;
    assert_int_equal(h2session_batch_config_init(&config, sizeof config), 0);
    return config;
}

struct box {
    struct test_alloc alloc;
    struct fixture f; /* builds what the peer sends */
    h2session_batch *b;
    h2session *s;
};

static void begin(struct box *box, const h2session_batch_config *config)
{
    *box = (struct box){.b = NULL};
    h2session_config session = config_of(H2SESSION_SERVER, &box->alloc);
    session.max_header_list_size = 4096;
    fixture_init(&box->f, H2SESSION_SERVER, NULL);
    assert_int_equal(h2session_batch_new(&box->b, &session, config), 0);
    box->s = h2session_batch_session(box->b);
    peer_preface(&box->f);
    peer_settings(&box->f, 0, 0);
    peer_ack(&box->f);
}

static void end(struct box *box)
{
    h2session_batch_free(box->b);
    assert_int_equal(box->alloc.live_blocks, 0);
    fixture_end(&box->f);
}

static h2session_batch_config small(void)
{
    h2session_batch_config config = batch_defaults();
    config.pause_bytes = 20000;
    config.event_limit_bytes = 60000;
    return config;
}

static size_t count_events(struct box *box)
{
    h2session_batch_event event = {.size = sizeof event};
    size_t count = 0;
    while (h2session_batch_next(box->b, &event) == 0 && event.kind != H2SESSION_EVENT_NONE) {
        count++;
    }
    return count;
}

static void a_full_batch_pauses_the_session(void **state)
{
    (void)state;
    struct box box;
    const h2session_batch_config config = small();
    begin(&box, &config);
    peer_headers(&box.f, 1, POST_FIELDS, 0);
    for (size_t i = 0; i < 6; i++) {
        peer_data(&box.f, 1, 10000, 0);
    }
    size_t before = box.alloc.live_bytes;
    size_t at = 0;
    size_t rounds = 0;
    while (at < box.f.in.length) {
        size_t consumed = 0;
        assert_int_equal(
            h2session_recv(box.s, box.f.in.data + at, box.f.in.length - at, 1, &consumed), 0);
        at += consumed;
        rounds++;
        assert_true(count_events(&box) > 0);
        h2session_batch_clear(box.b);
    }
    assert_int_equal(rounds, 3);
    assert_true(box.alloc.peak_bytes < before + 40000);
    end(&box);
}

static void events_beyond_the_limit_end_the_session_by_name(void **state)
{
    (void)state;
    struct box box;
    const h2session_batch_config config = small();
    h2session_batch_event event = {.size = sizeof event};
    begin(&box, &config);
    uint8_t debug[2000] = {0};
    for (size_t i = 0; i < 100; i++) {
        peer_frame(&box.f,
                   &(h2frame_frame){.type = H2FRAME_TYPE_GOAWAY, .payload = {debug, sizeof debug}});
    }
    size_t consumed = 0;
    assert_int_equal(h2session_recv(box.s, box.f.in.data, box.f.in.length, 1, &consumed),
                     H2SESSION_ERR_CALLBACK);
    size_t pulled = count_events(&box);
    assert_true(pulled > 10 && pulled < 40);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(h2session_batch_next(box.b, &event), H2SESSION_ERR_LIMIT);
        assert_int_equal(event.kind, H2SESSION_EVENT_NONE);
        h2session_batch_clear(box.b);
    }
    assert_true(box.alloc.peak_bytes < config.event_limit_bytes + 20000);
    end(&box);
}

static void a_batch_that_is_never_cleared_does_not_grow_forever(void **state)
{
    (void)state;
    struct box box;
    const h2session_batch_config config = small();
    begin(&box, &config);
    peer_headers(&box.f, 1, POST_FIELDS, 0);
    for (size_t i = 0; i < 100; i++) {
        peer_data(&box.f, 1, 1000, 0);
    }
    size_t at = 0;
    int result = 0;
    while (result == 0 && at < box.f.in.length) {
        size_t consumed = 0;
        result = h2session_recv(box.s, box.f.in.data + at, box.f.in.length - at, 1, &consumed);
        at += consumed;
        (void)count_events(&box); /* pulled, but not cleared */
    }
    assert_int_equal(result, H2SESSION_ERR_CALLBACK);
    assert_true(box.alloc.peak_bytes < config.event_limit_bytes + 20000);
    end(&box);
}

static void events_stand_until_the_batch_is_cleared(void **state)
{
    (void)state;
    struct box box;
    h2session_batch_event first = {.size = sizeof first};
    size_t consumed = 0;
    begin(&box, NULL);
    peer_headers(&box.f, 1, GET_FIELDS, END);
    assert_int_equal(h2session_recv(box.s, box.f.in.data, box.f.in.length, 1, &consumed), 0);
    do {
        assert_int_equal(h2session_batch_next(box.b, &first), 0);
    } while (first.kind != H2SESSION_EVENT_HEADERS);
    box.f.in.length = 0;
    peer_headers(&box.f, 3, POST_FIELDS "|a b|c d", END);
    assert_int_equal(h2session_recv(box.s, box.f.in.data, box.f.in.length, 1, &consumed), 0);
    assert_true(count_events(&box) > 0);
    assert_int_equal(first.as.headers->field_count, 4);
    assert_memory_equal(first.as.headers->fields[0].value, "GET", 3);
    end(&box);
}

static void an_idle_batch_holds_no_events(void **state)
{
    (void)state;
    struct box box;
    size_t consumed = 0;
    begin(&box, NULL);
    assert_int_equal(h2session_recv(box.s, box.f.in.data, box.f.in.length, 1, &consumed), 0);
    size_t full = box.alloc.live_bytes;
    assert_int_equal(count_events(&box), 2);
    h2session_batch_clear(box.b);
    assert_true(box.alloc.live_bytes + 4096 <= full);
    end(&box);
}

static uint32_t count_of(struct box *box, uint32_t kind)
{
    h2session_batch_event event = {.size = sizeof event};
    uint32_t count = 0;
    do {
        assert_int_equal(h2session_batch_next(box->b, &event), 0);
        count += event.kind == kind;
    } while (event.kind != H2SESSION_EVENT_NONE);
    h2session_batch_clear(box->b);
    return count;
}

static void take_in(struct box *box)
{
    size_t consumed = 0;
    h2frame_bytes piece;
    size_t count = 0;
    assert_int_equal(h2session_recv(box->s, box->f.in.data, box->f.in.length, 1, &consumed), 0);
    box->f.in.length = 0;
    while (h2session_peek(box->s, &piece, 1, &count) == 0 && count > 0) {
        assert_int_equal(h2session_sent(box->s, piece.length, 1), 0);
    }
}

static void streams_may_be_held_until_their_work_is_done(void **state)
{
    (void)state;
    struct box box;
    h2session_batch_config config = batch_defaults();
    for (uint32_t hold = 0; hold < 2; hold++) {
        config.flags = hold ? H2SESSION_BATCH_HOLD_STREAMS : 0;
        begin(&box, &config);
        for (uint32_t id = 1; id < 201; id += 2) { /* as many as may be open */
            peer_headers(&box.f, id, GET_FIELDS, END);
            peer_reset(&box.f, id, H2FRAME_CODE_CANCEL);
        }
        take_in(&box);
        assert_int_equal(count_of(&box, H2SESSION_EVENT_STREAM_CLOSED), 100);
        peer_headers(&box.f, 201, GET_FIELDS, END);
        take_in(&box);
        assert_int_equal(count_of(&box, H2SESSION_EVENT_HEADERS), hold ? 0 : 1);
        assert_int_equal(h2session_handler_done(box.s), hold ? 0 : H2SESSION_ERR_USAGE);
        peer_headers(&box.f, 203, GET_FIELDS, END);
        take_in(&box);
        assert_int_equal(count_of(&box, H2SESSION_EVENT_HEADERS), 1);
        end(&box);
    }
}

/* ---- Structs of callers ------------------------------------------------------------------- */

static void structs_may_be_older_or_newer(void **state)
{
    (void)state;
    struct box box;
    struct {
        h2session_batch_config config;
        size_t more;
    } newer;
    struct {
        h2session_batch_event event;
        size_t more;
    } event = {.event = {.size = sizeof event}, .more = 7};
    h2session_batch_config older = batch_defaults();
    older.size = offsetof(h2session_batch_config, event_limit_bytes);
    older.event_limit_bytes = 1;
    assert_int_equal(h2session_batch_config_init(&newer.config, sizeof newer), 0);
    begin(&box, &newer.config);
    end(&box);
    begin(&box, &older);
    assert_int_equal(h2session_batch_next(box.b, &event.event), 0);
    assert_int_equal(event.event.size, sizeof event);
    assert_int_equal(event.more, 0);
    end(&box);
}

static void limits_that_cannot_work_are_refused(void **state)
{
    (void)state;
    struct test_alloc alloc = {0};
    h2session_config session = config_of(H2SESSION_CLIENT, &alloc);
    h2session_batch *b = NULL;
    for (size_t i = 0; i < 5; i++) {
        h2session_batch_config config = batch_defaults();
        config.flags = i == 4 ? 2 : 0;
        config.pause_bytes = i == 0 ? 0 : config.pause_bytes;
        config.body_limit_bytes = i == 1 ? 0 : config.body_limit_bytes;
        config.event_limit_bytes = i == 2 ? config.pause_bytes : config.event_limit_bytes;
        config.size = i == 3 ? 1 : config.size;
        assert_int_equal(h2session_batch_new(&b, &session, &config), H2SESSION_ERR_CONFIG);
        assert_null(b);
    }
    session.max_frame_size = H2FRAME_MAX_MAX_FRAME_SIZE;
    assert_int_equal(h2session_batch_new(&b, &session, NULL), H2SESSION_ERR_CONFIG);
    session.role = 0;
    assert_int_equal(h2session_batch_new(&b, &session, NULL), H2SESSION_ERR_CONFIG);
    assert_int_equal(h2session_batch_new(&b, NULL, NULL), H2SESSION_ERR_CONFIG);
    assert_int_equal(h2session_batch_new(NULL, &session, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(alloc.calls, 0);
}

static void null_is_a_usage_error(void **state)
{
    (void)state;
    h2session_batch_event event = {.size = sizeof event};
    struct box box;
    begin(&box, NULL);
    assert_int_equal(h2session_batch_next(NULL, &event), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_batch_next(box.b, NULL), H2SESSION_ERR_USAGE);
    event.size = 1;
    assert_int_equal(h2session_batch_next(box.b, &event), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_batch_config_init(NULL, 8), H2SESSION_ERR_USAGE);
    assert_null(h2session_batch_session(NULL));
    h2session_batch_clear(NULL);
    h2session_batch_free(NULL);
    end(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_batch_pauses_the_session),
        cmocka_unit_test(events_beyond_the_limit_end_the_session_by_name),
        cmocka_unit_test(a_batch_that_is_never_cleared_does_not_grow_forever),
        cmocka_unit_test(events_stand_until_the_batch_is_cleared),
        cmocka_unit_test(an_idle_batch_holds_no_events),
        cmocka_unit_test(streams_may_be_held_until_their_work_is_done),
        cmocka_unit_test(structs_may_be_older_or_newer),
        cmocka_unit_test(limits_that_cannot_work_are_refused),
        cmocka_unit_test(null_is_a_usage_error),
    };
    return cmocka_run_group_tests_name("session_batch_limits", tests, NULL, NULL);
}
