/* SPDX-License-Identifier: MIT */
#include "h1_conn.h"

#include <assert.h>
#include <string.h>

#include "h1_internal.h"

enum {
    BAD_REQUEST = 400,
    TIMED_OUT = 408,
    TOO_LARGE = 413,
    FAILED = 500,
    MOST_BLANK_LINES = 4,
    /* Octets of framing a body may have for each of its own. */
    FRAMING_RATIO = 16,
    LINE_LIMIT = 8192, /* h2_conn.h may say otherwise */
    BODY_WINDOW = 65536
};

static const uint64_t NEVER = UINT64_MAX;
static const uint64_t NS_PER_S = 1000000000;

/* ---- Life ---------------------------------------------------------------------------------- */

void h1_config_init(struct h1_config *config, const h2session_config *session)
{
    memset(config, 0, sizeof *config);
    config->limits.head = session->max_header_list_size;
    config->limits.line = LINE_LIMIT;
    config->limits.fields = session->field_count_limit;
    config->body_window = BODY_WINDOW;
    config->first_timeout = session->first_request_timeout_ns;
    config->idle_timeout = session->idle_timeout_ns;
    config->head_timeout = session->field_block_timeout_ns;
    config->body_timeout = session->progress_grace_ns;
    config->body_rate = session->progress_rate;
    config->output_max = session->progress_max_ns;
    config->manual_consume = (session->flags & H2SESSION_MANUAL_CONSUME) != 0;
    config->resize = session->resize;
    config->resize_ctx = session->resize_ctx;
}

int h1_conn_new(struct h1_conn **out, const struct h1_config *config,
                const struct h1_callbacks *callbacks, void *user, uint64_t now)
{
    struct h1_memory memory = {config->resize, config->resize_ctx};
    if (memory.resize == NULL) {
        memory.resize = h1_memory_libc;
    }
    struct h1_conn *c = memory.resize(memory.ctx, NULL, 0, sizeof *c);
    if (c == NULL) {
        return -1;
    }
    memset(c, 0, sizeof *c);
    c->config = *config;
    c->callbacks = *callbacks;
    c->user = user;
    c->in.memory = memory;
    c->out.memory = memory;
    c->since = now;
    c->patience = config->body_timeout;
    *out = c;
    return 0;
}

/* The request, if there is one, is over. */
static void end_exchange(struct h1_conn *c, enum h1_done how)
{
    const uint32_t told = c->x.told;
    memset(&c->x, 0, sizeof c->x);
    c->held = 0;
    if (told) {
        c->callbacks.on_done(c, how, c->user);
    }
}

void h1_conn_free(struct h1_conn *c)
{
    if (c == NULL) {
        return;
    }
    const enum h1_done how = c->state == H1_STATE_CLOSED ? H1_DONE_CUT : H1_DONE_LOST;
    c->state = H1_STATE_CLOSED;
    end_exchange(c, how);
    h1__free_fields(c);
    h1_buffer_reset(&c->in);
    h1_buffer_reset(&c->out);
    const struct h1_memory memory = c->in.memory;
    (void)memory.resize(memory.ctx, c, sizeof *c, 0);
}

void h1__close(struct h1_conn *c, enum h1_error error)
{
    if (c->state != H1_STATE_CLOSED) {
        c->state = H1_STATE_CLOSED;
        c->error = error;
    }
}

/* ---- Refusals ------------------------------------------------------------------------------ */

/* Answers with this status and closes; cuts the connection when another answer has begun. */
static void refuse(struct h1_conn *c, int status)
{
    if (c->state == H1_STATE_CLOSED || c->x.answered) {
        h1__close(c, H1_BROKEN);
        return;
    }
    end_exchange(c, H1_DONE_REFUSED);
    c->state = H1_STATE_EXCHANGE;
    c->x.refused = 1;
    c->x.input_complete = 1;
    c->x.minor = 1;
    c->keep = 0;
    if (c->callbacks.on_refused(c, status, c->user) != 0 || !c->x.answered) {
        h1__close(c, H1_BROKEN);
    }
}

/* ---- Heads ------------------------------------------------------------------------------- */

static void begin_exchange(struct h1_conn *c)
{
    struct h1_exchange *x = &c->x;
    const hpack_field *method = &c->head.fields[0];
    memset(x, 0, sizeof *x);
    x->input_complete = c->message_ended;
    x->is_head = method->value_length == 4 && memcmp(method->value, "HEAD", 4) == 0;
    x->minor = c->head.minor;
    x->expects = c->head.expects && !x->input_complete;
    x->content_length = c->head.content_length;
    x->takes_trailers = c->head.takes_trailers && c->head.minor > 0;
    c->state = H1_STATE_EXCHANGE;
    c->body = 0;
    c->body_mark = 0;
    c->framing = 0;
    c->held = 0;
    c->requests++;
}

