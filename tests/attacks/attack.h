/* SPDX-License-Identifier: MIT */
/*
 * Attacks as scripts of frames, and the bounds that must hold while they run. A row says what the
 * peer sends in each round; the runner feeds it, and after every round looks at memory, at what was
 * told and at what was answered. Nothing here depends on a clock.
 *
 * The same rows are run by test_attacks (bounds on counts and memory) and by attack_cost, which
 * counts instructions.
 */
#ifndef H2KIT_TESTS_ATTACKS_ATTACK_H
#define H2KIT_TESTS_ATTACKS_ATTACK_H

#include <fixture.h>

enum { KIB = 1024, MIB = 1024 * 1024 };

struct attack {
    const char *name;
    uint32_t role;
    void (*configure)(struct fixture *f); /* before the session is created, or NULL */
    void (*setup)(struct fixture *f);     /* after the greeting, or NULL */
    void (*send)(struct fixture *f, uint32_t i);
    uint32_t rounds;
    uint32_t mute;    /* the peer does not read what is sent */
    uint32_t served;  /* requests that are answered: they may cost what requests cost */
    uint64_t step_ns; /* that pass between rounds */
    /* What must come of it. */
    const char *reason; /* that ends the connection; NULL: it lives on */
    uint32_t end_by;    /* round by which it has ended */
    size_t heap;        /* most octets the session may hold at any time */
    size_t events;      /* most callbacks */
    size_t frames;      /* most frames that are sent */
};

/* Reason of a row in which the session stops reading, until what waits is sent. */
#define ATTACK_STALLS "(stalls)"

/* A table of attacks; ends with a row without name. */
extern const struct attack FLOODS[];       /* frames without end */
extern const struct attack RESETS[];       /* streams that come and go */
extern const struct attack HEADER_BOMBS[]; /* field blocks */
extern const struct attack SLOW_PEERS[];   /* windows, time, output */

extern const struct attack *const ATTACKS[]; /* all tables, then NULL */

/* What else is asked of an attack. */
struct attack_run {
    const struct attack *attack;
    struct fixture f;
    uint64_t wire;     /* octets that were fed */
    size_t frames;     /* sent, of all types */
    uint32_t ended_at; /* round, 0: not ended */
    uint32_t stalled;  /* the session stopped reading, without a fault */
    size_t batch;      /* octets that are gathered before they are fed, 0: none */
};

/* Runs all rounds; fails the test when a bound on memory, callbacks or frames does not hold. `f`
 * stays for more questions. */
void attack_run(struct attack_run *run);
/* Whether the connection ended as the row says; how, depends on how many frames come at once. */
void attack_check(const struct attack_run *run);
void attack_end(struct attack_run *run);

/* Ids of streams as a client opens them: 1, 3, 5... */
uint32_t attack_id(uint32_t i);

#endif
