/* SPDX-License-Identifier: MIT */
/* A thread that no signal is delivered to: those are for the thread of main(). */
#ifndef H2KIT_APPS_QUIET_THREAD_H
#define H2KIT_APPS_QUIET_THREAD_H

#include <pthread.h>

/* Returns 0 or an errno. */
int quiet_thread_start(pthread_t *thread, void *(*run)(void *user), void *user);

#endif
