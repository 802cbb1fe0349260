/* SPDX-License-Identifier: MIT */
#include "fixture_ports.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_log.h"

enum { GUARDED = 65536 };

static int note(struct fixture *f, const char *call, int result)
{
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
    if (result != 0) {
        fixture_log(f, "%s %s", call, h2session_error_name(result));
    }
    return result;
}

/* ---- Traces ------------------------------------------------------------------------------- */

static void trace_line(struct fixture *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void trace_line(struct fixture *f, const char *format, ...)
{
    char line[600];
    if (f->trace_to == NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    assert_true(length >= 0 && (size_t)length < sizeof line);
    octets_add(f->trace_to, line, (size_t)length);
}

static void trace_octets(struct fixture *f, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        trace_line(f, "%02x", data[i]);
    }
    trace_line(f, "\n");
}

void fixture_trace_app(struct fixture *f, const char *text)
{
    trace_line(f, "app %s\n", text);
}

/* ---- Octets in ---------------------------------------------------------------------------- */

/* Where a fragment stands while it is read: what lies behind it cannot be accessed. A sanitizer sees
 * more when each fragment has memory of its own. */
static uint8_t *fragment_memory(struct fixture *f, size_t length)
{
#if defined(__SANITIZE_ADDRESS__)
    size_t guarded = 0;
#else
    size_t guarded = GUARDED;
#endif
    if (length > guarded) {
        uint8_t *memory = malloc(length);
        assert_non_null(memory);
        return memory;
    }
    if (f->guard.map == NULL) {
        f->guard = test_guard_new(GUARDED);
    }
    return f->guard.data + GUARDED - length;
}

static void fragment_release(struct fixture *f, uint8_t *memory, size_t length)
{
    if (f->guard.map != NULL && memory == f->guard.data + GUARDED - length) {
        memset(memory, 0xdd, length); /* shows views that were kept */
    } else {
        free(memory);
    }
}

int fixture_recv(struct fixture *f, const uint8_t *data, size_t length, size_t *consumed)
{
    uint8_t *copy = fragment_memory(f, length);
    if (length > 0) {
        memcpy(copy, data, length);
    }
    if (f->trace_to != NULL) {
        trace_line(f, "recv %" PRIu64 " ", f->now_ns);
        trace_octets(f, data, length);
    }
    int result = h2session_recv(f->s, copy, length, f->now_ns, consumed);
    assert_true(*consumed <= length);
    fragment_release(f, copy, length);
    return note(f, "recv", result);
}

int fixture_eof(struct fixture *f)
{
    trace_line(f, "eof %" PRIu64 "\n", f->now_ns);
    return note(f, "eof", h2session_recv_eof(f->s, f->now_ns));
}

int fixture_tick(struct fixture *f)
{
    trace_line(f, "tick %" PRIu64 "\n", f->now_ns);
    return note(f, "tick", h2session_tick(f->s, f->now_ns));
}

/* ---- Octets out --------------------------------------------------------------------------- */

size_t fixture_peek(struct fixture *f, size_t count)
{
    assert_true(count <= FIXTURE_PIECES);
    trace_line(f, "peek %zu\n", count);
    f->piece_count = 0;
    (void)note(f, "peek", h2session_peek(f->s, f->pieces, count, &f->piece_count));
    size_t total = 0;
    for (size_t i = 0; i < f->piece_count; i++) {
        total += f->pieces[i].length;
    }
    return f->freed ? 0 : total;
}

void fixture_sent(struct fixture *f, size_t length)
{
    size_t left = length;
    trace_line(f, "sent %" PRIu64 " %zu\n", f->now_ns, length);
    for (size_t i = 0; i < f->piece_count && left > 0; i++) {
        size_t n = f->pieces[i].length < left ? f->pieces[i].length : left;
        if (!f->quiet) {
            octets_add(&f->output, f->pieces[i].data, n);
        }
        fixture_log_output(f, f->pieces[i].data, n);
        left -= n;
    }
    f->piece_count = 0;
    (void)note(f, "sent", h2session_sent(f->s, length, f->now_ns));
}

/* ---- Again -------------------------------------------------------------------------------- */

static void replay_recv(struct fixture *f, const char *hex)
{
    size_t length = strlen(hex) / 2;
    size_t consumed = 0;
    uint8_t *octets = malloc(length + 1);
    assert_non_null(octets);
    assert_int_equal(test_hex(hex, octets, length), length);
    (void)fixture_recv(f, octets, length, &consumed);
    free(octets);
}

static void replay_line(struct fixture *f, char *line)
{
    char *rest = line + strcspn(line, " ");
    f->now_ns = strncmp(line, "peek", 4) != 0 ? strtoull(rest, &rest, 10) : f->now_ns;
    rest += *rest == ' ';
    if (strncmp(line, "recv ", 5) == 0) {
        replay_recv(f, rest);
    } else if (strncmp(line, "peek ", 5) == 0) {
        (void)fixture_peek(f, strtoul(rest, NULL, 10));
    } else if (strncmp(line, "sent ", 5) == 0) {
        fixture_sent(f, strtoul(rest, NULL, 10));
    } else if (strncmp(line, "tick ", 5) == 0) {
        (void)fixture_tick(f);
    } else if (strncmp(line, "eof ", 4) == 0) {
        (void)fixture_eof(f);
    } else {
        fail_msg("no line of a trace: %s", line);
    }
}

void fixture_replay(struct fixture *f, const char *trace,
                    void (*app)(struct fixture *f, const char *text, void *arg), void *arg)
{
    while (*trace != '\0' && !f->freed) {
        size_t length = strcspn(trace, "\n");
        char *line = malloc(length + 1);
        assert_non_null(line);
        memcpy(line, trace, length);
        line[length] = '\0';
        trace += length + (trace[length] == '\n');
        if (strncmp(line, "app ", 4) == 0) {
            app(f, line + 4, arg);
        } else {
            replay_line(f, line);
        }
        free(line);
    }
    fixture_flush(f);
}
