/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "loop.h"

static const char CUT[] = "...";

static const struct {
    uint32_t token;
    size_t most;
} KEPT[ACCESS_TEXTS] = {
    [ACCESS_METHOD] = {HPACK_TOKEN_METHOD, 32},
    [ACCESS_AUTHORITY] = {HPACK_TOKEN_AUTHORITY, 256},
    [ACCESS_PATH] = {HPACK_TOKEN_PATH, 4096},
    [ACCESS_REFERER] = {HPACK_TOKEN_REFERER, 2048},
    [ACCESS_USER_AGENT] = {HPACK_TOKEN_USER_AGENT, 1024},
};

/* The first field of each kind. Returns the octets that all of them take. */
static size_t find(const hpack_field *fields, size_t count, const hpack_field *found[ACCESS_TEXTS])
{
    size_t octets = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < ACCESS_TEXTS; k++) {
            if (fields[i].token == KEPT[k].token && found[k] == NULL) {
                const size_t length = fields[i].value_length;
                found[k] = &fields[i];
                octets += length <= KEPT[k].most ? length : KEPT[k].most + sizeof CUT - 1;
            }
        }
    }
    return octets;
}

/* Where to cut: not inside of a character of UTF-8. */
static size_t cut_at(const char *text, size_t most)
{
    size_t length = most;
    while (length > most - 3 && ((unsigned char)text[length] & 0xc0) == 0x80) {
        length--;
    }
    return length;
}

/* Returns the length of the copy. */
static size_t copy(char *out, const hpack_field *field, size_t most)
{
    if (field->value_length <= most) {
        memcpy(out, field->value, field->value_length);
        return field->value_length;
    }
    const size_t length = cut_at(field->value, most);
    memcpy(out, field->value, length);
    memcpy(out + length, CUT, sizeof CUT - 1);
    return length + sizeof CUT - 1;
}

struct record *record_new(const hpack_field *fields, size_t count, struct body *body,
                          uint32_t with_texts)
{
    const hpack_field *found[ACCESS_TEXTS] = {NULL};
    const size_t octets = with_texts ? find(fields, count, found) : 0;
    struct record *r = malloc(sizeof *r + octets);
    if (r == NULL) {
        return NULL;
    }
    memset(r, 0, sizeof *r);
    r->begun_ns = loop_now_ns();
    r->body = body;
    char *end = r->memory;
    for (size_t k = 0; k < ACCESS_TEXTS; k++) {
        if (found[k] != NULL) {
            r->texts[k] = end;
            r->lengths[k] = copy(end, found[k], KEPT[k].most);
            end += r->lengths[k];
        }
    }
    return r;
}

static int read_counted(h2session *session, h2session_read_event *event, void *read_user)
{
    struct record *r = read_user;
    const int status = r->body->read(session, event, &r->body->as);
    if (status == 0) {
        r->body_octets += event->length;
    }
    return status;
}

void record_answer(struct record *r, int status, h2session_message *message)
{
    r->status = (uint32_t)status;
    if (message->read != NULL) {
        message->read = read_counted;
        message->read_user = r;
    }
}
