/* SPDX-License-Identifier: MIT */
/* A temporary folder for tests, which goes with all that is in it. */
#ifndef H2KIT_TESTS_FOLDER_FIXTURE_H
#define H2KIT_TESTS_FOLDER_FIXTURE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

enum { FOLDER_OLD = 1000000000 }; /* when a file was changed last, unless the test says so */

static inline char *folder_make(void)
{
    char *path = strdup("/tmp/h2kit-folder-XXXXXX");
    assert_non_null(path);
    assert_non_null(mkdtemp(path));
    assert_int_equal(chdir(path), 0);
    return path;
}

static inline int folder__remove_one(const char *path, const struct stat *info, int kind,
                                     struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static inline void folder_remove(char *path)
{
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(nftw(path, folder__remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    free(path);
}

static inline void folder_time(const char *name, time_t modified)
{
    const struct timespec times[2] = {{modified, 0}, {modified, 0}};
    assert_int_equal(utimensat(AT_FDCWD, name, times, 0), 0);
}

/* Writes a file, over what is there. */
static inline void folder_write(const char *name, const char *text)
{
    const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
    folder_time(name, FOLDER_OLD);
}

#endif
