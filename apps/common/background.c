/* SPDX-License-Identifier: MIT */
#include "background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exit_code.h"

/* Waits for the last word. */
static int wait_for(int fd, pid_t child)
{
    uint8_t status = EXIT_CODE_LOCAL;
    int ignored = 0;
    ssize_t got = -1;
    do {
        got = read(fd, &status, 1);
    } while (got < 0 && errno == EINTR);
    (void)close(fd);
    while (waitpid(child, &ignored, 0) < 0 && errno == EINTR) {
    }
    return got == 1 ? status : EXIT_CODE_LOCAL;
}

/* The second half of the way: a session of our own, which we do not lead, so that no terminal that
 * is opened becomes ours. Returns as background_begin(). */
static int detach(struct background *background, int fd)
{
    if (setsid() < 0) {
        _exit(EXIT_CODE_LOCAL);
    }
    const pid_t child = fork();
    if (child != 0) {
        _exit(child < 0 ? EXIT_CODE_LOCAL : EXIT_CODE_OK);
    }
    background->fd = fd;
    return 0;
}

int background_begin(struct background *background, int *exit_status)
{
    int ends[2];
    background->fd = -1;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return -errno;
    }
    const pid_t child = fork();
    if (child < 0) {
        const int reason = errno;
        (void)close(ends[0]);
        (void)close(ends[1]);
        return -reason;
    }
    if (child == 0) {
        (void)close(ends[0]);
        return detach(background, ends[1]);
    }
    (void)close(ends[1]);
    *exit_status = wait_for(ends[0], child);
    return 1;
}

static void tell(struct background *background, int exit_status)
{
    const uint8_t status = (uint8_t)exit_status;
    if (background->fd < 0) {
        return;
    }
    while (write(background->fd, &status, 1) < 0 && errno == EINTR) {
    }
    (void)close(background->fd);
    background->fd = -1;
}

void background_ready(struct background *background)
{
    if (background->fd < 0) {
        return;
    }
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++) {
        (void)dup2(null, fd);
    }
    if (null > STDERR_FILENO) {
        (void)close(null);
    }
    tell(background, EXIT_CODE_OK);
}

void background_failed(struct background *background, int exit_status)
{
    tell(background, exit_status);
}
