/* SPDX-License-Identifier: MIT */
/*
 * How many connections each client has: a client is an IPv4 address, or an IPv6 network of 64 bits,
 * which is the least that one household has.
 *
 * Invariants:
 * - Each client_counts_enter() that returned 0 is followed by one client_counts_leave().
 * - Memory follows the clients that are there now. Which place of the table a client has depends on
 *   a random number, so that nobody can choose addresses that meet.
 * - May be shared by threads.
 */
#ifndef H2KIT_APPS_CLIENT_COUNTS_H
#define H2KIT_APPS_CLIENT_COUNTS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <uv.h>

struct client_key {
    uint64_t prefix;
    uint32_t family; /* 0: nobody */
    uint32_t count;  /* in the table only */
};

struct client_counts {
    uv_mutex_t mutex;
    struct client_key *slots;
    size_t capacity; /* 0, or a power of two */
    size_t clients;
    uint64_t seed;
    uint32_t limit; /* 0: none, then nothing is counted */
    uint32_t opened;
};

/* Returns 0 or a negative libuv error. */
int client_counts_open(struct client_counts *counts, uint32_t limit);
/* All zero is fine too. */
void client_counts_close(struct client_counts *counts);

/* Fills in the key. Returns 0, or -1 when this client has as many as it may, or memory is out. */
int client_counts_enter(struct client_counts *counts, const struct sockaddr *address,
                        struct client_key *key);
void client_counts_leave(struct client_counts *counts, const struct client_key *key);

#endif
