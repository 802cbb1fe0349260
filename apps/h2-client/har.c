/* SPDX-License-Identifier: MIT */
#include "har.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cjson/cJSON.h>
#include <h2session/h2session.h>

#include "json_value.h"

struct har {
    const struct record_book *book;
    uint64_t wall_us;
};

void har_time_text(uint64_t wall_us, char out[HAR_TIME_SIZE])
{
    time_t seconds = (time_t)(wall_us / 1000000);
    struct tm parts;
    char text[24] = "1970-01-01T00:00:00";

    if (gmtime_r(&seconds, &parts) != NULL) {
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    }
    (void)snprintf(out, HAR_TIME_SIZE, "%s.%03uZ", text, (unsigned)(wall_us / 1000 % 1000));
}

static int add_number(cJSON *object, const char *name, double number)
{
    return cJSON_AddNumberToObject(object, name, number) != NULL;
}

static int add_time(cJSON *object, const struct har *har, uint64_t at_ns)
{
    uint64_t since_us = at_ns > har->book->start_ns ? (at_ns - har->book->start_ns) / 1000 : 0;
    char text[HAR_TIME_SIZE];

    har_time_text(har->wall_us + since_us, text);
    return json_add_text(object, "startedDateTime", text);
}

/* Milliseconds; 0 when the second time did not come, or came first. */
static double ms_between(uint64_t from_ns, uint64_t to_ns)
{
    return to_ns > from_ns && from_ns != 0 ? (double)((to_ns - from_ns) / 1000) / 1000.0 : 0;
}

static int add_pair(cJSON *array, const char *name, size_t name_length, const char *value,
                    size_t value_length)
{
    cJSON *pair = cJSON_CreateObject();

    if (pair != NULL && json_add_octets(pair, "name", name, name_length) &&
        json_add_octets(pair, "value", value, value_length) && cJSON_AddItemToArray(array, pair)) {
        return 1;
    }
    cJSON_Delete(pair);
    return 0;
}

static int add_fields(cJSON *object, const struct record_fields *fields)
{
    cJSON *array = cJSON_AddArrayToObject(object, "headers");
    int ok = array != NULL && cJSON_AddArrayToObject(object, "cookies") != NULL;

    for (size_t i = 0; ok && i < fields->count; i++) {
        const hpack_field *field = &fields->items[i];

        ok = add_pair(array, field->name, field->name_length, field->value, field->value_length);
    }
    return ok;
}

/* "a=1&b" of the URI; percent-encoding is left as it is. */
static int add_query(cJSON *object, const char *uri)
{
    cJSON *array = cJSON_AddArrayToObject(object, "queryString");
    const char *at = strchr(uri, '?');
    int ok = array != NULL;

    while (ok && at != NULL && *at != '\0' && *at != '#') {
        const char *name = at + 1;
        size_t length = strcspn(name, "&#");
        const char *equals = memchr(name, '=', length);
        size_t name_length = equals == NULL ? length : (size_t)(equals - name);
        const char *value = equals == NULL ? name + length : equals + 1;

        ok = length == 0 ||
             add_pair(array, name, name_length, value, (size_t)(name + length - value));
        at = name + length;
    }
    return ok;
}

static int add_request(cJSON *entry, const struct record *record)
{
    cJSON *request = cJSON_AddObjectToObject(entry, "request");

    return request != NULL && json_add_text(request, "method", record->method) &&
           json_add_text(request, "url", record->uri) &&
           json_add_text(request, "httpVersion", "HTTP/2") &&
           add_fields(request, &record->request_fields) && add_query(request, record->uri) &&
           add_number(request, "headersSize", (double)record->request_header) &&
           add_number(request, "bodySize", (double)record->request_body);
}

static int add_field_value(cJSON *object, const char *member, const struct record_fields *fields,
                           const char *name)
{
    const hpack_field *field = record_find_field(fields, name);

    return field == NULL ? json_add_text(object, member, "")
                         : json_add_octets(object, member, field->value, field->value_length);
}

static int add_response(cJSON *entry, const struct record *record)
{
    const struct record_fields *fields = &record->response_fields;
    cJSON *response = cJSON_AddObjectToObject(entry, "response");
    cJSON *content = response == NULL ? NULL : cJSON_AddObjectToObject(response, "content");

    uint64_t size = record->decoded_body != 0 ? record->decoded_body : record->response_body;

    return content != NULL && add_number(content, "size", (double)size) &&
           add_field_value(content, "mimeType", fields, "content-type") &&
           add_number(response, "status", record->status) &&
           json_add_text(response, "statusText", "") &&
           json_add_text(response, "httpVersion", "HTTP/2") && add_fields(response, fields) &&
           add_field_value(response, "redirectURL", fields, "location") &&
           add_number(response, "headersSize", (double)record->response_header) &&
           add_number(response, "bodySize", (double)record->response_body);
}

/* The first request that was sent on its connection. */
static int is_first(const struct record_book *book, const struct record *record)
{
    for (const struct record *other = book->first; other != NULL; other = other->next) {
        if (other->connection == record->connection && other->sent_ns != 0 &&
            (other->sent_ns < record->sent_ns ||
             (other->sent_ns == record->sent_ns && other->stream_id < record->stream_id))) {
            return 0;
        }
    }
    return 1;
}

