/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "loop.h"

enum { DEFAULT_WEIGHT = 16 }; /* RFC 7540 5.3.5 */

static int grow(struct request_list *list)
{
    size_t capacity = list->capacity == 0 ? 8 : 2 * list->capacity;
    struct request **grown = realloc(list->items, capacity * sizeof(struct request *));

    if (grown == NULL) {
        return -1;
    }
    list->items = grown;
    list->capacity = capacity;
    return 0;
}

static void free_request(struct request *request)
{
    request_release_held(request);
    decoder_free(request->decoder);
    free(request->next_text);
    uri_clear(&request->uri);
    free(request->text);
    free(request);
}

struct request *requests_add(struct request_list *list, struct record_book *book, const char *text,
                             const char **why)
{
    *why = uri_no_memory;
    if (list->count == list->capacity && grow(list) != 0) {
        return NULL;
    }
    struct request *request = calloc(1, sizeof *request);

    if (request == NULL) {
        return NULL;
    }
    request->text = strdup(text);
    if (request->text == NULL || uri_parse(&request->uri, text, why) != 0) {
        free_request(request);
        return NULL;
    }
    request->record = record_new(book, text);
    if (request->record == NULL) {
        *why = uri_no_memory;
        free_request(request);
        return NULL;
    }
    request->record->queued_ns = loop_now_ns();
    list->items[list->count++] = request;
    return request;
}

static uint32_t number_at(const struct option_list *list, size_t at, uint32_t otherwise)
{
    static const struct option_spec any = {.kind = OPTION_NUMBER, .max = UINT32_MAX, .name = ""};
    char error[OPTIONS_ERROR_SIZE];
    uint64_t number = otherwise;

    if (at < list->count) {
        /* It has been looked at when the command line was read. */
        (void)options_read_number(&any, list->items[at], &number, error);
    }
    return (uint32_t)number;
}

static void apply_dependency(struct request *request, const struct client_options *options,
                             size_t at)
{
    struct client_dependency dependency = {0};
    char error[OPTIONS_ERROR_SIZE];

    if (at < options->dependencies.count) {
        (void)client_options_dependency(options->dependencies.items[at], UINT32_MAX, &dependency,
                                        error);
    }
    request->dependency = (uint32_t)dependency.number;
    request->is_exclusive = dependency.is_exclusive;
}

/* What the options say about the URI at this place. */
static void apply_options(struct request *request, const struct client_options *options, size_t at)
{
    int is_tree = options->weights.count > 0 || options->dependencies.count > 0;

    request->number = (uint32_t)at + 1;
    request->priority = at < options->priorities.count ? options->priorities.items[at] : NULL;
    request->weight = is_tree ? number_at(&options->weights, at, DEFAULT_WEIGHT) : 0;
    apply_dependency(request, options, at);
    if (options->remote_name) {
        output_init_remote(&request->own_output, request->uri.path, options->null_out);
        request->output = &request->own_output;
    }
}

enum exit_code requests_plan(struct request_list *list, struct record_book *book,
                             const struct client_options *options, const struct log *log)
{
    for (size_t i = 0; i < options->uris.count; i++) {
        const char *text = options->uris.items[i];

        for (uint64_t n = 0; n < options->times; n++) {
            const char *why;
            struct request *request = requests_add(list, book, text, &why);

            if (request == NULL) {
                log_error(log, "%s: %s", text, why);
                return why == uri_no_memory ? EXIT_CODE_LOCAL : EXIT_CODE_USAGE;
            }
            apply_options(request, options, i);
        }
    }
    return EXIT_CODE_OK;
}

void requests_clear(struct request_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free_request(list->items[i]);
    }
    free(list->items);
    memset(list, 0, sizeof *list);
}

void request_link(struct request_chain *chain, struct request *request)
{
    request->previous_active = NULL;
    request->next_active = chain->first;
    if (chain->first != NULL) {
        chain->first->previous_active = request;
    }
    chain->first = request;
    chain->count++;
}

void request_unlink(struct request_chain *chain, struct request *request)
{
    if (request->previous_active != NULL) {
        request->previous_active->next_active = request->next_active;
    } else {
        chain->first = request->next_active;
    }
    if (request->next_active != NULL) {
        request->next_active->previous_active = request->previous_active;
    }
    request->next_active = NULL;
    request->previous_active = NULL;
    chain->count--;
}

void request_restart(struct request *request)
{
    upload_end(&request->upload);
    request_release_held(request);
    decoder_free(request->decoder);
    free(request->next_text);
    request->decoder = NULL;
    request->next_text = NULL;
    request->is_redirected = 0;
    request->is_next_lost = 0;
    request->stream_id = 0;
    request->status = 0;
    request->is_complete = 0;
    request->is_discarded = 0;
    request->direct_octets = 0;
    request->is_wide = 0;
    request->state = REQUEST_WAITING;
}

void request_reset(struct request *request)
{
    request_restart(request);
    record_again(request->record);
}

void request_end(struct request *request, enum exit_code result)
{
    struct record *record = request->record;

    upload_end(&request->upload);
    if (request->output == &request->own_output) {
        (void)output_close(&request->own_output);
    }
    request->state = REQUEST_DONE;
    request->result = result;
    record->exit_code = result;
    record->status = request->status;
    record->done_ns = loop_now_ns();
    if (record->end == RECORD_OPEN) {
        record->end = result == EXIT_CODE_OK ? RECORD_COMPLETE : RECORD_FAILED;
    }
}

int request_hold(struct request *request, const uint8_t *data, size_t length)
{
    size_t needed = request->held_length + length;

    if (needed > request->held_capacity) {
        size_t capacity = needed > 2 * request->held_capacity ? needed : 2 * request->held_capacity;
        uint8_t *grown = realloc(request->held, capacity);

        if (grown == NULL) {
            return -1;
        }
        request->held = grown;
        request->held_capacity = capacity;
    }
    if (length > 0) {
        memcpy(request->held + request->held_length, data, length);
    }
    request->held_length = needed;
    return 0;
}

void request_release_held(struct request *request)
{
    free(request->held);
    request->held = NULL;
    request->held_length = 0;
    request->held_capacity = 0;
}
