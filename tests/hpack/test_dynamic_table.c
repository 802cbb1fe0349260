/* SPDX-License-Identifier: MIT */
#include "dynamic_table.h"

#include <string.h>

#include "index_space.h"
#include "support.h"

struct fixture {
    struct test_alloc alloc;
    struct hpack__memory memory;
    struct hpack__table table;
};

static void begin(struct fixture *f, uint32_t limit)
{
    memset(f, 0, sizeof *f);
    f->memory = (struct hpack__memory){test_alloc_resize, &f->alloc};
    hpack__table_init(&f->table, limit);
}

static void end(struct fixture *f)
{
    hpack__table_release(&f->table, &f->memory);
    assert_int_equal(f->alloc.live_blocks, 0);
}

/* Room for so many octets in the log and entries in the ring. */
static int reserve(struct fixture *f, size_t octets, size_t entries)
{
    struct hpack__sizes sizes = hpack__table_sizes(&f->table);
    int result = hpack__table_more_log(&f->table, octets, &sizes);
    hpack__table_more_entries(&f->table, entries, &sizes);
    if (result == 0 && (sizes.log > f->table.log_capacity || sizes.entries > f->table.capacity)) {
        struct hpack__move move;
        result = hpack__table_resize(&f->table, &f->memory, &sizes, &move);
        hpack__end_move(&f->memory, &move);
    }
    return result;
}

/* Octets at the end of the log. */
static int append(struct fixture *f, const char *text, const char **copy)
{
    struct hpack__table *t = &f->table;
    size_t length = strlen(text);
    int result = reserve(f, length, 0);
    if (result == 0) {
        *copy = length > 0 ? t->log + t->log_used : "";
        memcpy(t->log + t->log_used, text, length);
        t->log_used += length;
    }
    return result;
}

/* As a coder inserts. Returns 0 also for an entry too large for the table. */
static int insert(struct fixture *f, const char *name, const char *value)
{
    hpack_field row = {.name_length = (uint32_t)strlen(name),
                       .value_length = (uint32_t)strlen(value)};
    uint64_t size = hpack__entry_size(row.name_length, row.value_length);
    int result = reserve(f, (size_t)row.name_length + row.value_length, 1);
    result = result == 0 ? append(f, name, &row.name) : result;
    result = result == 0 ? append(f, value, &row.value) : result;
    if (result == 0 && hpack__table_make_room(&f->table, size)) {
        hpack__table_push(&f->table, &row);
    }
    return result;
}

static void assert_entry(const struct hpack__table *t, uint32_t position, const char *name,
                         const char *value)
{
    hpack_field row;
    assert_int_equal(hpack__table_entry(t, position, &row), 0);
    assert_int_equal(row.name_length, strlen(name));
    assert_memory_equal(row.name, name, row.name_length);
    assert_int_equal(row.value_length, strlen(value));
    assert_memory_equal(row.value, value, row.value_length);
}

static void newest_entry_comes_first(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 4096);
    assert_int_equal(insert(&f, "a", "1"), 0);
    assert_int_equal(insert(&f, "b", "2"), 0);
    assert_int_equal(insert(&f, "c", ""), 0);
    assert_entry(&f.table, 0, "c", "");
    assert_entry(&f.table, 1, "b", "2");
    assert_entry(&f.table, 2, "a", "1");
    hpack_field row;
    assert_int_equal(hpack__table_entry(&f.table, 3, &row), HPACK_ERR_USAGE);
    assert_int_equal(f.table.size, 3 * 32 + 5);
    end(&f);
}

/* rfc: 7541#4.4 */
static void insertion_evicts_the_oldest(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 3 * 34);
    assert_int_equal(insert(&f, "a", "1"), 0);
    assert_int_equal(insert(&f, "b", "2"), 0);
    assert_int_equal(insert(&f, "c", "3"), 0);
    assert_int_equal(f.table.count, 3);
    assert_int_equal(insert(&f, "d", "45"), 0);
    assert_int_equal(f.table.count, 2);
    assert_entry(&f.table, 1, "c", "3");
    end(&f);
}

