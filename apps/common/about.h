/* SPDX-License-Identifier: MIT */
/*
 * --version: the program's version and those of the libraries it runs with.
 */
#ifndef H2KIT_APPS_ABOUT_H
#define H2KIT_APPS_ABOUT_H

#include <stdio.h>

/* "h2-client 0.1.0" and a line with the libraries, as they are at run time. */
void about_print(FILE *out, const char *program);

#endif
