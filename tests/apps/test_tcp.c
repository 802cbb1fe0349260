/* SPDX-License-Identifier: MIT */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_this_machine_are_known),
        cmocka_unit_test(addresses_are_shown_with_their_port),
    };
    return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
