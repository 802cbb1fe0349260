/* SPDX-License-Identifier: MIT */
/*
 * A file that was renamed, or cut, by who keeps logs: what is printed goes to a new one of the old name.
 * Who prints keeps the same FILE, also in other threads: what one of them prints under flockfile() is not
 * torn apart.
 */
#ifndef H2KIT_APPS_REOPEN_H
#define H2KIT_APPS_REOPEN_H

#include <stdio.h>
#include <sys/types.h>

/* What was printed before goes to the file that was open. Nothing that was there is overwritten. Returns
 * 0, or an errno: then it goes on with the file it had. */
int reopen_file(FILE *file, const char *path, mode_t mode);
/* Under flockfile(): whether nothing has been written to it, by anybody. */
int reopen_is_empty(FILE *file);

#endif
