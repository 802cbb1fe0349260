/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listen_sockets.h"
#include "support.h"

static const struct listener_address LOOPBACK[] = {{"127.0.0.1", 0}};

static int open_on(struct listen_sockets *s, uint16_t port, size_t sets)
{
    const struct listen_config config = {LOOPBACK, 1, port, sets};
    char error[TCP_TEXT_SIZE] = "";
    const int status = listen_sockets_open(s, &config, error);
    assert_int_equal(status == 0, error[0] == '\0');
    return status;
}

static int is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void each_set_listens_on_the_port_the_kernel_chose_once(void **state)
{
    (void)state;
    struct listen_sockets s;
    char first[TCP_ADDRESS_SIZE];
    char expected[TCP_ADDRESS_SIZE];
    assert_int_equal(open_on(&s, 0, 3), 0);
    assert_int_not_equal(s.port, 0);
    assert_int_equal(s.set_count, 3);
    assert_int_equal(s.address_count, 1);
    (void)snprintf(expected, sizeof expected, "127.0.0.1:%u", (unsigned)s.port);
    listen_sockets_text(&s, 0, first);
    assert_string_equal(first, expected);
    for (size_t i = 0; i < 3; i++) {
        int listens = 0;
        socklen_t length = sizeof listens;
        assert_int_equal(getsockopt(s.sets[i].fds[0], SOL_SOCKET, SO_ACCEPTCONN, &listens, &length),
                         0);
        assert_int_equal(listens, 1);
    }
    listen_sockets_close(&s);
}

static void a_port_is_not_shared_with_others(void **state)
{
    (void)state;
    struct listen_sockets ours;
    struct listen_sockets others;
    for (size_t sets = 1; sets <= 2; sets++) {
        assert_int_equal(open_on(&ours, 0, sets), 0);
        assert_int_equal(open_on(&others, ours.port, 1), UV_EADDRINUSE);
        assert_int_equal(open_on(&others, ours.port, 2), UV_EADDRINUSE);
        listen_sockets_close(&ours);
    }
}

static void what_was_taken_stays_open(void **state)
{
    (void)state;
    struct listen_sockets s;
    assert_int_equal(open_on(&s, 0, 2), 0);
    const int kept = s.sets[1].fds[0];
    const int closed = s.sets[0].fds[0];
    listen_sockets_take(&s, 1);
    listen_sockets_close(&s);
    assert_true(is_open(kept));
    assert_false(is_open(closed));
    assert_int_equal(close(kept), 0);
    listen_sockets_close(&s);
}

static void addresses_that_may_be_missing_are_passed_by(void **state)
{
    (void)state;
    /* TEST-NET-1 (RFC 5737) is no address of this machine. */
    static const struct listener_address ADDRESSES[] = {{"192.0.2.1", 1}, {"127.0.0.1", 0}};
    struct listen_sockets s;
    char error[TCP_TEXT_SIZE] = "";
    struct listen_config config = {ADDRESSES, 2, 0, 2};
    assert_int_equal(listen_sockets_open(&s, &config, error), 0);
    assert_int_equal(s.address_count, 1);
    listen_sockets_close(&s);
    config.address_count = 1;
    assert_int_equal(listen_sockets_open(&s, &config, error), UV_EADDRNOTAVAIL);
    assert_string_equal(error, "none of the addresses is available");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_set_listens_on_the_port_the_kernel_chose_once),
        cmocka_unit_test(a_port_is_not_shared_with_others),
        cmocka_unit_test(what_was_taken_stays_open),
        cmocka_unit_test(addresses_that_may_be_missing_are_passed_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
