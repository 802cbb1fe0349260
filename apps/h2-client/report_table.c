/* SPDX-License-Identifier: MIT */
#include "report_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"

void report_time_text(uint64_t time_ns, char out[REPORT_TIME_SIZE])
{
    uint64_t us = time_ns / 1000;

    if (us < 1000) {
        snprintf(out, REPORT_TIME_SIZE, "%" PRIu64 "us", us);
    } else if (us < 1000000) {
        snprintf(out, REPORT_TIME_SIZE, "%" PRIu64 ".%02" PRIu64 "ms", us / 1000, us % 1000 / 10);
    } else {
        snprintf(out, REPORT_TIME_SIZE, "%" PRIu64 ".%02" PRIu64 "s", us / 1000000,
                 us % 1000000 / 10000);
    }
}

void report_size_text(uint64_t octets, char out[REPORT_COUNT_SIZE])
{
    static const char units[] = "KMGTPE";
    size_t unit = 0;

    if (octets < 1024) {
        snprintf(out, REPORT_COUNT_SIZE, "%" PRIu64, octets);
        return;
    }
    for (; octets >= 1024 * 1024; octets /= 1024) {
        unit++;
    }
    if (octets < 10 * 1024) {
        snprintf(out, REPORT_COUNT_SIZE, "%" PRIu64 ".%" PRIu64 "%c", octets / 1024,
                 octets % 1024 * 10 / 1024, units[unit]);
    } else {
        snprintf(out, REPORT_COUNT_SIZE, "%" PRIu64 "%c", octets / 1024, units[unit]);
    }
}

/* Time from `start` to `at`, with a "+" before it; "-" when one of them did not happen. */
static void since_text(uint64_t at_ns, uint64_t start_ns, char out[REPORT_TIME_SIZE])
{
    if (at_ns == 0 || start_ns == 0) {
        snprintf(out, REPORT_TIME_SIZE, "-");
        return;
    }
    char text[REPORT_TIME_SIZE];
    int is_before = at_ns < start_ns;

    report_time_text(is_before ? start_ns - at_ns : at_ns - start_ns, text);
    snprintf(out, REPORT_TIME_SIZE, "%c%.22s", is_before ? '-' : '+', text);
}

static void print_span(FILE *out, const char *what, uint64_t from_ns, uint64_t to_ns)
{
    char text[REPORT_TIME_SIZE];

    if (from_ns != 0 && to_ns >= from_ns) {
        report_time_text(to_ns - from_ns, text);
        fprintf(out, ", %s %s", what, text);
    }
}

static void print_connection(FILE *out, const struct conn_record *connection)
{
    if (connection->open_ns == 0) {
        fprintf(out, "connection %" PRIu32 ": did not come about", connection->id);
    } else {
        fprintf(out, "connection %" PRIu32 ": %s %s", connection->id, connection->address,
                connection->protocol);
    }
    if (connection->tls_version[0] != '\0') {
        fprintf(out, " (%s, %s)", connection->tls_version, connection->tls_cipher);
    }
    print_span(out, "name", connection->start_ns, connection->resolved_ns);
    print_span(out, "TCP", connection->resolved_ns, connection->connected_ns);
    if (connection->tls_version[0] != '\0') {
        print_span(out, "TLS", connection->connected_ns, connection->open_ns);
    }
    fputc('\n', out);
}

/* "1.20ms stream window, 3us streams". */
static void print_stalls(FILE *out, const struct record *record)
{
    static const char *const names[STALL_CAUSES] = {"", "streams", "stream window",
                                                    "connection window"};
    const char *separator = "  ; stalled by ";

    for (int cause = STALL_STREAMS; cause < STALL_CAUSES; cause++) {
        uint64_t time_ns = record_stalled_ns(record, (enum stall_cause)cause);
        char text[REPORT_TIME_SIZE];

        if (time_ns >= 1000) {
            report_time_text(time_ns, text);
            fprintf(out, "%s%s %s", separator, names[cause], text);
            separator = ", ";
        }
    }
}

static void print_record(FILE *out, const struct record *record)
{
    const struct conn_record *connection = record->connection;
    uint64_t start_ns = connection == NULL ? 0 : connection->open_ns;
    char sent[REPORT_TIME_SIZE];
    char first[REPORT_TIME_SIZE];
    char done[REPORT_TIME_SIZE];
    char took[REPORT_TIME_SIZE] = "-";
    char size[REPORT_COUNT_SIZE];
    char code[12] = "-";

    since_text(record->sent_ns, start_ns, sent);
    since_text(record->first_ns, start_ns, first);
    since_text(record->done_ns, start_ns, done);
    if (record->sent_ns != 0 && record->done_ns >= record->sent_ns) {
        report_time_text(record->done_ns - record->sent_ns, took);
    }
    report_size_text(record->response_body, size);
    if (record->status != 0) {
        snprintf(code, sizeof code, "%" PRIu32, record->status);
    }
    fprintf(out, "%5" PRIu32 "%c%10s %10s %10s %10s %5s %7s  ", record->stream_id,
            record->parent_id != 0 ? '*' : ' ', sent, first, done, took, code, size);
    escape_print(out, record->uri, strlen(record->uri));
    print_stalls(out, record);
    if (record->end != RECORD_COMPLETE) {
        fputs("  ; ", out);
        escape_print(out, record->message[0] == '\0' ? "failed" : record->message,
                     strlen(record->message[0] == '\0' ? "failed" : record->message));
    }
    fputc('\n', out);
}

int report_table(FILE *out, const struct record_book *book)
{
    size_t count = 0;
    struct record **sorted = record_sorted(book, &count);

    if (sorted == NULL && book->count > 0) {
        return -1;
    }
    fputs("\nConnections:\n", out);
    for (const struct conn_record *connection = book->first_connection; connection != NULL;
         connection = connection->next) {
        print_connection(out, connection);
    }
    fputs("\nRequests as they came to their end; times begin with the open connection, * was "
          "pushed:\n",
          out);
    fprintf(out, "%5s %10s %10s %10s %10s %5s %7s  %s\n", "id", "sent", "first", "done", "took",
            "code", "size", "URI");
    for (size_t i = 0; i < count; i++) {
        print_record(out, sorted[i]);
    }
    free(sorted);
    return 0;
}
