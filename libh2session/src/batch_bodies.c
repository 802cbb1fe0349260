/* SPDX-License-Identifier: MIT */
/*
 * Bodies of a batch: queues by stream, and the body source that takes from them.
 */
#include <string.h>

#include "batch.h"
#include "body_queue.h"
#include "import.h"

enum { CHAINS_MIN = 16 };

struct body {
    h2session_batch *batch;
    struct body *next;
    uint32_t stream_id; /* 0: being submitted, in no chain yet */
    uint32_t flags;     /* H2SESSION_BODY_ that came with the last octets */
    uint32_t refused;   /* BODY_ROOM is owed */
    struct body_queue queue;
};

static size_t chain_of(const struct batch_bodies *all, uint32_t stream_id)
{
    uint32_t hash = stream_id * UINT32_C(0x9e3779b1);
    return (hash ^ (hash >> 15)) & (all->chain_count - 1);
}

static struct body *find_body(const struct batch_bodies *all, uint32_t stream_id)
{
    struct body *body = all->chain_count > 0 ? all->chains[chain_of(all, stream_id)] : NULL;
    while (body != NULL && body->stream_id != stream_id) {
        body = body->next;
    }
    return body;
}

static void link_body(struct batch_bodies *all, struct body *body)
{
    struct body **chain = &all->chains[chain_of(all, body->stream_id)];
    body->next = *chain;
    *chain = body;
}

static void free_chains(const struct memory *m, struct batch_bodies *all)
{
    h2session__memory_free(m, all->chains, all->chain_count * sizeof(struct body *));
    *all = (struct batch_bodies){.count = all->count};
}

/* As many chains as bodies; without memory they get longer, unless there are none at all. */
static int make_chains(h2session_batch *b)
{
    struct batch_bodies *all = &b->bodies;
    if (all->count < all->chain_count) {
        return 0;
    }
    size_t count = all->chain_count > 0 ? all->chain_count * 2 : CHAINS_MIN;
    struct batch_bodies more = {.chain_count = count, .count = all->count};
    more.chains = h2session__memory_zero(&b->memory, count * sizeof(struct body *));
    if (more.chains == NULL) {
        return all->chain_count > 0 ? 0 : -1;
    }
    for (size_t i = 0; i < all->chain_count; i++) {
        struct body *next = NULL;
        for (struct body *body = all->chains[i]; body != NULL; body = next) {
            next = body->next;
            link_body(&more, body);
        }
    }
    free_chains(&b->memory, all);
    *all = more;
    return 0;
}

static struct body *new_body(h2session_batch *b)
{
    if (make_chains(b) != 0) {
        return NULL;
    }
    struct body *body = h2session__memory_zero(&b->memory, sizeof *body);
    if (body != NULL) {
        body->batch = b;
        h2session__body_queue_init(&body->queue, &b->memory);
        b->bodies.count++;
    } else if (b->bodies.count == 0) {
        free_chains(&b->memory, &b->bodies);
    }
    return body;
}

/* It is in no chain any more. */
static void free_body(struct body *body)
{
    h2session_batch *b = body->batch;
    h2session__body_queue_free(&body->queue);
    h2session__memory_free(&b->memory, body, sizeof *body);
    b->bodies.count--;
    if (b->bodies.count == 0) {
        free_chains(&b->memory, &b->bodies);
    }
}

void h2session__batch_bodies_remove(h2session_batch *b, uint32_t stream_id)
{
    struct body *body = find_body(&b->bodies, stream_id);
    if (body == NULL) {
        return;
    }
    struct body **link = &b->bodies.chains[chain_of(&b->bodies, stream_id)];
    while (*link != body) {
        link = &(*link)->next;
    }
    *link = body->next;
    free_body(body);
}

static int tell_room(struct body *body)
{
    const h2session_batch_event event = {.kind = H2SESSION_EVENT_BODY_ROOM,
                                         .stream_id = body->stream_id};
    body->refused = 0;
    return h2session__batch_keep(body->batch, &event, 0) == H2SESSION_ABORT ? H2SESSION_ABORT : 0;
}

