/* SPDX-License-Identifier: MIT */
/*
 * Running out of memory, for units that use malloc() itself. A test program that is linked with
 * H2KIT_FAILING_MALLOC (CMakeLists.txt) has these functions in front of malloc, calloc, realloc, strdup,
 * strndup and free, as they are called from our own objects.
 *
 * failing_malloc_each() runs a scenario with its first, second, third... allocation failing until it
 * comes through. The scenario returns 0, or -1 when the unit has told that memory ran out; which it must
 * whenever an allocation fails, and all that was allocated must have been freed.
 */
#ifndef H2KIT_TESTS_APPS_FAILING_MALLOC_H
#define H2KIT_TESTS_APPS_FAILING_MALLOC_H

#include <stddef.h>

/* Returns how many allocations the scenario has. */
size_t failing_malloc_each(int (*scenario)(void));

/* For the hooks of libraries. */
void *failing_malloc(size_t size);
void failing_free(void *ptr);

#endif
