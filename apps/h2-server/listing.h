/* SPDX-License-Identifier: MIT */
/*
 * The page that lists a folder: its folders and then its files, by name, with sizes and times.
 *
 * Invariants:
 * - Names are escaped for HTML where they are shown and percent-encoded where they are links, which
 *   are relative to the folder ("./name"), so that none can be a scheme or another host.
 * - Names that begin with a dot are not shown, nor is what is neither folder nor regular file;
 *   symbolic links only when they are followed.
 * - At most LISTING_LOOKED_AT names are read and LISTING_SHOWN shown; the page says when there are
 *   more.
 */
#ifndef H2KIT_APPS_LISTING_H
#define H2KIT_APPS_LISTING_H

#include <stddef.h>
#include <stdint.h>

enum { LISTING_SHOWN = 1000, LISTING_LOOKED_AT = 10000 };

struct listing {
    const char *name; /* of the folder below the root, "." for the root itself */
    uint32_t follow_links;
};

/* The page, which is the caller's to free(); fd stays the caller's too. NULL when out of memory or
 * when the folder cannot be read. */
char *listing_make(int fd, const struct listing *listing, size_t *length);

#endif
