/* SPDX-License-Identifier: MIT */
/*
 * What the exit status of a program says. One list makes the constants and the text in --help.
 * The numbers are a promise to scripts: they do not change.
 */
#ifndef H2KIT_APPS_EXIT_CODE_H
#define H2KIT_APPS_EXIT_CODE_H

#include <stdio.h>

/* X(name, value, text) */
#define EXIT_CODE_LIST(X)                                                                          \
    X(OK, 0, "everything asked for was done")                                                      \
    X(USAGE, 1, "wrong options or arguments")                                                      \
    X(CONNECT, 2, "cannot connect: name not found, refused, no answer in time")                    \
    X(TLS, 3, "TLS failed: handshake, certificate, or no HTTP/2 by ALPN")                          \
    X(PROTOCOL, 4, "the answer broke HTTP/2, was cut short, or did not come in time")              \
    X(LOCAL, 5, "a local file cannot be read or written, or memory ran out")                       \
    X(STATUS, 22, "with --fail: the answer had a status of 400 or above")

enum exit_code {
#define EXIT_CODE_VALUE_(name, value, text) EXIT_CODE_##name = (value),
    EXIT_CODE_LIST(EXIT_CODE_VALUE_)
#undef EXIT_CODE_VALUE_
};

/* Prints the list, a line each, indented. */
void exit_code_print(FILE *out);

#endif
