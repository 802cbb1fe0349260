/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DECIMAL = 10 };

/* Ids end where -1 in their type begins to mean "none". */
static const unsigned long GREATEST_ID = 0xfffffffeUL;

/* 1 when the text is a number that can be an id. */
static int read_id(const char *text, unsigned long *id)
{
    char *end = NULL;
    if (text[0] < '0' || text[0] > '9') {
        return 0;
    }
    *id = strtoul(text, &end, DECIMAL);
    return *end == '\0' && *id < GREATEST_ID;
}

static int tell(char error[IDENTITY_ERROR_SIZE], const char *what, const char *name)
{
    (void)snprintf(error, IDENTITY_ERROR_SIZE, "--user: %s '%.60s'", what, name);
    return -1;
}

/* ---- Who ----------------------------------------------------------------------------------- */

static int read_user(struct identity *i, int has_group, char error[IDENTITY_ERROR_SIZE])
{
    unsigned long id = 0;
    const int is_number = read_id(i->name, &id);
    const struct passwd *found = getpwnam(i->name);
    if (found == NULL && is_number) {
        found = getpwuid((uid_t)id);
    }
    if (found != NULL) {
        i->user = found->pw_uid;
        i->group = found->pw_gid;
        (void)snprintf(i->name, sizeof i->name, "%s", found->pw_name);
        return 0;
    }
    if (!is_number) {
        return tell(error, "there is no user", i->name);
    }
    if (!has_group) {
        return tell(error, "a GROUP is needed with this number, which is no user's:", i->name);
    }
    i->user = (uid_t)id;
    return 0;
}

static int read_group(struct identity *i, const char *text, char error[IDENTITY_ERROR_SIZE])
{
    unsigned long id = 0;
    const struct group *found = getgrnam(text);
    if (found != NULL) {
        i->group = found->gr_gid;
        return 0;
    }
    if (!read_id(text, &id)) {
        return tell(error, "there is no group", text);
    }
    i->group = (gid_t)id;
    return 0;
}

int identity_read(struct identity *i, const char *text, char error[IDENTITY_ERROR_SIZE])
{
    const char *colon = strchr(text, ':');
    const size_t length = colon == NULL ? strlen(text) : (size_t)(colon - text);
    memset(i, 0, sizeof *i);
    if (length == 0 || length >= sizeof i->name) {
        return tell(error, "no name of a user:", text);
    }
    memcpy(i->name, text, length);
    if (read_user(i, colon != NULL, error) != 0 ||
        (colon != NULL && read_group(i, colon + 1, error) != 0)) {
        return -1;
    }
    return i->user == 0 ? tell(error, "root is no user to become:", text) : 0;
}

/* ---- Becoming ------------------------------------------------------------------------------ */

static int is_already(const struct identity *i)
{
    uid_t users[3];
    gid_t groups[3];
    if (getresuid(&users[0], &users[1], &users[2]) != 0 ||
        getresgid(&groups[0], &groups[1], &groups[2]) != 0) {
        return 0;
    }
    for (size_t k = 0; k < 3; k++) {
        if (users[k] != i->user || groups[k] != i->group) {
            return 0;
        }
    }
    return 1;
}

/* The groups of a user who has a name; the one group of one who is only a number. */
static int set_groups(const struct identity *i)
{
    return getpwuid(i->user) != NULL ? initgroups(i->name, i->group) : setgroups(1, &i->group);
}

int identity_become(const struct identity *i, char error[IDENTITY_ERROR_SIZE])
{
    if (geteuid() != 0 && is_already(i)) {
        return 0;
    }
    if (set_groups(i) != 0 || setresgid(i->group, i->group, i->group) != 0 ||
        setresuid(i->user, i->user, i->user) != 0) {
        (void)snprintf(error, IDENTITY_ERROR_SIZE, "--user: cannot become %s: %s", i->name,
                       strerror(errno));
        return -1;
    }
    if (!is_already(i) || setuid(0) == 0 || seteuid(0) == 0 || (i->group != 0 && setgid(0) == 0)) {
        (void)snprintf(error, IDENTITY_ERROR_SIZE, "--user: root could be had again as %s",
                       i->name);
        return -1;
    }
    return 0;
}
