/* SPDX-License-Identifier: MIT */
/*
 * Octets in hexadecimal and ASCII, as `hexdump -C` shows them: 16 a line, lines that repeat the one
 * before as one "*", and the length at the end.
 *
 *   00000000  50 52 49 20 2a 20 48 54  54 50 2f 32 2e 30 0d 0a  |PRI * HTTP/2.0..|
 *   00000010  0d 0a                                             |..|
 *   00000012
 *
 * Invariant: printable ASCII comes out, whatever goes in.
 */
#ifndef H2KIT_APPS_HEXDUMP_H
#define H2KIT_APPS_HEXDUMP_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

void hexdump_print(FILE *out, const uint8_t *octets, size_t length);

#endif
