/* SPDX-License-Identifier: MIT */
#include "decoder.h"

#include <string.h>

void hpack__string_begin(hpack_decoder *d, uint32_t wire_length, uint64_t cap, int must_copy)
{
    struct hpack__string *s = &d->string;
    s->huffman = (struct hpack__huffman){0, 0};
    s->length = 0;
    s->cap = cap;
    s->start = d->table.log_used;
    s->view = NULL;
    s->remaining = wire_length;
    s->must_copy = (uint8_t)must_copy;
    /* No code is longer than 30 bits, and up to 7 bits are padding: this many octets come out at
     * the least, which tells before any work that the string is too long. */
    uint64_t least = wire_length;
    if (s->coded) {
        least = wire_length > 0 ? (wire_length * UINT64_C(8) - 7) / HPACK__HUFFMAN_LONGEST : 0;
    }
    s->kept = least <= cap;
}

static void drop(hpack_decoder *d)
{
    d->string.kept = 0;
    d->table.log_used = d->string.start;
}

static int take_raw(hpack_decoder *d, struct hpack__input *in, uint32_t count)
{
    struct hpack__string *s = &d->string;
    if (s->kept && in->last && !s->must_copy && s->length == 0 && count == s->remaining) {
        s->view = (const char *)in->at;
    } else if (s->kept && count > 0) {
        int result = hpack__decoder_reserve_log(d, count);
        if (result != 0) {
            return result;
        }
        memcpy(d->table.log + d->table.log_used, in->at, count);
        d->table.log_used += count;
    }
    in->at += count;
    s->length += count;
    return 0;
}

/* Decodes to the end of the log. One octet beyond the cap shows that the string is too long. */
static int decode_kept(hpack_decoder *d, const uint8_t **at, const uint8_t *end)
{
    struct hpack__string *s = &d->string;
    uint64_t room = hpack__huffman_most(&s->huffman, (size_t)(end - *at));
    if (room > s->cap - s->length) {
        room = s->cap - s->length + 1;
    }
    int result = hpack__decoder_reserve_log(d, (size_t)room);
    if (result != 0) {
        return result;
    }
    uint8_t *begin = (uint8_t *)d->table.log + d->table.log_used;
    uint8_t *to = begin;
    result = hpack__huffman_decode(&s->huffman, at, end, &to, begin + room);
    d->table.log_used += (size_t)(to - begin);
    s->length += (size_t)(to - begin);
    if (s->length > s->cap) {
        drop(d);
    }
    return result;
}

/* Decodes to nowhere; what counts is the length and that the code is right. */
static int decode_dropped(hpack_decoder *d, const uint8_t **at, const uint8_t *end)
{
    struct hpack__string *s = &d->string;
    uint8_t sink[256];
    for (;;) {
        uint8_t *to = sink;
        int result = hpack__huffman_decode(&s->huffman, at, end, &to, sink + sizeof sink);
        s->length += (size_t)(to - sink);
        if (result != 0 || to < sink + sizeof sink) {
            return result;
        }
    }
}

static int take_coded(hpack_decoder *d, struct hpack__input *in, uint32_t count)
{
    struct hpack__string *s = &d->string;
    const uint8_t *end = in->at + count;
    int result = 0;
    if (s->kept && count > 0) {
        result = decode_kept(d, &in->at, end);
    }
    if (result == 0 && !s->kept) {
        result = decode_dropped(d, &in->at, end);
    }
    if (result == 0 && s->remaining == count) {
        result = hpack__huffman_finish(&s->huffman);
    }
    return result;
}

int hpack__string_read(hpack_decoder *d, struct hpack__input *in)
{
    struct hpack__string *s = &d->string;
    size_t available = (size_t)(in->end - in->at);
    uint32_t count = available < s->remaining ? (uint32_t)available : s->remaining;
    int result = s->coded ? take_coded(d, in, count) : take_raw(d, in, count);
    if (result != 0) {
        return result;
    }
    s->remaining -= count;
    return s->remaining == 0 ? 0 : HPACK__MORE;
}

const char *hpack__string_data(const hpack_decoder *d)
{
    const struct hpack__string *s = &d->string;
    if (s->length == 0) {
        return "";
    }
    return s->view != NULL ? s->view : d->table.log + s->start;
}
