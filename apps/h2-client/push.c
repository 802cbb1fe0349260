/* SPDX-License-Identifier: MIT */
#include "push.h"

#include <stdlib.h>
#include <string.h>

#include "observe.h"

static const hpack_field *find(const h2session_headers_event *event, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < event->field_count; i++) {
        if (event->fields[i].name_length == length &&
            memcmp(event->fields[i].name, name, length) == 0) {
            return &event->fields[i];
        }
    }
    return NULL;
}

static char *append(char *at, const char *text, size_t length)
{
    memcpy(at, text, length);
    return at + length;
}

/* "scheme://authority/path", or NULL: incomplete, too long, or no memory. */
static char *uri_text(const h2session_headers_event *event)
{
    const hpack_field *scheme = find(event, ":scheme");
    const hpack_field *authority = find(event, ":authority");
    const hpack_field *path = find(event, ":path");

    if (scheme == NULL || authority == NULL || path == NULL) {
        return NULL;
    }
    size_t length = (size_t)scheme->value_length + 3 + authority->value_length + path->value_length;
    char *text = length > PUSH_URI_LIMIT ? NULL : malloc(length + 1);

    if (text != NULL) {
        char *at = append(text, scheme->value, scheme->value_length);

        at = append(at, "://", 3);
        at = append(at, authority->value, authority->value_length);
        at = append(at, path->value, path->value_length);
        *at = '\0';
    }
    return text;
}

/* What was promised cannot be used: the stream is reset, nothing else happens. */
int push_promised(struct fetch *fetch, const h2session_headers_event *event)
{
    char *text = fetch->pushes.count < PUSH_LIMIT ? uri_text(event) : NULL;
    const char *why = "";
    struct request *push =
        text == NULL ? NULL : requests_add(&fetch->pushes, fetch->book, text, &why);

    free(text);
    if (push == NULL) {
        return H2SESSION_REFUSE_STREAM;
    }
    if (h2session_set_stream_user(fetch->session, event->stream_id, push) != 0) {
        return H2SESSION_REFUSE_STREAM;
    }
    push->stream_id = event->stream_id;
    push->is_aside = 1;
    push->state = REQUEST_ACTIVE;
    push->activity_ns = loop_now_ns();
    push->output = &fetch->nowhere;
    request_link(&fetch->active, push);
    observe_promised(fetch, push, event);
    return 0;
}

void push_closed(struct request *push)
{
    request_end(push, EXIT_CODE_OK);
}

void push_lost(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->pushes.count; i++) {
        struct request *push = fetch->pushes.items[i];

        if (push->state == REQUEST_ACTIVE) {
            push->record->end = RECORD_LOST;
            request_end(push, EXIT_CODE_OK);
        }
    }
}
