/* SPDX-License-Identifier: MIT */
/*
 * A time to wait on the loop, once or again and again, which can be given up at any moment.
 *
 * Invariant: `done` is called from the loop, never from within a function here, and not after
 * pause_end().
 */
#ifndef H2KIT_APPS_PAUSE_H
#define H2KIT_APPS_PAUSE_H

#include <stdint.h>

#include <uv.h>

struct pause;

/* again: 0: once; else the time between further calls. NULL when out of memory. */
struct pause *pause_start(uv_loop_t *loop, uint64_t milliseconds, uint64_t again,
                          void (*done)(void *user), void *user);
/* Also after it is over, and from within `done`. NULL is fine. */
void pause_end(struct pause *pause);

#endif
