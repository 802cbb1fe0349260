/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "client_counts.h"
#include "support.h"

static struct sockaddr_storage address_of(const char *text)
{
    struct sockaddr_storage address;
    memset(&address, 0, sizeof address);
    struct sockaddr_in *in = (void *)&address;
    struct sockaddr_in6 *in6 = (void *)&address;
    if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
        in->sin_family = AF_INET;
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &in6->sin6_addr), 1);
        in6->sin6_family = AF_INET6;
    }
    return address;
}

static int enter(struct client_counts *counts, const char *text, struct client_key *key)
{
    const struct sockaddr_storage address = address_of(text);
    return client_counts_enter(counts, (const struct sockaddr *)&address, key);
}

static void clients_are_addresses_or_networks(void **state)
{
    (void)state;
    static const struct {
        const char *first;
        const char *second;
        int result; /* of the second, when one connection is allowed */
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", -1},
        {"192.0.2.1", "192.0.2.2", 0},
        {"192.0.2.1", "::ffff:192.0.2.1", -1},
        {"2001:db8::1", "2001:db8::2:3:4", -1},
        {"2001:db8::1", "2001:db8:0:1::1", 0},
        {"::1", "::ffff:0.0.0.1", 0},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.2", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct client_counts counts;
        struct client_key first;
        struct client_key second;
        assert_int_equal(client_counts_open(&counts, 1), 0);
        assert_int_equal(enter(&counts, cases[i].first, &first), 0);
        assert_int_equal(enter(&counts, cases[i].second, &second), cases[i].result);
        client_counts_leave(&counts, &second);
        client_counts_leave(&counts, &first);
        assert_int_equal(enter(&counts, cases[i].first, &first), 0);
        client_counts_leave(&counts, &first);
        client_counts_close(&counts);
    }
}

static void nothing_is_counted_without_a_limit(void **state)
{
    (void)state;
    struct client_counts counts;
    struct client_key key;
    assert_int_equal(client_counts_open(&counts, 0), 0);
    assert_int_equal(enter(&counts, "192.0.2.1", &key), 0);
    assert_int_equal(counts.capacity, 0);
    client_counts_leave(&counts, &key);
    client_counts_close(&counts);
}

/* Held against plain counts, while the table grows, gaps are closed, and it is empty again. */
static void counts_stay_right_while_clients_come_and_go(void **state)
{
    (void)state;
    enum { CLIENTS = 300, LIMIT = 3, STEPS = 20000 };
    static struct client_key keys[CLIENTS][LIMIT];
    unsigned held[CLIENTS] = {0};
    struct client_counts counts;
    uint32_t random = 7;
    char text[32];
    assert_int_equal(client_counts_open(&counts, LIMIT), 0);
    for (int step = 0; step < STEPS; step++) {
        const unsigned client = test_rand(&random) % CLIENTS;
        const int comes =
            step < STEPS / 2 ? test_rand(&random) % 3 > 0 : test_rand(&random) % 3 == 0;
        struct client_key key;
        if (comes) {
            (void)snprintf(text, sizeof text, "10.0.%u.%u", client / 256, client % 256);
            assert_int_equal(enter(&counts, text, &key), held[client] < LIMIT ? 0 : -1);
            if (held[client] < LIMIT) {
                keys[client][held[client]++] = key;
            }
        } else if (held[client] > 0) {
            client_counts_leave(&counts, &keys[client][--held[client]]);
        }
    }
    for (unsigned client = 0; client < CLIENTS; client++) {
        while (held[client] > 0) {
            client_counts_leave(&counts, &keys[client][--held[client]]);
        }
    }
    assert_int_equal(counts.clients, 0);
    assert_int_equal(counts.capacity, 0);
    client_counts_close(&counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_are_addresses_or_networks),
        cmocka_unit_test(nothing_is_counted_without_a_limit),
        cmocka_unit_test(counts_stay_right_while_clients_come_and_go),
    };
    return cmocka_run_group_tests_name("client_counts", tests, NULL, NULL);
}
