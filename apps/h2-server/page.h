/* SPDX-License-Identifier: MIT */
/*
 * Pages that are part of the program: the one at "/" of a server without a folder, and one for
 * each status that says more than "here it is". Static strings of HTML.
 */
#ifndef H2KIT_APPS_PAGE_H
#define H2KIT_APPS_PAGE_H

#include <stddef.h>

struct page {
    const char *html; /* NULL: there is no page */
    size_t length;
};

struct page page_welcome(void);
/* No page for a status that is not registered. */
struct page page_of_status(int status);

#endif
