/* SPDX-License-Identifier: MIT */
#include "manager.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_SOCKET = 3, NOTE_SIZE = 1024 };

/* ---- Sockets ------------------------------------------------------------------------------- */

/* A number as the manager writes it; 0 when it is none. */
static unsigned long number_in(const char *name)
{
    const char *text = getenv(name);
    char *end = NULL;
    if (text == NULL || text[0] < '0' || text[0] > '9') {
        return 0;
    }
    const unsigned long number = strtoul(text, &end, 10);
    return *end == '\0' ? number : 0;
}

static void forget_variables(void)
{
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    (void)unsetenv("LISTEN_FDNAMES");
}

static int option_of(int fd, int name)
{
    int value = -1;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

static int prepare(int fd)
{
    const int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* NULL, or why a descriptor cannot be used. */
static const char *fault_of(int fd)
{
    const int domain = option_of(fd, SO_DOMAIN);
    if (domain < 0 || !prepare(fd)) {
        return "is not a socket";
    }
    if ((domain != AF_INET && domain != AF_INET6) || option_of(fd, SO_TYPE) != SOCK_STREAM) {
        return "is not one of TCP";
    }
    return option_of(fd, SO_ACCEPTCONN) == 1 ? NULL : "does not listen";
}

int manager_take_sockets(int *fds, size_t capacity, char error[MANAGER_ERROR_SIZE])
{
    const unsigned long count = number_in("LISTEN_FDS");
    const int ours = number_in("LISTEN_PID") == (unsigned long)getpid();
    forget_variables();
    if (!ours || count == 0) {
        return 0;
    }
    const char *fault = NULL;
    size_t at = 0;
    while (at < count && at < capacity && fault == NULL) {
        fds[at] = FIRST_SOCKET + (int)at;
        fault = fault_of(fds[at]);
        at++;
    }
    if (fault != NULL) {
        (void)snprintf(error, MANAGER_ERROR_SIZE, "descriptor %d, passed as a socket, %s",
                       fds[at - 1], fault);
    } else if (count > capacity) {
        (void)snprintf(error, MANAGER_ERROR_SIZE, "more than %zu sockets were passed", capacity);
    } else {
        return (int)count;
    }
    for (size_t i = 0; i < at; i++) {
        (void)close(fds[i]);
    }
    return -1;
}

/* ---- Notes --------------------------------------------------------------------------------- */

/* Where notes go. Returns the length of the address, or 0 when there is none. */
static socklen_t manager_address(struct sockaddr_un *address)
{
    const char *path = getenv("NOTIFY_SOCKET");
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (path == NULL || (path[0] != '/' && path[0] != '@') ||
        strlen(path) >= sizeof address->sun_path) {
        return 0;
    }
    memcpy(address->sun_path, path, strlen(path));
    if (path[0] == '@') {
        /* A name of the kernel's, which is in no file system. */
        address->sun_path[0] = '\0';
    }
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
}

static void send_note(const char *text, size_t length)
{
    struct sockaddr_un address;
    const socklen_t address_length = manager_address(&address);
    if (address_length == 0) {
        return;
    }
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        (void)sendto(fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT,
                     (const struct sockaddr *)&address, address_length);
        (void)close(fd);
    }
}

void manager_note(const char *format, ...)
{
    char text[NOTE_SIZE];
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (length > 0) {
        send_note(text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
    }
}

void manager_note_reloading(void)
{
    struct timespec now = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    manager_note("RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
                 (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}
