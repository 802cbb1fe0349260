/* SPDX-License-Identifier: MIT */
/* Fetches a page over the connection on descriptor 3: h2session_client HOST PATH 3<>/dev/tcp/... */
#define _POSIX_C_SOURCE 200809L
#include <h2session/h2session.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int on_data(h2session *s, const h2session_data_event *event, void *user)
{
    (void)s, (void)user;
    return fwrite(event->data, 1, event->length, stdout) == event->length ? 0 : H2SESSION_ABORT;
}

static int on_stream_closed(h2session *s, const h2session_stream_closed_event *event, void *user)
{
    *(int *)user = event->reason == H2SESSION_REASON_NONE ? 0 : 1;
    return h2session_shutdown(s) == 0 ? 0 : H2SESSION_ABORT;
}

/* Writes all that the session has, then reads once. 0, or -1 when the connection is done with. */
static int turn(h2session *s, int fd)
{
    uint8_t buffer[16384];
    h2frame_bytes piece;
    size_t count;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    const uint64_t now_ns = (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
    while (h2session_peek(s, &piece, 1, &count) == 0 && count > 0) {
        ssize_t written = write(fd, piece.data, piece.length);
        if (written < 0 || h2session_sent(s, (size_t)written, now_ns) != 0) {
            return -1;
        }
    }
    ssize_t length = h2session_wants(s) & H2SESSION_WANT_READ ? read(fd, buffer, sizeof buffer) : 0;
    return length > 0 && h2session_recv(s, buffer, (size_t)length, now_ns, &count) == 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    const char *host = argc > 1 ? argv[1] : "localhost", *path = argc > 2 ? argv[2] : "/";
    const hpack_field fields[] = {{":method", "GET", 7, 3, 0, 0},
                                  {":scheme", "http", 7, 4, 0, 0},
                                  {":authority", host, 10, (uint32_t)strlen(host), 0, 0},
                                  {":path", path, 5, (uint32_t)strlen(path), 0, 0}};
    const h2session_message request = {.size = sizeof request, .fields = fields, .field_count = 4};
    const h2session_callbacks callbacks = {sizeof callbacks, .on_data = on_data,
                                           .on_stream_closed = on_stream_closed};
    int failed = 1; /* until the stream is closed */
    uint32_t stream_id;
    h2session *s = NULL;
    h2session_config config;
    int result = h2session_config_init(&config, sizeof config, H2SESSION_CLIENT);
    result = result != 0 ? result : h2session_new(&s, &config, &callbacks, &failed);
    result = result != 0 ? result : h2session_submit_request(s, &request, &stream_id);
    for (; result == 0; result = turn(s, 3)) {
    }
    h2session_free(s);
    return failed;
}
