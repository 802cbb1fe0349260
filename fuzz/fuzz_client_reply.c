/* SPDX-License-Identifier: MIT */
/*
 * What a server says in HTTP/1.1 to an upgrade, or a proxy to CONNECT: the head is told as it stands, and
 * not an octet behind it is taken from the socket.
 *
 * Input: what the server sends.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "h1_ask.h"
#include "input.h"
#include "require.h"

enum { ASKED = 3, MOST = 65536 };

struct told {
    size_t count;
    size_t head_end; /* of all that was sent; 0: there was no head */
    const uint8_t *sent;
    size_t size;
};

static void on_reply(const struct h1_reply *reply, void *user)
{
    struct told *told = user;

    told->count++;
    if (reply->error != NULL) {
        require(reply->error[0] != '\0');
        return;
    }
    require(reply->status == 101 || reply->status >= 200);
    require(reply->length >= 4 && reply->length <= H1_ASK_HEAD);
    require(memcmp(reply->head + reply->length - 4, "\r\n\r\n", 4) == 0);
    /* Interim responses may stand before it. */
    for (size_t at = 0; at + reply->length <= told->size; at++) {
        if (memcmp(told->sent + at, reply->head, reply->length) == 0) {
            told->head_end = at + reply->length;
            return;
        }
    }
    abort();
}

/* What was not taken begins where the head ends. */
static void require_rest(const struct told *told, int fd)
{
    static uint8_t rest[MOST];
    ssize_t got = recv(fd, rest, sizeof rest, MSG_DONTWAIT);
    size_t left = got > 0 ? (size_t)got : 0;

    require(left <= told->size);
    require(left == 0 || memcmp(rest, told->sent + told->size - left, left) == 0);
    require(told->head_end == 0 || left <= told->size - told->head_end);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static void ask(struct loop *loop, int fd, struct told *told)
{
    uv_tcp_t *socket = malloc(sizeof *socket);
    struct h1_ask *asked = NULL;

    require(socket != NULL && uv_tcp_init(&loop->uv, socket) == 0);
    require(uv_tcp_open(socket, fd) == 0);
    require(h1_ask(&asked, loop, socket, "ask", 0) == 0);
    h1_ask_on_reply(asked, on_reply, told);
    loop_run(loop);
    require(told->count == 1);
    require_rest(told, fd);
    uv_close((uv_handle_t *)socket, on_closed);
    loop_run(loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct told told = {.sent = data, .size = size < MOST ? size : MOST};
    struct loop loop;
    int ends[2];

    require(loop_init(&loop) == 0);
    require(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    require(told.size == 0 || send(ends[1], data, told.size, MSG_NOSIGNAL) == (ssize_t)told.size);
    require(shutdown(ends[1], SHUT_WR) == 0);
    ask(&loop, ends[0], &told);
    (void)close(ends[1]);
    loop_close(&loop);
    return 0;
}
