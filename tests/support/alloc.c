/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#define ALLOC_MAGIC UINT64_C(0x6832616c6c6f6321)

/* Stands before each block; the union keeps the block aligned for any type. */
union block_head {
    struct {
        uint64_t magic;
        size_t size;
    } book;
    max_align_t align;
};

static union block_head *head_of(void *ptr, size_t old_size)
{
    union block_head *head = (union block_head *)ptr - 1;
    if (head->book.magic != ALLOC_MAGIC) {
        fail_msg("resize of a pointer that is no live block");
    }
    if (head->book.size != old_size) {
        fail_msg("resize told old size %zu of a block of %zu", old_size, head->book.size);
    }
    return head;
}

static void release(struct test_alloc *a, void *ptr, size_t old_size)
{
    union block_head *head = head_of(ptr, old_size);
    a->live_blocks--;
    a->live_bytes -= old_size;
    /* A pattern makes reads after the release visible without a sanitizer, too. */
    memset(head, 0xdd, sizeof *head + old_size);
    free(head);
}

static void *obtain(struct test_alloc *a, size_t size)
{
    union block_head *head = malloc(sizeof *head + size);
    if (head == NULL) {
        fail_msg("the machine is out of memory");
        return NULL;
    }
    head->book.magic = ALLOC_MAGIC;
    head->book.size = size;
    memset(head + 1, 0xcd, size);
    a->live_blocks++;
    a->live_bytes += size;
    if (a->live_bytes > a->peak_bytes) {
        a->peak_bytes = a->live_bytes;
    }
    return head + 1;
}

void *test_alloc_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    struct test_alloc *a = ctx;
    if (ptr == NULL && old_size != 0) {
        fail_msg("resize told old size %zu of no block", old_size);
    }
    if (new_size > old_size) {
        a->calls++;
        if (a->calls == a->fail_at) {
            return NULL;
        }
    }
    void *fresh = new_size == 0 ? NULL : obtain(a, new_size);
    if (ptr != NULL) {
        if (fresh != NULL) {
            memcpy(fresh, ptr, old_size < new_size ? old_size : new_size);
        }
        release(a, ptr, old_size);
    }
    return fresh;
}

void test_each_failing_alloc(int (*scenario)(struct test_alloc *a, void *arg), void *arg)
{
    for (size_t fail_at = 1;; fail_at++) {
        struct test_alloc a = {.fail_at = fail_at};
        int result = scenario(&a, arg);
        if (a.live_blocks != 0) {
            fail_msg("%zu blocks (%zu octets) not given back when allocation %zu fails",
                     a.live_blocks, a.live_bytes, fail_at);
        }
        if (a.calls < fail_at) {
            assert_int_equal(result, 0);
            return;
        }
    }
}
