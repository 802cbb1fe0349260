/* SPDX-License-Identifier: MIT */
#include "reentrancy_calls.h"

#include <string.h>

static const uint8_t OPAQUE[8] = {1};
static const h2frame_bytes TEXT = {(const uint8_t *)"x", 1};
static const h2frame_bytes ORIGIN = {(const uint8_t *)"https://a.example", 17};

static int call_recv(struct fixture *f, uint32_t id)
{
    size_t consumed = 7;
    (void)id;
    int result = h2session_recv(f->s, OPAQUE, 8, f->now_ns, &consumed);
    assert_int_equal(consumed, 0);
    return result;
}

static int call_recv_eof(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_recv_eof(f->s, f->now_ns);
}

static int call_peek(struct fixture *f, uint32_t id)
{
    h2frame_bytes piece;
    size_t count = 7;
    (void)id;
    return h2session_peek(f->s, &piece, 1, &count);
}

static int call_sent(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_sent(f->s, 0, f->now_ns);
}

static int call_tick(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_tick(f->s, f->now_ns);
}

static int call_trim(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_trim(f->s);
}

static int call_drop_encoder(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_drop_encoder(f->s);
}

static int call_upgrade_client(struct fixture *f, uint32_t id)
{
    hpack_field fields[4];
    const h2session_message m = {
        .size = sizeof m, .fields = fields, .field_count = parse_fields(GET_FIELDS, fields, 4)};
    (void)id;
    return h2session_upgrade_client(f->s, &m);
}

static int call_upgrade_server(struct fixture *f, uint32_t id)
{
    hpack_field fields[4];
    const h2session_message m = {
        .size = sizeof m, .fields = fields, .field_count = parse_fields(GET_FIELDS, fields, 4)};
    (void)id;
    return h2session_upgrade_server(f->s, "", 0, &m);
}

static int call_upgrade_settings(struct fixture *f, uint32_t id)
{
    char text[200];
    size_t length = 0;
    (void)id;
    return h2session_upgrade_settings(f->s, text, sizeof text, &length);
}

static int call_submit_request(struct fixture *f, uint32_t id)
{
    (void)id;
    return app_request(f, GET_FIELDS, NULL, NULL);
}

static int call_submit_response(struct fixture *f, uint32_t id)
{
    return app_respond(f, id, ":status 200", NULL);
}

static int call_submit_push(struct fixture *f, uint32_t id)
{
    return app_push(f, id, GET_FIELDS, NULL);
}

static int call_submit_informational(struct fixture *f, uint32_t id)
{
    return app_inform(f, id, ":status 103");
}

static int call_submit_trailers(struct fixture *f, uint32_t id)
{
    return app_trailers(f, id, "x-sum 1");
}

static int call_submit_reset(struct fixture *f, uint32_t id)
{
    return h2session_submit_reset(f->s, id, H2FRAME_CODE_CANCEL);
}

static int call_submit_ping(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_submit_ping(f->s, OPAQUE);
}

static int call_submit_settings(struct fixture *f, uint32_t id)
{
    const h2frame_setting setting = {H2FRAME_SETTING_INITIAL_WINDOW_SIZE, 70000};
    (void)id;
    return h2session_submit_settings(f->s, &setting, 1);
}

static int call_submit_window_size(struct fixture *f, uint32_t id)
{
    return h2session_submit_window_size(f->s, id, 100000);
}

static int call_set_next_stream_id(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_set_next_stream_id(f->s, f->role == H2SESSION_CLIENT ? 101 : 100);
}

static int call_submit_altsvc(struct fixture *f, uint32_t id)
{
    return h2session_submit_altsvc(f->s, id, id == 0 ? &ORIGIN : NULL, &TEXT);
}

static int call_submit_origin(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_submit_origin(f->s, &ORIGIN, 1);
}

static int call_accept_extension(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_accept_extension(f->s, 0xef);
}

static int call_submit_extension(struct fixture *f, uint32_t id)
{
    const h2frame_frame frame = {.size = sizeof frame, .type = 0xee, .payload = TEXT};
    (void)id;
    return h2session_submit_extension(f->s, &frame);
}

static int call_resume(struct fixture *f, uint32_t id)
{
    return h2session_resume(f->s, id);
}

static int call_consume(struct fixture *f, uint32_t id)
{
    return h2session_consume(f->s, id, 1);
}

static int call_set_stream_slow(struct fixture *f, uint32_t id)
{
    return h2session_set_stream_slow(f->s, id, 1);
}

static int call_handler_done(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_handler_done(f->s);
}

static int call_charge(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_charge(f->s, 10);
}

static int call_release(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_release(f->s, 0);
}

static int call_shutdown(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_shutdown(f->s);
}

static int call_submit_goaway(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_submit_goaway(f->s, 0, H2FRAME_CODE_NO_ERROR, &TEXT);
}

static int call_terminate(struct fixture *f, uint32_t id)
{
    (void)id;
    return h2session_terminate(f->s, H2FRAME_CODE_NO_ERROR);
}

static int call_set_stream_priority(struct fixture *f, uint32_t id)
{
    return h2session_set_stream_priority(f->s, id, 1, 1);
}

static int call_submit_priority(struct fixture *f, uint32_t id)
{
    return h2session_submit_priority(f->s, id, id + 2, 16, 1);
}

static int call_submit_priority_update(struct fixture *f, uint32_t id)
{
    return h2session_submit_priority_update(f->s, id, (const uint8_t *)"u=1", 3);
}

static int call_set_stream_user(struct fixture *f, uint32_t id)
{
    return h2session_set_stream_user(f->s, id, f);
}

