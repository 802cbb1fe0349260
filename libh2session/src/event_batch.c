/* SPDX-License-Identifier: MIT */
/*
 * Life of a batch, its callbacks, and pulling.
 */
#include <stdalign.h>
#include <string.h>

#include "batch.h"
#include "config.h"
#include "field_copy.h"
#include "import.h"

/* What stands in the store: the event as it is pulled, its struct, and what that points to. */
struct record {
    h2session_batch_event event;
    max_align_t content[];
};

_Static_assert(sizeof(h2session_batch_event) ==
                   sizeof(size_t) + 2 * sizeof(uint32_t) + sizeof(void *),
               "event has padding");
_Static_assert(sizeof(h2session_batch_config) == 4 * sizeof(size_t) + 2 * sizeof(uint32_t),
               "config has padding");

/* What the accounts of a store may be above its records. */
enum { EVENT_SLACK = 4096 };

/* ---- Callbacks ---------------------------------------------------------------------------- */

static size_t aligned(size_t size)
{
    return (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
}

/* Where what an event struct of that size points to is copied. */
static void *behind(void *copy, size_t size)
{
    return (uint8_t *)copy + aligned(size);
}

static void *fail(h2session_batch *b, int code)
{
    b->failed = b->failed != 0 ? b->failed : code;
    return NULL;
}

/* Keeps an event: a copy of its struct, to which the result points, and room for `extra` octets
 * behind it. NULL when it cannot be kept: the callback returns ABORT then. */
static void *keep(h2session_batch *b, const h2session_batch_event *event, size_t size, size_t extra)
{
    size_t whole = sizeof(struct record) + aligned(size) + extra;
    size_t limit = b->config.event_limit_bytes - EVENT_SLACK;
    if (b->failed != 0 || whole > limit || b->events.bytes > limit - whole) {
        return fail(b, H2SESSION_ERR_LIMIT);
    }
    struct record *record = h2session__event_store_add(&b->events, whole);
    if (record == NULL) {
        return fail(b, H2SESSION_ERR_NOMEM);
    }
    record->event = *event;
    if (size > 0) {
        memcpy(record->content, event->as.any, size);
        record->event.as.any = record->content;
    }
    return record->content;
}

/* What a callback returns after its event was kept; where PAUSE means nothing it counts as 0. */
static int kept(const h2session_batch *b)
{
    return b->events.bytes >= b->config.pause_bytes ? H2SESSION_PAUSE : 0;
}

int h2session__batch_keep(h2session_batch *b, const h2session_batch_event *event, size_t size)
{
    return keep(b, event, size, 0) != NULL ? kept(b) : H2SESSION_ABORT;
}

/* The octets' new place, NULL when there are none. */
static const uint8_t *copy_octets(void *to, const uint8_t *data, size_t length)
{
    return length > 0 ? memcpy(to, data, length) : NULL;
}

static int on_headers(h2session *s, const h2session_headers_event *event, void *user)
{
    (void)s;
    h2session_batch *b = user;
    const h2session_batch_event out = {
        .kind = H2SESSION_EVENT_HEADERS, .stream_id = event->stream_id, .as.headers = event};
    h2session_headers_event *copy =
        keep(b, &out, sizeof *event, h2session__field_copy_size(event->fields, event->field_count));
    if (copy == NULL) {
        return H2SESSION_ABORT;
    }
    hpack_field *fields = behind(copy, sizeof *event);
    h2session__field_copy_write(fields, event->fields, event->field_count);
    copy->fields = fields;
    return kept(b);
}

static int on_data(h2session *s, const h2session_data_event *event, void *user)
{
    (void)s;
    h2session_batch *b = user;
    const h2session_batch_event out = {
        .kind = H2SESSION_EVENT_DATA, .stream_id = event->stream_id, .as.data = event};
    h2session_data_event *copy = keep(b, &out, sizeof *event, event->length);
    if (copy == NULL) {
        return H2SESSION_ABORT;
    }
    copy->data = copy_octets(behind(copy, sizeof *event), event->data, event->length);
    return kept(b);
}

static int on_stream_end(h2session *s, const h2session_stream_end_event *event, void *user)
{
    (void)s;
    const h2session_batch_event out = {
        .kind = H2SESSION_EVENT_STREAM_END, .stream_id = event->stream_id, .as.stream_end = event};
    return h2session__batch_keep(user, &out, sizeof *event);
}

/* A stream that the peer opened at a server. */
static int is_request(const h2session *s, uint32_t stream_id)
{
    return h2session_role(s) == H2SESSION_SERVER && stream_id % 2 == 1;
}

static int on_stream_closed(h2session *s, const h2session_stream_closed_event *event, void *user)
{
    h2session_batch *b = user;
    const h2session_batch_event out = {.kind = H2SESSION_EVENT_STREAM_CLOSED,
                                       .stream_id = event->stream_id,
                                       .as.stream_closed = event};
    h2session__batch_bodies_remove(b, event->stream_id);
    if (b->closing) {
        return 0;
    }
    int result = h2session__batch_keep(b, &out, sizeof *event);
    int hold = (b->config.flags & H2SESSION_BATCH_HOLD_STREAMS) && is_request(s, event->stream_id);
    return hold && result != H2SESSION_ABORT ? H2SESSION_STILL_RUNNING : result;
}

static int on_settings(h2session *s, const h2session_settings_event *event, void *user)
{
    (void)s;
    h2session_batch *b = user;
    const h2session_batch_event out = {.kind = H2SESSION_EVENT_SETTINGS, .as.settings = event};
    size_t extra = event->settings_count * sizeof *event->settings;
    h2session_settings_event *copy = keep(b, &out, sizeof *event, extra);
    if (copy == NULL) {
        return H2SESSION_ABORT;
    }
    copy->settings = extra > 0 ? memcpy(behind(copy, sizeof *event), event->settings, extra) : NULL;
    return kept(b);
}

static int on_ping(h2session *s, const h2session_ping_event *event, void *user)
{
    (void)s;
    const h2session_batch_event out = {.kind = H2SESSION_EVENT_PING, .as.ping = event};
    return h2session__batch_keep(user, &out, sizeof *event);
}

static int on_goaway(h2session *s, const h2session_goaway_event *event, void *user)
{
    (void)s;
    h2session_batch *b = user;
    const h2session_batch_event out = {.kind = H2SESSION_EVENT_GOAWAY, .as.goaway = event};
    const h2frame_bytes *debug = &event->debug_data;
    h2session_goaway_event *copy = keep(b, &out, sizeof *event, debug->length);
    if (copy == NULL) {
        return H2SESSION_ABORT;
    }
    copy->debug_data.data = copy_octets(behind(copy, sizeof *event), debug->data, debug->length);
    return kept(b);
}

static int on_fault(h2session *s, const h2session_fault_event *event, void *user)
{
    (void)s;
    const h2session_batch_event out = {
        .kind = H2SESSION_EVENT_FAULT, .stream_id = event->stream_id, .as.fault = event};
    return h2session__batch_keep(user, &out, sizeof *event);
}

static int on_altsvc(h2session *s, const h2session_altsvc_event *event, void *user)
{
    (void)s;
    h2session_batch *b = user;
    const h2session_batch_event out = {
        .kind = H2SESSION_EVENT_ALTSVC, .stream_id = event->stream_id, .as.altsvc = event};
    const h2frame_bytes *origin = &event->origin;
    const h2frame_bytes *value = &event->value;
    h2session_altsvc_event *copy = keep(b, &out, sizeof *event, origin->length + value->length);
    if (copy == NULL) {
        return H2SESSION_ABORT;
    }
    uint8_t *octets = behind(copy, sizeof *event);
    copy->origin.data = copy_octets(octets, origin->data, origin->length);
    copy->value.data = copy_octets(octets + origin->length, value->data, value->length);
    return kept(b);
}

static int on_origin(h2session *s, const h2session_origin_event *event, void *user)
{
    (void)s;
    h2session_batch *b = user;
    const h2session_batch_event out = {.kind = H2SESSION_EVENT_ORIGIN, .as.origin = event};
    size_t extra = event->origin_count * sizeof *event->origins;
    for (size_t i = 0; i < event->origin_count; i++) {
        extra += event->origins[i].length;
    }
    h2session_origin_event *copy = keep(b, &out, sizeof *event, extra);
    if (copy == NULL) {
        return H2SESSION_ABORT;
    }
    h2frame_bytes *origins = behind(copy, sizeof *event);
    uint8_t *octets = (uint8_t *)(origins + event->origin_count);
    for (size_t i = 0; i < event->origin_count; i++) {
        const h2frame_bytes *from = &event->origins[i];
        origins[i].data = copy_octets(octets, from->data, from->length);
        origins[i].length = from->length;
        octets += from->length;
    }
    copy->origins = event->origin_count > 0 ? origins : NULL;
    return kept(b);
}

static int on_priority_update(h2session *s, const h2session_priority_update_event *event,
                              void *user)
{
    (void)s;
    h2session_batch *b = user;
    const h2session_batch_event out = {.kind = H2SESSION_EVENT_PRIORITY_UPDATE,
                                       .stream_id = event->stream_id,
                                       .as.priority_update = event};
    h2session_priority_update_event *copy = keep(b, &out, sizeof *event, event->value.length);
    if (copy == NULL) {
        return H2SESSION_ABORT;
    }
    copy->value.data =
        copy_octets(behind(copy, sizeof *event), event->value.data, event->value.length);
    return kept(b);
}

static int on_extension(h2session *s, const h2session_extension_event *event, void *user)
{
    (void)s;
    h2session_batch *b = user;
    const h2session_batch_event out = {
        .kind = H2SESSION_EVENT_EXTENSION, .stream_id = event->stream_id, .as.extension = event};
    const h2frame_bytes *payload = &event->payload;
    h2session_extension_event *copy = keep(b, &out, sizeof *event, payload->length);
    if (copy == NULL) {
        return H2SESSION_ABORT;
    }
    copy->payload.data = copy_octets(behind(copy, sizeof *event), payload->data, payload->length);
    return kept(b);
}

static const h2session_callbacks CALLBACKS = {
    .size = sizeof CALLBACKS,
    .on_headers = on_headers,
    .on_data = on_data,
    .on_stream_end = on_stream_end,
    .on_stream_closed = on_stream_closed,
    .on_settings = on_settings,
    .on_ping = on_ping,
    .on_goaway = on_goaway,
    .on_fault = on_fault,
    .on_altsvc = on_altsvc,
    .on_origin = on_origin,
    .on_priority_update = on_priority_update,
    .on_extension = on_extension,
};

/* ---- Life --------------------------------------------------------------------------------- */

int h2session_batch_config_init(h2session_batch_config *config, size_t size)
{
    if (config == NULL || size < sizeof config->size) {
        return H2SESSION_ERR_USAGE;
    }
    const h2session_batch_config defaults = {
        .size = size,
        .pause_bytes = 262144,
        .event_limit_bytes = 4194304,
        .body_limit_bytes = 1048576,
    };
    memset(config, 0, size);
    memcpy(config, &defaults, size < sizeof defaults ? size : sizeof defaults);
    return 0;
}

/* The largest single event must fit behind what makes recv pause. */
static int batch_config_is_valid(const h2session_batch_config *c, const h2session_config *session)
{
    size_t largest = (size_t)session->max_frame_size + session->max_header_list_size +
                     session->extension_limit_bytes + EVENT_SLACK;
    return (c->flags & ~(uint32_t)H2SESSION_BATCH_HOLD_STREAMS) == 0 && c->reserved == 0 &&
           c->pause_bytes > 0 && c->body_limit_bytes > 0 && c->event_limit_bytes >= largest &&
           c->pause_bytes <= c->event_limit_bytes - largest;
}

static int import_config(h2session_batch_config *out, const h2session_batch_config *in,
                         const h2session_config *session)
{
    if (h2session_batch_config_init(out, sizeof *out) != 0) {
        return H2SESSION_ERR_INTERNAL;
    }
    if (in != NULL &&
        (in->size < sizeof in->size || import_struct(out, sizeof *out, in, in->size) != 0)) {
        return H2SESSION_ERR_CONFIG;
    }
    return batch_config_is_valid(out, session) ? 0 : H2SESSION_ERR_CONFIG;
}

int h2session_batch_new(h2session_batch **out, const h2session_config *config,
                        const h2session_batch_config *batch_config)
{
    if (out == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    *out = NULL;
    h2session_config session;
    h2session_batch_config own;
    int result = h2session__config_import(&session, config);
    result = result != 0 ? result : import_config(&own, batch_config, &session);
    if (result != 0) {
        return result;
    }
    struct memory memory;
    h2session__memory_init(&memory, session.resize, session.resize_ctx);
    h2session_batch *b = h2session__memory_zero(&memory, sizeof *b);
    if (b == NULL) {
        return H2SESSION_ERR_NOMEM;
    }
    b->memory = memory;
    b->config = own;
    h2session__event_store_init(&b->events, &b->memory);
    result = h2session_new(&b->session, &session, &CALLBACKS, b);
    if (result != 0) {
        h2session__memory_free(&memory, b, sizeof *b);
        return result;
    }
    *out = b;
    return 0;
}

void h2session_batch_free(h2session_batch *b)
{
    if (b == NULL) {
        return;
    }
    b->closing = 1;
    h2session_free(b->session); /* closes every stream, which frees the bodies */
    h2session__event_store_free(&b->events);
    struct memory memory = b->memory;
    h2session__memory_free(&memory, b, sizeof *b);
}

h2session *h2session_batch_session(const h2session_batch *b)
{
    return b != NULL ? b->session : NULL;
}

/* ---- Pulling ------------------------------------------------------------------------------ */

int h2session_batch_next(h2session_batch *b, h2session_batch_event *event)
{
    if (b == NULL || event == NULL || event->size < offsetof(h2session_batch_event, as)) {
        return H2SESSION_ERR_USAGE;
    }
    size_t size = event->size;
    h2session_batch_event out = {.kind = H2SESSION_EVENT_NONE};
    const struct record *record = h2session__event_store_next(&b->events);
    if (record != NULL) {
        out = record->event;
    }
    memset(event, 0, size);
    memcpy(event, &out, size < sizeof out ? size : sizeof out);
    event->size = size;
    return record != NULL ? 0 : b->failed;
}

void h2session_batch_clear(h2session_batch *b)
{
    if (b != NULL) {
        h2session__event_store_clear(&b->events);
    }
}
