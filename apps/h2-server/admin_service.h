/* SPDX-License-Identifier: MIT */
/*
 * The listener of --admin: a server of its own, in cleartext, on a thread of its own, so that it answers
 * also while the others are busy or drain.
 *
 * Invariants:
 * - It is opened when the servers it tells of are there, and stopped before they are freed.
 * - One that is all zero is none.
 */
#ifndef H2KIT_APPS_ADMIN_SERVICE_H
#define H2KIT_APPS_ADMIN_SERVICE_H

#include "admin.h"
#include "listen_sockets.h"
#include "server.h"
#include "worker.h"

struct admin_service {
    uint32_t is_open;
    struct admin admin;
    const struct observer **observers;
    struct server_options options;
    struct listener_address address;
    struct server_shared shared;
    struct listen_sockets sockets;
    struct worker worker;
    char text[TCP_ADDRESS_SIZE]; /* "127.0.0.1:9100" */
};

/* options: of the servers, whose admin address is used. workers are those servers. Returns 0, or -1
 * with one line in error; then nothing is left. It does not move. */
int admin_service_open(struct admin_service *service, const struct server_options *options,
                       const struct worker *workers, const struct log *log,
                       char error[SERVER_ERROR_SIZE]);
/* Returns 0 or a negative libuv error. */
int admin_service_start(struct admin_service *service);
/* Not ready any more. */
void admin_service_drain(struct admin_service *service);
/* Ends it at once and waits for its thread. */
void admin_service_stop(struct admin_service *service);
void admin_service_close(struct admin_service *service);

#endif
