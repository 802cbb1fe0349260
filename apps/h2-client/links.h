/* SPDX-License-Identifier: MIT */
/*
 * What an HTML page needs beside itself: style sheets, scripts, images, fonts, icons. Octets of the
 * page in, as they come; links out.
 *
 * It is read by libxml2 where that was found, otherwise by a scanner of tags of our own (links_scan.c),
 * which is enough for that and knows comments, quotes, and that scripts and styles are no markup.
 *
 * Invariants:
 * - Any octets are fine. Memory does not grow with the page but, in libxml2, with how deep its elements
 *   nest: whoever feeds it stops after LINKS_PAGE octets. A tag of more than LINKS_TAG octets is passed
 *   over by the scanner.
 * - A link is told as it stands in the page, but for character references; <base> changes what later
 *   ones are relative to, which the receiver is told as kind LINK_BASE.
 */
#ifndef H2KIT_CLIENT_LINKS_H
#define H2KIT_CLIENT_LINKS_H

#include <stddef.h>
#include <stdint.h>

enum { LINKS_TAG = 4096, LINKS_ATTRIBUTES = 32, LINKS_PAGE = 2 * 1024 * 1024 };

enum link_kind { LINK_BASE, LINK_STYLE, LINK_SCRIPT, LINK_FONT, LINK_IMAGE, LINK_ICON };

typedef void (*links_function)(enum link_kind kind, const char *text, void *user);

struct links;

/* NULL when out of memory. */
struct links *links_new(links_function found, void *user);
/* Both return 0, or -1 when out of memory: links may be missing. libxml2 does not always tell. */
int links_feed(struct links *links, const char *data, size_t length);
int links_end(struct links *links); /* the page has no more octets */
void links_free(struct links *links);

/* "u=1": RFC 9218 priority for such a link. */
const char *links_priority(enum link_kind kind);

/* ---- For the two readers ---- */

struct links_sink {
    links_function found;
    void *user;
};

/* An element; attributes are name and value by turns, names in lower case, ended by NULL. */
void links__element(const struct links_sink *sink, const char *name, const char *const *attributes);

#endif