static double span_or_none(uint64_t from_ns, uint64_t to_ns)
{
    return from_ns == 0 || to_ns == 0 ? -1 : ms_between(from_ns, to_ns);
}

/* Name, TCP and TLS; connect includes TLS, as the format says. */
static int add_connecting(cJSON *timings, const struct conn_record *connection, int is_first_one)
{
    int has_tls = connection->tls_version[0] != '\0';
    double none = -1;

    return add_number(timings, "dns",
                      is_first_one ? span_or_none(connection->start_ns, connection->resolved_ns)
                                   : none) &&
           add_number(timings, "connect",
                      is_first_one ? span_or_none(connection->resolved_ns, connection->open_ns)
                                   : none) &&
           add_number(timings, "ssl",
                      is_first_one && has_tls
                          ? span_or_none(connection->connected_ns, connection->open_ns)
                          : none);
}

static int add_timings(cJSON *entry, const struct har *har, const struct record *record)
{
    cJSON *timings = cJSON_AddObjectToObject(entry, "timings");
    const struct conn_record *connection = record->connection;
    int first = is_first(har->book, record);
    uint64_t since_ns =
        first || record->queued_ns < connection->open_ns ? connection->open_ns : record->queued_ns;
    uint64_t body_ns = record->body_sent_ns == 0 ? record->sent_ns : record->body_sent_ns;
    uint64_t first_ns = record->first_ns == 0 ? record->done_ns : record->first_ns;
    /* An answer may come before the request is whole. */
    uint64_t send_ns = body_ns < first_ns ? body_ns : first_ns;
    uint64_t begin_ns = first && connection->start_ns != 0 ? connection->start_ns : since_ns;

    return timings != NULL && add_connecting(timings, connection, first) &&
           add_number(timings, "blocked", ms_between(since_ns, record->sent_ns)) &&
           add_number(timings, "send", ms_between(record->sent_ns, send_ns)) &&
           add_number(timings, "wait", ms_between(send_ns, first_ns)) &&
           add_number(timings, "receive", ms_between(first_ns, record->done_ns)) &&
           add_number(entry, "time", ms_between(begin_ns, record->done_ns)) &&
           add_time(entry, har, begin_ns);
}

static int add_entry(cJSON *entries, const struct har *har, const struct record *record)
{
    cJSON *entry = cJSON_CreateObject();
    char id[16];

    if (entry == NULL || !cJSON_AddItemToArray(entries, entry)) {
        cJSON_Delete(entry);
        return 0;
    }
    (void)snprintf(id, sizeof id, "%" PRIu32, record->connection->id);
    return json_add_text(entry, "pageref", "page_1") && add_timings(entry, har, record) &&
           add_request(entry, record) && add_response(entry, record) &&
           cJSON_AddObjectToObject(entry, "cache") != NULL &&
           json_add_text(entry, "connection", id) &&
           json_add_text(entry, "comment",
                         record->parent_id != 0 ? "pushed by the server" : record->message);
}

static int add_page(cJSON *log, const struct har *har)
{
    cJSON *pages = cJSON_AddArrayToObject(log, "pages");
    cJSON *page = pages == NULL ? NULL : cJSON_CreateObject();
    uint64_t last_ns = har->book->start_ns;

    if (page == NULL || !cJSON_AddItemToArray(pages, page)) {
        cJSON_Delete(page);
        return 0;
    }
    for (const struct record *record = har->book->first; record != NULL; record = record->next) {
        last_ns = record->done_ns > last_ns ? record->done_ns : last_ns;
    }
    cJSON *timings = cJSON_AddObjectToObject(page, "pageTimings");

    return timings != NULL && add_number(timings, "onContentLoad", -1) &&
           add_number(timings, "onLoad", ms_between(har->book->start_ns, last_ns)) &&
           add_time(page, har, har->book->start_ns) && json_add_text(page, "id", "page_1") &&
           json_add_text(page, "title", har->book->first == NULL ? "" : har->book->first->uri);
}

static int add_creator(cJSON *log)
{
    cJSON *creator = cJSON_AddObjectToObject(log, "creator");

    return creator != NULL && json_add_text(creator, "name", "h2-client") &&
           json_add_text(creator, "version", h2session_version());
}

static int fill(cJSON *root, const struct har *har)
{
    cJSON *log = cJSON_AddObjectToObject(root, "log");
    int ok = log != NULL && json_add_text(log, "version", "1.2") && add_creator(log) &&
             add_page(log, har);
    cJSON *entries = ok ? cJSON_AddArrayToObject(log, "entries") : NULL;

    ok = entries != NULL;
    for (const struct record *record = har->book->first; ok && record != NULL;
         record = record->next) {
        ok = record->sent_ns == 0 || record->connection == NULL || add_entry(entries, har, record);
    }
    return ok;
}

int har_write(FILE *out, const struct record_book *book, uint64_t wall_us)
{
    const struct har har = {book, wall_us};
    cJSON *root = cJSON_CreateObject();
    char *text = NULL;

    if (root != NULL && fill(root, &har)) {
        text = cJSON_Print(root);
    }
    cJSON_Delete(root);
    if (text == NULL) {
        return -1;
    }
    fprintf(out, "%s\n", text);
    cJSON_free(text);
    return 0;
}
