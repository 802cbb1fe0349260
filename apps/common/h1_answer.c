/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "h1_internal.h"
#include "http_status.h"

enum {
    PIECE = 16384,    /* of a body, at a time */
    CHUNK_HEAD = 10,  /* "ffffffff" CR LF */
    CHUNK_ROOM = 32,  /* around a piece */
    EMPTY_READS = 16, /* a source may give nothing so often in a row */
    DRAINED = 65536,  /* octets of an unwanted body that are cheaper than a new connection */
    FIRST_ERROR = 400
};

static const char LAST_CHUNK[] = "0\r\n\r\n";
static const char LAST_CHUNK_HEAD[] = "0\r\n";

int h1__add(struct h1_conn *c, const void *text, size_t length)
{
    if (h1_buffer_add(&c->out, text, length) != 0) {
        h1__close(c, H1_NOMEM);
        return -1;
    }
    return 0;
}

static int add_text(struct h1_conn *c, const char *text)
{
    return h1__add(c, text, strlen(text));
}

/* ---- The head ------------------------------------------------------------------------------ */

static int has_line_end(const char *text, size_t length)
{
    return memchr(text, '\r', length) != NULL || memchr(text, '\n', length) != NULL ||
           memchr(text, '\0', length) != NULL;
}

/* The three digits of :status, which comes first; 0 when it does not. */
static unsigned read_status(const hpack_field *f, size_t count)
{
    if (count == 0 || f->value_length != 3 || f->name_length != 7 ||
        memcmp(f->name, ":status", 7) != 0) {
        return 0;
    }
    unsigned status = 0;
    for (size_t i = 0; i < 3; i++) {
        if (f->value[i] < '0' || f->value[i] > '9') {
            return 0;
        }
        status = status * 10 + (unsigned)(f->value[i] - '0');
    }
    return status;
}

/* What is no field of HTTP/1.1 must not become one that says something else. */
static int fields_are_good(const hpack_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const hpack_field *f = &fields[i];
        if (f->name_length == 0 || f->name[0] == ':' || has_line_end(f->name, f->name_length) ||
            has_line_end(f->value, f->value_length)) {
            return 0;
        }
    }
    return 1;
}

static int is_length(const hpack_field *f)
{
    return f->name_length == 14 && memcmp(f->name, "content-length", 14) == 0;
}

static int add_fields(struct h1_conn *c, const hpack_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const hpack_field *f = &fields[i];
        if (c->x.trailers != NULL && is_length(f)) {
            continue; /* what comes in chunks has none */
        }
        if (h1__add(c, f->name, f->name_length) != 0 || h1__add(c, ": ", 2) != 0 ||
            h1__add(c, f->value, f->value_length) != 0 || h1__add(c, "\r\n", 2) != 0) {
            return -1;
        }
    }
    return 0;
}

static int read_length(struct h1_exchange *x, const h2session_message *message)
{
    for (size_t i = 1; i < message->field_count; i++) {
        const hpack_field *f = &message->fields[i];
        if (!is_length(f)) {
            continue;
        }
        x->counts = 1;
        x->left = 0;
        for (size_t k = 0; k < f->value_length; k++) {
            if (f->value[k] < '0' || f->value[k] > '9' || x->left > UINT64_MAX / 10 - 1) {
                return -1;
            }
            x->left = x->left * 10 + (uint64_t)(f->value[k] - '0');
        }
    }
    return 0;
}

/* A client that waits for 100 (Continue) gets it, unless it is refused: then it may send its body or
 * not, and where the next request begins nobody could say. rfc: 9110#10.1.1 */
static int settle_request_body(struct h1_conn *c, unsigned status)
{
    struct h1_exchange *x = &c->x;
    if (x->input_complete) {
        return 0;
    }
    if (status >= FIRST_ERROR) {
        const int short_body = x->content_length >= 0 && x->content_length <= DRAINED;
        c->keep = c->keep && short_body && !x->expects;
        x->expects = 0;
        return 0;
    }
    const uint32_t expects = x->expects;
    x->expects = 0;
    return expects ? add_text(c, "HTTP/1.1 100 Continue\r\n\r\n") : 0;
}

