/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void output_init(struct output *output, const char *path, uint32_t discard)
{
    memset(output, 0, sizeof *output);
    output->path = path == NULL || strcmp(path, "-") == 0 ? NULL : path;
    output->discard = discard;
    output->fd = -1;
}

void output_init_remote(struct output *output, const char *uri_path, uint32_t discard)
{
    output_init(output, NULL, discard);
    remote_name(uri_path, output->name);
    output->path = output->name;
}

static int fail(struct output *output, int error)
{
    output->error = error;
    output->result = error == EPIPE && output->path == NULL ? OUTPUT_READER_GONE : OUTPUT_FAILED;
    return output->result;
}

/* "name", or the first of "name.1", "name.2"... that is not there. */
static int open_new(struct output *output)
{
    size_t length = strlen(output->name);
    int fd = -1;

    for (unsigned number = 0; number < OUTPUT_NUMBERS; number++) {
        if (number > 0) {
            (void)snprintf(output->name + length, sizeof output->name - length, ".%u", number);
        }
        fd = open(output->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) {
            break;
        }
    }
    return fd;
}

int output_begin(struct output *output)
{
    if (output->discard || output->fd >= 0 || output->result != OUTPUT_OK) {
        return output->result;
    }
    if (output->path == NULL) {
        output->fd = STDOUT_FILENO;
    } else if (output->path == output->name) {
        output->fd = open_new(output);
    } else {
        output->fd = open(output->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    }
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
            output->written += (uint64_t)written;
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
