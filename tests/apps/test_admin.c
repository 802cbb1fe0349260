/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "admin.h"
#include "counters.h"
#include "support.h"

/* ---- Addresses ----------------------------------------------------------------------------- */

static void addresses_are_read(void **state)
{
    static const struct {
        const char *text;
        const char *host; /* NULL: refused */
        uint16_t port;
    } ROWS[] = {{"0", "127.0.0.1", 0},
                {"9100", "127.0.0.1", 9100},
                {"192.0.2.1:9100", "192.0.2.1", 9100},
                {"localhost:65535", "localhost", 65535},
                {"[::1]:9100", "::1", 9100},
                {"", NULL, 0},
                {":9100", NULL, 0},
                {"::1:9100", NULL, 0},
                {"a:", NULL, 0},
                {"a:x", NULL, 0},
                {"a:1x", NULL, 0},
                {"a:65536", NULL, 0},
                {"a:-1", NULL, 0},
                {"[]:1", NULL, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct admin_address address;
        char error[OPTIONS_ERROR_SIZE] = "";
        print_message("%s\n", ROWS[i].text);
        assert_int_equal(admin_address_read(&address, ROWS[i].text, error),
                         ROWS[i].host == NULL ? -1 : 0);
        if (ROWS[i].host == NULL) {
            assert_non_null(strstr(error, "[ADDR:]PORT"));
        } else {
            assert_string_equal(address.host, ROWS[i].host);
            assert_int_equal(address.port, ROWS[i].port);
        }
    }
    struct admin_address address;
    char error[OPTIONS_ERROR_SIZE] = "";
    char text[400];
    memset(text, 'a', sizeof text);
    (void)snprintf(text + 300, 10, ":1");
    assert_int_equal(admin_address_read(&address, text, error), -1);
}

/* ---- Numbers ------------------------------------------------------------------------------- */

static char *written(const struct observer *const *observers, size_t count)
{
    const struct metrics_source source = {observers, count, UINT64_C(1700000000123000000)};
    struct text_buffer text = {.data = NULL};
    size_t length = 0;
    metrics_write(&text, &source);
    char *data = text_take(&text, &length);
    assert_non_null(data);
    return data;
}

static void has(const char *text, const char *line)
{
    if (strstr(text, line) == NULL) {
        fail_msg("not there: %s", line);
    }
}

static void threads_are_added_up(void **state)
{
    (void)state;
    struct observer *a = calloc(1, sizeof *a);
    struct observer *b = calloc(1, sizeof *b);
    assert_non_null(a);
    assert_non_null(b);
    const struct observer *both[] = {a, b};
    const struct access_entry fast = {.status = 204, .protocol = "HTTP/2.0", .duration_ns = 100000};
    const struct access_entry slow = {.status = 503,
                                      .protocol = "HTTP/1.1",
                                      .duration_ns = UINT64_C(3600000000001),
                                      .end = ACCESS_RESET,
                                      .by_peer = 1,
                                      .code = 999};
    counters_request(&a->counters, &fast);
    counters_request(&b->counters, &fast);
    counters_request(&b->counters, &slow);
    counter_add(&a->counters.accepted, 2);
    counter_add(&b->counters.accepted, 1);
    counter_add(&b->counters.closed[CONN_IO], 1);
    counter_add(&a->file.lost, 1);
    counter_add(&b->file.lost, 1);
    char *text = written(both, 2);
    has(text, "\nprocess_start_time_seconds 1700000000.123\n");
    has(text, "\nh2_server_threads 2\n");
    has(text, "_requests_total{protocol=\"HTTP/2.0\",status=\"2xx\"} 2\n");
    has(text, "_requests_total{protocol=\"HTTP/1.1\",status=\"5xx\"} 1\n");
    has(text, "_bucket{le=\"0.0001\"} 2\n");
    has(text, "_bucket{le=\"60.0\"} 2\n");
    has(text, "_bucket{le=\"+Inf\"} 3\n");
    has(text, "_duration_seconds_sum 3600.000200001\n");
    has(text, "_resets_total{by=\"client\",code=\"OTHER\"} 1\n");
    has(text, "_connections_active 2\n");
    has(text, "_access_log_lost_lines_total 2\n");
    assert_string_equal(text + strlen(text) - 6, "# EOF\n");
    free(text);
    free(a);
    free(b);
}

static void faults_are_told_by_reason_and_limit(void **state)
{
    (void)state;
    struct observer *o = calloc(1, sizeof *o);
    assert_non_null(o);
    const struct observer *one[] = {o};
    h2session_fault_event fault = {.size = sizeof fault, .scope = H2FRAME_SCOPE_CONNECTION};
    fault.reason = H2SESSION_REASON_GLITCH_EMPTY_FRAME;
    counters_fault(&o->counters, &fault);
    fault.reason = H2SESSION_REASON_GLITCH_PRIORITY;
    counters_fault(&o->counters, &fault);
    fault.reason = H2FRAME_REASON_FRAME_TOO_LARGE;
    fault.scope = H2FRAME_SCOPE_STREAM;
    counters_fault(&o->counters, &fault);
    fault.forgiven = 1;
    counters_fault(&o->counters, &fault);
    char *text = written(one, 1);
    has(text, "_goaways_total{reason=\"GLITCH_PRIORITY\"} 1\n");
    has(text, "_faults_total{scope=\"connection\",reason=\"GLITCH_EMPTY_FRAME\"} 1\n");
    has(text, "_faults_total{scope=\"stream\",reason=\"FRAME_TOO_LARGE\"} 1\n");
    has(text, "_limit_trips_total{limit=\"glitch_burst\"} 2\n");
    has(text, "_faults_forgiven_total 1\n");
    assert_null(strstr(text, "goaways_total{reason=\"FRAME_TOO_LARGE\""));
    free(text);
    free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read),
        cmocka_unit_test(threads_are_added_up),
        cmocka_unit_test(faults_are_told_by_reason_and_limit),
    };
    return cmocka_run_group_tests_name("admin", tests, NULL, NULL);
}