/* rfc: 7541#4.4 */
static void entry_larger_than_the_table_empties_it(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 40);
    assert_int_equal(insert(&f, "a", "1"), 0);
    assert_int_equal(insert(&f, "name", "value"), 0);
    assert_int_equal(f.table.count, 0);
    assert_int_equal(f.table.size, 0);
    assert_int_equal(insert(&f, "name", "valu"), 0);
    assert_int_equal(f.table.size, 40);
    end(&f);
}

/* rfc: 7541#4.3 */
static void lower_limit_evicts(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 4096);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(insert(&f, "n", "v"), 0);
    }
    hpack__table_set_limit(&f.table, 34 * 4);
    assert_int_equal(f.table.count, 4);
    hpack__table_set_limit(&f.table, 34 * 4 - 1);
    assert_int_equal(f.table.count, 3);
    hpack__table_set_limit(&f.table, 0);
    assert_int_equal(f.table.count, 0);
    assert_int_equal(insert(&f, "n", "v"), 0);
    assert_int_equal(f.table.count, 0);
    end(&f);
}

static void value_of(uint32_t number, char text[40])
{
    memset(text, 'v', 40);
    text[number % 39] = '\0';
    text[0] = number % 39 > 0 ? (char)('a' + number % 26) : '\0';
}

/* A long life with small and large logs, compaction and eviction. */
static void entries_survive_growth_and_compaction(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 1000);
    for (uint32_t i = 1; i <= 3000; i++) {
        char text[40];
        const char *dead;
        value_of(i, text);
        assert_int_equal(insert(&f, "some-name", text), 0);
        assert_int_equal(append(&f, "octets of no entry", &dead), 0);
        if (i % 7 == 0) {
            hpack__table_tidy(&f.table, &f.memory);
        }
        for (uint32_t k = 0; k < f.table.count; k++) {
            value_of(i - k, text);
            assert_entry(&f.table, k, "some-name", text);
        }
    }
    assert_true(f.table.log_capacity <= 4096);
    end(&f);
}

/* Rows that were copied from entries before a mark keep their octets. */
static void compaction_beyond_a_mark_keeps_what_is_before(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 100);
    assert_int_equal(insert(&f, "first", "1"), 0);
    hpack_field row = *hpack__table_at(&f.table, 0);
    size_t mark = f.table.log_used;
    const char *dead;
    assert_int_equal(append(&f, "dead", &dead), 0);
    assert_int_equal(insert(&f, "second", "2"), 0);
    assert_int_equal(append(&f, "dead", &dead), 0);
    assert_int_equal(insert(&f, "third", "3"), 0);
    hpack__table_compact(&f.table, mark);
    assert_int_equal(f.table.log_used, mark + strlen("second2third3"));
    assert_entry(&f.table, 0, "third", "3");
    assert_entry(&f.table, 1, "second", "2");
    assert_memory_equal(row.name, "first", 5);
    end(&f);
}

/* What is behind the newest entry belongs to the block that ends. */
static void octets_behind_the_entries_are_dropped(void **state)
{
    (void)state;
    struct fixture f;
    const char *copy;
    begin(&f, 4096);
    assert_int_equal(insert(&f, "kept", "value"), 0);
    assert_int_equal(append(&f, "literal", &copy), 0);
    assert_int_equal(f.table.log_used, strlen("keptvalueliteral"));
    hpack__table_tidy(&f.table, &f.memory);
    assert_int_equal(f.table.log_used, strlen("keptvalue"));
    assert_entry(&f.table, 0, "kept", "value");
    end(&f);
}

/* Rows of the block follow their octets when the memory grows; static ones stay. */
static void rows_follow_the_log(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 4096);
    assert_int_equal(insert(&f, "name", "value"), 0);
    struct hpack__sizes sizes = hpack__table_sizes(&f.table);
    struct hpack__move move;
    sizes.rows = 2;
    assert_int_equal(hpack__table_resize(&f.table, &f.memory, &sizes, &move), 0);
    hpack__end_move(&f.memory, &move);
    f.table.rows[0] = *hpack__table_at(&f.table, 0);
    f.table.rows[1] = hpack__static_row[2];
    f.table.rows_count = 2;
    assert_int_equal(reserve(&f, 5000, 100), 0);
    assert_memory_equal(f.table.rows[0].value, "value", 5);
    assert_ptr_equal(f.table.rows[0].value, hpack__table_at(&f.table, 0)->value);
    assert_ptr_equal(f.table.rows[1].name, hpack__static_row[2].name);
    assert_int_equal(f.alloc.live_blocks, 1);
    end(&f);
}