/* Returns 1 when the connection is one of HTTP/2 from now on. */
static int try_upgrade(struct h1_conn *c, const h2session_headers_event *event)
{
    static const char SWITCHING[] =
        "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n";
    if (!c->head.wants_h2c || !event->end_stream || c->config.is_https || c->stopping ||
        c->callbacks.on_upgrade == NULL) {
        return 0;
    }
    const int answer =
        c->callbacks.on_upgrade(c, &c->head.settings, event, c->callbacks.upgrade_user);
    if (answer < 0) {
        h1__close(c, H1_NOMEM);
    } else if (answer > 0) {
        c->state = H1_STATE_UPGRADED;
        (void)h1__add(c, SWITCHING, sizeof SWITCHING - 1);
    }
    return answer != 0;
}

static void tell_request(struct h1_conn *c)
{
    const h2session_headers_event event = {
        .size = sizeof event,
        .stream_id = 1,
        .kind = H2SESSION_HEADERS_REQUEST,
        .end_stream = c->message_ended,
        .fields = c->head.fields,
        .field_count = c->head.count,
        .content_length = c->head.content_length,
    };
    begin_exchange(c);
    if (try_upgrade(c, &event)) {
        return;
    }
    c->x.told = 1;
    if (c->callbacks.on_request(c, &event, c->user) != 0) {
        h1__close(c, H1_BROKEN);
        return;
    }
    if (!c->x.told || c->state != H1_STATE_EXCHANGE) {
        return;
    }
    if (c->x.expects) {
        c->x.expects = 0;
        (void)h1__add(c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    }
    if (c->x.input_complete && c->callbacks.on_end(c, c->user) != 0) {
        h1__close(c, H1_BROKEN);
    }
}

/* RFC 9112 2.2: some clients leave an empty line behind a body. rfc: 9112#2.2 */
static void skip_blank_lines(struct h1_conn *c)
{
    while (c->scan.at == 0 && h1_buffer_length(&c->in) >= 2 && c->blank_lines < MOST_BLANK_LINES &&
           memcmp(c->in.data + c->in.start, "\r\n", 2) == 0) {
        h1_buffer_take(&c->in, 2);
        c->blank_lines++;
    }
}

/* Whether all there is, is half of a blank line. */
static int is_half_blank(const struct h1_conn *c)
{
    return c->scan.at == 0 && c->blank_lines < MOST_BLANK_LINES && h1_buffer_length(&c->in) == 1 &&
           c->in.data[c->in.start] == '\r';
}

/* Returns 1 when something was done. */
static int read_head(struct h1_conn *c)
{
    skip_blank_lines(c);
    const size_t length = h1_buffer_length(&c->in);
    if (length == 0 || is_half_blank(c)) {
        return 0;
    }
    char *text = (char *)c->in.data + c->in.start;
    int status = h1_head_scan(&c->scan, text, length, &c->config.limits);
    if (status == 0 && c->scan.end == 0) {
        return 0;
    }
    if (status == 0) {
        status = h1__parse_head(c, text, c->scan.end);
    }
    if (status < 0) {
        h1__close(c, H1_NOMEM);
    } else if (status > 0) {
        refuse(c, status);
    } else {
        tell_request(c);
        h1_buffer_take(&c->in, c->scan.end);
    }
    h1__free_fields(c);
    memset(&c->scan, 0, sizeof c->scan);
    c->blank_lines = 0;
    return 1;
}

/* ---- Bodies -------------------------------------------------------------------------------- */

static size_t body_room(const struct h1_conn *c)
{
    return c->held >= c->config.body_window ? 0 : c->config.body_window - c->held;
}

static int body_error(const struct h1_conn *c, llhttp_errno_t error)
{
    if (c->body_status != 0) {
        return c->body_status;
    }
    if (error != HPE_OK && error != HPE_PAUSED) {
        return BAD_REQUEST;
    }
    /* Chunk extensions and trailers without end. */
    return c->framing > c->config.limits.head + FRAMING_RATIO * c->body ? BAD_REQUEST : 0;
}

static int read_body(struct h1_conn *c)
{
    size_t length = h1_buffer_length(&c->in);
    if (length > body_room(c)) {
        length = body_room(c);
    }
    if (length == 0) {
        return 0;
    }
    const char *text = (const char *)c->in.data + c->in.start;
    const uint64_t before = c->body;
    c->body_status = 0;
    const llhttp_errno_t error = llhttp_execute(&c->parser, text, length);
    if (c->state == H1_STATE_CLOSED || c->x.refused) {
        return 0;
    }
    if (c->message_ended) {
        length = (size_t)(llhttp_get_error_pos(&c->parser) - text);
    }
    c->framing += length - (c->body - before);
    const int status = body_error(c, error);
    if (status != 0) {
        refuse(c, status);
        return 1;
    }
    h1_buffer_take(&c->in, length);
    if (c->message_ended) {
        c->x.input_complete = 1;
        if (c->callbacks.on_end(c, c->user) != 0) {
            h1__close(c, H1_BROKEN);
        }
    }
    return 1;
}

/* ---- Exchanges ----------------------------------------------------------------------------- */

static int is_answer_out(const struct h1_conn *c)
{
    return c->x.answered && c->x.source_ended && h1_buffer_length(&c->out) == 0;
}

/* Returns 1 when something was done. */
static int step(struct h1_conn *c, uint64_t now)
{
    if (c->state == H1_STATE_HEAD) {
        const size_t before = h1_buffer_length(&c->in);
        if (read_head(c)) {
            c->since = now;
            return 1;
        }
        if (c->state == H1_STATE_HEAD && (c->input_ended || (c->stopping && before == 0))) {
            h1__close(c, H1_CLEAN);
        }
        return 0;
    }
    if (c->state != H1_STATE_EXCHANGE) {
        return 0;
    }
    if (is_answer_out(c) && (c->x.input_complete || !c->keep)) {
        end_exchange(c, H1_DONE_COMPLETE);
        h1_buffer_reset(&c->out);
        if (!c->keep || c->stopping) {
            h1__close(c, H1_CLEAN);
            return 0;
        }
        c->state = H1_STATE_HEAD;
        c->since = now;
        return 1;
    }
    if (c->x.input_complete) {
        return 0;
    }
    if (read_body(c)) {
        return 1;
    }
    if (c->input_ended && h1_buffer_length(&c->in) == 0) {
        h1__close(c, H1_BROKEN);
    }
    return 0;
}

static int waits_for_output(const struct h1_conn *c)
{
    const struct h1_exchange *x = &c->x;
    const int more = x->read != NULL && !x->source_ended && !x->deferred;
    return c->state != H1_STATE_CLOSED && (more || h1_buffer_length(&c->out) > 0);
}

static void advance(struct h1_conn *c, uint64_t now)
{
    if (c->was_full && body_room(c) > 0) {
        c->since = now;
        c->body_mark = c->body;
    }
    while (step(c, now)) {
    }
    c->was_full = body_room(c) == 0;
    if (c->state == H1_STATE_CLOSED) {
        end_exchange(c, c->input_ended && !c->x.input_complete ? H1_DONE_LOST : H1_DONE_CUT);
    }
    if (h1_buffer_length(&c->in) == 0) {
        h1_buffer_reset(&c->in);
    }
    const uint32_t waited = c->out_waits;
    c->out_waits = (uint32_t)waits_for_output(c);
    if (!waited) {
        c->out_since = now;
    }
}

/* What was taken buys time, as much as it takes at the rate; waiting uses it up. */
static void note_taken(struct h1_conn *c, size_t length, uint64_t now)
{
    const uint64_t rate = c->config.body_rate;
    if (rate == 0) {
        return;
    }
    const uint64_t most = c->config.output_max > c->config.body_timeout ? c->config.output_max
                                                                        : c->config.body_timeout;
    const uint64_t used = c->out_waits ? now - c->out_since : 0;
    const uint64_t seconds = length / rate;
    const uint64_t bought =
        seconds > most / NS_PER_S ? most : seconds * NS_PER_S + length % rate * NS_PER_S / rate;
    c->patience = (c->patience > used ? c->patience - used : 0) + bought;
    c->patience = c->patience > most ? most : c->patience;
    c->out_since = now;
}

/* ---- Ports --------------------------------------------------------------------------------- */

void h1_conn_recv(struct h1_conn *c, const uint8_t *data, size_t length, uint64_t now)
{
    if (c->state == H1_STATE_CLOSED || c->x.refused || length == 0) {
        return;
    }
    if (c->state == H1_STATE_HEAD && h1_buffer_length(&c->in) == 0) {
        c->since = now;
    }
    if (h1_buffer_add(&c->in, data, length) != 0) {
        h1__close(c, H1_NOMEM);
    }
    advance(c, now);
}

void h1_conn_recv_eof(struct h1_conn *c, uint64_t now)
{
    c->input_ended = 1;
    c->ended_at = now;
    advance(c, now);
}

void h1_conn_peek(struct h1_conn *c, const uint8_t **data, size_t *length)
{
    *data = NULL;
    *length = 0;
    if (c->state == H1_STATE_CLOSED) {
        return;
    }
    h1__fill(c);
    if (c->state != H1_STATE_CLOSED && h1_buffer_length(&c->out) > 0) {
        *data = c->out.data + c->out.start;
        *length = h1_buffer_length(&c->out);
    }
}

void h1_conn_sent(struct h1_conn *c, size_t length, uint64_t now)
{
    if (c->state == H1_STATE_CLOSED) {
        return;
    }
    h1_buffer_take(&c->out, length);
    note_taken(c, length, now);
    advance(c, now);
}

static uint64_t after(uint64_t since, uint64_t timeout)
{
    return timeout == 0 ? NEVER : since + timeout;
}

static uint64_t output_deadline(const struct h1_conn *c)
{
    return c->out_waits && c->config.body_rate > 0 ? after(c->out_since, c->patience) : NEVER;
}

/* A client that has ended its side may be gone, which only something to send would show. */
static uint64_t end_deadline(const struct h1_conn *c)
{
    const int waits = c->state == H1_STATE_EXCHANGE && c->input_ended && !waits_for_output(c);
    return waits ? after(c->ended_at, c->config.idle_timeout) : NEVER;
}

static uint64_t input_deadline(const struct h1_conn *c)
{
    const struct h1_config *config = &c->config;
    if (c->state == H1_STATE_HEAD && h1_buffer_length(&c->in) > 0) {
        return after(c->since, config->head_timeout);
    }
    if (c->state == H1_STATE_HEAD) {
        const int first = c->requests == 0 && config->first_timeout > 0;
        return after(c->since, first ? config->first_timeout : config->idle_timeout);
    }
    if (c->state != H1_STATE_EXCHANGE || c->x.input_complete || body_room(c) == 0 ||
        config->body_rate == 0) {
        return NEVER;
    }
    const uint64_t seconds = (c->body - c->body_mark) / config->body_rate;
    return after(c->since, config->body_timeout + seconds * NS_PER_S);
}

uint64_t h1_conn_deadline_ns(const struct h1_conn *c)
{
    const uint64_t input = input_deadline(c);
    const uint64_t output = output_deadline(c);
    const uint64_t end = end_deadline(c);
    const uint64_t first = input < output ? input : output;
    return first < end ? first : end;
}

void h1_conn_tick(struct h1_conn *c, uint64_t now)
{
    if (now >= output_deadline(c) || now >= end_deadline(c)) {
        h1__close(c, H1_BROKEN);
    } else if (now >= input_deadline(c)) {
        if (c->state == H1_STATE_HEAD && h1_buffer_length(&c->in) == 0) {
            h1__close(c, H1_CLEAN);
        } else {
            refuse(c, TIMED_OUT);
        }
    }
    advance(c, now);
}

uint32_t h1_conn_wants(const struct h1_conn *c)
{
    if (c->state == H1_STATE_CLOSED) {
        return H1_WANT_CLOSE;
    }
    const struct h1_exchange *x = &c->x;
    const int reads = !c->input_ended && !x->refused &&
                      (c->state == H1_STATE_HEAD ||
                       (h1_buffer_length(&c->in) == 0 && (x->input_complete || body_room(c) > 0)));
    return (waits_for_output(c) ? (uint32_t)H1_WANT_WRITE : 0) |
           (reads ? (uint32_t)H1_WANT_READ : 0) |
           (c->state == H1_STATE_UPGRADED ? (uint32_t)H1_UPGRADED : 0);
}

enum h1_error h1_conn_error(const struct h1_conn *c)
{
    return c->error;
}

uint32_t h1_conn_minor(const struct h1_conn *c)
{
    return c->x.minor;
}

void h1_conn_rest(const struct h1_conn *c, const uint8_t **data, size_t *length)
{
    *data = c->in.data == NULL ? NULL : c->in.data + c->in.start;
    *length = h1_buffer_length(&c->in);
}

/* ---- For the application ------------------------------------------------------------------- */

void h1_conn_shutdown(struct h1_conn *c)
{
    c->stopping = 1;
    c->keep = 0;
    if (c->state == H1_STATE_HEAD) {
        h1__close(c, H1_CLEAN);
    }
}

int h1_conn_consume(struct h1_conn *c, size_t length)
{
    if (length > c->held) {
        return H2SESSION_ERR_USAGE;
    }
    c->held -= length;
    return 0;
}

int h1_conn_fail(struct h1_conn *c)
{
    refuse(c, FAILED);
    return 0;
}
