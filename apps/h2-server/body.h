/* SPDX-License-Identifier: MIT */
/*
 * The body of an answer: a source of octets with what it holds on to.
 *
 * Invariants:
 * - One that is all zero is no body. `read` gets the address of `as`.
 * - It must not move between the submission of the answer and body_clear(), which gives back
 *   everything: descriptor, place in the cache, memory, what the source itself has.
 */
#ifndef H2KIT_APPS_BODY_H
#define H2KIT_APPS_BODY_H

#include <h2session/h2session.h>

#include "body_file.h"
#include "echo_body.h"
#include "gzip_body.h"
#include "multipart.h"
#include "paced_body.h"
#include "store.h"

struct body {
    h2session_read_function read; /* NULL: none */
    union {
        struct body_file file;
        struct body_memory memory;
        struct echo_body echo;
        struct paced_body paced;
        struct gzip_body *gzip;
        struct multipart *multipart;
    } as;
    uint32_t holds_descriptor;
    int descriptor;
    struct cached_file *cached;
    void *memory;
    void (*clear)(struct body *body); /* of the source itself; NULL: it has nothing */
};

/* Takes descriptor or place in the cache, and nothing else: the source is still to be set. */
void body_hold(struct body *body, struct stored *stored);
/* Octets of a stored file, as the sources of files want them. */
struct body_file body_slice(const struct stored *stored, uint64_t first, uint64_t length);

void body_set_file(struct body *body, const struct body_file *file);
/* The whole of a file in memory, which is taken. */
void body_set_cached(struct body *body, struct cached_file *cached);
/* Memory that stands as long as the program. */
void body_set_text(struct body *body, const char *text, size_t length);
/* Memory from malloc(), which is taken. */
void body_set_memory(struct body *body, void *memory, size_t length);
/* Both are taken. */
void body_set_gzip(struct body *body, struct gzip_body *gzip);
void body_set_multipart(struct body *body, struct multipart *multipart);

void body_clear(struct body *body);

#endif
