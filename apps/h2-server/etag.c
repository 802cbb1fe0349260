/* SPDX-License-Identifier: MIT */
#include "etag.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Spreads each bit over all 64, one to one. The inode goes in so that it cannot be read off. */
static uint64_t mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

void etag_make(char out[ETAG_SIZE], const struct file_identity *file, const char *coding,
               int is_weak)
{
    const uint64_t ns =
        (uint64_t)file->modified.tv_sec * UINT64_C(1000000000) + (uint64_t)file->modified.tv_nsec;
    (void)snprintf(out, ETAG_SIZE, "%s\"%" PRIx64 "-%016" PRIx64 "%s%.8s\"", is_weak ? "W/" : "",
                   file->size, mix(mix(file->inode) ^ ns), coding == NULL ? "" : "-",
                   coding == NULL ? "" : coding);
}

struct tag {
    const char *opaque; /* with its quotes */
    size_t length;
    int is_weak;
};

/* The tag at the beginning of a text. Returns its length, or 0. */
static size_t read_tag(const char *text, size_t length, struct tag *tag)
{
    tag->is_weak = length >= 2 && memcmp(text, "W/", 2) == 0;
    size_t at = tag->is_weak ? 2 : 0;
    tag->opaque = text + at;
    if (at == length || text[at] != '"') {
        return 0;
    }
    for (at++; at < length && text[at] != '"'; at++) {
        const unsigned char octet = (unsigned char)text[at];
        if (octet <= 0x20 || octet == 0x7f) {
            return 0;
        }
    }
    if (at == length) {
        return 0;
    }
    tag->length = (size_t)(text + at + 1 - tag->opaque);
    return at + 1;
}

static int same(const struct tag *tag, const char *etag, enum etag_comparison how)
{
    struct tag ours;
    return read_tag(etag, strlen(etag), &ours) > 0 &&
           (how == ETAG_WEAK || (!tag->is_weak && !ours.is_weak)) && tag->length == ours.length &&
           memcmp(tag->opaque, ours.opaque, ours.length) == 0;
}

/* rfc: 9110#8.8.3.2 */
int etag_in_list(const char *list, size_t length, const char *etag, enum etag_comparison how)
{
    if (length == 1 && list[0] == '*') {
        return 1;
    }
    for (size_t at = 0; at < length;) {
        struct tag tag;
        if (list[at] == ' ' || list[at] == '\t' || list[at] == ',') {
            at++;
            continue;
        }
        const size_t size = read_tag(list + at, length - at, &tag);
        if (size == 0) {
            return 0;
        }
        if (same(&tag, etag, how)) {
            return 1;
        }
        at += size;
    }
    return 0;
}

int etag_is(const char *text, size_t length, const char *etag)
{
    struct tag tag;
    return read_tag(text, length, &tag) == length && length > 0 && same(&tag, etag, ETAG_STRONG);
}