/* The fields about framing and connection, and the empty line. rfc: 9112#6.3 rfc: 9112#9.6 */
static int add_framing(struct h1_conn *c, unsigned status)
{
    struct h1_exchange *x = &c->x;
    const int bodiless = x->is_head || status == 204 || status == 304;
    if (bodiless || status == 205) {
        x->read = NULL;
    }
    const char *framing = "";
    if (x->trailers != NULL) {
        x->chunks = 1;
        framing = "transfer-encoding: chunked\r\n";
    } else if (bodiless || x->counts) {
        /* There is no body, or its length is among the fields. */
    } else if (x->read == NULL) {
        framing = "content-length: 0\r\n";
    } else if (x->minor > 0) {
        x->chunks = 1;
        framing = "transfer-encoding: chunked\r\n";
    } else {
        c->keep = 0; /* the end of the connection is that of the body */
    }
    if (add_text(c, framing) != 0) {
        return -1;
    }
    x->source_ended = x->read == NULL;
    if (!c->keep) {
        return add_text(c, "connection: close\r\n\r\n");
    }
    return add_text(c, x->minor == 0 ? "connection: keep-alive\r\n\r\n" : "\r\n");
}

/* The names of what comes behind the body. rfc: 9110#6.6.2 */
static int announce_trailers(struct h1_conn *c)
{
    const struct h1_exchange *x = &c->x;
    for (size_t i = 0; x->trailers != NULL && i < x->trailer_count; i++) {
        if (add_text(c, i == 0 ? "trailer: " : ", ") != 0 ||
            h1__add(c, x->trailers[i].name, x->trailers[i].name_length) != 0) {
            return -1;
        }
    }
    return x->trailers != NULL ? add_text(c, "\r\n") : 0;
}

/* Only a body that is there, and that a client gets, has something behind it. rfc: 9112#7.1.2 */
static void settle_trailers(struct h1_conn *c, unsigned status)
{
    struct h1_exchange *x = &c->x;
    if (x->read == NULL || x->is_head || status == 204 || status == 205 || status == 304) {
        x->trailers = NULL;
    }
    if (x->trailers != NULL) {
        x->counts = 0;
    }
}

/* rfc: 9110#6.5.1 */
int h1_conn_set_trailers(struct h1_conn *c, const hpack_field *fields, size_t count)
{
    struct h1_exchange *x = &c->x;
    if (c->state != H1_STATE_EXCHANGE || x->answered || !fields_are_good(fields, count)) {
        return H2SESSION_ERR_USAGE;
    }
    if (x->takes_trailers && count > 0) {
        x->trailers = fields;
        x->trailer_count = count;
    }
    return 0;
}

/* rfc: 9110#15.2 */
int h1_conn_submit_informational(struct h1_conn *c, const hpack_field *fields, size_t count)
{
    const struct h1_exchange *x = &c->x;
    const unsigned status = read_status(fields, count);
    if (c->state != H1_STATE_EXCHANGE || x->answered || status < 100 || status > 199 ||
        status == 101 || !fields_are_good(fields + 1, count - 1)) {
        return H2SESSION_ERR_USAGE;
    }
    if (x->minor == 0) {
        return 0;
    }
    char line[80];
    (void)snprintf(line, sizeof line, "HTTP/1.1 %u %s\r\n", status, http_status_phrase(status));
    if (add_text(c, line) != 0 || add_fields(c, fields + 1, count - 1) != 0 ||
        add_text(c, "\r\n") != 0) {
        return H2SESSION_ERR_NOMEM;
    }
    return 0;
}

int h1_conn_submit_response(struct h1_conn *c, const h2session_message *message)
{
    struct h1_exchange *x = &c->x;
    const unsigned status = read_status(message->fields, message->field_count);
    if (c->state != H1_STATE_EXCHANGE || x->answered || status < 200 ||
        !fields_are_good(message->fields + 1, message->field_count - 1) ||
        read_length(x, message) != 0) {
        return H2SESSION_ERR_USAGE;
    }
    char line[80];
    (void)snprintf(line, sizeof line, "HTTP/1.1 %u %s\r\n", status, http_status_phrase(status));
    x->answered = 1;
    x->read = message->read;
    x->read_user = message->read_user;
    settle_trailers(c, status);
    if (settle_request_body(c, status) != 0 || add_text(c, line) != 0 ||
        add_fields(c, message->fields + 1, message->field_count - 1) != 0 ||
        announce_trailers(c) != 0 || add_framing(c, status) != 0) {
        return H2SESSION_ERR_NOMEM;
    }
    return 0;
}

