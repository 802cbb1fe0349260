/* SPDX-License-Identifier: MIT */
/*
 * Sets of fields as text, fed in pieces of any size: a line "name: value" for each field, an empty
 * line between sets. A name may begin with a colon (":method: GET"). Spaces and tabs around the
 * value do not belong to it, nor does a CR at the end of a line. Several empty lines count as one.
 *
 * Invariants:
 * - Only one set is held; one that is longer than the limit is read to its end and handed on with
 *   an error, so is one with a line that is no field.
 * - What text_can_hold() agrees to comes back the same when it is read.
 */
#ifndef H2KIT_HPACK_TOOLS_TEXT_READER_H
#define H2KIT_HPACK_TOOLS_TEXT_READER_H

#include <stdio.h>

#include "case_input.h"

/* Takes a set, or what is wrong with it. Returns 0 to go on. */
typedef int (*text_reader_receiver)(void *ctx, struct case_input *input);

enum { TEXT_OK = 0, TEXT_NO_MEMORY = -2, TEXT_STOPPED = -3 };

struct text_reader {
    text_reader_receiver receiver;
    void *ctx;
    size_t limit;
    size_t set_length; /* octets of the set so far */
    uint64_t line;
    int is_open; /* the set has lines */
    struct bytes text;
    struct case_input *input;
};

void text_reader_init(struct text_reader *reader, size_t limit, struct case_input *input,
                      text_reader_receiver receiver, void *ctx);
void text_reader_clear(struct text_reader *reader);
/* Both return a TEXT_ value. */
int text_reader_feed(struct text_reader *reader, const uint8_t *data, size_t length);
int text_reader_end(struct text_reader *reader);

/* Whether a set can be written so that it is read again as it was; else *position is the first
 * field that cannot. */
int text_can_hold(const hpack_field *fields, size_t count, size_t *position);
void text_write(FILE *out, const hpack_field *fields, size_t count);

#endif
