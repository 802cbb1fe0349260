/* SPDX-License-Identifier: MIT */
/* Words of one line of a conversation. What is no word or number of the kind asked for fails the
 * test and names the line. */
#ifndef H2KIT_TESTS_CONFORMANCE_WORDS_H
#define H2KIT_TESTS_CONFORMANCE_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct words {
    const char *line; /* whole, for messages */
    const char *rest; /* what has not been taken */
};

struct words words_of(const char *line);
/* Takes the next word when it is this one; 1 when it was. */
int words_take(struct words *w, const char *word);
/* Takes the next word; empty at the end. */
void words_next(struct words *w, char *out, size_t capacity);
/* Takes a number: decimal, or hex with 0x. */
uint32_t words_number(struct words *w);
/* Takes the name of an error code of HTTP/2, or a number. */
uint32_t words_code(struct words *w);
/* The id of a setting by name, or a number. */
uint32_t words_setting(struct words *w, const char *name);
/* The type of a frame by name, or a number. */
uint32_t words_type(struct words *w, const char *name);
/* Fails the test. */
void words_wrong(const struct words *w);

#endif
