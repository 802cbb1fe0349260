/* SPDX-License-Identifier: MIT */
/*
 * The way from HTTP/1.1 over "Upgrade: h2c" (RFC 7540 3.2; RFC 9113 dropped it, peers still use
 * it). The request that asked for it becomes stream 1, half closed on the client's side; the
 * SETTINGS of the client come in a field of that request, and the 101 response acknowledges them.
 * Both prefaces are sent all the same. What cannot be used changes nothing: the server then
 * answers in HTTP/1.1.
 */
#include <string.h>

#include "base64url.h"
#include "http_content.h"
#include "session.h"

enum { SETTING = 6, FIRST_ID = 1 };

static int check_fresh(const h2session *s, uint32_t role)
{
    if (s == NULL || s->config.role != role || s->settings.remote_seen || s->last_peer_id != 0 ||
        s->shutdown != SHUTDOWN_NONE || s->eof ||
        (role == H2SESSION_CLIENT && s->next_stream_id != FIRST_ID)) {
        return H2SESSION_ERR_USAGE;
    }
    return h2session__submit_allowed(s);
}

/* The request of stream 1, which is of a message and not of a tunnel. */
static int check_request(h2session *s, const h2session_message *own, struct http_request *request)
{
    if (own == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    struct verdict v = h2session__http_rules_request(own->fields, own->field_count, 0, request);
    if (v.scope != VERDICT_OK) {
        return h2session__submit_refuse(s, v, H2SESSION_ERR_FIELD);
    }
    return own->read != NULL || request->method == HTTP_METHOD_CONNECT ? H2SESSION_ERR_USAGE : 0;
}

static struct stream *open_stream(h2session *s, const h2session_message *message, uint32_t method,
                                  uint32_t flags)
{
    struct stream *st = h2session__streams_open(s, FIRST_ID, flags | STREAM_ANNOUNCED);
    if (st != NULL) {
        h2session__limits_accepted(&s->limits);
        st->user = message->stream_user;
        st->method = (uint8_t)method;
        h2session__in_priority_request(s, st, message->fields, message->field_count);
    }
    return st;
}

/* ---- Client ---- */

static void put_setting(uint8_t *to, const h2frame_setting *entry)
{
    to[0] = (uint8_t)(entry->id >> 8);
    to[1] = (uint8_t)entry->id;
    for (uint32_t i = 0; i < 4; i++) {
        to[2 + i] = (uint8_t)(entry->value >> (24 - 8 * i));
    }
}

/* rfc: 7540#3.2.1 */
int h2session_upgrade_settings(const h2session *s, char *text, size_t capacity, size_t *length)
{
    if (length == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    *length = 0;
    int result = check_fresh(s, H2SESSION_CLIENT);
    if (result != 0) {
        return result;
    }
    const struct settings_pending *first = &s->settings.pending[0];
    uint8_t payload[SETTINGS_ENTRIES_MAX * SETTING];
    for (uint32_t i = 0; i < first->count; i++) {
        const h2frame_setting entry = settings_pending_entry(first, i);
        put_setting(payload + (size_t)i * SETTING, &entry);
    }
    size_t octets = (size_t)first->count * SETTING;
    *length = h2session__base64url_text_length(octets);
    if (text == NULL || capacity < *length) {
        return H2SESSION_ERR_USAGE;
    }
    h2session__base64url_encode(payload, octets, text);
    return 0;
}

static int become_client(h2session *s, const h2session_message *message, uint32_t method)
{
    struct settings_effect effects[SETTINGS_ENTRIES_MAX];
    int origin = h2session__submit_take_origin(s, message);
    if (origin < 0) {
        return H2SESSION_ERR_NOMEM;
    }
    size_t count = h2session__settings_local_implied(&s->settings, effects);
    int result = h2session__in_control_apply_local(s, effects, count);
    struct stream *st = NULL;
    if (result == 0) {
        st = open_stream(s, message, method, STREAM_LOCAL_INITIATED | STREAM_FINAL_SENT);
    }
    if (st == NULL) {
        h2session__push_origins_give(&s->origins, (uint32_t)origin);
        return result != 0 ? result : H2SESSION_ERR_NOMEM;
    }
    st->origin = (uint8_t)origin;
    s->next_stream_id = FIRST_ID + 2;
    h2session__streams_half_close(s, st, INPUT_SEND_END_STREAM);
    return 0;
}

/* rfc: 7540#3.2 */
int h2session_upgrade_client(h2session *s, const h2session_message *request)
{
    h2session_message copy;
    const h2session_message *own = h2session__submit_import(request, &copy);
    struct http_request checked;
    int result = check_fresh(s, H2SESSION_CLIENT);
    result = result != 0 ? result : check_request(s, own, &checked);
    result = result != 0 ? result : become_client(s, own, checked.method);
    return s == NULL ? result : h2session__session_submitted(s, result);
}

/* ---- Server ---- */

static struct verdict text_verdict(int fault, size_t at)
{
    static const uint32_t REASON_OF[] = {
        [BASE64URL_ALPHABET] = H2SESSION_REASON_UPGRADE_ALPHABET,
        [BASE64URL_PADDING] = H2SESSION_REASON_UPGRADE_PADDING,
        [BASE64URL_LENGTH] = H2SESSION_REASON_UPGRADE_LENGTH,
        [BASE64URL_BITS] = H2SESSION_REASON_UPGRADE_BITS,
    };
    return verdict_with(verdict_protocol(REASON_OF[fault]), at, 0);
}

/* What is wrong with these settings, judged on a copy. */
static struct verdict judge_settings(const h2session *s, const h2frame_frame *frame)
{
    struct settings trial = s->settings;
    struct settings_effect effect;
    struct verdict v = verdict_ok();
    for (size_t i = 0; i < frame->settings_count && v.scope == VERDICT_OK; i++) {
        v = h2session__settings_remote_entry(&trial, &frame->settings[i], &effect);
    }
    return v;
}

/* The payload passes through a frame parser of its own, which knows what is wrong with it. */
static int parse_settings(h2session *s, h2frame_parser *parser, const uint8_t *octets,
                          size_t length)
{
    const h2frame_event *event = NULL;
    size_t used = 0;
    if (h2frame_parser_next(parser, octets, length, &used, &event) != 0) {
        return H2SESSION_ERR_NOMEM;
    }
    if (event == NULL) {
        return H2SESSION_ERR_INTERNAL;
    }
    struct verdict v = {event->fault.scope, event->fault.code, event->fault.reason,
                        event->fault.value, event->fault.limit};
    if (event->kind == H2FRAME_EVENT_FRAME) {
        v = judge_settings(s, &event->frame);
    }
    if (v.scope != VERDICT_OK) {
        return h2session__submit_refuse(s, v, H2SESSION_ERR_UPGRADE);
    }
    return h2session__in_control_apply_remote(s, event->frame.settings,
                                              event->frame.settings_count);
}

/* The frame that the text stands for: head and payload. */
static int decode_frame(h2session *s, const char *text, size_t length, uint8_t *frame)
{
    size_t at = 0;
    int fault = h2session__base64url_decode(text, length, frame + H2FRAME_HEAD_LENGTH, &at);
    if (fault != BASE64URL_OK) {
        return h2session__submit_refuse(s, text_verdict(fault, at), H2SESSION_ERR_UPGRADE);
    }
    size_t payload = h2session__base64url_octet_length(length);
    h2frame_write_head(frame, (uint32_t)payload, H2FRAME_TYPE_SETTINGS, 0, 0);
    return 0;
}

/* rfc: 7540#3.2.1 */
static int take_settings(h2session *s, const char *text, size_t length)
{
    size_t size = H2FRAME_HEAD_LENGTH + h2session__base64url_octet_length(length);
    if (size > H2FRAME_HEAD_LENGTH + H2FRAME_MIN_MAX_FRAME_SIZE) {
        return h2session__submit_refuse(s, text_verdict(BASE64URL_LENGTH, length),
                                        H2SESSION_ERR_UPGRADE);
    }
    h2frame_parser *parser = NULL;
    uint8_t *frame = h2session__memory_new(&s->memory, size);
    int result = frame == NULL ? H2SESSION_ERR_NOMEM : decode_frame(s, text, length, frame);
    result = result != 0 ? result : h2session__codecs_new_parser(s, 0, &parser);
    result = result != 0 ? result : parse_settings(s, parser, frame, size);
    h2frame_parser_free(parser);
    h2session__memory_free(&s->memory, frame, size);
    return result;
}

/* The request is told as any other. Its content came with HTTP/1.1: none is awaited here. */
static int become_server(h2session *s, const h2session_message *message,
                         const struct http_request *request)
{
    struct stream *st = open_stream(s, message, request->method, STREAM_FINAL_RECEIVED);
    if (st == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    s->last_peer_id = FIRST_ID;
    h2session_headers_event event = {
        .kind = H2SESSION_HEADERS_REQUEST,
        .end_stream = 1,
        .fields = message->fields,
        .field_count = message->field_count,
        .content_length = request->content_length,
    };
    int result = h2session__in_headers_deliver(s, st, &event);
    return result != 0 || s->free_asked ? result : session_settle(s);
}

/* rfc: 7540#3.2 */
int h2session_upgrade_server(h2session *s, const char *settings, size_t settings_length,
                             const h2session_message *request)
{
    h2session_message copy;
    const h2session_message *own = h2session__submit_import(request, &copy);
    struct http_request checked;
    if (settings == NULL && settings_length > 0) {
        return H2SESSION_ERR_USAGE;
    }
    int result = check_fresh(s, H2SESSION_SERVER);
    result = result != 0 ? result : h2session__session_enter(s);
    if (result != 0) {
        return result;
    }
    result = check_request(s, own, &checked);
    result = result != 0 ? result : take_settings(s, settings, settings_length);
    result = result != 0 ? result : become_server(s, own, &checked);
    return h2session__session_leave(s, result);
}
