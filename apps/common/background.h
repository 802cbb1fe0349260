/* SPDX-License-Identifier: MIT */
/*
 * Going on in the background, with a caller that learns whether the start went well: the process
 * that was started waits until the one in the background is ready or has failed, and ends with its
 * exit status. What that one has to say until then goes to the standard files of the caller.
 *
 * Invariant: background_ready() and background_failed() are the last word; a process that ends
 * without one has failed with EXIT_CODE_LOCAL.
 */
#ifndef H2KIT_APPS_BACKGROUND_H
#define H2KIT_APPS_BACKGROUND_H

struct background {
    int fd; /* to who waits; -1: nobody does */
};

/* Before there are threads, and with nothing left in the buffers of stdio. Returns 0 in the
 * background, in a session of its own that has no terminal; 1 in the caller, with what to exit with;
 * or a negative errno. */
int background_begin(struct background *background, int *exit_status);
/* Lets the caller go, and puts /dev/null in place of the standard files. */
void background_ready(struct background *background);
void background_failed(struct background *background, int exit_status);

#endif
