/* SPDX-License-Identifier: MIT */
/*
 * Cuts a JSON text, fed in pieces of any size, into the texts of its cases: the elements of the
 * array that is the member "cases" of the root object. Everything else is checked and dropped, so
 * that a text of any length needs the memory of one case.
 *
 * Invariants:
 * - The whole text is checked against RFC 8259, octet by octet, UTF-8 included, before any of it is
 *   handed on; a case that is handed on is one well-formed value. No recursion: open containers are
 *   counted, at most SCAN_DEPTH of them.
 * - A case longer than the limit is handed on as NULL; the text goes on behind it.
 * - In a case that is handed on, the escape \u0000 is replaced by the octets c0 80, which no UTF-8
 *   text has: readers whose strings end at NUL can so keep it apart.
 * - After an error nothing is taken any more.
 */
#ifndef H2KIT_HPACK_TOOLS_CASE_SCANNER_H
#define H2KIT_HPACK_TOOLS_CASE_SCANNER_H

#include "bytes.h"
#include "utf8.h"

enum { SCAN_DEPTH = 64 };

enum {
    SCAN_OK = 0,
    SCAN_BAD_TEXT = -1,  /* why, line and column say where */
    SCAN_NO_MEMORY = -2, /* out of memory */
    SCAN_STOPPED = -3    /* the receiver of cases wanted no more */
};

/* Takes the text of a case; NULL: it is too long. Returns 0 to go on. */
typedef int (*case_scanner_receiver)(void *ctx, const char *text, size_t length);

struct case_scanner {
    case_scanner_receiver receiver;
    void *ctx;
    size_t limit;
    const char *why;
    uint64_t line;   /* from 1 */
    uint64_t column; /* in octets, from 1: of what is wrong, after an error */
    int state;
    int result;
    int in_array[SCAN_DEPTH]; /* what the open containers are */
    uint32_t depth;
    int is_key;     /* the string is the name of a member */
    int key_match;  /* how much of "cases" the name at the root has shown, or -1 */
    int in_cases;   /* inside the array */
    int seen_cases; /* it has begun */
    int capture;
    struct bytes text;
    struct utf8 utf8;
    const char *literal; /* what is still to come of true, false or null */
    uint32_t hex_left;
    uint32_t hex_value;
};

void case_scanner_init(struct case_scanner *scanner, size_t limit, case_scanner_receiver receiver,
                       void *ctx);
void case_scanner_clear(struct case_scanner *scanner);
/* Both return a SCAN_ value, which stays. */
int case_scanner_feed(struct case_scanner *scanner, const uint8_t *data, size_t length);
int case_scanner_end(struct case_scanner *scanner);

#endif