static int read_body(h2session *s, h2session_read_event *event, void *read_user)
{
    (void)s;
    struct body *body = read_user;
    int ended = (body->flags & H2SESSION_BODY_END) != 0;
    if (body->queue.bytes == 0 && !ended) {
        return H2SESSION_DEFER;
    }
    event->length =
        h2session__body_queue_take(&body->queue, event->buffer, event->capacity, &event->lend);
    if (ended && body->queue.bytes == 0) {
        event->flags = body->flags;
    }
    int has_room = body->queue.bytes <= body->batch->config.body_limit_bytes / 2;
    return body->refused && has_room ? tell_room(body) : 0;
}

/* A copy of the caller's message with a body of the batch. */
static int with_body(h2session_batch *b, const h2session_message *in, h2session_message *out,
                     struct body **body)
{
    memset(out, 0, sizeof *out);
    if (in == NULL || in->size < offsetof(h2session_message, read) ||
        import_struct(out, sizeof *out, in, in->size) != 0 || out->read != NULL) {
        return H2SESSION_ERR_USAGE;
    }
    out->size = sizeof *out;
    *body = new_body(b);
    out->read = read_body;
    out->read_user = *body;
    return *body != NULL ? 0 : H2SESSION_ERR_NOMEM;
}

/* After the submit: the body of a message that never began is not asked for. */
static int submitted(struct body *body, int result, uint32_t stream_id)
{
    if (result != 0) {
        free_body(body);
        return result;
    }
    body->stream_id = stream_id;
    link_body(&body->batch->bodies, body);
    return 0;
}

int h2session_batch_submit_request(h2session_batch *b, const h2session_message *message,
                                   uint32_t *stream_id)
{
    if (b == NULL || stream_id == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    *stream_id = 0;
    h2session_message own;
    struct body *body = NULL;
    int result = with_body(b, message, &own, &body);
    if (result != 0) {
        return result;
    }
    result = h2session_submit_request(b->session, &own, stream_id);
    return submitted(body, result, *stream_id);
}

int h2session_batch_submit_response(h2session_batch *b, uint32_t stream_id,
                                    const h2session_message *message)
{
    if (b == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    h2session_message own;
    struct body *body = NULL;
    int result = with_body(b, message, &own, &body);
    if (result != 0) {
        return result;
    }
    result = h2session_submit_response(b->session, stream_id, &own);
    return submitted(body, result, stream_id);
}

static int queue_octets(struct body *body, const uint8_t *data, size_t length, uint32_t flags)
{
    if (body->flags & H2SESSION_BODY_END) {
        return H2SESSION_ERR_STREAM_STATE;
    }
    if (length > 0 && body->queue.bytes >= body->batch->config.body_limit_bytes) {
        body->refused = 1;
        return H2SESSION_ERR_OUTPUT_LIMIT;
    }
    if (h2session__body_queue_add(&body->queue, data, length) != 0) {
        return H2SESSION_ERR_NOMEM;
    }
    body->flags = flags;
    return 0;
}

static int flags_are_valid(uint32_t flags)
{
    return flags == 0 || flags == H2SESSION_BODY_END ||
           flags == (H2SESSION_BODY_END | H2SESSION_BODY_TRAILERS);
}

int h2session_batch_submit_body(h2session_batch *b, uint32_t stream_id, const uint8_t *data,
                                size_t length, uint32_t flags)
{
    if (b == NULL || (data == NULL && length > 0) || !flags_are_valid(flags)) {
        return H2SESSION_ERR_USAGE;
    }
    struct body *body = find_body(&b->bodies, stream_id);
    if (body == NULL) {
        return H2SESSION_ERR_STREAM_UNKNOWN;
    }
    int result = queue_octets(body, data, length, flags);
    if (result != 0) {
        return result;
    }
    result = h2session_resume(b->session, stream_id);
    if (result != 0) { /* the message has no body, or the stream has ended */
        h2session__body_queue_drop(&body->queue);
    }
    return result == H2SESSION_ERR_STREAM_STATE ? 0 : result;
}

size_t h2session_batch_body_waiting(const h2session_batch *b, uint32_t stream_id)
{
    const struct body *body = b != NULL ? find_body(&b->bodies, stream_id) : NULL;
    return body != NULL ? body->queue.bytes : 0;
}