static void large_log_is_given_back(void **state)
{
    (void)state;
    struct fixture f;
    static char large[60001];
    const char *copy;
    memset(large, 'x', sizeof large - 1);
    begin(&f, 4096);
    assert_int_equal(insert(&f, "kept", "value"), 0);
    assert_int_equal(append(&f, large, &copy), 0);
    for (int i = 0; i < 20; i++) {
        hpack__table_tidy(&f.table, &f.memory);
    }
    assert_true(f.table.log_capacity <= 4096);
    assert_entry(&f.table, 0, "kept", "value");
    end(&f);
}

static int grow_scenario(struct test_alloc *a, void *arg)
{
    (void)arg;
    struct fixture f;
    begin(&f, 4096);
    f.memory.ctx = a;
    int result = 0;
    for (int i = 0; i < 100 && result == 0; i++) {
        result = insert(&f, "some-name", "some-value");
        hpack__table_tidy(&f.table, &f.memory);
    }
    hpack__table_release(&f.table, &f.memory);
    return result;
}

static void failing_allocations_leave_it_releasable(void **state)
{
    (void)state;
    test_each_failing_alloc(grow_scenario, NULL);
}

/* rfc: 7541#2.3.3, 7541#6.1 */
static void one_numbering_spans_both_tables(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 4096);
    assert_null(hpack__index_row(&f.table, 0));
    assert_ptr_equal(hpack__index_row(&f.table, 1), &hpack__static_row[1]);
    assert_ptr_equal(hpack__index_row(&f.table, 61), &hpack__static_row[61]);
    assert_null(hpack__index_row(&f.table, 62));
    assert_int_equal(insert(&f, "a", "1"), 0);
    assert_int_equal(insert(&f, "b", "2"), 0);
    assert_memory_equal(hpack__index_row(&f.table, 62)->name, "b", 1);
    assert_memory_equal(hpack__index_row(&f.table, 63)->name, "a", 1);
    assert_null(hpack__index_row(&f.table, 64));
    assert_null(hpack__index_row(&f.table, UINT32_MAX));
    assert_null(hpack__index_row(&f.table, 0));
    end(&f);
}

static void info_tells_count_and_sizes(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 4096);
    assert_int_equal(insert(&f, "a", "1"), 0);
    hpack_table_info info = {.size = sizeof info};
    assert_int_equal(hpack__table_info(&f.table, &info), 0);
    assert_int_equal(info.count, 1);
    assert_int_equal(info.size_bytes, 34);
    assert_int_equal(info.limit_bytes, 4096);
    info.size = sizeof info - 1;
    assert_int_equal(hpack__table_info(&f.table, &info), HPACK_ERR_USAGE);
    assert_int_equal(hpack__table_info(&f.table, NULL), HPACK_ERR_USAGE);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newest_entry_comes_first),
        cmocka_unit_test(insertion_evicts_the_oldest),
        cmocka_unit_test(entry_larger_than_the_table_empties_it),
        cmocka_unit_test(lower_limit_evicts),
        cmocka_unit_test(entries_survive_growth_and_compaction),
        cmocka_unit_test(compaction_beyond_a_mark_keeps_what_is_before),
        cmocka_unit_test(octets_behind_the_entries_are_dropped),
        cmocka_unit_test(rows_follow_the_log),
        cmocka_unit_test(large_log_is_given_back),
        cmocka_unit_test(failing_allocations_leave_it_releasable),
        cmocka_unit_test(one_numbering_spans_both_tables),
        cmocka_unit_test(info_tells_count_and_sizes),
    };
    return cmocka_run_group_tests_name("dynamic_table", tests, NULL, NULL);
}
