/* SPDX-License-Identifier: MIT */
#include "standard_files.h"

#include <errno.h>
#include <fcntl.h>
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
