/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS */
#include "guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

struct test_guard test_guard_new(size_t length)
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

void test_guard_free(struct test_guard *g)
{
    assert_int_equal(munmap(g->map, g->map_size), 0);
}
