/* SPDX-License-Identifier: MIT */
#include "reopen.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int reopen_file(FILE *file, const char *path, mode_t mode)
{
    /* Another kind of file has taken its name: it may have no reader. */
    const int fd =
        open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode);
    if (fd < 0) {
        return errno;
    }
    flockfile(file);
    (void)fflush(file);
    const int error = dup3(fd, fileno(file), O_CLOEXEC) < 0 ? errno : 0;
    funlockfile(file);
    (void)close(fd);
    return error;
}

int reopen_unwaiting(int fd)
{
    struct stat facts;
    char path[32];
    if (fstat(fd, &facts) == 0 && (S_ISFIFO(facts.st_mode) || isatty(fd) == 1)) {
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        const int anew = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (anew >= 0) {
            return anew;
        }
    }
    return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

int reopen_is_empty(FILE *file)
{
    struct stat facts;
    return fstat(fileno(file), &facts) == 0 && facts.st_size == 0;
}