/* ---- The body ------------------------------------------------------------------------------ */

/* Asks the source until it has something to say. Returns what it returned last. */
static int ask(struct h1_exchange *x, h2session_read_event *event)
{
    for (int i = 0; i < EMPTY_READS; i++) {
        event->flags = 0;
        event->length = 0;
        event->lend = NULL;
        const int status = x->read(NULL, event, x->read_user);
        if (status != 0 || event->length > 0 || (event->flags & H2SESSION_BODY_END) != 0) {
            return status;
        }
    }
    return H2SESSION_FAIL;
}

/* Whether the source keeps to the length that was announced. */
static int count(struct h1_exchange *x, size_t length)
{
    if (!x->counts) {
        return 0;
    }
    if (length > x->left) {
        return -1;
    }
    x->left -= length;
    return x->source_ended && x->left > 0 ? -1 : 0;
}

/* The piece lies behind a gap of CHUNK_HEAD octets. */
static void wrap(struct h1_conn *c, size_t length)
{
    struct h1_exchange *x = &c->x;
    struct h1_buffer *out = &c->out;
    size_t begin = CHUNK_HEAD;
    size_t end = CHUNK_HEAD + length;
    if (x->chunks && length > 0) {
        char head[CHUNK_HEAD + 1];
        const int size = snprintf(head, sizeof head, "%zx\r\n", length);
        begin -= (size_t)size;
        memcpy(out->data + begin, head, (size_t)size);
        memcpy(out->data + end, "\r\n", 2);
        end += 2;
    }
    if (x->chunks && x->source_ended && x->trailers == NULL) {
        memcpy(out->data + end, LAST_CHUNK, sizeof LAST_CHUNK - 1);
        end += sizeof LAST_CHUNK - 1;
    }
    out->start = begin;
    out->end = end;
    if (begin == end) {
        out->start = 0;
        out->end = 0;
    }
}

/* The next octets of the body, behind the gap. Returns what the source did. */
static int next_piece(struct h1_conn *c, size_t *length)
{
    struct h1_exchange *x = &c->x;
    if (x->lent_left == 0) {
        h2session_read_event event = {.size = sizeof event,
                                      .stream_id = 1,
                                      .buffer = c->out.data + CHUNK_HEAD,
                                      .capacity = PIECE};
        const int status = ask(x, &event);
        const uint32_t ends = (event.flags & H2SESSION_BODY_END) != 0;
        if (status != 0 || event.lend == NULL) {
            *length = event.length;
            x->source_ended = status == 0 && ends;
            return status == 0 && event.length > PIECE ? H2SESSION_FAIL : status;
        }
        x->lent = event.lend;
        x->lent_left = event.length;
        x->lent_ends = ends;
    }
    *length = x->lent_left > PIECE ? PIECE : x->lent_left;
    memcpy(c->out.data + CHUNK_HEAD, x->lent, *length);
    x->lent += *length;
    x->lent_left -= *length;
    x->source_ended = x->lent_ends && x->lent_left == 0;
    return 0;
}

/* The last chunk with what comes behind the body. */
static void add_trailers(struct h1_conn *c)
{
    const struct h1_exchange *x = &c->x;
    if (x->trailers == NULL || !x->source_ended) {
        return;
    }
    if (add_text(c, LAST_CHUNK_HEAD) == 0 && add_fields(c, x->trailers, x->trailer_count) == 0) {
        (void)add_text(c, "\r\n");
    }
}

void h1__fill(struct h1_conn *c)
{
    struct h1_exchange *x = &c->x;
    if (h1_buffer_length(&c->out) > 0 || c->state != H1_STATE_EXCHANGE || x->read == NULL ||
        x->source_ended || x->deferred) {
        return;
    }
    if (h1_buffer_reserve(&c->out, PIECE + CHUNK_ROOM) != 0) {
        h1__close(c, H1_NOMEM);
        return;
    }
    size_t length = 0;
    const int status = next_piece(c, &length);
    if (status == H2SESSION_DEFER) {
        x->deferred = 1;
    } else if (status != 0 || count(x, length) != 0) {
        h1__close(c, H1_BROKEN);
    } else {
        wrap(c, length);
        add_trailers(c);
    }
}

int h1_conn_resume(struct h1_conn *c)
{
    c->x.deferred = 0;
    return 0;
}
