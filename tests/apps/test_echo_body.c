/* SPDX-License-Identifier: MIT */
/* The echo of uploads without a session, so that nothing here gives credit back; a whole server does
 * that in server_test.py. */
#include <stdlib.h>
#include <string.h>

#include "echo_body.h"
#include "support.h"

static int read_some(struct echo_body *body, h2session *session, uint8_t *buffer, size_t capacity,
                     h2session_read_event *event)
{
    memset(event, 0, sizeof *event);
    event->size = sizeof *event;
    event->buffer = buffer;
    event->capacity = capacity;
    return echo_body_read(session, event, body);
}

static void nothing_to_read_defers(void **state)
{
    (void)state;
    struct echo_body body = {0};
    h2session_read_event event;
    uint8_t buffer[4];
    assert_int_equal(read_some(&body, NULL, buffer, sizeof buffer, &event), H2SESSION_DEFER);
    assert_int_equal(body.deferred, 1);
}

static void complete_and_empty_is_the_end(void **state)
{
    (void)state;
    struct echo_body body = {.complete = 1};
    h2session_read_event event;
    uint8_t buffer[4];
    assert_int_equal(read_some(&body, NULL, buffer, sizeof buffer, &event), 0);
    assert_int_equal(event.length, 0);
    assert_int_equal(event.flags, H2SESSION_BODY_END);
}

/* Octets come and go in random amounts; nothing is lost or changed, and memory is at most twice
 * what has waited at a time. */
static void waiting_octets_keep_their_order_and_little_room(void **state)
{
    (void)state;
    struct echo_body body = {0};
    uint32_t seed = 11;
    uint8_t next_in = 0;
    uint8_t next_out = 0;
    size_t most = 4096;
    for (int round = 0; round < 5000; round++) {
        uint8_t block[3000];
        const size_t length = test_rand(&seed) % sizeof block;
        for (size_t i = 0; i < length; i++) {
            block[i] = next_in++;
        }
        assert_int_equal(echo_body_add(&body, block, length), 0);
        if (body.end - body.start > most) {
            most = body.end - body.start;
        }
        assert_true(body.capacity <= 2 * most);
        /* As the source takes them. */
        size_t taken = test_rand(&seed) % 3400;
        if (taken > body.end - body.start) {
            taken = body.end - body.start;
        }
        for (size_t i = 0; i < taken; i++) {
            assert_int_equal(body.data[body.start + i], next_out++);
        }
        body.start += taken;
        if (body.start == body.end) {
            echo_body_clear(&body);
            assert_null(body.data);
            most = 4096;
        }
    }
    echo_body_clear(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_read_defers),
        cmocka_unit_test(complete_and_empty_is_the_end),
        cmocka_unit_test(waiting_octets_keep_their_order_and_little_room),
    };
    return cmocka_run_group_tests_name("echo_body", tests, NULL, NULL);
}
