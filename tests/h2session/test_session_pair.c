/* SPDX-License-Identifier: MIT */
/* A client and a server session wired together, octets cut at random: 100 streams at once, bodies
 * both ways, every stream closed once on each side. */
#include "fixture.h"

#include <string.h>

enum { STREAMS = 100, LARGE = 10 * 1024 * 1024 };

struct pair {
    struct fixture client;
    struct fixture server;
    struct body requests[STREAMS];
    struct body responses[STREAMS];
    uint32_t random;
};

static int answer_request(struct fixture *f, const char *event, uint32_t stream_id)
{
    struct pair *p = f->hook_data;
    if (strcmp(event, "request") == 0) {
        struct body *body = &p->responses[stream_id / 2 % STREAMS];
        int result = app_respond(f, stream_id, ":status 200|server pair", body);
        assert_true(result == 0 || result == H2SESSION_ERR_NOMEM);
    }
    return 0;
}

static int begin_with(struct pair *p, struct test_alloc *alloc, uint32_t enable_push)
{
    p->random = 12345;
    fixture_init(&p->client, H2SESSION_CLIENT, alloc);
    p->client.config.enable_push = enable_push;
    fixture_init(&p->server, H2SESSION_SERVER, alloc);
    p->server.hook = answer_request;
    p->server.hook_data = p;
    int result = fixture_start(&p->client);
    return result != 0 ? result : fixture_start(&p->server);
}

static int begin(struct pair *p, struct test_alloc *alloc)
{
    return begin_with(p, alloc, 0);
}

/* Moves at most what one peek lends, in fragments; returns how many octets. */
static size_t move(struct pair *p, struct fixture *from, struct fixture *to, uint32_t most)
{
    h2frame_bytes pieces[3];
    size_t count = 0;
    size_t sent = 0;
    int peeked = h2session_peek(from->s, pieces, 3, &count);
    from->saw_nomem |= peeked == H2SESSION_ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < pieces[i].length;) {
            size_t n = 1 + test_rand(&p->random) % most;
            size_t consumed = 0;
            n = n < pieces[i].length - at ? n : pieces[i].length - at;
            int result = h2session_recv(to->s, pieces[i].data + at, n, 1, &consumed);
            to->saw_nomem |= result == H2SESSION_ERR_NOMEM;
            at += consumed;
            sent += consumed;
        }
    }
    assert_int_equal(h2session_sent(from->s, sent, 1), 0);
    from->log.length = 0;
    to->log.length = 0;
    return sent;
}

static void exchange(struct pair *p, uint32_t most)
{
    size_t moved;
    do {
        moved = move(p, &p->client, &p->server, most);
        moved += move(p, &p->server, &p->client, most);
    } while (moved > 0);
}

static void end(struct pair *p)
{
    for (size_t i = 0; i < STREAMS; i++) {
        body_free(&p->requests[i]);
        body_free(&p->responses[i]);
    }
    p->client.alloc = NULL; /* shared with the server when a test gave one */
    fixture_end(&p->client);
    fixture_end(&p->server);
}

static void hundred_streams_with_bodies_both_ways(void **state)
{
    (void)state;
    static const uint32_t mosts[] = {1, 17, 1500, 100000};
    for (size_t round = 0; round < 4; round++) {
        static struct pair p;
        size_t total = 0;
        memset(&p, 0, sizeof p);
        assert_int_equal(begin(&p, NULL), 0);
        for (size_t i = 0; i < STREAMS; i++) {
            size_t length = i * i % 1501;
            p.requests[i] = (struct body){.length = length, .lend = i % 3 == 0, .chunk = 700};
            p.responses[i] = (struct body){.length = length * 3, .lend = i % 2, .late = i % 5 == 0};
            total += length;
            assert_int_equal(app_request(&p.client, POST_FIELDS, &p.requests[i], NULL), 0);
        }
        exchange(&p, mosts[round]);
        assert_int_equal(p.server.data_total, total);
        assert_int_equal(p.client.data_total, total * 3);
        assert_int_equal(p.client.closed, STREAMS);
        assert_int_equal(p.server.closed, STREAMS);
        assert_int_equal(h2session_shutdown(p.server.s), 0);
        exchange(&p, mosts[round]);
        assert_int_equal(h2session_wants(p.server.s), H2SESSION_WANT_CLOSE);
        assert_int_equal(h2session_wants(p.client.s), H2SESSION_WANT_CLOSE);
        end(&p);
    }
}

