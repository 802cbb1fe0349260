/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

void output_init(struct output *output, const char *path, uint32_t discard)
{
    memset(output, 0, sizeof *output);
    output->path = path == NULL || strcmp(path, "-") == 0 ? NULL : path;
    output->discard = discard;
    output->fd = -1;
}

static int fail(struct output *output, int error)
{
    output->error = error;
    output->result = error == EPIPE && output->path == NULL ? OUTPUT_READER_GONE : OUTPUT_FAILED;
    return output->result;
}

int output_begin(struct output *output)
{
    if (output->discard || output->fd >= 0 || output->result != OUTPUT_OK) {
        return output->result;
    }
    output->fd = output->path == NULL
                     ? STDOUT_FILENO
                     : open(output->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return output->fd < 0 ? fail(output, errno) : OUTPUT_OK;
}

int output_write(struct output *output, const uint8_t *data, size_t length)
{
    if (output->discard || output_begin(output) != OUTPUT_OK) {
        return output->result;
    }
    while (length > 0) {
        ssize_t written = write(output->fd, data, length);

        if (written >= 0) {
            data += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) {
            /* Somebody who shares the descriptor has made it non-blocking. */
            struct pollfd wait = {.fd = output->fd, .events = POLLOUT};

            (void)poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return fail(output, errno);
        }
    }
    return OUTPUT_OK;
}

int output_close(struct output *output)
{
    int fd = output->fd;

    output->fd = -1;
    if (fd > STDERR_FILENO && close(fd) != 0 && output->result == OUTPUT_OK) {
        return fail(output, errno);
    }
    return output->result;
}
