/* SPDX-License-Identifier: MIT */
/*
 * Runs a table of inputs in hex against the expected text of an event log, cut in every way.
 * The name of a case is printed when it fails.
 */
#ifndef TESTS_H2FRAME_PARSER_CASES_H
#define TESTS_H2FRAME_PARSER_CASES_H

#include "event_log.h"

struct parser_case {
    const char *name;
    const char *hex;
    const char *expected;
};

/* config may be NULL. */
void parser_cases_run(const struct parser_case *cases, size_t count,
                      const h2frame_parser_config *config);

/* The text of octets in one piece, to be freed with free(). */
char *parser_cases_text(const uint8_t *data, size_t length, const h2frame_parser_config *config);

#endif
