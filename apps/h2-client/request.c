/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <stdlib.h>
#include <string.h>

enum exit_code requests_read(struct request **out, size_t *count, const struct option_list *uris,
                             const struct log *log)
{
    struct request *requests = calloc(uris->count, sizeof *requests);

    *out = requests;
    *count = 0;
    if (requests == NULL) {
        log_error(log, "out of memory");
        return EXIT_CODE_LOCAL;
    }
    for (size_t i = 0; i < uris->count; i++) {
        struct request *request = &requests[(*count)++];
        const char *why;

        request->text = uris->items[i];
        if (uri_parse(&request->uri, request->text, &why) != 0) {
            log_error(log, "%s: %s", request->text, why);
            return EXIT_CODE_USAGE;
        }
    }
    return EXIT_CODE_OK;
}

void requests_free(struct request *requests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uri_clear(&requests[i].uri);
        request_release_held(&requests[i]);
    }
    free(requests);
}

void request_reset(struct request *request)
{
    upload_end(&request->upload);
    request_release_held(request);
    request->stream_id = 0;
    request->status = 0;
    request->is_complete = 0;
    request->is_discarded = 0;
}

void request_end(struct request *request, enum exit_code result)
{
    upload_end(&request->upload);
    request->state = REQUEST_DONE;
    request->result = result;
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
