/* SPDX-License-Identifier: MIT */
#include "colour.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int colour_read(enum colour_mode *mode, const char *when)
{
    static const char *const NAMES[] = {"auto", "always", "never"};
    *mode = COLOUR_AUTO;
    for (size_t i = 0; when != NULL && i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(when, NAMES[i]) == 0) {
            *mode = (enum colour_mode)i;
            return 0;
        }
    }
    return when == NULL ? 0 : -1;
}

static uint32_t shows_colours(FILE *out)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if (no_colour != NULL && no_colour[0] != '\0') {
        return 0;
    }
    return terminal != NULL && strcmp(terminal, "dumb") != 0 && isatty(fileno(out)) == 1;
}

uint32_t colour_wanted(enum colour_mode mode, FILE *out)
{
    return mode == COLOUR_AUTO ? shows_colours(out) : mode == COLOUR_ALWAYS;
}
