/* SPDX-License-Identifier: MIT */
#include "standard_files.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

int standard_files_reserve(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) {
            continue;
        }
        /* The lowest free number is this one. Opened the wrong way round: EBADF, as if closed. */
        if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            return -1;
        }
    }
    return 0;
}

int standard_files_finish(void)
{
    int lost = fflush(stdout) != 0;
    lost |= ferror(stdout) != 0; /* an earlier write */
    if (!lost) {
        return 0;
    }
    /* A pipe without a reader reports an error, a full disk does not. */
    struct pollfd pipe = {.fd = STDOUT_FILENO, .events = POLLOUT};
    int reader_left = poll(&pipe, 1, 0) == 1 && (pipe.revents & POLLERR) != 0;
    return reader_left ? 0 : -1;
}
