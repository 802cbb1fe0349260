/* SPDX-License-Identifier: MIT */
#include "access_line.h"

#include <string.h>
#include <time.h>

#include <h2frame/h2frame.h>

#include "json_text.h"

enum { NS_PER_S = 1000000000, NS_PER_US = 1000 };

int access_format_read(enum access_format *format, const char *name)
{
    static const char *const NAMES[] = {
#define ACCESS_FORMAT_NAME_(name, text) text,
        ACCESS_FORMAT_LIST(ACCESS_FORMAT_NAME_)
#undef ACCESS_FORMAT_NAME_
    };
    *format = ACCESS_COMBINED;
    for (size_t i = 0; name != NULL && i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(name, NAMES[i]) == 0) {
            *format = (enum access_format)i;
            return 0;
        }
    }
    return name == NULL ? 0 : -1;
}

/* The second in which the request began. */
static void add_time(struct text_buffer *text, struct access_writer *w,
                     const struct access_entry *e)
{
    const uint64_t second = e->begun_ns / NS_PER_S;
    if (!w->has_time || w->second != second) {
        const time_t seconds = (time_t)second;
        struct tm parts;
        const char *format =
            w->format == ACCESS_JSON ? "%Y-%m-%dT%H:%M:%S" : "%d/%b/%Y:%H:%M:%S +0000";
        w->time_length = gmtime_r(&seconds, &parts) == NULL
                             ? 0
                             : strftime(w->time, sizeof w->time, format, &parts);
        w->second = second;
        w->has_time = 1;
    }
    text_add(text, w->time, w->time_length);
}

/* ---- Common and combined ------------------------------------------------------------------- */

static int is_plain(char octet)
{
    return octet >= 0x20 && octet < 0x7f && octet != '"' && octet != '\\';
}

static void add_escaped(struct text_buffer *text, const char *octets, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t plain = i;
        while (plain < length && is_plain(octets[plain])) {
            plain++;
        }
        if (plain > i) {
            text_add(text, octets + i, plain - i);
            i = plain;
        } else {
            text_printf(text, "\\x%02x", (unsigned)(unsigned char)octets[i++]);
        }
    }
}

/* "-" for one that is not there. */
static void add_text(struct text_buffer *text, const struct access_entry *e, enum access_text which)
{
    if (e->texts[which] == NULL) {
        text_add(text, "-", 1);
    } else {
        add_escaped(text, e->texts[which], e->lengths[which]);
    }
}

/* The address without port and brackets. */
static void add_host(struct text_buffer *text, const char *peer)
{
    const char *colon = strrchr(peer, ':');
    const size_t length = colon == NULL ? strlen(peer) : (size_t)(colon - peer);
    const size_t bracket = length > 2 && peer[0] == '[';
    add_escaped(text, peer + bracket, length - 2 * bracket);
}

static void add_common(struct text_buffer *text, struct access_writer *w,
                       const struct access_entry *e)
{
    add_host(text, e->peer);
    text_add_string(text, " - - [");
    add_time(text, w, e);
    text_add_string(text, "] \"");
    if (e->texts[ACCESS_METHOD] != NULL) {
        add_text(text, e, ACCESS_METHOD);
        text_add(text, " ", 1);
        add_text(text, e, ACCESS_PATH);
        text_add(text, " ", 1);
        text_add_string(text, e->protocol);
    } else {
        text_add(text, "-", 1);
    }
    text_add(text, "\" ", 2);
    text_add_number(text, e->status, 3);
    text_add(text, " ", 1);
    text_add_number(text, e->body_octets, 1);
}

static void add_combined(struct text_buffer *text, struct access_writer *w,
                         const struct access_entry *e)
{
    add_common(text, w, e);
    text_add(text, " \"", 2);
    add_text(text, e, ACCESS_REFERER);
    text_add(text, "\" \"", 3);
    add_text(text, e, ACCESS_USER_AGENT);
    text_add(text, "\"", 1);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void add_texts(struct text_buffer *text, const struct access_entry *e)
{
    static const char *const KEYS[ACCESS_TEXTS] = {"method", "authority", "path", "referer",
                                                   "user_agent"};
    for (size_t i = 0; i < ACCESS_TEXTS; i++) {
        if (e->texts[i] != NULL) {
            json_octets(text, KEYS[i], e->texts[i], e->lengths[i]);
        }
    }
}

static void add_end(struct text_buffer *text, const struct access_entry *e)
{
    static const char *const NAMES[] = {"complete", "reset", "lost"};
    json_string(text, "end", NAMES[e->end]);
    if (e->end == ACCESS_RESET) {
        json_string(text, "reset_by", e->by_peer ? "client" : "server");
        json_number(text, "error_code", e->code);
        json_string(text, "error_name", h2frame_code_name(e->code));
    }
    if (e->refused) {
        json_boolean(text, "refused", 1);
    }
}

static void add_json(struct text_buffer *text, struct access_writer *w,
                     const struct access_entry *e)
{
    json_open_object(text, NULL);
    text_add_string(text, "\"time\":\"");
    add_time(text, w, e);
    text_add(text, ".", 1);
    text_add_number(text, e->begun_ns % NS_PER_S / NS_PER_US, 6);
    text_add(text, "Z\"", 2);
    json_number(text, "connection", e->connection_id);
    if (e->stream_id != 0) {
        json_number(text, "stream", e->stream_id);
    }
    json_string(text, "peer", e->peer);
    if (e->tls != NULL) {
        json_string(text, "tls", e->tls);
    }
    if (e->protocol != NULL) {
        json_string(text, "protocol", e->protocol);
    }
    add_texts(text, e);
    if (e->status != 0) {
        json_number(text, "status", e->status);
    }
    json_number(text, "body_octets", e->body_octets);
    json_number(text, "duration_ns", e->duration_ns);
    add_end(text, e);
    json_close_object(text);
}

/* ---- Lines --------------------------------------------------------------------------------- */

void access_line(struct text_buffer *text, struct access_writer *writer,
                 const struct access_entry *entry)
{
    static void (*const ADD[])(struct text_buffer * text, struct access_writer * w,
                               const struct access_entry *e) = {
        [ACCESS_COMMON] = add_common, [ACCESS_COMBINED] = add_combined, [ACCESS_JSON] = add_json};
    ADD[writer->format](text, writer, entry);
    text_add(text, "\n", 1);
}
