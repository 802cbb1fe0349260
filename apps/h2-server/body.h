/* SPDX-License-Identifier: MIT */
/*
 * The body of an answer: a source of octets with what it holds on to.
 *
 * Invariants:
 * - One that is all zero is no body. `read` gets the address of `as`.
 * - It must not move between the submission of the answer and body_clear(), which gives back
 *   everything: descriptors, memory, a place in the cache.
 */
#ifndef H2KIT_APPS_BODY_H
#define H2KIT_APPS_BODY_H

#include <h2session/h2session.h>

#include "body_file.h"
#include "echo_body.h"

struct body {
    h2session_read_function read; /* NULL: none */
    union {
        struct body_file file;
        struct body_memory memory;
        struct echo_body echo;
    } as;
    void (*clear)(struct body *body); /* NULL: nothing is held */
};

void body_clear(struct body *body);

#endif
