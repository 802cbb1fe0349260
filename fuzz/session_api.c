/* SPDX-License-Identifier: MIT */
#include "session_api.h"

#include <string.h>

#include "session_fields.h"

/* ---- Things to pass ---- */

uint32_t api_id(struct api_run *r)
{
    return input_octet(&r->in) % API_IDS;
}

static const hpack_field FIELDS[] = {
    FIELDS_OF_REQUEST("GET", "/"),
    {":status", "200", 7, 3, 0, 0},
    {":status", "103", 7, 3, 0, 0},
    {"x-a", "b", 3, 1, 0, 0},
    {"content-length", "3", 14, 1, 0, 0},
    {":method", "CONNECT", 7, 7, 0, 0},
    {":protocol", "websocket", 9, 9, 0, 0},
    {"x-b", "0123456789012345678901234567890123456789", 3, 40, 0, HPACK_FIELD_NEVER_INDEXED},
    {"priority", "u=1, i", 8, 6, 0, 0},
};

/* A section that is mostly what is wanted: `first` fields from `from`, then any others. */
size_t api_section(struct api_run *r, uint32_t from, uint32_t first, hpack_field out[8])
{
    size_t n = 0;
    uint32_t more = input_octet(&r->in) % 4;
    for (uint32_t i = 0; i < first; i++) {
        out[n++] = FIELDS[from + i];
    }
    for (uint32_t i = 0; i < more; i++) {
        out[n++] = FIELDS[input_below(&r->in, sizeof FIELDS / sizeof FIELDS[0])];
    }
    return n;
}

static h2session_message a_message(struct api_run *r, uint32_t from, uint32_t first,
                                   hpack_field *out)
{
    return (h2session_message){
        .size = sizeof(h2session_message),
        .fields = out,
        .field_count = api_section(r, from, first, out),
        .read = input_octet(&r->in) & 1 ? api_read_body : NULL,
        .read_user = r,
    };
}

/* ---- Calls ---- */

static int call_request(struct api_run *r)
{
    hpack_field fields[8];
    uint32_t id = 0;
    const h2session_message m = a_message(r, 0, 4, fields);
    int result = h2session_submit_request(r->s, &m, &id);
    r->opened += result == 0;
    return result;
}

static int call_push(struct api_run *r)
{
    hpack_field fields[8];
    uint32_t id = 0;
    uint32_t parent = api_id(r);
    h2session_message m = a_message(r, 0, 4, fields);
    m.read = NULL;
    int result = h2session_submit_push(r->s, parent, &m, &id);
    r->opened += result == 0;
    return result;
}

static int call_response(struct api_run *r)
{
    hpack_field fields[8];
    uint32_t id = api_id(r);
    const h2session_message m = a_message(r, 4, 1, fields);
    return h2session_submit_response(r->s, id, &m);
}

static int call_informational(struct api_run *r)
{
    hpack_field fields[8];
    uint32_t id = api_id(r);
    size_t count = api_section(r, 5, 1, fields);
    return h2session_submit_informational(r->s, id, fields, count);
}

static int call_trailers(struct api_run *r)
{
    hpack_field fields[8];
    uint32_t id = api_id(r);
    size_t count = api_section(r, 6, 1, fields);
    return h2session_submit_trailers(r->s, id, fields, count);
}

static int call_reset(struct api_run *r)
{
    uint32_t id = api_id(r);
    return h2session_submit_reset(r->s, id, input_octet(&r->in));
}

static int call_ping(struct api_run *r)
{
    return h2session_submit_ping(r->s, (const uint8_t *)"pingping");
}

static int call_settings(struct api_run *r)
{
    h2frame_setting entries[3];
    size_t count = input_octet(&r->in) % 4;
    for (size_t i = 0; i < count; i++) {
        entries[i].id = input_octet(&r->in) % 10;
        entries[i].value = input_octet(&r->in) << input_octet(&r->in) % 24;
    }
    return h2session_submit_settings(r->s, entries, count);
}

static int call_window_size(struct api_run *r)
{
    uint32_t id = api_id(r);
    return h2session_submit_window_size(r->s, id, input_octet(&r->in) << input_octet(&r->in) % 24);
}

static int call_next_id(struct api_run *r)
{
    return h2session_set_next_stream_id(r->s, api_id(r));
}

