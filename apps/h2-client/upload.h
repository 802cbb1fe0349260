/* SPDX-License-Identifier: MIT */
/*
 * The body of requests: a file, or standard input, read as the connection takes it.
 *
 * Invariants:
 * - Nothing is read ahead: octets go from the file into the frame they are sent in.
 * - Of a regular file (`is_file`) each request sends the octets it had when it was opened, from
 *   where it stood; a file that has become shorter fails the request. It can be sent many times.
 * - Anything else is sent once, until its end; waiting for it does not block the loop.
 * - The flags of the descriptor, which others may share, are left as they were.
 */
#ifndef H2KIT_CLIENT_UPLOAD_H
#define H2KIT_CLIENT_UPLOAD_H

#include <stdint.h>

#include <h2session/h2session.h>
#include <uv.h>

struct upload_source {
    int fd;
    uint32_t is_file;
    uint64_t start;
    uint64_t size;     /* of a regular file */
    uint32_t read_any; /* something has been read that cannot be read again */
};

/* One request's way through the source. */
struct upload {
    struct upload_source *source;
    uint64_t offset;
    int error;           /* errno, or -1 when the file has become shorter */
    uint32_t ready;      /* there is something to read, or it cannot be known before */
    uint32_t is_waiting; /* the connection waits for us, not we for the connection */
    uint32_t is_held;    /* until upload_release() */
    uint32_t is_asked;   /* while it was held */
    uint64_t read_ns;    /* when it was last asked, on the clock of loop_now_ns() */
    uv_poll_t *poll;
    void (*wake)(void *user); /* after a resume */
    void *wake_user;
    h2session *session;
    uint32_t stream_id;
};

/* path "-" is standard input. Returns 0 or an errno. */
int upload_source_open(struct upload_source *source, const char *path);
void upload_source_close(struct upload_source *source);

/* Before the request is submitted; wake is called from the loop when a deferred body goes on. */
void upload_begin(struct upload *upload, struct upload_source *source, uv_loop_t *loop,
                  void (*wake)(void *user), void *wake_user);
/* Nothing is sent until upload_release(); before the request is submitted. */
void upload_hold(struct upload *upload);
void upload_release(struct upload *upload);
/* The body source of h2session_message; read_user is the struct upload. */
int upload_read(h2session *s, h2session_read_event *event, void *read_user);
/* Once, when the stream is closed, or was never opened. A zeroed upload is fine. */
void upload_end(struct upload *upload);

#endif
