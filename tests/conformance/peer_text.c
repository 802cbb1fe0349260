/* SPDX-License-Identifier: MIT */
#include "peer_text.h"

#include <stdlib.h>
#include <string.h>

#include "fields_text.h"
#include "words.h"

/* "+END +OPEN +PRIO +CUT3 +PAD5": what a frame has beside its payload. */
struct extras {
    uint32_t flags;
    uint32_t open; /* no END_HEADERS */
    uint32_t cut;  /* the block in so many frames */
    uint32_t pad;
};

static struct extras take_extras(struct words *w)
{
    struct extras e = {.cut = 1};
    while (w->rest[0] == '+') {
        char word[16];
        words_next(w, word, sizeof word);
        if (strcmp(word, "+END") == 0) {
            e.flags |= H2FRAME_FLAG_END_STREAM;
        } else if (strcmp(word, "+OPEN") == 0) {
            e.open = 1;
        } else if (strcmp(word, "+PRIO") == 0) {
            e.flags |= H2FRAME_FLAG_PRIORITY;
        } else if (strncmp(word, "+CUT", 4) == 0) {
            e.cut = (uint32_t)strtoul(word + 4, NULL, 10);
        } else if (strncmp(word, "+PAD", 4) == 0) {
            e.flags |= H2FRAME_FLAG_PADDED;
            e.pad = (uint32_t)strtoul(word + 4, NULL, 10);
        } else {
            words_wrong(w);
        }
    }
    return e;
}

static uint32_t take_stream(struct words *w, struct peer_text *p)
{
    if (words_take(w, "*")) {
        p->next_id += 2;
        return p->next_id - 2;
    }
    return words_number(w);
}

/* "hex 0102", "zeros 5", "text GET /%0d%0a" or nothing: octets as they stand. */
static void take_octets(struct words *w, struct octets *out)
{
    octets_add(out, "", 0);
    while (*w->rest != '\0') {
        if (words_take(w, "zeros")) {
            uint32_t count = words_number(w);
            uint8_t *zeros = calloc(count + 1, 1);
            assert_non_null(zeros);
            octets_add(out, zeros, count);
            free(zeros);
        } else if (words_take(w, "text")) {
            fields_text_octets(w->rest, strlen(w->rest), out);
            return;
        } else if (words_take(w, "hex")) {
            uint8_t octets[4096];
            octets_add(out, octets, test_hex(w->rest, octets, sizeof octets));
            return;
        } else {
            words_wrong(w);
        }
    }
}

/* A field block: octets as they stand, or fields for the peer's encoder. */
static void take_block(struct fixture *f, struct words *w, struct octets *out)
{
    if (strncmp(w->rest, "hex", 3) == 0 || strncmp(w->rest, "zeros", 5) == 0) {
        take_octets(w, out);
        return;
    }
    struct field_list list;
    fields_text_parse(w->rest, &list);
    peer_encode(f, list.fields, list.count, out);
    fields_text_free(&list);
}

static void block_frames(struct fixture *f, h2frame_frame first, const struct octets *block,
                         const struct extras *e)
{
    size_t step = block->length / e->cut;
    for (uint32_t i = 0; i < e->cut; i++) {
        int last = i + 1 == e->cut;
        h2frame_frame frame = {.type = H2FRAME_TYPE_CONTINUATION, .stream_id = first.stream_id};
        if (i == 0) {
            frame = first;
            frame.flags = e->flags;
            frame.pad_length = e->pad;
            frame.weight = 16;
        }
        frame.flags |= last && !e->open ? H2FRAME_FLAG_END_HEADERS : 0;
        frame.payload.data = block->data + i * step;
        frame.payload.length = last ? block->length - i * step : step;
        peer_frame(f, &frame);
    }
}

static void block_line(struct fixture *f, struct words *w, struct peer_text *p, uint32_t type)
{
    h2frame_frame first = {.type = type};
    first.stream_id = take_stream(w, p);
    if (type == H2FRAME_TYPE_PUSH_PROMISE) {
        first.promised_stream_id = take_stream(w, p);
    }
    struct extras e = take_extras(w);
    struct octets block = {.length = 0};
    take_block(f, w, &block);
    block_frames(f, first, &block, &e);
    free(block.data);
}

static void data_line(struct fixture *f, struct words *w, struct peer_text *p)
{
    h2frame_frame frame = {.type = H2FRAME_TYPE_DATA};
    frame.stream_id = take_stream(w, p);
    uint32_t length = words_number(w);
    struct extras e = take_extras(w);
    uint8_t *body = malloc(length + 1);
    assert_non_null(body);
    memset(body, 'd', length + 1);
    frame.flags = e.flags;
    frame.pad_length = e.pad;
    frame.payload = (h2frame_bytes){body, length};
    peer_frame(f, &frame);
    free(body);
}

