/* SPDX-License-Identifier: MIT */
/*
 * Standard input, output and error as places that are taken: a program started with one of them
 * closed would otherwise get a socket under its number, and write its messages there.
 */
#ifndef H2KIT_APPS_STANDARD_FILES_H
#define H2KIT_APPS_STANDARD_FILES_H

/* First thing in main(). What is closed is opened in a way that reads and writes fail as they did.
 * Returns 0, or -1 when not even that is possible. */
int standard_files_reserve(void);

/* Last thing in main(): 0 when all that was printed has been written, or the reader of a pipe has
 * left; else -1, when something of it is lost. */
int standard_files_finish(void);

#endif
