/* SPDX-License-Identifier: MIT */
#include "push.h"

#include <stdlib.h>
#include <string.h>

#include "field_find.h"
#include "observe.h"

static char *append(char *at, const char *text, size_t length)
{
    memcpy(at, text, length);
    return at + length;
}

/* "scheme://authority/path", or NULL: incomplete, too long, or no memory. */
static char *uri_text(const h2session_headers_event *event)
{
    const hpack_field *scheme = field_find(event->fields, event->field_count, ":scheme");
    const hpack_field *authority = field_find(event->fields, event->field_count, ":authority");
    const hpack_field *path = field_find(event->fields, event->field_count, ":path");

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