/* By hand, because the writer refuses values that are out of range. */
static void settings_line(struct fixture *f, struct words *w)
{
    struct octets payload = {.length = 0};
    uint8_t head[H2FRAME_HEAD_LENGTH];
    uint32_t flags = words_take(w, "ACK") ? H2FRAME_FLAG_ACK : 0;
    octets_add(&payload, "", 0);
    while (*w->rest != '\0') {
        char word[64];
        words_next(w, word, sizeof word);
        char *equals = strchr(word, '=');
        if (equals == NULL) {
            words_wrong(w);
            return;
        }
        *equals = '\0';
        uint32_t id = words_setting(w, word);
        uint32_t value = (uint32_t)strtoul(equals + 1, NULL, 0);
        const uint8_t entry[6] = {
            (uint8_t)(id >> 8),     (uint8_t)id,           (uint8_t)(value >> 24),
            (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value,
        };
        octets_add(&payload, entry, sizeof entry);
    }
    h2frame_write_head(head, (uint32_t)payload.length, H2FRAME_TYPE_SETTINGS, flags, 0);
    octets_add(&f->in, head, sizeof head);
    octets_add(&f->in, payload.data, payload.length);
    free(payload.data);
}

/* "raw TYPE FLAGS STREAM OCTETS": the length is that of the octets. */
static void raw_line(struct fixture *f, struct words *w)
{
    char type[32];
    uint8_t head[H2FRAME_HEAD_LENGTH];
    struct octets payload = {.length = 0};
    words_next(w, type, sizeof type);
    uint32_t flags = words_number(w);
    uint32_t stream = words_number(w);
    take_octets(w, &payload);
    h2frame_write_head(head, (uint32_t)payload.length, words_type(w, type), flags, 0);
    for (int i = 0; i < 4; i++) { /* with the reserved bit, when it is given */
        head[5 + i] = (uint8_t)(stream >> (24 - 8 * i));
    }
    octets_add(&f->in, head, sizeof head);
    octets_add(&f->in, payload.data, payload.length);
    free(payload.data);
}

static void short_frame(struct fixture *f, struct words *w, struct peer_text *p, uint32_t type)
{
    h2frame_frame frame = {.type = type};
    struct octets payload = {.length = 0};
    if (type == H2FRAME_TYPE_PING) {
        frame.flags = words_take(w, "ACK") ? H2FRAME_FLAG_ACK : 0;
        memcpy(frame.opaque, "pingpong", 8);
    } else if (type == H2FRAME_TYPE_GOAWAY) {
        frame.last_stream_id = words_number(w);
        frame.error_code = words_code(w);
        take_octets(w, &payload);
    } else if (type == H2FRAME_TYPE_PRIORITY_UPDATE) {
        frame.prioritized_stream_id = words_number(w);
        octets_add(&payload, w->rest, strlen(w->rest));
    } else {
        frame.stream_id = take_stream(w, p);
        frame.weight = 16;
        if (type == H2FRAME_TYPE_RST_STREAM) {
            frame.error_code = words_code(w);
        } else if (type == H2FRAME_TYPE_PRIORITY) {
            frame.dependency = words_number(w);
        } else if (type == H2FRAME_TYPE_WINDOW_UPDATE) {
            frame.increment = words_number(w);
        } else {
            words_wrong(w);
        }
    }
    frame.payload = (h2frame_bytes){payload.data, payload.length};
    peer_frame(f, &frame);
    free(payload.data);
}

void peer_text_line(struct fixture *f, struct peer_text *p, const char *text)
{
    struct words w = words_of(text);
    char word[32];
    if (words_take(&w, "preface")) {
        peer_preface(f);
        return;
    }
    if (words_take(&w, "octets")) {
        take_octets(&w, &f->in);
        return;
    }
    if (words_take(&w, "raw")) {
        raw_line(f, &w);
        return;
    }
    words_next(&w, word, sizeof word);
    uint32_t type = words_type(&w, word);
    if (type == H2FRAME_TYPE_DATA) {
        data_line(f, &w, p);
    } else if (type == H2FRAME_TYPE_HEADERS || type == H2FRAME_TYPE_PUSH_PROMISE ||
               type == H2FRAME_TYPE_CONTINUATION) {
        block_line(f, &w, p, type);
    } else if (type == H2FRAME_TYPE_SETTINGS) {
        settings_line(f, &w);
    } else {
        short_frame(f, &w, p, type);
    }
}
