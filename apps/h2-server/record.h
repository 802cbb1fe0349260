/* SPDX-License-Identifier: MIT */
/*
 * What is remembered of a request until it ends, for the access log and for the numbers of --admin.
 *
 * Invariants:
 * - Texts are copies, each cut to a length of its own, with "..." then at the end: a client cannot make
 *   the server keep more than 8 KiB for one request.
 * - It changes nothing about the answer: between carrier and body source it only counts.
 */
#ifndef H2KIT_APPS_RECORD_H
#define H2KIT_APPS_RECORD_H

#include <hpack/hpack.h>

#include "access_line.h"
#include "body.h"

struct record {
    uint64_t begun_ns; /* of loop_now_ns() */
    uint64_t body_octets;
    uint32_t status;
    const char *protocol;
    struct body *body;
    const char *texts[ACCESS_TEXTS]; /* NULL: none; they lie behind the record */
    size_t lengths[ACCESS_TEXTS];
    char memory[];
};

/* NULL when out of memory. body is that of the answer, and stands as long. with_texts 0: none are
 * kept. */
struct record *record_new(const hpack_field *fields, size_t count, struct body *body,
                          uint32_t with_texts);
/* The answer that is about to be submitted. Its body source, if it has one, is asked by way of the
 * record from here on. */
void record_answer(struct record *record, int status, h2session_message *message);

#endif
