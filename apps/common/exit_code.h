/* SPDX-License-Identifier: MIT */
/*
 * What the exit status of a program says. One list makes the constants and the text in --help.
 * The numbers are a promise to scripts: they do not change.
 */
#ifndef H2KIT_APPS_EXIT_CODE_H
#define H2KIT_APPS_EXIT_CODE_H

#include <stdio.h>

/* Whose status it can be. */
enum { EXIT_CODE_OF_CLIENT = 1, EXIT_CODE_OF_SERVER = 2, EXIT_CODE_OF_ALL = 3 };

/* X(name, value, whose, text) */
#define EXIT_CODE_LIST(X)                                                                          \
    X(OK, 0, EXIT_CODE_OF_ALL, "everything asked for was done")                                    \
    X(USAGE, 1, EXIT_CODE_OF_ALL, "wrong options or arguments")                                    \
    X(CONNECT, 2, EXIT_CODE_OF_CLIENT,                                                             \
      "cannot connect: name not found, refused, no answer in time")                                \
    X(TLS, 3, EXIT_CODE_OF_CLIENT, "TLS failed: handshake, certificate, or no HTTP/2 by ALPN")     \
    X(PROTOCOL, 4, EXIT_CODE_OF_CLIENT,                                                            \
      "the answer broke HTTP/2, was cut short, or did not come in time")                           \
    X(LOCAL, 5, EXIT_CODE_OF_ALL,                                                                  \
      "a local file or folder cannot be read or written, or memory ran out")                       \
    X(KEY_FILE, 6, EXIT_CODE_OF_SERVER,                                                            \
      "a file of a key, certificate, CA or DH parameters cannot be used")                          \
    X(KEY_MISMATCH, 7, EXIT_CODE_OF_SERVER, "a private key is not that of its certificate")        \
    X(ADDRESS, 8, EXIT_CODE_OF_SERVER, "cannot listen: port in use, not allowed, no such address") \
    X(USER, 9, EXIT_CODE_OF_SERVER, "no such user or group, or it cannot be become")               \
    X(STATUS, 22, EXIT_CODE_OF_CLIENT, "with --fail: the answer had a status of 400 or above")

enum exit_code {
#define EXIT_CODE_VALUE_(name, value, whose, text) EXIT_CODE_##name = (value),
    EXIT_CODE_LIST(EXIT_CODE_VALUE_)
#undef EXIT_CODE_VALUE_
};

/* Prints what can be that of one program, a line each, indented. */
void exit_code_print(FILE *out, int whose);

#endif
