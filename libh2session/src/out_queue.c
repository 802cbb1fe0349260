/* SPDX-License-Identifier: MIT */
#include "out_queue.h"

#include <assert.h>
#include <string.h>

#include "check.h"
#include "cold.h"

/* The first chunk is small, because most of what is sent at once is; less so once that was not
 * enough. Where more waits, chunks double. */
enum {
    SMALL_MEMORY = 1024,
    FIRST_MEMORY = 2048,
    CHUNK_MEMORY = 4096,
    CHUNK_MOST = 32768,
    RING_START = 8,
    RING_KEPT = 16, /* the largest that is kept */
    RING_MOST = 1 << 26
};

/* data[0 .. sent) has been sent, data[sent .. used) waits, the rest is free. Only the last chunk
 * can be `open`: lent to the caller by a reserve, and so not to be freed even when drained. */
struct out_chunk {
    struct out_chunk *next;
    size_t capacity;
    size_t used;
    size_t sent;
    size_t open;
    uint8_t data[];
};

void h2session__out_queue_init(struct out_queue *q, const struct memory *memory)
{
    *q = (struct out_queue){.memory = memory};
}

static void free_chunk(struct out_queue *q, struct out_chunk *chunk)
{
    h2session__memory_free(q->memory, chunk, sizeof *chunk + chunk->capacity);
}

static void free_ring(struct out_queue *q)
{
    if (q->pieces != q->first_pieces) {
        h2session__memory_free(q->memory, q->pieces, q->piece_capacity * sizeof *q->pieces);
    }
    q->pieces = NULL;
    q->piece_capacity = 0;
    q->piece_first = 0;
}

void h2session__out_queue_free(struct out_queue *q)
{
    while (q->first_chunk != NULL) {
        struct out_chunk *chunk = q->first_chunk;
        q->first_chunk = chunk->next;
        free_chunk(q, chunk);
    }
    free_ring(q);
    h2session__out_queue_init(q, q->memory);
}

static inline struct out_piece *piece_at(const struct out_queue *q, uint32_t position)
{
    return &q->pieces[(q->piece_first + position) & (q->piece_capacity - 1)];
}

/* Whether the last chunk, drained, is the one to keep. */
static int is_kept(const struct out_queue *q, const struct out_chunk *chunk)
{
    return q->keeps && chunk->next == NULL && chunk->capacity <= FIRST_MEMORY &&
           (chunk->capacity > SMALL_MEMORY || !q->exceeded) && q->piece_capacity > 0 &&
           q->piece_capacity <= RING_KEPT;
}

/* Frees what no waiting octet and no open reserve needs. */
static void release_drained(struct out_queue *q)
{
    struct out_chunk *chunk = q->first_chunk;
    while (chunk != NULL && chunk->sent == chunk->used && !chunk->open) {
        if (is_kept(q, chunk)) {
            chunk->sent = 0;
            chunk->used = 0;
            return;
        }
        q->first_chunk = chunk->next;
        free_chunk(q, chunk);
        chunk = q->first_chunk;
    }
    if (chunk == NULL) {
        q->last_chunk = NULL;
        if (q->piece_count == 0) {
            free_ring(q);
        }
    }
}

void h2session__out_queue_keep(struct out_queue *q, uint32_t keeps)
{
    q->keeps = keeps;
    q->exceeded &= keeps;
    release_drained(q);
}

static int has_open_reserve(const struct out_queue *q)
{
    return q->last_chunk != NULL && q->last_chunk->open;
}

/* Room for so many more pieces. 0, or -1 without memory. */
static int grow_ring(struct out_queue *q, uint32_t more)
{
    if (q->piece_capacity - q->piece_count >= more) {
        return 0;
    }
    if (q->pieces == NULL && more <= OUT_QUEUE_PIECES) {
        q->pieces = q->first_pieces;
        q->piece_capacity = OUT_QUEUE_PIECES;
        return 0;
    }
    uint32_t capacity = q->piece_capacity > RING_START ? q->piece_capacity : RING_START;
    while (capacity - q->piece_count < more) {
        if (capacity > RING_MOST / 2) {
            return -1;
        }
        capacity *= 2;
    }
    struct out_piece *pieces = h2session__memory_new(q->memory, capacity * sizeof *pieces);
    if (pieces == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < q->piece_count; i++) {
        pieces[i] = *piece_at(q, i);
    }
    free_ring(q);
    q->pieces = pieces;
    q->piece_capacity = capacity;
    return 0;
}

