/* SPDX-License-Identifier: MIT */
#include "queued_file.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "quiet_thread.h"
#include "reopen.h"

enum { STREAM_BUFFER = 65536, MS_PER_S = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

struct octets {
    char *data;
    size_t length;
    size_t capacity;
};

struct queued_file {
    struct queued_file_config config;
    FILE *stream;
    int fd;      /* our own */
    int give_up; /* an event */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* any of what follows */
    struct octets waiting;
    size_t whole;          /* octets of it that are whole lines */
    struct octets leaving; /* the thread's own while it writes */
    size_t left;           /* octets of it that have gone */
    uint64_t lost;         /* lines */
    int error;             /* of a write: nothing leaves any more */
    uint8_t is_socket;
    uint8_t in_line;  /* the line that is being printed is kept */
    uint8_t skipping; /* it is dropped */
    uint8_t told;
    uint8_t ending;
    uint8_t done;
};

static uint64_t lines_from(const struct octets *octets, size_t at)
{
    uint64_t lines = 0;
    for (size_t i = at; i < octets->length; i++) {
        lines += octets->data[i] == '\n';
    }
    return lines;
}

/* ---- In: under the lock -------------------------------------------------------------------- */

static int append(struct octets *to, const char *text, size_t length)
{
    if (length > to->capacity - to->length) {
        const size_t capacity = 2 * to->capacity + length;
        char *data = realloc(to->data, capacity);
        if (data == NULL) {
            return -1;
        }
        to->data = data;
        to->capacity = capacity;
    }
    memcpy(to->data + to->length, text, length);
    to->length += length;
    return 0;
}

/* A part of a line, or a line. */
static void take(struct queued_file *q, const char *text, size_t length)
{
    if (!q->in_line && !q->skipping) {
        q->skipping = q->error != 0 || q->waiting.length + length > q->config.limit;
    }
    if (!q->skipping && append(&q->waiting, text, length) != 0) {
        q->waiting.length = q->whole;
        q->skipping = 1;
    }
    q->in_line = !q->skipping;
    if (text[length - 1] != '\n') {
        return;
    }
    q->lost += q->skipping;
    q->whole = q->waiting.length;
    q->in_line = 0;
    q->skipping = 0;
}

static ssize_t on_print(void *cookie, const char *text, size_t length)
{
    struct queued_file *q = cookie;
    pthread_mutex_lock(&q->lock);
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        const size_t part = end == NULL ? length - at : (size_t)(end - text) + 1 - at;
        take(q, text + at, part);
        at += part;
    }
    const int tells = q->lost > 0 && q->error == 0 && !q->told;
    q->told |= (uint8_t)tells;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
    if (tells) {
        log_error(q->config.log, "%s: lines are lost: nobody reads them", q->config.what);
    }
    return (ssize_t)length;
}

/* ---- Out: the thread ----------------------------------------------------------------------- */

/* As much as goes without waiting, if the descriptor can do that; a pipe that has any room has as much
 * as this in any case. Returns as write(). */
static ssize_t write_some(const struct queued_file *q, const char *data, size_t length)
{
    const size_t part = length < PIPE_BUF ? length : PIPE_BUF;
    return q->is_socket ? send(q->fd, data, part, MSG_DONTWAIT | MSG_NOSIGNAL)
                        : write(q->fd, data, part);
}

/* Writes a piece, when there is room for it. Returns octets, or a negative errno: ECANCELED when it is
 * told to give up. */
static ssize_t write_piece(const struct queued_file *q, const char *data, size_t length)
{
    struct pollfd events[] = {{.fd = q->fd, .events = POLLOUT},
                              {.fd = q->give_up, .events = POLLIN}};
    for (;;) {
        (void)poll(events, 2, -1);
        if (events[1].revents != 0) {
            return -ECANCELED;
        }
        const ssize_t written = write_some(q, data, length);
        if (written >= 0) {
            return written;
        }
        if (errno != EINTR && errno != EAGAIN) {
            return -errno;
        }
    }
}

/* With the lock, which it gives up while it writes. */
static void write_leaving(struct queued_file *q)
{
    while (q->left < q->leaving.length && q->error == 0) {
        const char *data = q->leaving.data + q->left;
        const size_t length = q->leaving.length - q->left;
        pthread_mutex_unlock(&q->lock);
        const ssize_t written = write_piece(q, data, length);
        pthread_mutex_lock(&q->lock);
        q->left += written > 0 ? (size_t)written : 0;
        q->error = written < 0 ? (int)-written : 0;
        pthread_cond_broadcast(&q->changed);
    }
    q->lost += lines_from(&q->leaving, q->left);
    q->leaving.length = 0;
    q->left = 0;
}

