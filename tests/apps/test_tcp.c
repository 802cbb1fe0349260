/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "support.h"
#include "tcp.h"

static void names_of_this_machine_are_known(void **state)
{
    (void)state;
    static const char *const OURS[] = {"localhost", "LocalHost", "localhost.", "a.localhost",
                                       "a.b.LOCALHOST."};
    static const char *const OTHERS[] = {
        "",          ".",   "notlocalhost", "localhost.com", "localhos", "localhost..",
        "127.0.0.1", "::1", "a-localhost"};
    for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++) {
        assert_true(tcp_is_localhost(OURS[i]));
    }
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        assert_false(tcp_is_localhost(OTHERS[i]));
    }
}

static void addresses_are_shown_with_their_port(void **state)
{
    (void)state;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
    const struct sockaddr other = {.sa_family = AF_UNIX};
    char text[TCP_ADDRESS_SIZE];
    assert_int_equal(uv_ip4_addr("127.0.0.1", 80, &in4), 0);
    assert_int_equal(uv_ip6_addr("::1", 8443, &in6), 0);
    tcp_address_text((const struct sockaddr *)&in4, text);
    assert_string_equal(text, "127.0.0.1:80");
    tcp_address_text((const struct sockaddr *)&in6, text);
    assert_string_equal(text, "[::1]:8443");
    tcp_address_text(&other, text);
    assert_string_equal(text, "?");
}

static void addresses_are_read_from_text(void **state)
{
    (void)state;
    static const char *const GOOD[] = {"127.0.0.1", "::1", "[::1]", "127.0.0.1,[2001:db8::1],::1"};
    static const char *const BAD[] = {"",           "host",  "127.0.0.1,", ",::1",
                                      "[127.0.0.1", "1.2.3", "1.2.3.4 "};
    struct tcp_addresses addresses;
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        assert_int_equal(tcp_addresses_read(&addresses, GOOD[i], 80), 0);
    }
    assert_int_equal(addresses.count, 3);
    char text[TCP_ADDRESS_SIZE];
    tcp_address_text((const struct sockaddr *)(const void *)&addresses.items[1], text);
    assert_string_equal(text, "[2001:db8::1]:80");
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        assert_int_equal(tcp_addresses_read(&addresses, BAD[i], 80), -1);
    }
    char many[TCP_ADDRESSES * 10 + 10] = "127.0.0.1";
    for (size_t i = 0; i < TCP_ADDRESSES; i++) {
        strcat(many, ",127.0.0.1");
    }
    assert_int_equal(tcp_addresses_read(&addresses, many, 80), -1);
}

static void families_take_turns(void **state)
{
    (void)state;
    struct tcp_addresses addresses;
    char all[256] = "";
    assert_int_equal(tcp_addresses_read(
                         &addresses, "::1,::2,::3,127.0.0.1,127.0.0.2,::4,127.0.0.3,127.0.0.4", 1),
                     0);
    tcp_addresses_interleave(&addresses);
    for (size_t i = 0; i < addresses.count; i++) {
        char text[TCP_ADDRESS_SIZE];
        tcp_address_text((const struct sockaddr *)(const void *)&addresses.items[i], text);
        strcat(all, text);
        strcat(all, " ");
    }
    assert_string_equal(all, "[::1]:1 127.0.0.1:1 [::2]:1 127.0.0.2:1 [::3]:1 127.0.0.3:1 [::4]:1 "
                             "127.0.0.4:1 ");
}

static void on_connected(const struct tcp_result *result, void *user)
{
    (void)result;
    (void)user;
    fail();
}

/* Requests of libuv that are under way: the look-up in a thread is one. */
static void expect_requests(const char *host, unsigned expected)
{
    struct loop loop;
    struct tcp_connect *connect = NULL;
    const struct tcp_target target = {.host = host, .port = 80};
    assert_int_equal(loop_init(&loop), 0);
    assert_int_equal(tcp_connect(&connect, &loop, &target, on_connected, NULL), 0);
    assert_int_equal(loop.uv.active_reqs.count, expected);
    tcp_connect_cancel(connect);
    loop_run(&loop);
    loop_close(&loop);
}

static void an_address_is_not_looked_up(void **state)
{
    (void)state;
    expect_requests("127.0.0.1", 0);
    expect_requests("::1", 0);
    expect_requests("localhost", 1);
    expect_requests("127.0.0.1,::1", 1); /* no name, but no address either */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_this_machine_are_known),
        cmocka_unit_test(addresses_are_shown_with_their_port),
        cmocka_unit_test(addresses_are_read_from_text),
        cmocka_unit_test(families_take_turns),
        cmocka_unit_test(an_address_is_not_looked_up),
    };
    return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
