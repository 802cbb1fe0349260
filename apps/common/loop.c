/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <assert.h>
#include <string.h>

static void run_tasks(struct loop *loop)
{
    while (loop->first_task != NULL) {
        struct loop_task *task = loop->first_task;
        loop_cancel(loop, task);
        task->run(task);
    }
}

/* After the callbacks of sockets: the end of a turn. */
static void on_check(uv_check_t *handle)
{
    run_tasks(handle->data);
}

/* Before sleeping: what timers and closing handles have left. */
static void on_prepare(uv_prepare_t *handle)
{
    run_tasks(handle->data);
}

int loop_init(struct loop *loop)
{
    memset(loop, 0, sizeof *loop);
    int status = uv_loop_init(&loop->uv);
    if (status != 0) {
        return status;
    }
    /* Neither init nor start of these can fail. They keep the loop alive only while there are
     * tasks; one handle is enough for that. */
    (void)uv_prepare_init(&loop->uv, &loop->prepare);
    (void)uv_check_init(&loop->uv, &loop->check);
    loop->prepare.data = loop;
    loop->check.data = loop;
    (void)uv_prepare_start(&loop->prepare, on_prepare);
    (void)uv_check_start(&loop->check, on_check);
    uv_unref((uv_handle_t *)&loop->prepare);
    uv_unref((uv_handle_t *)&loop->check);
    return 0;
}

int loop_run(struct loop *loop)
{
    return uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_close(struct loop *loop)
{
    uv_close((uv_handle_t *)&loop->prepare, NULL);
    uv_close((uv_handle_t *)&loop->check, NULL);
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
    int status = uv_loop_close(&loop->uv);
    assert(status == 0);
    (void)status;
    buffer_pool_put(&loop->buffers, loop->read_buffer);
    loop->read_buffer = NULL;
    buffer_pool_clear(&loop->buffers);
}

void loop_defer(struct loop *loop, struct loop_task *task)
{
    if (task->queued) {
        return;
    }
    task->queued = 1;
    task->next = NULL;
    task->previous = loop->last_task;
    if (loop->last_task != NULL) {
        loop->last_task->next = task;
    } else {
        loop->first_task = task;
        uv_ref((uv_handle_t *)&loop->prepare);
    }
    loop->last_task = task;
}

void loop_cancel(struct loop *loop, struct loop_task *task)
{
    if (!task->queued) {
        return;
    }
    if (task->previous != NULL) {
        task->previous->next = task->next;
    } else {
        loop->first_task = task->next;
    }
    if (task->next != NULL) {
        task->next->previous = task->previous;
    } else {
        loop->last_task = task->previous;
    }
    if (loop->first_task == NULL) {
        uv_unref((uv_handle_t *)&loop->prepare);
    }
    task->queued = 0;
}

uint64_t loop_now_ns(void)
{
    return uv_hrtime();
}
