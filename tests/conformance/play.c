/* SPDX-License-Identifier: MIT */
#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fixture_ports.h>

#include "words.h"

/* What a trace says when the log is emptied, and when requests are answered from then on. */
#define CLEAR "clear the log"
#define ANSWER "answer "

/* How the states are reached in which stream 1 is put before a case begins: what each role's peer
 * and application do. */
static const struct {
    const char *state;
    uint32_t role;
    const char *lines[4]; /* "<..." or "app..." */
} STATES[] = {
    {"open", ROLE_SERVER, {"<HEADERS 1 POST"}},
    {"open", ROLE_CLIENT, {"request body=5 +hold POST", "<HEADERS 1 OK"}},
    {"half-closed-remote", ROLE_SERVER, {"<HEADERS 1 +END GET"}},
    {"half-closed-remote", ROLE_CLIENT, {"request body=5 +hold POST", "<HEADERS 1 +END OK"}},
    {"half-closed-local", ROLE_SERVER, {"<HEADERS 1 POST", "respond 1 OK"}},
    {"half-closed-local", ROLE_CLIENT, {"request GET", "<HEADERS 1 OK"}},
    {"closed", ROLE_SERVER, {"<HEADERS 1 +END GET", "respond 1 OK"}},
    {"closed", ROLE_CLIENT, {"request GET", "<HEADERS 1 +END OK"}},
    {"reset", ROLE_SERVER, {"<HEADERS 1 POST", "reset 1 CANCEL"}},
    {"reset", ROLE_CLIENT, {"request body=5 +hold POST", "reset 1 CANCEL"}},
    {"reset-by-peer", ROLE_SERVER, {"<HEADERS 1 POST", "<RST_STREAM 1 CANCEL"}},
    {"reset-by-peer", ROLE_CLIENT, {"request body=5 +hold POST", "<RST_STREAM 1 CANCEL"}},
};

static void put_stream(struct play *p, const char *state)
{
    struct fixture *f = &p->f;
    size_t i = 0;
    size_t count = sizeof STATES / sizeof STATES[0];
    while (i < count && (strcmp(STATES[i].state, state) != 0 || STATES[i].role != f->role)) {
        i++;
    }
    if (i == count) {
        fail_msg("there is no state %s", state);
    }
    for (size_t k = 0; k < 4 && STATES[i].lines[k] != NULL; k++) {
        const char *line = STATES[i].lines[k];
        if (line[0] == '<') {
            peer_text_line(f, &p->peer, line + 1);
        } else {
            app_text_line(f, &p->app, line);
        }
        (void)fixture_turn(f);
    }
    if (p->alloc == NULL) {
        fixture_trace_app(f, CLEAR);
        fixture_clear(f);
    }
}

/* Feeds what the peer has said since the last time, with the cuts that fall there. */
static void turn(struct play *p)
{
    struct fixture *f = &p->f;
    size_t length = f->in.length;
    size_t *cuts = malloc((p->cut_count + 1) * sizeof *cuts);
    size_t count = 0;
    assert_non_null(cuts);
    while (p->cut_at < p->cut_count && p->cuts[p->cut_at] < p->segment_start + length) {
        cuts[count++] = p->cuts[p->cut_at++] - p->segment_start;
    }
    cuts[count++] = length;
    p->segment_start += length;
    if (length > 0) {
        (void)fixture_feed_cut(f, cuts, count);
    }
    free(cuts);
}

/* "5s" or "100ms" pass. */
static void wait_for(struct play *p, const char *text)
{
    struct fixture *f = &p->f;
    char *end = NULL;
    uint64_t amount = strtoul(text, &end, 10);
    f->now_ns += amount * (strcmp(end, "s") == 0 ? UINT64_C(1000000000) : UINT64_C(1000000));
    (void)fixture_tick(f);
}

static void answer_all(struct fixture *f, const char *text)
{
    f->answer = strcmp(text, "OK") == 0 ? ":status 200" : text;
}

static void trace_answer(struct fixture *f, const char *text)
{
    char line[200];
    (void)snprintf(line, sizeof line, ANSWER "%s", text);
    fixture_trace_app(f, line);
}

