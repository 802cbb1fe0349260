/* SPDX-License-Identifier: MIT */
/*
 * Writes the manual page or a completion of a program while it is built: usage: man|bash|zsh|fish.
 * Compiled once for each program, with H2KIT_MANUAL as the name of its struct manual.
 */
#include <stdio.h>
#include <string.h>

#include <h2session/version.h>

#include "manual.h"

extern const struct manual H2KIT_MANUAL;

int main(int argc, char **argv)
{
    const char *what = argc == 2 ? argv[1] : "";

    if (strcmp(what, "man") == 0) {
        manual_print_man(&H2KIT_MANUAL, H2SESSION_VERSION, stdout);
    } else if (strcmp(what, "bash") == 0) {
        manual_print_bash(&H2KIT_MANUAL, stdout);
    } else if (strcmp(what, "zsh") == 0) {
        manual_print_zsh(&H2KIT_MANUAL, stdout);
    } else if (strcmp(what, "fish") == 0) {
        manual_print_fish(&H2KIT_MANUAL, stdout);
    } else {
        return 1;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
