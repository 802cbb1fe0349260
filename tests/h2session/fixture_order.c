/* SPDX-License-Identifier: MIT */
#include "fixture_order.h"

#include <stdio.h>
#include <string.h>

void order_start(struct order *o)
{
    assert_int_equal(fixture_start(&o->f), 0);
    fixture_greet(&o->f);
    peer_settings(&o->f, H2FRAME_SETTING_INITIAL_WINDOW_SIZE, ORDER_WIDE);
    assert_int_equal(fixture_turn(&o->f), 0);
    fixture_clear(&o->f);
}

void order_begin(struct order *o, uint32_t role)
{
    memset(o, 0, sizeof *o);
    fixture_init(&o->f, role, NULL);
    order_start(o);
}

void order_request(struct order *o, uint32_t i, const char *fields, size_t length)
{
    peer_headers(&o->f, 2 * i + 1, fields, H2FRAME_FLAG_END_STREAM);
    assert_int_equal(fixture_feed(&o->f), 0);
    o->bodies[i] = (struct body){.length = length};
    assert_int_equal(app_respond(&o->f, 2 * i + 1, ":status 200", &o->bodies[i]), 0);
    fixture_clear(&o->f);
}

void order_requests(struct order *o, const char *const *priorities, uint32_t count, size_t length)
{
    order_begin(o, H2SESSION_SERVER);
    for (uint32_t i = 0; i < count; i++) {
        char fields[200];
        (void)snprintf(fields, sizeof fields, "%s%s%s", GET_FIELDS,
                       priorities[i] != NULL ? "|priority " : "",
                       priorities[i] != NULL ? priorities[i] : "");
        order_request(o, i, fields, length);
    }
}

void order_end(struct order *o)
{
    fixture_end(&o->f);
    for (size_t i = 0; i < ORDER_STREAMS; i++) {
        body_free(&o->bodies[i]);
    }
}

static void count_frames(const struct order *o, struct tally *t)
{
    const uint8_t *data = o->f.output.data;
    size_t at = 0;
    while (at + H2FRAME_HEAD_LENGTH <= o->f.output.length) {
        size_t length = (size_t)data[at] << 16 | (size_t)data[at + 1] << 8 | data[at + 2];
        uint32_t id = (uint32_t)data[at + 7] << 8 | data[at + 8];
        if (data[at + 3] == H2FRAME_TYPE_DATA && id / 2 < ORDER_STREAMS) {
            size_t used = strlen(t->turns);
            t->octets[id / 2] += length;
            if (t->last != id && used + 6 < sizeof t->turns) {
                (void)snprintf(t->turns + used, sizeof t->turns - used, "%u ", id);
            }
            t->last = id;
        }
        at += H2FRAME_HEAD_LENGTH + length;
    }
}

struct tally order_octets(struct order *o, size_t octets)
{
    struct tally t = {.last = 0};
    o->f.output.length = 0;
    peer_window(&o->f, 0, (uint32_t)octets);
    assert_int_equal(fixture_turn(&o->f), 0);
    count_frames(o, &t);
    return t;
}

struct tally order_all(struct order *o)
{
    return order_octets(o, ORDER_WIDE);
}

void order_close_window(struct order *o, uint32_t id, const char *fields)
{
    struct body body = {.length = (size_t)h2session_send_window(o->f.s, 0)};
    peer_headers(&o->f, id, fields, H2FRAME_FLAG_END_STREAM);
    assert_int_equal(fixture_feed(&o->f), 0);
    assert_int_equal(app_respond(&o->f, id, ":status 200", &body), 0);
    fixture_drain(&o->f);
    assert_int_equal(h2session_send_window(o->f.s, 0), 0);
    assert_int_equal(body.offset, body.length);
    fixture_clear(&o->f);
}

void order_expect_priority(struct order *o, uint32_t id, uint32_t urgency, uint32_t incremental)
{
    uint32_t u = 0;
    uint32_t i = 0;
    assert_int_equal(h2session_stream_priority(o->f.s, id, &u, &i), 0);
    assert_int_equal(u, urgency);
    assert_int_equal(i, incremental);
}
