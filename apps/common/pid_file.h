/* SPDX-License-Identifier: MIT */
/*
 * A file with the number of this process, for scripts that send it signals.
 *
 * Invariant: only what pid_file_write() of this process has written is taken away by
 * pid_file_remove(): not a file that another process has put there since.
 */
#ifndef H2KIT_APPS_PID_FILE_H
#define H2KIT_APPS_PID_FILE_H

/* In place of what is there, in one step. Returns 0 or an errno. */
int pid_file_write(const char *path);
/* As far as that is still allowed. */
void pid_file_remove(const char *path);

#endif