static void step(struct play *p, const struct line *line)
{
    struct fixture *f = &p->f;
    for (uint32_t i = 0; line->kind == LINE_PEER && i < line->times; i++) {
        peer_text_line(f, &p->peer, line->text);
    }
    if (line->kind == LINE_PEER || line->kind == LINE_LOG || line->kind == LINE_FAULT ||
        line->kind == LINE_SET) {
        return;
    }
    if (line->kind == LINE_ANSWER) {
        trace_answer(f, line->text);
        answer_all(f, line->text);
        return;
    }
    turn(p);
    fixture_drain(f);
    if (line->kind == LINE_APP) {
        app_text_line(f, &p->app, line->text);
    } else if (line->kind == LINE_WAIT) {
        wait_for(p, line->text);
    } else {
        put_stream(p, line->text);
    }
    fixture_drain(f);
}

static void set_member(h2session_config *config, const char *text)
{
    static const struct {
        const char *name;
        size_t offset;
    } members[] = {
        {"header_table_size", offsetof(h2session_config, header_table_size)},
        {"max_concurrent_streams", offsetof(h2session_config, max_concurrent_streams)},
        {"initial_window_size", offsetof(h2session_config, initial_window_size)},
        {"max_frame_size", offsetof(h2session_config, max_frame_size)},
        {"max_header_list_size", offsetof(h2session_config, max_header_list_size)},
        {"connection_window_size", offsetof(h2session_config, connection_window_size)},
        {"field_count_limit", offsetof(h2session_config, field_count_limit)},
        {"enable_push", offsetof(h2session_config, enable_push)},
        {"flags", offsetof(h2session_config, flags)},
        {"unconsumed_limit_bytes", offsetof(h2session_config, unconsumed_limit_bytes)},
        {"promised_streams_limit", offsetof(h2session_config, promised_streams_limit)},
        {"enable_connect_protocol", offsetof(h2session_config, enable_connect_protocol)},
    };
    struct words w = words_of(text);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (words_take(&w, members[i].name)) {
            uint32_t value = words_number(&w);
            memcpy((uint8_t *)config + members[i].offset, &value, sizeof value);
            return;
        }
    }
    words_wrong(&w);
}

/* 1 when there is a session. */
static int begin(struct play *p)
{
    const struct conversation *c = p->c;
    struct fixture *f = &p->f;
    p->peer.next_id = 1;
    fixture_init(f, p->role, p->alloc);
    for (size_t i = 0; i < c->count; i++) {
        if (c->lines[i].kind == LINE_SET) {
            set_member(&f->config, c->lines[i].text);
        }
    }
    if (fixture_start(f) != 0) {
        return 0;
    }
    if (!c->raw) {
        fixture_greet(f);
    }
    f->trace_to = p->trace_to;
    return 1;
}

void play_run(struct play *p)
{
    struct fixture *f = &p->f;
    if (!begin(p)) {
        return;
    }
    for (size_t i = 0; i < p->c->count; i++) {
        step(p, &p->c->lines[i]);
    }
    turn(p);
    if (p->behind != NULL) {
        p->behind(f);
        (void)fixture_feed(f);
    }
    fixture_drain(f);
    f->trace_to = NULL;
}

static void app_again(struct fixture *f, const char *text, void *arg)
{
    struct play *p = arg;
    if (strcmp(text, CLEAR) == 0) {
        fixture_clear(f);
    } else if (strncmp(text, ANSWER, strlen(ANSWER)) == 0) {
        for (size_t i = 0; i < p->c->count; i++) {
            const struct line *line = &p->c->lines[i];
            if (line->kind == LINE_ANSWER && strcmp(line->text, text + strlen(ANSWER)) == 0) {
                answer_all(f, line->text);
            }
        }
    } else {
        app_text_line(f, &p->app, text);
    }
}

void play_again(struct play *p, const char *trace)
{
    assert_true(begin(p));
    fixture_replay(&p->f, trace, app_again, p);
}

void play_end(struct play *p)
{
    app_text_free(&p->app);
    fixture_end(&p->f);
}
