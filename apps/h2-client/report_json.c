/* SPDX-License-Identifier: MIT */
#include "report_json.h"

#include <stdlib.h>

#include <cjson/cJSON.h>
#include <h2session/h2session.h>

#include "json_value.h"

static double us_between(uint64_t from_ns, uint64_t to_ns)
{
    return to_ns > from_ns ? (double)((to_ns - from_ns) / 1000) : 0;
}

/* Adds microseconds, or null when it did not happen. */
static int add_us(cJSON *object, const char *name, uint64_t from_ns, uint64_t to_ns)
{
    if (from_ns == 0 || to_ns == 0) {
        return cJSON_AddNullToObject(object, name) != NULL;
    }
    return cJSON_AddNumberToObject(object, name, us_between(from_ns, to_ns)) != NULL;
}

static int add_text_or_null(cJSON *object, const char *name, const char *text)
{
    return text[0] == '\0' ? cJSON_AddNullToObject(object, name) != NULL
                           : json_add_text(object, name, text);
}

static int add_number(cJSON *object, const char *name, uint64_t number)
{
    return cJSON_AddNumberToObject(object, name, (double)number) != NULL;
}

static int add_connection(cJSON *object, const struct conn_record *connection)
{
    if (connection == NULL) {
        return cJSON_AddNullToObject(object, "connection") != NULL;
    }
    cJSON *out = cJSON_AddObjectToObject(object, "connection");

    return out != NULL && add_number(out, "id", connection->id) &&
           add_text_or_null(out, "address", connection->address) &&
           add_text_or_null(out, "tls_version", connection->tls_version) &&
           add_text_or_null(out, "tls_cipher", connection->tls_cipher) &&
           add_text_or_null(out, "tls_kernel",
                            connection->tls_kernel == NULL ? "" : connection->tls_kernel) &&
           add_us(out, "name_us", connection->start_ns, connection->resolved_ns) &&
           add_us(out, "tcp_us", connection->resolved_ns, connection->connected_ns) &&
           add_us(out, "tls_us", connection->tls_version[0] == '\0' ? 0 : connection->connected_ns,
                  connection->open_ns);
}

/* From the start of the program on. */
static int add_timings(cJSON *object, const struct record *record, uint64_t start_ns)
{
    cJSON *out = cJSON_AddObjectToObject(object, "timings_us");
    uint64_t open_ns = record->connection == NULL ? 0 : record->connection->open_ns;

    return out != NULL && add_us(out, "queued", start_ns, record->queued_ns) &&
           add_us(out, "connected", start_ns, open_ns) &&
           add_us(out, "sent", start_ns, record->sent_ns) &&
           add_us(out, "body_sent", start_ns, record->body_sent_ns) &&
           add_us(out, "first_octet", start_ns, record->first_ns) &&
           add_us(out, "done", start_ns, record->done_ns);
}

static int add_sizes(cJSON *object, const struct record *record)
{
    cJSON *out = cJSON_AddObjectToObject(object, "octets");

    return out != NULL && add_number(out, "request_header", record->request_header) &&
           add_number(out, "request_body", record->request_body) &&
           add_number(out, "response_header", record->response_header) &&
           add_number(out, "response_body", record->response_body) &&
           add_number(out, "response_decoded",
                      record->decoded_body != 0 ? record->decoded_body : record->response_body);
}

static int add_stall(cJSON *object, const char *name, const struct stall_clock *clock,
                     enum stall_cause cause)
{
    return add_number(object, name, clock->total_ns[cause] / 1000);
}

static int add_stalls(cJSON *object, const struct record *record)
{
    cJSON *out = cJSON_AddObjectToObject(object, "stalled_us");

    return out != NULL && add_stall(out, "concurrency", &record->sending, STALL_STREAMS) &&
           add_stall(out, "send_stream_window", &record->sending, STALL_STREAM_WINDOW) &&
           add_stall(out, "send_connection_window", &record->sending, STALL_CONNECTION_WINDOW) &&
           add_stall(out, "receive_stream_window", &record->receiving, STALL_STREAM_WINDOW) &&
           add_stall(out, "receive_connection_window", &record->receiving, STALL_CONNECTION_WINDOW);
}

static int add_end(cJSON *object, const struct record *record)
{
    static const char *const names[] = {"open", "complete", "reset", "lost", "failed"};

    if (!json_add_text(object, "end", names[record->end]) ||
        !add_number(object, "exit_status", (uint64_t)record->exit_code) ||
        !add_text_or_null(object, "message", record->message)) {
        return 0;
    }
    int is_known = record->end == RECORD_RESET || record->end == RECORD_LOST;

    if (!is_known || record->end_reason == H2SESSION_REASON_NONE) {
        return cJSON_AddNullToObject(object, "reset") != NULL;
    }
    cJSON *out = cJSON_AddObjectToObject(object, "reset");

    return out != NULL && json_add_text(out, "by", record->by_peer ? "peer" : "client") &&
           add_number(out, "code", record->end_code) &&
           json_add_text(out, "code_name", h2frame_code_name(record->end_code)) &&
           json_add_text(out, "reason", h2session_reason_name(record->end_reason)) &&
           add_text_or_null(out, "where", h2session_reason_where(record->end_reason)) &&
           add_text_or_null(out, "text", h2session_reason_text(record->end_reason));
}

static int fill(cJSON *object, const struct record *record, uint64_t start_ns)
{
    const char *protocol = record->connection == NULL ? "" : record->connection->protocol;

    if (!add_number(object, "version", REPORT_JSON_VERSION) ||
        !json_add_text(object, "uri", record->uri) ||
        !add_text_or_null(object, "method", record->method) ||
        !add_text_or_null(object, "protocol", protocol) ||
        !add_number(object, "stream", record->stream_id) ||
        !add_number(object, "pushed_on", record->parent_id) ||
        !add_number(object, "tries", record->tries + 1)) {
        return 0;
    }
    if (record->status == 0 ? cJSON_AddNullToObject(object, "status") == NULL
                            : !add_number(object, "status", record->status)) {
        return 0;
    }
    return add_timings(object, record, start_ns) && add_sizes(object, record) &&
           add_stalls(object, record) && add_end(object, record) &&
           add_connection(object, record->connection);
}

static int print_record(FILE *out, const struct record *record, uint64_t start_ns)
{
    cJSON *object = cJSON_CreateObject();
    char *text = NULL;

    if (object != NULL && fill(object, record, start_ns)) {
        text = cJSON_PrintUnformatted(object);
    }
    cJSON_Delete(object);
    if (text == NULL) {
        return -1;
    }
    fprintf(out, "%s\n", text);
    cJSON_free(text);
    return 0;
}

int report_json(FILE *out, const struct record_book *book)
{
    size_t count = 0;
    struct record **sorted = record_sorted(book, &count);
    int result = sorted == NULL && book->count > 0 ? -1 : 0;

    for (size_t i = 0; i < count && result == 0; i++) {
        result = print_record(out, sorted[i], book->start_ns);
    }
    free(sorted);
    return result;
}
