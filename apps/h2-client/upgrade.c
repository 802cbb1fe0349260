/* SPDX-License-Identifier: MIT */
#include "upgrade.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h1_text.h"
#include "observe.h"
#include "submit.h"

/* The first request that waits for this origin. */
static struct request *first_request(const struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->list.count; i++) {
        struct request *request = fetch->list.items[i];

        if (request->state == REQUEST_WAITING && uri_same_origin(fetch->origin, &request->uri)) {
            return request;
        }
    }
    return NULL;
}

static void set_value(struct fields *fields, const char *name, const char *value)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->items[i].name_length == strlen(name) &&
            memcmp(fields->items[i].name, name, strlen(name)) == 0) {
            fields->items[i].value = value;
            fields->items[i].value_length = (uint32_t)strlen(value);
        }
    }
}

/* "OPTIONS *" for the origin. */
static struct request *request_aside(struct fetch *fetch)
{
    char text[FETCH_TEXT_SIZE];
    const char *why;

    (void)snprintf(text, sizeof text, "%s://%s", fetch->origin->scheme, fetch->origin->authority);
    struct request *request = requests_add(&fetch->pushes, fetch->book, text, &why);

    if (request != NULL) {
        request->is_aside = 1;
        request->output = &fetch->nowhere;
    }
    return request;
}

static int build_fields(struct fetch *fetch, struct request *request)
{
    struct fields *fields = &fetch->upgrade.fields;
    const struct fields_wish wish = {.uri = &request->uri,
                                     .lines = fetch->lines,
                                     .content_length = FIELDS_NO_BODY,
                                     .codings = fetch->options->compressed ? decoder_codings : NULL,
                                     .is_foreign = request->is_foreign,
                                     .as_get = request->as_get,
                                     .priority = request->priority,
                                     .is_large = fetch->options->continuation};

    if (fields_build(fields, &wish) != 0) {
        return -1;
    }
    if (request->is_aside) {
        set_value(fields, ":method", "OPTIONS");
        set_value(fields, ":path", "*");
    }
    return 0;
}

/* Value of HTTP2-Settings; that of a session with this configuration is always the same. */
static int read_settings(const h2session_config *config, char text[UPGRADE_SETTINGS_SIZE])
{
    const h2session_callbacks none = {.size = sizeof none};
    h2session *session = NULL;
    size_t length = 0;
    int result = h2session_new(&session, config, &none, NULL);

    if (result == 0) {
        result = h2session_upgrade_settings(session, text, UPGRADE_SETTINGS_SIZE - 1, &length);
        text[length] = '\0';
    }
    h2session_free(session);
    return result;
}

int upgrade_prepare(struct fetch *fetch, const h2session_config *config)
{
    struct upgrade *upgrade = &fetch->upgrade;
    char settings[UPGRADE_SETTINGS_SIZE];
    int is_refused = 0;

    upgrade->request = fetch->source == NULL ? first_request(fetch) : request_aside(fetch);
    if (upgrade->request == NULL || build_fields(fetch, upgrade->request) != 0 ||
        read_settings(config, settings) != 0) {
        return -1;
    }
    upgrade->text = h1_text_upgrade(&upgrade->fields, settings, &is_refused);
    if (is_refused) {
        fetch_fail(fetch, upgrade->request, EXIT_CODE_USAGE,
                   "a field cannot be sent in HTTP/1.1, where --upgrade begins");
    }
    return upgrade->text == NULL ? -1 : 0;
}

void upgrade_open(struct fetch *fetch)
{
    struct upgrade *upgrade = &fetch->upgrade;
    struct request *request = upgrade->request;
    const h2session_message message = {.size = sizeof message,
                                       .fields = upgrade->fields.items,
                                       .field_count = upgrade->fields.count,
                                       .stream_user = request};

    if (upgrade->text == NULL) {
        return;
    }
    int result = h2session_upgrade_client(fetch->session, &message);

    if (result != 0) {
        submit_failed(fetch, request, &upgrade->fields, result);
        h2_conn_abort(fetch->conn, CONN_PROTOCOL, "the upgraded request is not valid");
        return;
    }
    request->stream_id = 1;
    if (request->output == NULL) {
        request->output = fetch->output;
    }
    observe_submitted(fetch, request, &upgrade->fields);
    request->record->sent_ns = h2_conn_times(fetch->conn)->connected_ns;
    request->record->body_sent_ns = request->record->sent_ns;
    request->record->request_header = strlen(upgrade->text);
    request->state = REQUEST_ACTIVE;
    request->activity_ns = loop_now_ns();
    request_link(&fetch->active, request);
}

void upgrade_clear(struct fetch *fetch)
{
    free(fetch->upgrade.text);
    fields_clear(&fetch->upgrade.fields);
    memset(&fetch->upgrade, 0, sizeof fetch->upgrade);
}
