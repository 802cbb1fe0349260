/* SPDX-License-Identifier: MIT */
/*
 * What a service manager such as systemd and a program say to each other, by environment variables
 * and a datagram socket: sd_listen_fds(3) and sd_notify(3), without their library.
 *
 * Invariants:
 * - Sockets are taken once: the variables that told of them are gone afterwards, so that no child
 *   takes them for its own, and they are closed on exec.
 * - Notes never fail and never wait: without a manager, or with one that does not read, nothing
 *   happens.
 */
#ifndef H2KIT_APPS_MANAGER_H
#define H2KIT_APPS_MANAGER_H

#include <stddef.h>

enum { MANAGER_ERROR_SIZE = 256 };

/* The sockets that were passed for us, non-blocking, the caller's. Each listens on TCP. Returns how
 * many there are, 0 when this was not started so, or -1 with one line in error, and then none is
 * open. */
int manager_take_sockets(int *fds, size_t capacity, char error[MANAGER_ERROR_SIZE]);

/* Sends lines such as "READY=1". Octets that could begin a new line are to be kept out of values. */
void manager_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "RELOADING=1", with the time that goes with it. */
void manager_note_reloading(void);

#endif
