/* SPDX-License-Identifier: MIT */
/*
 * Pages that are part of the program: the one at "/" of a server without a folder, and one for
 * each status that is not 200. Static strings of HTML.
 */
#ifndef H2KIT_APPS_PAGE_H
#define H2KIT_APPS_PAGE_H

#include <stddef.h>

struct page {
    const char *html;
    size_t length;
};

struct page page_welcome(void);
/* The page of 500 for a status that has none. */
struct page page_of_status(int status);

#endif
