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
/* A new descriptor, closed by the caller, for what is behind one. Where it is a pipe or a terminal, writing
 * to it does not wait, as far as the system lets it be opened anew: a copy would share that with whoever
 * has the same open file. -1 with errno on failure. */
int reopen_unwaiting(int fd);
/* Under flockfile(): whether nothing has been written to it, by anybody. */
int reopen_is_empty(FILE *file);

#endif
