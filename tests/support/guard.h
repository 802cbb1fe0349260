/* SPDX-License-Identifier: MIT */
/*
 * Memory whose end is the end of a page that can be accessed: the first octet read or written
 * beyond it ends the test.
 */
#ifndef H2KIT_TESTS_GUARD_H
#define H2KIT_TESTS_GUARD_H

#include <stddef.h>
#include <stdint.h>

struct test_guard {
    uint8_t *data; /* as many octets as asked for */
    void *map;
    size_t map_size;
};

struct test_guard test_guard_new(size_t length);
void test_guard_free(struct test_guard *g);

#endif
