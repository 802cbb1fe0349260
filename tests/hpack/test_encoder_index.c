/* SPDX-License-Identifier: MIT */
#include "encoder_index.h"

#include <stdio.h>
#include <string.h>

#include "fields.h"

struct fixture {
    struct test_alloc alloc;
    struct hpack__memory memory;
    struct hpack__table table;
    struct hpack__index index;
};

static void begin(struct fixture *f, uint32_t limit)
{
    memset(f, 0, sizeof *f);
    f->memory = (struct hpack__memory){test_alloc_resize, &f->alloc};
    hpack__table_init(&f->table, limit);
    hpack__index_init(&f->index);
}

static void end(struct fixture *f)
{
    hpack__table_release(&f->table, &f->memory);
    hpack__index_release(&f->index, &f->memory);
    assert_int_equal(f->alloc.live_blocks, 0);
}

/* Rows of static strings do: the index does not care where octets are. */
static int insert(struct fixture *f, const hpack_field *field, struct hpack__hashes hashes)
{
    uint64_t size = hpack__entry_size(field->name_length, field->value_length);
    int result = 0;
    if (hpack__table_make_room(&f->table, size)) {
        result = hpack__table_reserve_entries(&f->table, &f->memory, 1);
        result = result == 0 ? hpack__index_reserve(&f->index, &f->memory, &f->table) : result;
        if (result == 0) {
            hpack__table_push(&f->table, field);
            hpack__index_add(&f->index, hashes);
        }
    }
    return result;
}

static char names[50][16];

static hpack_field numbered(uint32_t number)
{
    static char values[97][16];
    for (uint32_t i = 0; i < 50; i++) {
        (void)snprintf(names[i], sizeof names[i], "name-%u", i);
    }
    (void)snprintf(values[number % 97], sizeof values[0], "value-%u", number % 97);
    return test_field(names[number % 50], values[number % 97]);
}

/* What a scan of the table finds. */
static uint32_t scan(const struct hpack__table *t, const hpack_field *field, int with_value)
{
    for (uint32_t i = 0; i < t->count; i++) {
        const hpack_field *row = hpack__table_at(t, i);
        if (row->name_length == field->name_length &&
            memcmp(row->name, field->name, row->name_length) == 0 &&
            (!with_value || (row->value_length == field->value_length &&
                             memcmp(row->value, field->value, row->value_length) == 0))) {
            return i;
        }
    }
    return HPACK__NOT_FOUND;
}

static void index_finds_what_a_scan_finds(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t seed = 3;
    begin(&f, 2000);
    for (int i = 0; i < 5000; i++) {
        hpack_field field = numbered(test_rand(&seed) % 4850);
        struct hpack__hashes hashes = hpack__index_hash(&field);
        assert_int_equal(hpack__index_find_pair(&f.index, &f.table, &field, hashes.pair),
                         scan(&f.table, &field, 1));
        assert_int_equal(hpack__index_find_name(&f.index, &f.table, &field, hashes.name),
                         scan(&f.table, &field, 0));
        assert_int_equal(insert(&f, &field, hashes), 0);
        if (i % 500 == 499) {
            hpack__table_set_limit(&f.table, test_rand(&seed) % 3000);
        }
    }
    end(&f);
}

/* Hashes of our own choice: all entries in one chain. */
static void equal_hashes_never_confuse_entries(void **state)
{
    (void)state;
    struct fixture f;
    const struct hpack__hashes same = {7, 7};
    begin(&f, 4096);
    hpack_field first = test_field("a", "1");
    hpack_field second = test_field("a", "2");
    hpack_field third = test_field("b", "1");
    assert_int_equal(insert(&f, &first, same), 0);
    assert_int_equal(insert(&f, &second, same), 0);
    assert_int_equal(hpack__index_find_pair(&f.index, &f.table, &first, 7), 1);
    assert_int_equal(hpack__index_find_pair(&f.index, &f.table, &second, 7), 0);
    assert_int_equal(hpack__index_find_pair(&f.index, &f.table, &third, 7), HPACK__NOT_FOUND);
    assert_int_equal(hpack__index_find_name(&f.index, &f.table, &first, 7), 0);
    assert_int_equal(hpack__index_find_name(&f.index, &f.table, &third, 7), HPACK__NOT_FOUND);
    end(&f);
}

