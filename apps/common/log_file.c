/* SPDX-License-Identifier: MIT */
#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reopen.h"

enum {
    CAPACITY = 65536,
    FULL_ENOUGH = 32768, /* is written out before the turn ends */
    RETRY_MS = 100,      /* a pipe that was full */
    MODE = 0640
};

/* ---- Trouble ------------------------------------------------------------------------------- */

static void tell(struct log_file *f, const char *what, int error)
{
    if (atomic_exchange(f->config.told, 1) == 0) {
        log_error(f->config.log, "%s: %s: %s", f->config.what, what, strerror(error));
    }
}

static uint64_t count_lines(const char *text, size_t length)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < length; i++) {
        lines += text[i] == '\n';
    }
    return lines;
}

static void lose_all(struct log_file *f)
{
    counter_add(&f->lost, count_lines(f->text.data, f->text.length));
    f->text.length = 0;
}

/* ---- Writing ------------------------------------------------------------------------------- */

static void drop_front(struct log_file *f, size_t length)
{
    f->text.length -= length;
    memmove(f->text.data, f->text.data + length, f->text.length);
}

/* How much to write at once. What fits a pipe by this measure goes in whole or not at all, and so
 * must end where a line does. */
static size_t piece_of(const struct log_file *f)
{
    const size_t length = f->text.length;
    if (!f->is_pipe || length <= PIPE_BUF) {
        return length;
    }
    for (size_t i = PIPE_BUF; i > 0; i--) {
        if (f->text.data[i - 1] == '\n') {
            return i;
        }
    }
    const char *end = memchr(f->text.data, '\n', length);
    return end == NULL ? length : (size_t)(end - f->text.data) + 1;
}

static int mend(struct log_file *f)
{
    if (f->is_torn && write(f->fd, "\n", 1) != 1) {
        return -1;
    }
    f->is_torn = 0;
    return 0;
}

/* Writes until nothing is left or nothing goes. Returns 0, or 1 when a pipe is full. */
static int write_out(struct log_file *f)
{
    while (f->text.length > 0) {
        ssize_t written = mend(f);
        if (written == 0) {
            written = write(f->fd, f->text.data, piece_of(f));
        }
        if (written > 0) {
            f->is_torn = f->text.data[written - 1] != '\n';
            drop_front(f, (size_t)written);
        } else if (written < 0 && errno == EINTR) {
            continue;
        } else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return 1;
        } else {
            tell(f, "lines are lost", written < 0 ? errno : EIO);
            lose_all(f);
        }
    }
    return 0;
}

static void on_retry(uv_timer_t *timer);

static void flush(struct log_file *f)
{
    if (write_out(f) != 0 && !uv_is_active((uv_handle_t *)&f->retry)) {
        (void)uv_timer_start(&f->retry, on_retry, RETRY_MS, 0);
        uv_unref((uv_handle_t *)&f->retry);
    }
}

static void on_retry(uv_timer_t *timer)
{
    flush(timer->data);
}

static void on_flush(struct loop_task *task)
{
    flush((struct log_file *)((char *)task - offsetof(struct log_file, flush)));
}

/* ---- Lines --------------------------------------------------------------------------------- */

struct text_buffer *log_file_begin(struct log_file *f)
{
    f->line = f->text.length;
    return &f->text;
}

int log_file_end(struct log_file *f)
{
    if (!f->text.failed) {
        loop_defer(f->config.loop, &f->flush);
        if (f->text.length >= FULL_ENOUGH) {
            flush(f);
        }
        return 0;
    }
    f->text.failed = 0;
    f->text.length = f->line;
    const size_t before = f->text.length;
    flush(f);
    if (f->text.length < before) {
        return 1;
    }
    if (before > 0) {
        tell(f, "lines are lost", EAGAIN);
    }
    counter_add(&f->lost, 1);
    return 0;
}

/* ---- Life ---------------------------------------------------------------------------------- */

static int open_path(const char *path)
{
    if (strcmp(path, "-") == 0) {
        return reopen_unwaiting(STDOUT_FILENO);
    }
    /* O_NONBLOCK means nothing to a file on disk. */
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, MODE);
}

static int open_target(struct log_file *f)
{
    struct stat facts;
    const int fd = open_path(f->config.path);
    if (fd < 0) {
        return errno;
    }
    f->fd = fd;
    f->is_pipe = fstat(fd, &facts) == 0 && !S_ISREG(facts.st_mode);
    f->is_torn = 0;
    return 0;
}

int log_file_open(struct log_file *f, const struct log_file_config *config)
{
    memset(f, 0, sizeof *f);
    f->config = *config;
    f->text.data = malloc(CAPACITY);
    f->text.capacity = CAPACITY;
    f->text.limit = CAPACITY - 1; /* so that it never grows */
    const int error = f->text.data == NULL ? ENOMEM : open_target(f);
    if (error != 0) {
        free(f->text.data);
        return error;
    }
    f->flush.run = on_flush;
    (void)uv_timer_init(&config->loop->uv, &f->retry);
    f->retry.data = f;
    return 0;
}

void log_file_close(struct log_file *f)
{
    loop_cancel(f->config.loop, &f->flush);
    if (write_out(f) != 0) {
        tell(f, "lines are lost", EAGAIN);
        lose_all(f);
    }
    (void)close(f->fd);
    free(f->text.data);
    uv_close((uv_handle_t *)&f->retry, NULL);
}

void log_file_reopen(struct log_file *f)
{
    const int old = f->fd;
    flush(f);
    if (strcmp(f->config.path, "-") == 0) {
        return;
    }
    atomic_store(f->config.told, 0);
    const int error = open_target(f);
    if (error != 0) {
        tell(f, "cannot open it anew", error);
        return;
    }
    (void)close(old);
}