static inline void append_piece(struct out_queue *q, struct out_piece piece)
{
    *piece_at(q, q->piece_count) = piece;
    q->piece_count++;
    q->bytes += piece.length;
    q->total_committed += piece.length;
}

/* The last chunk was reserved but nothing was committed: takes it off again. */
COLD static void drop_unused_last(struct out_queue *q)
{
    struct out_chunk *last = q->last_chunk;
    if (last == NULL || last->used > 0) {
        return;
    }
    struct out_chunk *before = NULL;
    for (struct out_chunk *c = q->first_chunk; c != last; c = c->next) {
        before = c;
    }
    if (before == NULL) {
        q->first_chunk = NULL;
    } else {
        before->next = NULL;
    }
    q->last_chunk = before;
    free_chunk(q, last);
}

/* Memory for a new last chunk with room for n octets: for what is large just that; else twice that
 * of the last one at the most, and not more than waits. */
static size_t chunk_memory(const struct out_queue *q, size_t n)
{
    size_t least = sizeof(struct out_chunk) + n;
    const size_t first = q->exceeded ? FIRST_MEMORY : SMALL_MEMORY;
    if (q->first_chunk == NULL && least <= FIRST_MEMORY) {
        return least <= first ? first : FIRST_MEMORY;
    }
    if (least > CHUNK_MEMORY) {
        return least;
    }
    size_t memory = CHUNK_MEMORY;
    while (memory < CHUNK_MOST && q->last_chunk != NULL &&
           memory <= q->last_chunk->capacity + sizeof(struct out_chunk) && memory * 2 <= q->bytes) {
        memory *= 2;
    }
    return memory;
}

COLD static struct out_chunk *add_chunk(struct out_queue *q, size_t n)
{
    if (n > SIZE_MAX / 2) {
        return NULL;
    }
    q->exceeded |= q->first_chunk != NULL;
    size_t capacity = chunk_memory(q, n) - sizeof(struct out_chunk);
    struct out_chunk *chunk = h2session__memory_new(q->memory, sizeof *chunk + capacity);
    if (chunk == NULL) {
        return NULL;
    }
    *chunk = (struct out_chunk){.capacity = capacity};
    if (q->last_chunk == NULL) {
        q->first_chunk = chunk;
    } else {
        q->last_chunk->next = chunk;
    }
    q->last_chunk = chunk;
    q->joins = 0;
    return chunk;
}

uint8_t *h2session__out_queue_reserve(struct out_queue *q, size_t n)
{
    RUN_CHECK(h2session__out_queue_check(q));
    struct out_chunk *chunk = q->last_chunk;
    if (chunk != NULL) {
        chunk->open = 0;
    }
    if (chunk == NULL || chunk->capacity - chunk->used < n) {
        release_drained(q);
        drop_unused_last(q);
        chunk = add_chunk(q, n);
    }
    if (chunk == NULL || grow_ring(q, 1) != 0) {
        release_drained(q);
        RUN_CHECK(h2session__out_queue_check(q));
        return NULL;
    }
    chunk->open = 1;
    RUN_CHECK(h2session__out_queue_check(q));
    return chunk->data + chunk->used;
}

size_t h2session__out_queue_room(const struct out_queue *q)
{
    return q->last_chunk != NULL ? q->last_chunk->capacity - q->last_chunk->used : 0;
}

uint8_t *h2session__out_queue_tail(const struct out_queue *q)
{
    return q->last_chunk->data + q->last_chunk->used;
}

/* The next n octets of the last chunk join the queue, n > 0: with the last piece, when they stand
 * right behind it. Else the ring has room for a piece. Returns where they stand. */
static inline uint8_t *take_own(struct out_queue *q, size_t n)
{
    struct out_chunk *chunk = q->last_chunk;
    uint8_t *to = chunk->data + chunk->used;
    if (q->joins) {
        piece_at(q, q->piece_count - 1)->length += n;
        q->bytes += n;
        q->total_committed += n;
    } else {
        append_piece(q, (struct out_piece){.data = to, .length = n});
        q->joins = 1;
    }
    chunk->used += n;
    q->frames++;
    return to;
}

