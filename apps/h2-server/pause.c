/* SPDX-License-Identifier: MIT */
#include "pause.h"

#include <stdlib.h>

struct pause {
    uv_timer_t timer;
    void (*done)(void *user);
    void *user;
};

static void on_timer(uv_timer_t *timer)
{
    const struct pause *pause = timer->data;
    pause->done(pause->user);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

struct pause *pause_start(uv_loop_t *loop, uint64_t milliseconds, uint64_t again,
                          void (*done)(void *user), void *user)
{
    struct pause *pause = malloc(sizeof *pause);
    if (pause == NULL) {
        return NULL;
    }
    pause->done = done;
    pause->user = user;
    (void)uv_timer_init(loop, &pause->timer);
    pause->timer.data = pause;
    (void)uv_timer_start(&pause->timer, on_timer, milliseconds, again);
    return pause;
}

void pause_end(struct pause *pause)
{
    if (pause != NULL) {
        uv_close((uv_handle_t *)&pause->timer, on_closed);
    }
}
