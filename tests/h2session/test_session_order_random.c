/* SPDX-License-Identifier: MIT */
/* Random conversations about priorities, with both schemes: streams come and go, stall and are moved.
 * The session checks itself all the time; in the end every stream that was not reset is complete, so
 * none was forgotten. */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, STREAMS = 60, STEPS = 600, RUNS = 20, BODY_MOST = 60000 };

struct talk {
    struct fixture f;
    struct body bodies[STREAMS];
    uint32_t opened; /* streams 1, 3... so far */
    uint32_t seed;
    uint32_t tree;
};

static uint32_t draw(struct talk *t, uint32_t most)
{
    return test_rand(&t->seed) % most;
}

static void begin(struct talk *t, uint32_t seed, uint32_t tree)
{
    memset(t, 0, sizeof *t);
    t->seed = seed;
    t->tree = tree;
    fixture_init(&t->f, H2SESSION_SERVER, NULL);
    t->f.quiet = 1;
    t->f.config.priority_scheme =
        tree ? H2SESSION_PRIORITIES_RFC7540 : H2SESSION_PRIORITIES_RFC9218;
    t->f.config.glitch_burst = t->f.config.reset_burst = 1000000;
    t->f.config.window_update_free = 0;
    t->f.config.priority_free = 1000000;
    t->f.config.priority_node_limit = 4;
    assert_int_equal(fixture_start(&t->f), 0);
    fixture_greet(&t->f);
}

static uint32_t any_id(struct talk *t)
{
    return 2 * draw(t, t->opened + 2) + 1;
}

static void open_stream(struct talk *t)
{
    static const char *const FIELDS[] = {GET_FIELDS, GET_FIELDS "|priority u=1",
                                         GET_FIELDS "|priority i", GET_FIELDS "|priority u=7, i"};
    uint32_t id = 2 * t->opened + 1;
    uint32_t dependency = any_id(t);
    const h2frame_frame head = {
        .stream_id = id,
        .flags = END | (t->tree && draw(t, 2) ? H2FRAME_FLAG_PRIORITY : 0),
        .dependency = dependency != id ? dependency : 0,
        .weight = draw(t, 256) + 1,
        .exclusive = draw(t, 2),
    };
    peer_headers_like(&t->f, &head, FIELDS[draw(t, 4)]);
    assert_int_equal(fixture_feed(&t->f), 0);
    struct body *body = &t->bodies[t->opened++];
    *body = (struct body){.length = draw(t, BODY_MOST) + 1,
                          .chunk = draw(t, 3) == 0 ? draw(t, 5000) + 1 : 0,
                          .lend = draw(t, 3) == 0,
                          .defer = draw(t, 3)};
    assert_int_equal(app_respond(&t->f, id, ":status 200", body), 0);
}

static void signal_priority(struct talk *t)
{
    static const char *const VALUES[] = {"u=0", "i", "u=5, i", "", "u="};
    uint32_t id = any_id(t);
    uint32_t dependency = any_id(t);
    if (!t->tree) {
        peer_priority_update(&t->f, id, VALUES[draw(t, 5)]);
        return;
    }
    peer_frame(&t->f, &(h2frame_frame){.type = H2FRAME_TYPE_PRIORITY,
                                       .stream_id = id,
                                       .dependency = dependency != id ? dependency : 0,
                                       .weight = draw(t, 256) + 1,
                                       .exclusive = draw(t, 2)});
}

static void step(struct talk *t)
{
    uint32_t id = any_id(t);
    int is_known = id < 2 * t->opened;
    switch (draw(t, 8)) {
    case 0:
        if (t->opened < STREAMS && h2session_stream_count(t->f.s) < 50) {
            open_stream(t);
        }
        break;
    case 1:
    case 2:
        signal_priority(t);
        break;
    case 3:
        if (is_known && draw(t, 8) == 0) {
            peer_reset(&t->f, id, H2FRAME_CODE_CANCEL);
        }
        break;
    case 4:
        (void)!h2session_resume(t->f.s, id);
        break;
    case 5:
        peer_settings(&t->f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, draw(t, 3) * 20000);
        break;
    default:
        peer_window(&t->f, draw(t, 2) && is_known ? id : 0, draw(t, 30000) + 1);
        break;
    }
    assert_int_equal(fixture_feed(&t->f), 0);
    if (draw(t, 2) == 0) {
        fixture_drain(&t->f);
    }
}

static void finish(struct talk *t)
{
    for (uint32_t i = 0; i < t->opened; i++) {
        peer_window(&t->f, 2 * i + 1, 1 << 20);
    }
    peer_window(&t->f, 0, 1 << 24);
    assert_int_equal(fixture_turn(&t->f), 0);
    for (uint32_t round = 0; round < 4; round++) {
        for (uint32_t i = 0; i < t->opened; i++) {
            (void)!h2session_resume(t->f.s, 2 * i + 1);
        }
        fixture_drain(&t->f);
    }
    assert_true(t->opened > STREAMS / 2);
    assert_int_equal(h2session_stream_count(t->f.s), 0);
    assert_int_equal(t->f.closed, t->f.opened);
    fixture_end(&t->f);
    for (uint32_t i = 0; i < STREAMS; i++) {
        body_free(&t->bodies[i]);
    }
}

static void no_stream_is_forgotten(void **state)
{
    (void)state;
    for (uint32_t run = 0; run < RUNS; run++) {
        static struct talk t;
        begin(&t, 7919 * (run + 1), run % 2);
        for (uint32_t i = 0; i < STEPS; i++) {
            step(&t);
        }
        finish(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_stream_is_forgotten),
    };
    return cmocka_run_group_tests_name("session_order_random", tests, NULL, NULL);
}
