/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "manager.h"
#include "support.h"

static int take(const char *pid, const char *count)
{
    int fds[2] = {-1, -1};
    char error[MANAGER_ERROR_SIZE] = "";
    assert_int_equal(setenv("LISTEN_PID", pid, 1), 0);
    assert_int_equal(setenv("LISTEN_FDS", count, 1), 0);
    assert_int_equal(setenv("LISTEN_FDNAMES", "a", 1), 0);
    const int taken = manager_take_sockets(fds, 2, error);
    assert_int_equal(taken < 0, error[0] != '\0');
    assert_null(getenv("LISTEN_PID"));
    assert_null(getenv("LISTEN_FDS"));
    assert_null(getenv("LISTEN_FDNAMES"));
    return taken;
}

static void sockets_of_others_are_not_taken_and_not_handed_on(void **state)
{
    (void)state;
    char us[32];
    (void)snprintf(us, sizeof us, "%ld", (long)getpid());
    assert_int_equal(take("1", "1"), 0);
    assert_int_equal(take("", "1"), 0);
    assert_int_equal(take(us, "0"), 0);
    assert_int_equal(take(us, ""), 0);
    assert_int_equal(take(us, "-1"), 0);
    assert_int_equal(take(us, "1x"), 0);
}

static void notes_go_to_the_socket_of_the_manager(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int length =
        snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "h2kit-%ld", (long)getpid());
    char variable[64];
    char got[64] = "";
    const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)),
                     0);
    (void)snprintf(variable, sizeof variable, "@%s", address.sun_path + 1);
    assert_int_equal(setenv("NOTIFY_SOCKET", variable, 1), 0);
    manager_note("STATUS=%d of %d", 1, 2);
    assert_int_equal(recv(fd, got, sizeof got - 1, MSG_DONTWAIT), 13);
    assert_string_equal(got, "STATUS=1 of 2");
    assert_int_equal(setenv("NOTIFY_SOCKET", "relative", 1), 0);
    manager_note("READY=1");
    assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
    manager_note("READY=1");
    assert_int_equal(recv(fd, got, sizeof got - 1, MSG_DONTWAIT), -1);
    assert_int_equal(close(fd), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sockets_of_others_are_not_taken_and_not_handed_on),
        cmocka_unit_test(notes_go_to_the_socket_of_the_manager),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
