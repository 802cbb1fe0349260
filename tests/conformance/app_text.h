/* SPDX-License-Identifier: MIT */
/* What the application does, as text, after "app " (README.md lists the calls). A result other
 * than 0 becomes a line of the log: "respond H2SESSION_ERR_STREAM_STATE". */
#ifndef H2KIT_TESTS_CONFORMANCE_APP_TEXT_H
#define H2KIT_TESTS_CONFORMANCE_APP_TEXT_H

#include <fixture.h>

enum { APP_BODIES = 8 };

struct app_text {
    struct body bodies[APP_BODIES];
    size_t count;
};

void app_text_line(struct fixture *f, struct app_text *a, const char *text);
void app_text_free(struct app_text *a);

#endif
