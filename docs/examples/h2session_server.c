/* SPDX-License-Identifier: MIT */
/* Serves one connection of cleartext HTTP/2 on a free loopback port, which it prints. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <h2session/h2session.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The body is lent: its octets go out from where they are. */
static int read_text(h2session *s, h2session_read_event *event, void *user)
{
    static const uint8_t text[] = "hello over HTTP/2\n";
    (void)s, (void)user;
    event->lend = text;
    event->length = sizeof text - 1;
    event->flags = H2SESSION_BODY_END;
    return 0;
}

static int on_headers(h2session *s, const h2session_headers_event *event, void *user)
{
    static const hpack_field fields[] = {{":status", "200", 7, 3, 0, 0},
                                         {"content-length", "18", 14, 2, 0, 0}};
    const h2session_message response = {
        .size = sizeof response, .fields = fields, .field_count = 2, .read = read_text};
    (void)user;
    int trailers = event->kind == H2SESSION_HEADERS_TRAILERS;
    return trailers || h2session_submit_response(s, event->stream_id, &response) == 0
               ? 0
               : H2SESSION_ABORT;
}

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

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 ||
        listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        return 1;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    int fd = accept(listener, NULL, NULL);
    h2session *s = NULL;
    h2session_config config;
    const h2session_callbacks callbacks = {.size = sizeof callbacks, .on_headers = on_headers};
    if (h2session_config_init(&config, sizeof config, H2SESSION_SERVER) == 0 &&
        h2session_new(&s, &config, &callbacks, NULL) == 0) {
        while (turn(s, fd) == 0) {
        }
    }
    h2session_free(s);
    return close(fd) != 0 || close(listener) != 0;
}
