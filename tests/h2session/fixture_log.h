/* SPDX-License-Identifier: MIT */
/* How events and frames become lines of the fixture's log. Used by the fixture only. */
#ifndef H2KIT_TESTS_H2SESSION_FIXTURE_LOG_H
#define H2KIT_TESTS_H2SESSION_FIXTURE_LOG_H

#include "fixture.h"

void fixture_callbacks(struct fixture *f, h2session_callbacks *out);
void fixture_log_output(struct fixture *f, const uint8_t *data, size_t length);
/* Writes the line of on_data calls that is still open. */
void fixture_flush(struct fixture *f);

#endif
