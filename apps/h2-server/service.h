/* SPDX-License-Identifier: MIT */
/*
 * The life of the process: binds, makes what the threads share, runs a server on each of them, and
 * passes signals on.
 *
 * Invariants:
 * - Signals are taken by the calling thread alone, which also runs the first server.
 * - SIGTERM, SIGINT or SIGQUIT ends in order, as server_stop() says; the second one ends at once.
 * - SIGHUP reads keys and certificates again, for new connections; those that are there go on. When
 *   they cannot be used, all stays as it was, and the log has one line.
 * - SIGUSR1 opens the access log anew.
 */
#ifndef H2KIT_APPS_SERVICE_H
#define H2KIT_APPS_SERVICE_H

#include "background.h"
#include "log.h"
#include "server.h"

/* Serves until it is told to end. Prints the URL on stdout when connections are taken, which is when
 * the background is ready, and what goes wrong on the log. Returns an exit code. */
int service_run(const struct server_options *options, struct background *background,
                const struct log *log);

#endif
