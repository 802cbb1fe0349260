/* SPDX-License-Identifier: MIT */
/*
 * Times as HTTP writes them (RFC 9110 5.6.7), "Sun, 06 Nov 1994 08:49:37 GMT": always in English,
 * whatever the locale, and always 29 octets. The two older forms are read as well. A pure function
 * each: what now is, is the caller's to say.
 */
#ifndef H2KIT_APPS_HTTP_DATE_H
#define H2KIT_APPS_HTTP_DATE_H

#include <stddef.h>
#include <time.h>

enum { HTTP_DATE_SIZE = 30 };

/* A time outside of the years 1 to 9999 becomes the beginning of 1970. */
void http_date_text(time_t when, char out[HTTP_DATE_SIZE]);
/* Reads any of the three forms. A year of two digits that would lie more than 50 years after now is
 * one of the past. Returns 0, or -1 when the text is no such time. */
int http_date_parse(const char *text, size_t length, time_t now, time_t *when);

#endif
