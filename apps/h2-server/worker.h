/* SPDX-License-Identifier: MIT */
/*
 * A server with the loop and, but for the first, the thread it runs on. The others talk to it by
 * worker_tell_stop() and the like, which leave word and wake its loop: nothing else of a worker is
 * touched by two threads.
 *
 * Invariants:
 * - Opened, started, joined and freed by the thread of the service; worker_run() is the way to use
 *   that very thread for one of them.
 * - Word can be left from worker_open() to worker_free(); when the server has ended it is ignored.
 */
#ifndef H2KIT_APPS_WORKER_H
#define H2KIT_APPS_WORKER_H

#include <pthread.h>
#include <stdint.h>

#include <uv.h>

#include "loop.h"
#include "server.h"

struct worker {
    struct loop loop;
    struct server server;
    pthread_t thread;
    uint32_t is_open;
    uint32_t has_thread;
    void (*on_end)(void *user);
    void *user;
    /* What was left for it. */
    uv_mutex_t lock;
    uv_async_t wake;
    uint32_t ended; /* nobody reads it any more */
    uint32_t stops;
    struct tls_context *tls; /* held; NULL: none was left */
    uint32_t reopens;
};

/* parts: all but the loop; on_end comes on the thread of the worker, when it needs no more than to
 * return. The sockets are taken also on failure. Returns 0, or -1 with one line in error, and then
 * nothing is left to be freed. A worker does not move. */
int worker_open(struct worker *w, const struct server_parts *parts, char error[SERVER_ERROR_SIZE]);
/* Runs it on a thread of its own. Returns 0 or a negative libuv error. */
int worker_start(struct worker *w);
/* Runs it here; returns when nothing is left on the loop. */
void worker_run(struct worker *w);
/* Waits for its thread, if it has one. */
void worker_join(struct worker *w);
/* Joined, or never started. All zero is fine. */
void worker_free(struct worker *w);

/* As server_stop(); from any thread. */
void worker_tell_stop(struct worker *w);
/* As server_use_tls(); from any thread. */
void worker_tell_tls(struct worker *w, struct tls_context *tls);
/* As server_reopen(); from any thread. */
void worker_tell_reopen(struct worker *w);

#endif