/* Whether take_own() may be called, and so many more pieces be appended, without any memory. */
static inline int has_room(const struct out_queue *q, size_t n, uint32_t more)
{
    const struct out_chunk *chunk = q->last_chunk;
    return chunk != NULL && !chunk->open && chunk->capacity - chunk->used >= n &&
           q->piece_capacity - q->piece_count >= more + (q->joins ? 0 : 1);
}

void h2session__out_queue_commit(struct out_queue *q, size_t n)
{
    RUN_CHECK(h2session__out_queue_check(q));
    struct out_chunk *chunk = q->last_chunk;
    assert(chunk != NULL && chunk->open && n <= chunk->capacity - chunk->used);
    chunk->open = 0;
    if (n == 0) {
        release_drained(q);
    } else {
        (void)take_own(q, n);
    }
    RUN_CHECK(h2session__out_queue_check(q));
}

/* With a new chunk or a larger ring. */
COLD static uint8_t *extend_anew(struct out_queue *q, size_t n)
{
    uint8_t *to = h2session__out_queue_reserve(q, n);
    if (to != NULL) {
        h2session__out_queue_commit(q, n);
    }
    return to;
}

uint8_t *h2session__out_queue_extend(struct out_queue *q, size_t n)
{
    RUN_CHECK(h2session__out_queue_check(q));
    uint8_t *to = has_room(q, n, 0) ? take_own(q, n) : extend_anew(q, n);
    RUN_CHECK(h2session__out_queue_check(q));
    return to;
}

/* Without room in the last chunk or the ring. */
COLD static uint8_t *extend_and_lend_anew(struct out_queue *q, size_t n,
                                          const struct out_piece *lent)
{
    uint8_t *to = h2session__out_queue_reserve(q, n);
    if (to == NULL) {
        return NULL;
    }
    if (grow_ring(q, 2) != 0) {
        h2session__out_queue_commit(q, 0);
        return NULL;
    }
    h2session__out_queue_commit(q, n);
    append_piece(q, *lent);
    q->joins = 0;
    return to;
}

uint8_t *h2session__out_queue_extend_and_lend(struct out_queue *q, size_t n,
                                              const struct out_piece *lent)
{
    RUN_CHECK(h2session__out_queue_check(q));
    assert(lent->length > 0 && lent->owner != 0);
    uint8_t *to;
    if (has_room(q, n, 1)) {
        to = take_own(q, n);
        append_piece(q, *lent);
        q->joins = 0;
    } else {
        to = extend_and_lend_anew(q, n, lent);
    }
    RUN_CHECK(h2session__out_queue_check(q));
    return to;
}

int h2session__out_queue_lend(struct out_queue *q, const uint8_t *data, size_t length,
                              uint32_t owner, uint32_t last)
{
    RUN_CHECK(h2session__out_queue_check(q));
    assert(length > 0 && owner != 0);
    /* The room that an open reserve was promised is not to be used up. */
    if (grow_ring(q, has_open_reserve(q) ? 2 : 1) != 0) {
        return -1;
    }
    append_piece(q, (struct out_piece){data, length, owner, last});
    q->joins = 0;
    RUN_CHECK(h2session__out_queue_check(q));
    return 0;
}

size_t h2session__out_queue_peek(const struct out_queue *q, h2frame_bytes *pieces, size_t capacity)
{
    const struct out_piece *ring = q->pieces;
    const uint32_t mask = q->piece_capacity - 1;
    uint32_t at = q->piece_first;
    uint32_t count = q->piece_count < capacity ? q->piece_count : (uint32_t)capacity;
    for (uint32_t i = 0; i < count; i++, at++) {
        pieces[i] = (h2frame_bytes){ring[at & mask].data, ring[at & mask].length};
    }
    return count;
}

/* Takes up to n octets off the head piece; returns how many. *released is who lent it, when that was
 * the end of what is to be told. */
static inline size_t send_head(struct out_queue *q, size_t n, uint32_t *released)
{
    struct out_piece *head = piece_at(q, 0);
    struct out_chunk *chunk = head->owner == 0 ? q->first_chunk : NULL;
    size_t taken = head->length;
    *released = 0;
    if (n < taken) {
        taken = n;
        head->data += n;
        head->length -= n;
    } else {
        *released = head->last ? head->owner : 0;
        q->piece_first = (q->piece_first + 1) & (q->piece_capacity - 1);
        q->piece_count--;
    }
    q->bytes -= taken;
    q->total_sent += taken;
    if (chunk != NULL) {
        chunk->sent += taken;
    }
    if (q->piece_count == 0 || (chunk != NULL && chunk->sent == chunk->used)) {
        q->joins &= q->piece_count > 0;
        release_drained(q);
    }
    return taken;
}

