/* SPDX-License-Identifier: MIT */
#include "upload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loop.h"

int upload_source_open(struct upload_source *source, const char *path)
{
    struct stat info;

    memset(source, 0, sizeof *source);
    source->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (source->fd < 0) {
        return errno;
    }
    if (fstat(source->fd, &info) != 0) {
        return errno;
    }
    if (S_ISDIR(info.st_mode)) {
        return EISDIR;
    }
    if (S_ISREG(info.st_mode)) {
        off_t start = lseek(source->fd, 0, SEEK_CUR);

        if (start < 0) {
            return errno;
        }
        source->is_file = 1;
        source->start = (uint64_t)start;
        source->size = info.st_size > start ? (uint64_t)(info.st_size - start) : 0;
    }
    return 0;
}

void upload_source_close(struct upload_source *source)
{
    if (source->fd > STDIN_FILENO) {
        close(source->fd);
    }
    source->fd = -1;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct upload *upload = poll->data;

    (void)events;
    (void)status; /* an error shows itself at the read */
    uv_poll_stop(poll);
    upload->ready = 1;
    upload->is_waiting = 0;
    if (upload->session != NULL && h2session_resume(upload->session, upload->stream_id) == 0) {
        upload->wake(upload->wake_user);
    }
}

static void free_poll(uv_handle_t *handle)
{
    free(handle);
}

/* libuv makes the descriptor non-blocking; it may be shared with the shell and with our own
 * standard output, so that is undone: a read after "readable" does not block. NULL for what need not
 * be waited for, and with *failure when out of memory. */
static uv_poll_t *open_poll(uv_loop_t *loop, int fd, int *failure)
{
    int flags = fcntl(fd, F_GETFL);
    uv_poll_t *poll = malloc(sizeof *poll);

    if (poll == NULL) {
        *failure = ENOMEM;
        return NULL;
    }
    int error = uv_poll_init(loop, poll, fd);

    if (flags >= 0) {
        (void)fcntl(fd, F_SETFL, flags);
    }
    if (error != 0) {
        free(poll);
        return NULL;
    }
    return poll;
}

void upload_begin(struct upload *upload, struct upload_source *source, uv_loop_t *loop,
                  void (*wake)(void *user), void *wake_user)
{
    memset(upload, 0, sizeof *upload);
    upload->source = source;
    upload->wake = wake;
    upload->wake_user = wake_user;
    if (!source->is_file) {
        upload->poll = open_poll(loop, source->fd, &upload->error);
    }
    if (upload->poll != NULL) {
        upload->poll->data = upload;
    } else {
        upload->ready = 1; /* files and devices that are always ready */
    }
}

void upload_end(struct upload *upload)
{
    if (upload->poll != NULL) {
        upload->poll->data = NULL;
        uv_close((uv_handle_t *)upload->poll, free_poll);
    }
    upload->poll = NULL;
    upload->session = NULL;
}

void upload_hold(struct upload *upload)
{
    upload->is_held = 1;
}

void upload_release(struct upload *upload)
{
    int is_asked = upload->is_held && upload->is_asked;

    upload->is_held = 0;
    upload->is_asked = 0;
    if (is_asked && upload->session != NULL &&
        h2session_resume(upload->session, upload->stream_id) == 0) {
        upload->wake(upload->wake_user);
    }
}

static int fail_with(struct upload *upload, h2session_read_event *event, int error)
{
    upload->error = error;
    event->code = H2FRAME_CODE_CANCEL;
    return H2SESSION_FAIL;
}

static int read_file(struct upload *upload, h2session_read_event *event)
{
    struct upload_source *source = upload->source;
    uint64_t left = source->size - upload->offset;
    size_t want = event->capacity < left ? event->capacity : (size_t)left;
    ssize_t got = 0;

    while (want > 0) {
        got = pread(source->fd, event->buffer, want, (off_t)(source->start + upload->offset));
        if (got >= 0 || errno != EINTR) {
            break;
        }
    }
    if (got < 0) {
        return fail_with(upload, event, errno);
    }
    if (got == 0 && left > 0 && want > 0) {
        return fail_with(upload, event, -1);
    }
    event->length = (size_t)got;
    upload->offset += (uint64_t)got;
    event->flags = upload->offset == source->size ? H2SESSION_BODY_END : 0;
    return 0;
}

/* Waits until there is something to read. */
static int defer(struct upload *upload, h2session_read_event *event)
{
    int error =
        upload->poll == NULL ? UV_EIO : uv_poll_start(upload->poll, UV_READABLE, on_readable);

    if (error != 0) {
        return fail_with(upload, event, -error);
    }
    upload->is_waiting = 1;
    return H2SESSION_DEFER;
}

static int read_stream(struct upload *upload, h2session_read_event *event)
{
    ssize_t got;

    if (!upload->ready) {
        return defer(upload, event);
    }
    do {
        got = read(upload->source->fd, event->buffer, event->capacity);
    } while (got < 0 && errno == EINTR);
    upload->ready = upload->poll == NULL;
    if (got < 0) {
        return errno == EAGAIN ? defer(upload, event) : fail_with(upload, event, errno);
    }
    upload->source->read_any = 1;
    event->length = (size_t)got;
    event->flags = got == 0 ? H2SESSION_BODY_END : 0;
    return 0;
}

int upload_read(h2session *s, h2session_read_event *event, void *read_user)
{
    struct upload *upload = read_user;

    upload->session = s;
    upload->stream_id = event->stream_id;
    if (upload->error != 0) {
        return fail_with(upload, event, upload->error);
    }
    upload->read_ns = loop_now_ns();
    if (upload->is_held) {
        upload->is_asked = 1;
        return H2SESSION_DEFER;
    }
    if (upload->source->is_file) {
        return read_file(upload, event);
    }
    return event->capacity == 0 ? 0 : read_stream(upload, event);
}
