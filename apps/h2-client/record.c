/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "field_find.h"

struct record *record_new(struct record_book *book, const char *uri)
{
    struct record *record = calloc(1, sizeof *record);

    if (record == NULL) {
        return NULL;
    }
    record->uri = strdup(uri);
    if (record->uri == NULL) {
        free(record);
        return NULL;
    }
    if (book->last == NULL) {
        book->first = record;
    } else {
        book->last->next = record;
    }
    book->last = record;
    book->count++;
    return record;
}

struct conn_record *record_new_connection(struct record_book *book)
{
    struct conn_record *connection = calloc(1, sizeof *connection);

    if (connection == NULL) {
        return NULL;
    }
    connection->id = book->last_connection == NULL ? 1 : book->last_connection->id + 1;
    if (book->last_connection == NULL) {
        book->first_connection = connection;
    } else {
        book->last_connection->next = connection;
    }
    book->last_connection = connection;
    return connection;
}

static void clear_fields(struct record_fields *fields)
{
    free(fields->items);
    free(fields->octets);
    memset(fields, 0, sizeof *fields);
}

void record_book_clear(struct record_book *book)
{
    while (book->first != NULL) {
        struct record *record = book->first;

        book->first = record->next;
        clear_fields(&record->request_fields);
        clear_fields(&record->response_fields);
        free(record->uri);
        free(record);
    }
    while (book->first_connection != NULL) {
        struct conn_record *connection = book->first_connection;

        book->first_connection = connection->next;
        free(connection);
    }
    memset(book, 0, sizeof *book);
}

void record_again(struct record *record)
{
    struct record kept = {.next = record->next,
                          .uri = record->uri,
                          .tries = record->tries + 1,
                          .queued_ns = record->queued_ns,
                          .sending = record->sending};

    clear_fields(&record->request_fields);
    clear_fields(&record->response_fields);
    *record = kept;
}

static char *copy_text(char **at, const char *text, size_t length)
{
    char *copy = *at;

    if (length > 0) {
        memcpy(copy, text, length);
    }
    *at += length;
    return copy;
}

int record_keep_fields(const struct record_book *book, struct record_fields *out,
                       const hpack_field *fields, size_t count)
{
    size_t size = 1;

    clear_fields(out);
    if (!book->keeps_fields || count == 0) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        size += (size_t)fields[i].name_length + fields[i].value_length;
    }
    out->items = calloc(count, sizeof *out->items);
    out->octets = malloc(size);
    if (out->items == NULL || out->octets == NULL) {
        clear_fields(out);
        return -1;
    }
    char *at = out->octets;

    for (size_t i = 0; i < count; i++) {
        hpack_field *copy = &out->items[i];

        copy->name_length = fields[i].name_length;
        copy->value_length = fields[i].value_length;
        copy->name = copy_text(&at, fields[i].name, copy->name_length);
        copy->value = copy_text(&at, fields[i].value, copy->value_length);
    }
    out->count = count;
    return 0;
}

const hpack_field *record_find_field(const struct record_fields *fields, const char *name)
{
    return field_find(fields->items, fields->count, name);
}

static int by_end(const void *left, const void *right)
{
    const struct record *a = *(struct record *const *)left;
    const struct record *b = *(struct record *const *)right;

    if (a->done_ns != b->done_ns) {
        return a->done_ns < b->done_ns ? -1 : 1;
    }
    return a->stream_id == b->stream_id ? 0 : a->stream_id < b->stream_id ? -1 : 1;
}

struct record **record_sorted(const struct record_book *book, size_t *count)
{
    struct record **sorted = book->count == 0 ? NULL : malloc(book->count * sizeof *sorted);

    *count = 0;
    if (sorted == NULL) {
        return NULL;
    }
    for (struct record *record = book->first; record != NULL; record = record->next) {
        if (record->end != RECORD_OPEN) {
            sorted[(*count)++] = record;
        }
    }
    qsort(sorted, *count, sizeof *sorted, by_end);
    return sorted;
}

uint64_t record_stalled_ns(const struct record *record, enum stall_cause cause)
{
    return stall_total_ns(&record->sending, cause, record->done_ns) +
           stall_total_ns(&record->receiving, cause, record->done_ns);
}
