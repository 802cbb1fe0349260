/* SPDX-License-Identifier: MIT */
/*
 * What --admin answers: /metrics (metrics.h), /healthz while the process lives, /readyz while it takes
 * connections. All else is 404.
 *
 * Invariant: it reads what other threads count, and changes nothing.
 */
#ifndef H2KIT_APPS_ADMIN_H
#define H2KIT_APPS_ADMIN_H

#include <stdatomic.h>

#include "answer.h"
#include "metrics.h"
#include "options.h"

enum { ADMIN_HOST_SIZE = 256 };

/* Where to listen. */
struct admin_address {
    char host[ADMIN_HOST_SIZE];
    uint16_t port; /* 0: chosen by the kernel */
};

struct admin {
    struct metrics_source metrics;
    atomic_uint draining;
};

/* Reads "[ADDR:]PORT"; without ADDR it is 127.0.0.1. Returns 0, or -1 with one line in error. */
int admin_address_read(struct admin_address *address, const char *text,
                       char error[OPTIONS_ERROR_SIZE]);
void admin_answer(const struct admin *admin, const struct answer *a);

#endif