static void long_chains_are_not_followed_to_their_end(void **state)
{
    (void)state;
    struct fixture f;
    const struct hpack__hashes same = {7, 7};
    begin(&f, 65536);
    for (uint32_t i = 0; i < HPACK__CHAIN_LIMIT + 1; i++) {
        hpack_field field = numbered(i);
        assert_int_equal(insert(&f, &field, same), 0);
    }
    hpack_field oldest = numbered(0);
    hpack_field next = numbered(1);
    assert_int_equal(hpack__index_find_pair(&f.index, &f.table, &oldest, 7), HPACK__NOT_FOUND);
    assert_int_equal(hpack__index_find_pair(&f.index, &f.table, &next, 7), HPACK__CHAIN_LIMIT - 1);
    end(&f);
}

static void counter_may_wrap_around(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 400);
    f.index.inserted = UINT32_MAX - 20;
    for (uint32_t i = 0; i < 60; i++) {
        hpack_field field = numbered(i);
        struct hpack__hashes hashes = hpack__index_hash(&field);
        assert_int_equal(insert(&f, &field, hashes), 0);
        for (uint32_t k = 0; k <= i; k++) {
            field = numbered(k);
            hashes = hpack__index_hash(&field);
            assert_int_equal(hpack__index_find_pair(&f.index, &f.table, &field, hashes.pair),
                             scan(&f.table, &field, 1));
        }
    }
    end(&f);
}

/* Known names are told by their tokens, others by their octets. */
static void names_are_told_by_token_or_octets(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 4096);
    hpack_field te = test_field("te", "1");
    hpack_field other = test_field("xy", "1");
    te.token = HPACK_TOKEN_TE;
    assert_int_equal(insert(&f, &te, (struct hpack__hashes){7, 7}), 0);
    assert_int_equal(hpack__index_find_pair(&f.index, &f.table, &te, 7), 0);
    assert_int_equal(hpack__index_find_name(&f.index, &f.table, &te, 7), 0);
    assert_int_equal(hpack__index_find_pair(&f.index, &f.table, &other, 7), HPACK__NOT_FOUND);
    assert_int_equal(hpack__index_find_name(&f.index, &f.table, &other, 7), HPACK__NOT_FOUND);
    end(&f);
}

/* Octets in each place of strings of all lengths count. */
static void hashes_depend_on_every_octet_of_short_strings(void **state)
{
    (void)state;
    char value[41] = "0123456789abcdefghijklmnopqrstuvwxyzABCD";
    for (uint32_t length = 4; length <= 40; length++) {
        hpack_field f = {"n", value, 1, length, 0, 0};
        uint32_t hash = hpack__index_hash(&f).pair;
        for (uint32_t i = 0; i < length; i++) {
            value[i] ^= 1;
            assert_int_not_equal(hpack__index_hash(&f).pair, hash);
            value[i] ^= 1;
        }
    }
}

static void hashes_depend_on_name_value_and_their_border(void **state)
{
    (void)state;
    hpack_field a = test_field("name", "value");
    hpack_field b = test_field("namev", "alue");
    hpack_field c = test_field("name", "valve");
    struct hpack__hashes ha = hpack__index_hash(&a);
    assert_int_not_equal(ha.pair, hpack__index_hash(&b).pair);
    assert_int_not_equal(ha.pair, hpack__index_hash(&c).pair);
    assert_int_equal(ha.name, hpack__index_hash(&c).name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_finds_what_a_scan_finds),
        cmocka_unit_test(equal_hashes_never_confuse_entries),
        cmocka_unit_test(long_chains_are_not_followed_to_their_end),
        cmocka_unit_test(counter_may_wrap_around),
        cmocka_unit_test(names_are_told_by_token_or_octets),
        cmocka_unit_test(hashes_depend_on_every_octet_of_short_strings),
        cmocka_unit_test(hashes_depend_on_name_value_and_their_border),
    };
    return cmocka_run_group_tests_name("encoder_index", tests, NULL, NULL);
}