static int call_altsvc(struct api_run *r)
{
    const h2frame_bytes origin = {(const uint8_t *)"https://a.example", 17};
    const h2frame_bytes value = {(const uint8_t *)"h2=\":1\"", 7};
    uint32_t id = api_id(r);
    return h2session_submit_altsvc(r->s, id, id == 0 ? &origin : NULL, &value);
}

static int call_origin(struct api_run *r)
{
    const h2frame_bytes origin = {(const uint8_t *)"https://a.example", 17};
    return h2session_submit_origin(r->s, &origin, input_octet(&r->in) % 2);
}

static int call_accept(struct api_run *r)
{
    return h2session_accept_extension(r->s, 0xe0 + input_octet(&r->in) % 32);
}

static int call_extension(struct api_run *r)
{
    const h2frame_frame frame = {.size = sizeof frame,
                                 .type = 0xe0 + input_octet(&r->in) % 32,
                                 .stream_id = api_id(r),
                                 .payload = {(const uint8_t *)"payload", 7}};
    return h2session_submit_extension(r->s, &frame);
}

static int call_resume(struct api_run *r)
{
    return h2session_resume(r->s, api_id(r));
}

static int call_consume(struct api_run *r)
{
    uint32_t id = api_id(r);
    return h2session_consume(r->s, id, input_octet(&r->in));
}

static int call_handler_done(struct api_run *r)
{
    int result = h2session_handler_done(r->s);
    if ((result == 0) != (r->running > 0)) {
        api_stop("handlers are miscounted", result);
    }
    r->running -= result == 0;
    return result;
}

static int call_charge(struct api_run *r)
{
    return h2session_charge(r->s, input_octet(&r->in));
}

static int call_release(struct api_run *r)
{
    return h2session_release(r->s, input_octet(&r->in));
}

static int call_shutdown(struct api_run *r)
{
    return h2session_shutdown(r->s);
}

static int call_goaway(struct api_run *r)
{
    uint32_t last = api_id(r);
    return h2session_submit_goaway(r->s, last, input_octet(&r->in), NULL);
}

static int call_terminate(struct api_run *r)
{
    return h2session_terminate(r->s, input_octet(&r->in));
}

static int call_priority(struct api_run *r)
{
    uint32_t id = api_id(r);
    return h2session_set_stream_priority(r->s, id, input_octet(&r->in) % 10, input_octet(&r->in));
}

static int call_priority_update(struct api_run *r)
{
    uint32_t id = api_id(r);
    return h2session_submit_priority_update(r->s, id, (const uint8_t *)"u=1, i",
                                            input_octet(&r->in) % 7);
}

static int call_slow(struct api_run *r)
{
    uint32_t id = api_id(r);
    return h2session_set_stream_slow(r->s, id, input_octet(&r->in) & 1);
}

static int call_user(struct api_run *r)
{
    uint32_t id = api_id(r);
    int result = h2session_set_stream_user(r->s, id, r);
    if (result == 0 && h2session_stream_user(r->s, id) != r) {
        api_stop("the pointer of a stream is lost", 0);
    }
    return result;
}

static int call_getters(struct api_run *r)
{
    uint32_t id = api_id(r);
    uint32_t urgency = 0;
    uint32_t incremental = 0;
    h2session_memory_info memory = {.size = sizeof memory};
    (void)h2session_stream_state(r->s, id);
    (void)h2session_send_window(r->s, id);
    (void)h2session_recv_window(r->s, id);
    (void)h2session_window_size(r->s, id);
    (void)h2session_stream_priority(r->s, id, &urgency, &incremental);
    (void)h2session_stream_room(r->s);
    (void)h2session_output_octets(r->s);
    (void)h2session_output_frames(r->s);
    (void)h2session_deadline_ns(r->s);
    (void)h2session_remote_setting(r->s, id);
    (void)h2session_local_setting(r->s, id);
    return h2session_memory(r->s, &memory);
}

int (*const API_CALLS[])(struct api_run *r) = {
    call_request,       call_response,        call_push,
    call_informational, call_trailers,        call_reset,
    call_ping,          call_settings,        call_window_size,
    call_next_id,       call_altsvc,          call_origin,
    call_accept,        call_extension,       call_resume,
    call_consume,       call_handler_done,    call_charge,
    call_release,       call_shutdown,        call_goaway,
    call_priority,      call_priority_update, call_slow,
    call_user,          call_getters,         call_request,
    call_response,      call_terminate,
};

_Static_assert(sizeof API_CALLS / sizeof API_CALLS[0] == API_CALL_COUNT, "counted in the header");
