/* SPDX-License-Identifier: MIT */
/*
 * One event loop with what its connections share: buffers and the list of those that have
 * something to write. All state of a thread's networking hangs on it; there are no globals.
 *
 * Invariants:
 * - A task that was put on the list runs once, at the end of the turn of the loop in which that
 *   happened and before the loop sleeps: whatever a turn produced for a connection leaves in one
 *   write.
 * - A task may put itself or others on the list again; they run in the same pass, so a task must
 *   not do so without making progress.
 */
#ifndef H2KIT_APPS_LOOP_H
#define H2KIT_APPS_LOOP_H

#include <stdint.h>

#include <uv.h>

#include "buffer_pool.h"

struct loop_task {
    struct loop_task *next;
    struct loop_task *previous;
    void (*run)(struct loop_task *task);
    int queued;
};

struct loop {
    uv_loop_t uv;
    uv_prepare_t prepare;
    uv_check_t check;
    struct buffer_pool buffers;
    /* What a socket is read into; used within one callback only. NULL before the first read. */
    uint8_t *read_buffer;
    struct loop_task *first_task;
    struct loop_task *last_task;
};

/* Prepares a loop; it must not move afterwards. Returns 0 or a negative libuv error. */
int loop_init(struct loop *loop);
/* Runs until nothing is left to wait for, or uv_stop(&loop->uv). Returns as uv_run(). */
int loop_run(struct loop *loop);
/* Gives everything back. Every handle on the loop must have been closed or be closing. */
void loop_close(struct loop *loop);

/* Puts a task on the list, unless it is there. */
void loop_defer(struct loop *loop, struct loop_task *task);
/* Takes a task off the list if it is there. */
void loop_cancel(struct loop *loop, struct loop_task *task);

/* Monotonic time in nanoseconds. */
uint64_t loop_now_ns(void);

#endif