static void large_bodies_pass_both_ways(void **state)
{
    (void)state;
    for (uint32_t lend = 0; lend <= 1; lend++) {
        static struct pair p;
        memset(&p, 0, sizeof p);
        assert_int_equal(begin(&p, NULL), 0);
        p.requests[0] = (struct body){.length = LARGE, .lend = lend};
        p.responses[0] = (struct body){.length = LARGE, .lend = lend};
        assert_int_equal(app_request(&p.client, POST_FIELDS, &p.requests[0], NULL), 0);
        exchange(&p, 65536);
        assert_int_equal(p.server.data_total, LARGE);
        assert_int_equal(p.client.data_total, LARGE);
        assert_true(p.server.own_alloc.peak_bytes < 400000);
        end(&p);
    }
}

#define STYLE ":method GET|:scheme https|:authority a.example|:path /style"

/* Three promises with every request, each answered at once and longer than a window. */
static int push_three(struct fixture *f, const char *event, uint32_t stream_id)
{
    struct pair *p = f->hook_data;
    if (strcmp(event, "request") != 0) {
        return 0;
    }
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t promised = 0;
        int result = app_push(f, stream_id, STYLE, &promised);
        if (result == 0) {
            result = app_respond(f, promised, ":status 200", &p->requests[promised / 2 % STREAMS]);
        }
        assert_true(result == 0 || result == H2SESSION_ERR_NOMEM);
    }
    return answer_request(f, event, stream_id);
}

static int begin_pushing(struct pair *p, struct test_alloc *alloc, size_t length)
{
    memset(p, 0, sizeof *p);
    int result = begin_with(p, alloc, 1);
    p->server.hook = push_three;
    for (size_t i = 0; i < STREAMS; i++) {
        p->requests[i] = (struct body){.length = length, .lend = i % 2};
        p->responses[i] = (struct body){.length = 100};
    }
    return result;
}

static void pushed_bodies_pass(void **state)
{
    (void)state;
    static const uint32_t mosts[] = {1, 1500, 100000};
    for (size_t round = 0; round < 3; round++) {
        static struct pair p;
        enum { REQUESTS = 10, LENGTH = 70000 };
        assert_int_equal(begin_pushing(&p, NULL, LENGTH), 0);
        exchange(&p, mosts[round]);
        assert_int_equal(h2session_remote_setting(p.server.s, H2FRAME_SETTING_ENABLE_PUSH), 1);
        assert_int_equal(
            h2session_remote_setting(p.server.s, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS), 100);
        for (size_t i = 0; i < REQUESTS; i++) {
            assert_int_equal(app_request(&p.client, GET_FIELDS, NULL, NULL), 0);
        }
        exchange(&p, mosts[round]);
        assert_int_equal(p.client.data_total, REQUESTS * (3 * LENGTH + 100));
        assert_int_equal(p.client.opened, REQUESTS * 4);
        assert_int_equal(p.client.closed, REQUESTS * 4);
        assert_int_equal(p.server.closed, REQUESTS * 4);
        assert_int_equal(h2session_stream_count(p.client.s), 0);
        end(&p);
    }
}

static int pushes_failing(struct test_alloc *a, void *arg)
{
    static struct pair p;
    (void)arg;
    int result = begin_pushing(&p, a, 5000);
    if (result == 0) {
        (void)app_request(&p.client, GET_FIELDS, NULL, NULL);
        exchange(&p, 5000);
    }
    int failed = result != 0 || p.client.saw_nomem || p.server.saw_nomem;
    end(&p);
    return failed;
}

static void pushes_survive_every_failing_allocation(void **state)
{
    (void)state;
    test_each_failing_alloc(pushes_failing, NULL);
}

static int exchange_failing(struct test_alloc *a, void *arg)
{
    static struct pair p;
    (void)arg;
    memset(&p, 0, sizeof p);
    int result = begin(&p, a);
    if (result == 0) {
        for (size_t i = 0; i < 4; i++) {
            p.requests[i] = (struct body){.length = 900, .lend = i % 2};
            p.responses[i] = (struct body){.length = 20000, .lend = i % 2};
            (void)app_request(&p.client, POST_FIELDS, &p.requests[i], NULL);
        }
        exchange(&p, 5000);
    }
    int failed = result != 0 || p.client.saw_nomem || p.server.saw_nomem;
    end(&p);
    return failed;
}

static void both_survive_every_failing_allocation(void **state)
{
    (void)state;
    test_each_failing_alloc(exchange_failing, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hundred_streams_with_bodies_both_ways),
        cmocka_unit_test(large_bodies_pass_both_ways),
        cmocka_unit_test(pushed_bodies_pass),
        cmocka_unit_test(pushes_survive_every_failing_allocation),
        cmocka_unit_test(both_survive_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("session_pair", tests, NULL, NULL);
}
