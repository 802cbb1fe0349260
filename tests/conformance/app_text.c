/* SPDX-License-Identifier: MIT */
#include "app_text.h"

#include <stdlib.h>
#include <string.h>

#include <fixture_ports.h>

#include "fields_text.h"
#include "words.h"

static struct body *new_body(struct app_text *a, size_t length)
{
    assert_true(a->count < APP_BODIES);
    struct body *body = &a->bodies[a->count++];
    *body = (struct body){.length = length};
    return body;
}

/* "body=5 +hold +lend +trailers": the body of a message, NULL when there is none. */
static struct body *take_body(struct app_text *a, struct words *w)
{
    char word[32];
    if (strncmp(w->rest, "body=", 5) != 0) {
        return NULL;
    }
    words_next(w, word, sizeof word);
    struct body *body = new_body(a, strtoul(word + 5, NULL, 10));
    while (w->rest[0] == '+') {
        if (words_take(w, "+hold")) {
            body->defer = UINT32_MAX;
        } else if (words_take(w, "+lend")) {
            body->lend = 1;
        } else if (words_take(w, "+trailers")) {
            body->flags = H2SESSION_BODY_TRAILERS;
        } else {
            words_wrong(w);
        }
    }
    return body;
}

static int message(struct fixture *f, struct app_text *a, struct words *w, uint32_t stream_id)
{
    struct field_list list;
    struct body *body = take_body(a, w);
    fields_text_parse(w->rest, &list);
    const h2session_message m = {
        .size = sizeof m,
        .fields = list.fields,
        .field_count = list.count,
        .read = body != NULL ? body_read : NULL,
        .read_user = body,
    };
    int result = 0;
    if (stream_id == 0) {
        uint32_t id = 0;
        result = h2session_submit_request(f->s, &m, &id);
        f->opened += result == 0;
    } else {
        result = h2session_submit_response(f->s, stream_id, &m);
    }
    fields_text_free(&list);
    return result;
}

static int call_request(struct fixture *f, struct app_text *a, struct words *w)
{
    return message(f, a, w, 0);
}

static int call_respond(struct fixture *f, struct app_text *a, struct words *w)
{
    uint32_t id = words_number(w);
    return message(f, a, w, id);
}

static int call_inform(struct fixture *f, struct app_text *a, struct words *w)
{
    (void)a;
    uint32_t id = words_number(w);
    struct field_list list;
    fields_text_parse(w->rest, &list);
    int result = h2session_submit_informational(f->s, id, list.fields, list.count);
    fields_text_free(&list);
    return result;
}

static int call_trailers(struct fixture *f, struct app_text *a, struct words *w)
{
    (void)a;
    uint32_t id = words_number(w);
    struct field_list list;
    fields_text_parse(w->rest, &list);
    int result = h2session_submit_trailers(f->s, id, list.fields, list.count);
    fields_text_free(&list);
    return result;
}

static int call_push(struct fixture *f, struct app_text *a, struct words *w)
{
    (void)a;
    uint32_t parent = words_number(w);
    uint32_t promised = 0;
    struct field_list list;
    fields_text_parse(w->rest, &list);
    const h2session_message m = {
        .size = sizeof m, .fields = list.fields, .field_count = list.count};
    int result = h2session_submit_push(f->s, parent, &m, &promised);
    f->opened += result == 0;
    fields_text_free(&list);
    return result;
}

static int call_reset(struct fixture *f, struct app_text *a, struct words *w)
{
    (void)a;
    uint32_t id = words_number(w);
    return h2session_submit_reset(f->s, id, words_code(w));
}

static int call_resume(struct fixture *f, struct app_text *a, struct words *w)
{
    for (size_t i = 0; i < a->count; i++) {
        a->bodies[i].defer = 0;
    }
    return h2session_resume(f->s, words_number(w));
}

static int call_consume(struct fixture *f, struct app_text *a, struct words *w)
{
    (void)a;
    uint32_t id = words_number(w);
    return h2session_consume(f->s, id, words_number(w));
}

static int call_ping(struct fixture *f, struct app_text *a, struct words *w)
{
    (void)a;
    (void)w;
    return h2session_submit_ping(f->s, (const uint8_t *)"pingpong");
}

static int call_settings(struct fixture *f, struct app_text *a, struct words *w)
{
    (void)a;
    char name[32];
    h2frame_setting entry;
    words_next(w, name, sizeof name);
    entry.id = words_setting(w, name);
    entry.value = words_number(w);
    return h2session_submit_settings(f->s, &entry, 1);
}

static int call_shutdown(struct fixture *f, struct app_text *a, struct words *w)
{
    (void)a;
    (void)w;
    return h2session_shutdown(f->s);
}

static int call_terminate(struct fixture *f, struct app_text *a, struct words *w)
{
    (void)a;
    return h2session_terminate(f->s, words_code(w));
}

static int call_eof(struct fixture *f, struct app_text *a, struct words *w)
{
    (void)a;
    (void)w;
    (void)fixture_eof(f);
    return 0;
}

static const struct {
    const char *name;
    int (*call)(struct fixture *f, struct app_text *a, struct words *w);
} CALLS[] = {
    {"request", call_request},     {"respond", call_respond},   {"inform", call_inform},
    {"reset", call_reset},         {"trailers", call_trailers}, {"resume", call_resume},
    {"consume", call_consume},     {"ping", call_ping},         {"settings", call_settings},
    {"push", call_push},           {"eof", call_eof},           {"shutdown", call_shutdown},
    {"terminate", call_terminate},
};

void app_text_line(struct fixture *f, struct app_text *a, const char *text)
{
    struct words w = words_of(text);
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        if (!words_take(&w, CALLS[i].name)) {
            continue;
        }
        if (CALLS[i].call != call_eof) { /* which is a port, traced as such */
            fixture_trace_app(f, text);
        }
        int result = CALLS[i].call(f, a, &w);
        f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
        h2session_fault_event fault = {.size = sizeof fault};
        if (result == H2SESSION_ERR_FIELD && h2session_last_fault(f->s, &fault) == 0) {
            fixture_log(f, "%s H2SESSION_ERR_FIELD %s", CALLS[i].name,
                        h2session_reason_name(fault.reason));
        } else if (result != 0) {
            fixture_log(f, "%s %s", CALLS[i].name, h2session_error_name(result));
        }
        return;
    }
    words_wrong(&w);
}

void app_text_free(struct app_text *a)
{
    for (size_t i = 0; i < a->count; i++) {
        body_free(&a->bodies[i]);
    }
}
