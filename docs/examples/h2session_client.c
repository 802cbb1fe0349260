/* SPDX-License-Identifier: MIT */
/* Fetches one page over cleartext HTTP/2: h2session_client ADDRESS PORT PATH
 * The session has no socket of its own: this program moves the octets. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <h2session/h2session.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

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
    h2frame_bytes piece;
    size_t count;
    while (h2session_peek(s, &piece, 1, &count) == 0 && count > 0) {
        ssize_t written = write(fd, piece.data, piece.length);
        if (written < 0 || h2session_sent(s, (size_t)written, now_ns()) != 0) {
            return -1;
        }
    }
    uint8_t buffer[16384];
    ssize_t length = h2session_wants(s) & H2SESSION_WANT_READ ? read(fd, buffer, sizeof buffer) : 0;
    return length > 0 && h2session_recv(s, buffer, (size_t)length, now_ns(), &count) == 0 ? 0 : -1;
}

#define FIELD(name, value)                                                                         \
    {                                                                                              \
        name, value, sizeof(name) - 1, (uint32_t)strlen(value), 0, 0                               \
    }

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (argc != 4 || fd < 0 || inet_pton(AF_INET, argv[1], &address.sin_addr) != 1) {
        return 2;
    }
    address.sin_port = htons((uint16_t)atoi(argv[2]));
    int failed = 1; /* until the stream is closed */
    h2session *s = NULL;
    h2session_config config;
    const h2session_callbacks callbacks = {
        .size = sizeof callbacks, .on_data = on_data, .on_stream_closed = on_stream_closed};
    const hpack_field fields[] = {FIELD(":method", "GET"), FIELD(":scheme", "http"),
                                  FIELD(":authority", argv[1]), FIELD(":path", argv[3])};
    const h2session_message request = {.size = sizeof request, .fields = fields, .field_count = 4};
    uint32_t stream_id;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        h2session_config_init(&config, sizeof config, H2SESSION_CLIENT) == 0 &&
        h2session_new(&s, &config, &callbacks, &failed) == 0 &&
        h2session_submit_request(s, &request, &stream_id) == 0) {
        while (turn(s, fd) == 0) {
        }
    }
    h2session_free(s);
    close(fd);
    return failed;
}
