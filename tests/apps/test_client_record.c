/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "support.h"

static void a_clock_gives_each_cause_its_time(void **state)
{
    struct stall_clock clock = {0};

    (void)state;
    stall_set(&clock, STALL_STREAM_WINDOW, 100);
    stall_set(&clock, STALL_STREAM_WINDOW, 120);
    assert_int_equal(stall_total_ns(&clock, STALL_STREAM_WINDOW, 130), 30);
    stall_set(&clock, STALL_CONNECTION_WINDOW, 150);
    stall_set(&clock, STALL_NONE, 155);
    assert_int_equal(stall_total_ns(&clock, STALL_STREAM_WINDOW, 1000), 50);
    assert_int_equal(stall_total_ns(&clock, STALL_CONNECTION_WINDOW, 1000), 5);
    assert_int_equal(stall_total_ns(&clock, STALL_STREAMS, 1000), 0);
}

static void time_that_goes_backwards_counts_as_none(void **state)
{
    struct stall_clock clock = {0};

    (void)state;
    stall_set(&clock, STALL_STREAMS, 100);
    assert_int_equal(stall_total_ns(&clock, STALL_STREAMS, 50), 0);
    stall_set(&clock, STALL_NONE, 50);
    assert_int_equal(stall_total_ns(&clock, STALL_STREAMS, 200), 0);
}

static void records_are_sorted_by_their_end(void **state)
{
    struct record_book book = {0};
    struct record *one = record_new(&book, "http://a/1");
    struct record *two = record_new(&book, "http://a/2");
    struct record *open = record_new(&book, "http://a/3");
    size_t count = 0;

    (void)state;
    assert_non_null(one);
    assert_non_null(two);
    assert_non_null(open);
    one->end = RECORD_COMPLETE;
    one->done_ns = 20;
    two->end = RECORD_RESET;
    two->done_ns = 10;
    struct record **sorted = record_sorted(&book, &count);

    assert_int_equal(count, 2);
    assert_ptr_equal(sorted[0], two);
    assert_ptr_equal(sorted[1], one);
    free(sorted);
    record_book_clear(&book);
    assert_null(record_sorted(&book, &count));
}

static void another_try_keeps_uri_and_queueing_only(void **state)
{
    struct record_book book = {.keeps_fields = 1};
    struct record *record = record_new(&book, "http://a/");
    const hpack_field field = {.name = "a", .value = "b", .name_length = 1, .value_length = 1};

    (void)state;
    assert_non_null(record);
    record->queued_ns = 5;
    record->sent_ns = 6;
    record->status = 503;
    record->response_body = 9;
    assert_int_equal(record_keep_fields(&book, &record->request_fields, &field, 1), 0);
    record_again(record);
    assert_string_equal(record->uri, "http://a/");
    assert_int_equal(record->queued_ns, 5);
    assert_int_equal(record->tries, 1);
    assert_int_equal(record->sent_ns + record->status + record->response_body, 0);
    assert_int_equal(record->request_fields.count, 0);
    record_book_clear(&book);
}

static void fields_are_copied_when_they_are_wanted(void **state)
{
    char name[] = "etag";
    char value[] = "\"x\"";
    const hpack_field fields[] = {
        {.name = "date", .value = "", .name_length = 4},
        {.name = name, .value = value, .name_length = 4, .value_length = 3},
    };
    struct record_book book = {0};
    struct record_fields kept = {0};

    (void)state;
    assert_int_equal(record_keep_fields(&book, &kept, fields, 2), 0);
    assert_null(record_find_field(&kept, "etag"));
    book.keeps_fields = 1;
    assert_int_equal(record_keep_fields(&book, &kept, fields, 2), 0);
    memset(name, 'z', 4);
    memset(value, 'z', 3);
    const hpack_field *found = record_find_field(&kept, "etag");

    assert_non_null(found);
    assert_int_equal(found->value_length, 3);
    assert_memory_equal(found->value, "\"x\"", 3);
    assert_null(record_find_field(&kept, "et"));
    assert_int_equal(record_keep_fields(&book, &kept, NULL, 0), 0);
    assert_int_equal(kept.count, 0);
}

static void connections_are_numbered(void **state)
{
    struct record_book book = {0};

    (void)state;
    for (uint32_t i = 1; i <= 3; i++) {
        struct conn_record *connection = record_new_connection(&book);

        assert_non_null(connection);
        assert_int_equal(connection->id, i);
    }
    record_book_clear(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_gives_each_cause_its_time),
        cmocka_unit_test(time_that_goes_backwards_counts_as_none),
        cmocka_unit_test(records_are_sorted_by_their_end),
        cmocka_unit_test(another_try_keeps_uri_and_queueing_only),
        cmocka_unit_test(fields_are_copied_when_they_are_wanted),
        cmocka_unit_test(connections_are_numbered),
    };

    return cmocka_run_group_tests_name("client_record", tests, NULL, NULL);
}
