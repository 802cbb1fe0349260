/* SPDX-License-Identifier: MIT */
/*
 * Giving up root for good: who to become, and becoming it.
 *
 * Invariant: after identity_become() has returned 0 the process has the user, the group and the
 * supplementary groups of that user and no way back, which was tried. When it fails the process may
 * be half-way: it is to end.
 */
#ifndef H2KIT_APPS_IDENTITY_H
#define H2KIT_APPS_IDENTITY_H

#include <sys/types.h>

enum { IDENTITY_ERROR_SIZE = 256, IDENTITY_NAME_SIZE = 64 };

struct identity {
    uid_t user;
    gid_t group;
    char name[IDENTITY_NAME_SIZE];
};

/* Reads USER[:GROUP], names or numbers. Without GROUP it is the user's own. Root is none to become.
 * Both return 0, or -1 with one line in error. */
int identity_read(struct identity *identity, const char *text, char error[IDENTITY_ERROR_SIZE]);
/* Before there are threads. Not being root is fine for who is that user already. */
int identity_become(const struct identity *identity, char error[IDENTITY_ERROR_SIZE]);

#endif
