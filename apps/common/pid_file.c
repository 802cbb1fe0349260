/* SPDX-License-Identifier: MIT */
#include "pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PID_TEXT_SIZE = 32 };

static size_t own_text(char text[PID_TEXT_SIZE])
{
    return (size_t)snprintf(text, PID_TEXT_SIZE, "%ld\n", (long)getpid());
}

static int write_new(const char *path)
{
    char text[PID_TEXT_SIZE];
    const size_t length = own_text(text);
    const int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
    if (fd < 0) {
        return errno;
    }
    int reason = write(fd, text, length) == (ssize_t)length ? 0 : EIO;
    if (close(fd) != 0) {
        reason = errno;
    }
    return reason;
}

int pid_file_write(const char *path)
{
    /* A reader must find a whole number or none. */
    const size_t size = strlen(path) + PID_TEXT_SIZE;
    char *fresh = malloc(size);
    if (fresh == NULL) {
        return ENOMEM;
    }
    (void)snprintf(fresh, size, "%s.%ld", path, (long)getpid());
    (void)unlink(fresh); /* of one that had our number and did not come to an end */
    int reason = write_new(fresh);
    if (reason == 0 && rename(fresh, path) != 0) {
        reason = errno;
        (void)unlink(fresh);
    }
    free(fresh);
    return reason;
}

void pid_file_remove(const char *path)
{
    char ours[PID_TEXT_SIZE];
    char there[PID_TEXT_SIZE];
    const size_t length = own_text(ours);
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return;
    }
    const ssize_t got = read(fd, there, sizeof there);
    (void)close(fd);
    if (got == (ssize_t)length && memcmp(ours, there, length) == 0) {
        (void)unlink(path);
    }
}
