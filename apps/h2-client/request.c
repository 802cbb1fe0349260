/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <stdlib.h>
#include <string.h>

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