static int call_free(struct fixture *f, uint32_t id)
{
    (void)id;
    f->freed = 1;
    h2session_free(f->s);
    h2session_free(f->s);
    return 0;
}

/* All that only look, in one call. */
static int call_getters(struct fixture *f, uint32_t id)
{
    h2session_fault_event fault = {.size = sizeof fault};
    h2session_memory_info memory = {.size = sizeof memory};
    h2session_stats_info stats = {.size = sizeof stats};
    h2session_limit_info limit = {.size = sizeof limit};
    uint32_t urgency = 9;
    uint32_t incremental = 9;
    const h2session *s = f->s;
    (void)h2session_wants(s);
    (void)h2session_deadline_ns(s);
    (void)h2session_remote_setting(s, H2FRAME_SETTING_MAX_FRAME_SIZE);
    (void)h2session_local_setting(s, H2FRAME_SETTING_MAX_FRAME_SIZE);
    (void)h2session_stream_state(s, id);
    (void)h2session_output_octets(s);
    (void)h2session_output_frames(s);
    (void)h2session_stream_room(s);
    (void)h2session_stream_count(s);
    (void)h2session_last_peer_stream_id(s);
    (void)h2session_goaway_sent_id(s);
    (void)h2session_goaway_received_id(s);
    (void)h2session_send_window(s, id);
    (void)h2session_recv_window(s, id);
    (void)h2session_window_size(s, id);
    (void)h2session_next_stream_id(s);
    (void)h2session_stream_user(s, id);
    (void)h2session_rule_count(s, H2SESSION_REASON_PATH);
    (void)h2session_stream_priority(s, id, &urgency, &incremental);
    assert_int_equal(h2session_role(s), f->role);
    (void)h2session_encoder(s);
    (void)h2session_decoder(s);
    assert_int_equal(h2session_memory(s, &memory), 0);
    assert_int_equal(h2session_stats(s, &stats), 0);
    assert_int_equal(h2session_limit(s, H2SESSION_REASON_LIMIT_RESETS, &limit), 0);
    return h2session_last_fault(s, &fault);
}

struct reentrancy_call reentrancy_calls[] = {
    {"recv", call_recv, CALL_REFUSED, 0, 0},
    {"recv_eof", call_recv_eof, CALL_REFUSED, 0, 0},
    {"peek", call_peek, CALL_REFUSED, 0, 0},
    {"sent", call_sent, CALL_REFUSED, 0, 0},
    {"tick", call_tick, CALL_REFUSED, 0, 0},
    {"trim", call_trim, CALL_REFUSED, 0, 0},
    {"drop_encoder", call_drop_encoder, CALL_REFUSED, 0, 0},
    {"upgrade_client", call_upgrade_client, CALL_ALLOWED, 0, 0}, /* too late in any callback */
    {"upgrade_server", call_upgrade_server, CALL_ALLOWED, 0, 0},
    {"upgrade_settings", call_upgrade_settings, CALL_ALLOWED, 0, 0},
    {"submit_request", call_submit_request, CALL_ALLOWED, 1, 0},
    {"submit_response", call_submit_response, CALL_ALLOWED, 2, 0},
    {"submit_push", call_submit_push, CALL_ALLOWED, 2, 0},
    {"submit_informational", call_submit_informational, CALL_ALLOWED, 2, 0},
    {"submit_trailers", call_submit_trailers, CALL_ALLOWED, 3, 0},
    {"submit_reset", call_submit_reset, CALL_ALLOWED, 3, 0},
    {"submit_ping", call_submit_ping, CALL_ALLOWED, 3, 0},
    {"submit_settings", call_submit_settings, CALL_ALLOWED, 3, 0},
    {"submit_window_size", call_submit_window_size, CALL_ALLOWED, 3, 0},
    {"set_next_stream_id", call_set_next_stream_id, CALL_ALLOWED, 3, 0},
    {"submit_altsvc", call_submit_altsvc, CALL_ALLOWED, 2, 0},
    {"submit_origin", call_submit_origin, CALL_ALLOWED, 2, 0},
    {"accept_extension", call_accept_extension, CALL_ALLOWED, 3, 0},
    {"submit_extension", call_submit_extension, CALL_ALLOWED, 3, 0},
    {"resume", call_resume, CALL_ALLOWED, 3, 0},
    {"consume", call_consume, CALL_ALLOWED, 3, 0},
    {"set_stream_slow", call_set_stream_slow, CALL_ALLOWED, 3, 0},
    {"handler_done", call_handler_done, CALL_ALLOWED, 0, 0}, /* none runs */
    {"charge", call_charge, CALL_ALLOWED, 3, 0},
    {"release", call_release, CALL_ALLOWED, 3, 0},
    {"shutdown", call_shutdown, CALL_ALLOWED, 3, 0},
    {"submit_goaway", call_submit_goaway, CALL_ALLOWED, 3, 0},
    {"terminate", call_terminate, CALL_ALLOWED, 3, 0},
    {"set_stream_priority", call_set_stream_priority, CALL_ALLOWED, 2, 0},
    {"submit_priority", call_submit_priority, CALL_ALLOWED, 1, 0},
    {"submit_priority_update", call_submit_priority_update, CALL_ALLOWED, 1, 0},
    {"set_stream_user", call_set_stream_user, CALL_ALLOWED, 3, 0},
    {"free", call_free, CALL_ALLOWED, 3, 0},
    {"getters", call_getters, CALL_ALLOWED, 3, 0},
    {NULL, NULL, 0, 0, 0},
};
