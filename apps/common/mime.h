/* SPDX-License-Identifier: MIT */
/*
 * Media type of a file by the ending of its name, from a small built-in table. The answer is a
 * static string; an ending that is not in the table is application/octet-stream, which browsers
 * store and do not run.
 */
#ifndef H2KIT_APPS_MIME_H
#define H2KIT_APPS_MIME_H

const char *mime_type(const char *file_name);

#endif
