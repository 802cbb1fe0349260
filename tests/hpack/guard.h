/* SPDX-License-Identifier: MIT */
/*
 * Memory whose end is the end of a page that can be accessed: the first octet read or written
 * beyond it ends the test.
 */
#ifndef H2KIT_TESTS_HPACK_GUARD_H
#define H2KIT_TESTS_HPACK_GUARD_H

#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

struct test_guard {
    uint8_t *data; /* as many octets as asked for */
    void *map;
    size_t map_size;
};

static inline struct test_guard test_guard_new(size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t body = (length + page - 1) / page * page;
    struct test_guard g = {.map_size = body + page};
    int zero_filled = -1;
    g.map =
        mmap(NULL, g.map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, zero_filled, 0);
    assert_true(g.map != MAP_FAILED);
    assert_int_equal(mprotect((uint8_t *)g.map + body, page, PROT_NONE), 0);
    g.data = (uint8_t *)g.map + body - length;
    return g;
}

static inline void test_guard_free(struct test_guard *g)
{
    assert_int_equal(munmap(g->map, g->map_size), 0);
}

#endif