void h2session__out_queue_sent(struct out_queue *q, size_t n, out_queue_release release, void *ctx)
{
    RUN_CHECK(h2session__out_queue_check(q));
    assert(n <= q->bytes);
    while (n > 0) {
        uint32_t released;
        n -= send_head(q, n, &released);
        RUN_CHECK(h2session__out_queue_check(q));
        /* The queue is whole again here: the callback may append to it. */
        if (released != 0 && release != NULL) {
            release(ctx, released);
        }
    }
}

int h2session__out_queue_splice(struct out_queue *to, struct out_queue *from)
{
    RUN_CHECK(h2session__out_queue_check(to));
    RUN_CHECK(h2session__out_queue_check(from));
    assert(!has_open_reserve(to) && !has_open_reserve(from));
    if (from->piece_count == 0) {
        return 0;
    }
    if (grow_ring(to, from->piece_count) != 0) {
        return -1;
    }
    drop_unused_last(to); /* what is kept holds no octet and must not come before those that do */
    for (uint32_t i = 0; i < from->piece_count; i++) {
        append_piece(to, *piece_at(from, i));
    }
    if (to->last_chunk == NULL) {
        to->first_chunk = from->first_chunk;
    } else {
        to->last_chunk->next = from->first_chunk;
    }
    to->last_chunk = from->last_chunk != NULL ? from->last_chunk : to->last_chunk;
    to->joins = from->joins;
    from->joins = 0;
    from->first_chunk = NULL;
    from->last_chunk = NULL;
    from->piece_count = 0;
    to->frames += from->frames;
    from->frames = 0;
    from->total_sent += from->bytes;
    from->bytes = 0;
    free_ring(from);
    RUN_CHECK(h2session__out_queue_check(to));
    RUN_CHECK(h2session__out_queue_check(from));
    return 0;
}

/* Own pieces fill the waiting octets of the chunks in order, without gaps. */
static uint64_t check_own_piece(const struct out_piece *piece, const struct out_chunk **chunk,
                                size_t *offset)
{
    while (*chunk != NULL && *offset == (*chunk)->used) {
        *chunk = (*chunk)->next;
        *offset = *chunk != NULL ? (*chunk)->sent : 0;
    }
    check_that(*chunk != NULL);
    check_that(piece->data == (*chunk)->data + *offset);
    check_that(piece->length <= (*chunk)->used - *offset);
    *offset += piece->length;
    return piece->length;
}

void h2session__out_queue_check(const struct out_queue *q)
{
    const struct out_chunk *chunk = q->first_chunk;
    size_t offset = chunk != NULL ? chunk->sent : 0;
    uint64_t bytes = 0;
    uint64_t own = 0;
    for (uint32_t i = 0; i < q->piece_count; i++) {
        const struct out_piece *piece = piece_at(q, i);
        check_that(piece->length > 0);
        bytes += piece->length;
        own += piece->owner == 0 ? check_own_piece(piece, &chunk, &offset) : 0;
    }
    check_that(bytes == q->bytes && bytes == q->total_committed - q->total_sent);
    for (chunk = q->first_chunk; chunk != NULL; chunk = chunk->next) {
        check_that(chunk->sent <= chunk->used && chunk->used <= chunk->capacity);
        check_that(chunk->next != NULL ? !chunk->open : chunk == q->last_chunk);
        own -= chunk->used - chunk->sent;
    }
    check_that(own == 0);
    int open = has_open_reserve(q);
    check_that(q->piece_count + (open ? 1u : 0u) <= q->piece_capacity);
    check_that(bytes > 0 || open || q->keeps || (q->first_chunk == NULL && q->pieces == NULL));
    check_that(bytes > 0 || open || q->first_chunk == q->last_chunk);
    const struct out_piece *last = q->piece_count > 0 ? piece_at(q, q->piece_count - 1) : NULL;
    check_that(!q->joins ||
               (last != NULL && last->owner == 0 &&
                last->data + last->length == q->last_chunk->data + q->last_chunk->used));
}
