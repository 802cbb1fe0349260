/* SPDX-License-Identifier: MIT */
#include "tls_gather.h"

#include <string.h>

void tls__advance(struct tls_cursor *at, size_t length)
{
    at->offset += length;
    while (at->count > 0 && at->offset >= at->pieces[0].len) {
        at->offset -= at->pieces[0].len;
        at->pieces++;
        at->count--;
    }
}

const uint8_t *tls__gather(const struct tls_cursor *at, uint8_t *staging, size_t *length)
{
    if (at->count > 0 && at->pieces[0].len - at->offset >= TLS_RECORD_PLAIN) {
        *length = TLS_RECORD_PLAIN;
        return (const uint8_t *)at->pieces[0].base + at->offset;
    }
    size_t filled = 0;
    size_t offset = at->offset;
    for (size_t i = 0; i < at->count && filled < TLS_RECORD_PLAIN; i++) {
        size_t part = at->pieces[i].len - offset;
        if (part > TLS_RECORD_PLAIN - filled) {
            part = TLS_RECORD_PLAIN - filled;
        }
        memcpy(staging + filled, at->pieces[i].base + offset, part);
        filled += part;
        offset = 0;
    }
    *length = filled;
    return staging;
}
