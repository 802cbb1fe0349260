/* SPDX-License-Identifier: MIT */
#include "body.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void body_hold(struct body *body, struct stored *stored)
{
    body->cached = stored->cached;
    body->holds_descriptor = stored->fd >= 0;
    body->descriptor = stored->fd;
    stored->cached = NULL;
    stored->fd = -1;
}

struct body_file body_slice(const struct stored *stored, uint64_t first, uint64_t length)
{
    const struct body_file slice = {
        .fd = stored->fd,
        .memory = stored->cached == NULL ? NULL : stored->cached->data,
        .offset = first,
        .left = length,
    };
    return slice;
}

void body_set_file(struct body *body, const struct body_file *file)
{
    body->as.file = *file;
    body->read = file->left == 0 ? NULL : body_file_read;
}

void body_set_cached(struct body *body, struct cached_file *cached)
{
    const struct body_file whole = {.fd = -1, .memory = cached->data, .left = cached->length};
    body->cached = cached;
    body_set_file(body, &whole);
}

void body_set_text(struct body *body, const char *text, size_t length)
{
    body->as.memory.data = (const uint8_t *)text;
    body->as.memory.length = length;
    body->read = length == 0 ? NULL : body_memory_read;
}

void body_set_memory(struct body *body, void *memory, size_t length)
{
    body_set_text(body, memory, length);
    body->memory = memory;
}

static void clear_gzip(struct body *body)
{
    gzip_body_free(body->as.gzip);
}

void body_set_gzip(struct body *body, struct gzip_body *gzip)
{
    body->as.gzip = gzip;
    body->clear = clear_gzip;
    body->read = gzip_body_read;
}

static void clear_multipart(struct body *body)
{
    multipart_free(body->as.multipart);
}

void body_set_multipart(struct body *body, struct multipart *multipart)
{
    body->as.multipart = multipart;
    body->clear = clear_multipart;
    body->read = multipart_read;
}

void body_clear(struct body *body)
{
    if (body->clear != NULL) {
        body->clear(body);
    }
    if (body->holds_descriptor) {
        (void)close(body->descriptor);
    }
    if (body->cached != NULL) {
        file_cache_release(body->cached);
    }
    free(body->memory);
    memset(body, 0, sizeof *body);
}