/* Everything that is printed by the time the thread comes round leaves together. */
static void swap(struct queued_file *q)
{
    const struct octets empty = q->leaving;
    q->leaving = q->waiting;
    q->waiting = empty;
    q->waiting.length = 0;
    q->whole = 0;
    q->left = 0;
}

static void *write_all(void *user)
{
    struct queued_file *q = user;
    pthread_mutex_lock(&q->lock);
    while ((!q->ending || q->waiting.length > 0) && q->error != ECANCELED) {
        if (q->waiting.length == 0 || q->in_line) {
            pthread_cond_wait(&q->changed, &q->lock);
            continue;
        }
        swap(q);
        write_leaving(q);
    }
    q->done = 1;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

/* ---- Life ---------------------------------------------------------------------------------- */

static struct timespec after(uint32_t milliseconds)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += milliseconds / MS_PER_S;
    at.tv_nsec += (long)(milliseconds % MS_PER_S) * NS_PER_MS;
    if (at.tv_nsec >= NS_PER_S) {
        at.tv_sec++;
        at.tv_nsec -= NS_PER_S;
    }
    return at;
}

/* Waits for the thread while it gets something written. */
static void end_thread(struct queued_file *q)
{
    int waits = 1;
    pthread_mutex_lock(&q->lock);
    q->ending = 1;
    pthread_cond_broadcast(&q->changed);
    while (!q->done && waits) {
        const struct timespec limit = after(q->config.patience_ms);
        const size_t left = q->left;
        const size_t waiting = q->waiting.length;
        int status = 0;
        while (!q->done && status == 0 && left == q->left && waiting == q->waiting.length) {
            status = pthread_cond_timedwait(&q->changed, &q->lock, &limit);
        }
        waits = status == 0;
    }
    pthread_mutex_unlock(&q->lock);
    if (!waits) {
        (void)eventfd_write(q->give_up, 1);
    }
    (void)pthread_join(q->thread, NULL);
}

static void close_if_open(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}

static void free_all(struct queued_file *q)
{
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
    close_if_open(q->fd);
    close_if_open(q->give_up);
    free(q->waiting.data);
    free(q->leaving.data);
    free(q);
}

static void init_lock(struct queued_file *q)
{
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&q->changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    (void)pthread_mutex_init(&q->lock, NULL);
}

/* Returns 0 or an errno. */
static int open_descriptors(struct queued_file *q)
{
    struct stat facts;
    q->fd = reopen_unwaiting(q->config.fd);
    q->give_up = q->fd < 0 ? -1 : eventfd(0, EFD_CLOEXEC);
    q->is_socket = q->give_up >= 0 && fstat(q->fd, &facts) == 0 && S_ISSOCK(facts.st_mode);
    return q->give_up < 0 ? errno : 0;
}

static int start(struct queued_file *q)
{
    const cookie_io_functions_t functions = {.write = on_print};
    const int error = open_descriptors(q);
    if (error != 0) {
        return error;
    }
    q->stream = fopencookie(q, "w", functions);
    return q->stream == NULL ? ENOMEM : quiet_thread_start(&q->thread, write_all, q);
}

int queued_file_open(struct queued_file **out, const struct queued_file_config *config)
{
    struct queued_file *q = calloc(1, sizeof *q);
    if (q == NULL) {
        return ENOMEM;
    }
    q->config = *config;
    init_lock(q);
    const int error = start(q);
    if (error != 0) {
        if (q->stream != NULL) {
            (void)fclose(q->stream);
        }
        free_all(q);
        return error;
    }
    (void)setvbuf(q->stream, NULL, _IOFBF, STREAM_BUFFER);
    *out = q;
    return 0;
}

FILE *queued_file_stream(struct queued_file *q)
{
    return q->stream;
}

void queued_file_close(struct queued_file *q)
{
    if (q == NULL) {
        return;
    }
    (void)fclose(q->stream);
    end_thread(q);
    q->lost += lines_from(&q->waiting, 0);
    if (q->lost > 0 && q->error != EPIPE) {
        log_error(q->config.log, "%s: %" PRIu64 " lines were lost", q->config.what, q->lost);
    }
    free_all(q);
}
