/* SPDX-License-Identifier: MIT */
/* Posts a text over cleartext HTTP/2 and prints the answer: h2session_pull ADDRESS PORT PATH TEXT
 * Events are pulled and the body is queued, so there is no callback anywhere. */
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

/* Writes all that the session has. 0, or -1 when the transport is gone. */
static int flush(h2session *s, int fd)
{
    h2frame_bytes piece;
    size_t count;
    while (h2session_peek(s, &piece, 1, &count) == 0 && count > 0) {
        ssize_t written = write(fd, piece.data, piece.length);
        if (written < 0 || h2session_sent(s, (size_t)written, now_ns()) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Prints what came of the response; 1 when the stream is closed, *failed says how. -1: an event
 * could not be kept. */
static int pull(h2session_batch *b, int *failed)
{
    h2session_batch_event event = {.size = sizeof event};
    int result = h2session_batch_next(b, &event) == 0 ? 0 : -1;
    while (result == 0 && event.kind != H2SESSION_EVENT_NONE) {
        if (event.kind == H2SESSION_EVENT_DATA) {
            fwrite(event.as.data->data, 1, event.as.data->length, stdout);
        } else if (event.kind == H2SESSION_EVENT_STREAM_CLOSED) {
            *failed = event.as.stream_closed->reason != H2SESSION_REASON_NONE;
            return 1;
        }
        result = h2session_batch_next(b, &event) == 0 ? 0 : -1;
    }
    h2session_batch_clear(b);
    return result;
}

/* Reads once, and feeds it in as many pieces as the batch asks for. Not 0: the end. */
static int read_once(h2session_batch *b, int fd, int *failed)
{
    uint8_t buffer[16384];
    ssize_t length = read(fd, buffer, sizeof buffer);
    int result = length > 0 ? 0 : -1;
    for (size_t at = 0, consumed = 0; result == 0 && at < (size_t)length; at += consumed) {
        result = h2session_recv(h2session_batch_session(b), buffer + at, (size_t)length - at,
                                now_ns(), &consumed);
        int pulled = pull(b, failed);
        result = result != 0 ? result : pulled;
    }
    return result;
}

#define FIELD(name, value)                                                                         \
    {                                                                                              \
        name, value, sizeof(name) - 1, (uint32_t)strlen(value), 0, 0                               \
    }

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (argc != 5 || fd < 0 || inet_pton(AF_INET, argv[1], &address.sin_addr) != 1) {
        return 2;
    }
    address.sin_port = htons((uint16_t)atoi(argv[2]));
    int failed = 1; /* until the stream is closed */
    uint32_t id;
    h2session_batch *b = NULL;
    h2session_config config;
    const hpack_field fields[] = {FIELD(":method", "POST"), FIELD(":scheme", "http"),
                                  FIELD(":authority", argv[1]), FIELD(":path", argv[3])};
    const h2session_message request = {.size = sizeof request, .fields = fields, .field_count = 4};
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        h2session_config_init(&config, sizeof config, H2SESSION_CLIENT) == 0 &&
        h2session_batch_new(&b, &config, NULL) == 0 &&
        h2session_batch_submit_request(b, &request, &id) == 0 &&
        h2session_batch_submit_body(b, id, (const uint8_t *)argv[4], strlen(argv[4]),
                                    H2SESSION_BODY_END) == 0) {
        while (flush(h2session_batch_session(b), fd) == 0 && read_once(b, fd, &failed) == 0) {
        }
    }
    h2session_batch_free(b);
    close(fd);
    return failed;
}
