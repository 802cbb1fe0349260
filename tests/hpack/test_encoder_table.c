/* SPDX-License-Identifier: MIT */
#include "encoder_table.h"

#include <stdio.h>
#include <string.h>

#include "fields.h"

struct fixture {
    struct test_alloc alloc;
    struct hpack__memory memory;
    struct hpack__entries table;
};

static void begin(struct fixture *f, uint32_t limit)
{
    memset(f, 0, sizeof *f);
    f->memory = (struct hpack__memory){test_alloc_resize, &f->alloc};
    hpack__entries_init(&f->table, limit);
}

static void end(struct fixture *f)
{
    hpack__entries_release(&f->table, &f->memory);
    assert_int_equal(f->alloc.live_blocks, 0);
}

static int insert(struct fixture *f, const hpack_field *field, struct hpack__hashes hashes)
{
    return hpack__entries_add(&f->table, &f->memory, field, hashes);
}

static struct hpack__hashes hashes_of(const hpack_field *field)
{
    return hpack__pair_hashes(field, hpack__name_hash(field, field->token));
}

static uint32_t find_pair(const struct hpack__entries *t, const hpack_field *field, uint32_t pair)
{
    const struct hpack__wanted w = hpack__wanted(field, field->token);
    return hpack__entries_find_pair(t, &w, pair);
}

static uint32_t find_name(const struct hpack__entries *t, const hpack_field *field, uint32_t name)
{
    const struct hpack__wanted w = hpack__wanted(field, field->token);
    return hpack__entries_find_name(t, &w, name);
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
static uint32_t scan(const struct hpack__entries *t, const hpack_field *field, int with_value)
{
    for (uint32_t i = 0; i < t->count; i++) {
        const hpack_field row = hpack__entries_field(t, i);
        if (row.name_length == field->name_length &&
            memcmp(row.name, field->name, row.name_length) == 0 &&
            (!with_value || (row.value_length == field->value_length &&
                             memcmp(row.value, field->value, row.value_length) == 0))) {
            return i;
        }
    }
    return HPACK__NOT_FOUND;
}

static void search_finds_what_a_scan_finds(void **state)
{
    (void)state;
    struct fixture f;
    uint32_t seed = 3;
    begin(&f, 2000);
    for (int i = 0; i < 5000; i++) {
        hpack_field field = numbered(test_rand(&seed) % 4850);
        struct hpack__hashes hashes = hashes_of(&field);
        assert_int_equal(find_pair(&f.table, &field, hashes.pair), scan(&f.table, &field, 1));
        assert_int_equal(find_name(&f.table, &field, hashes.name), scan(&f.table, &field, 0));
        const int fits = field.name_length + field.value_length + 32 <= f.table.limit;
        assert_int_equal(insert(&f, &field, hashes), fits);
        if (i % 500 == 499) {
            hpack__entries_set_limit(&f.table, test_rand(&seed) % 3000);
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
    assert_true(insert(&f, &first, same));
    assert_true(insert(&f, &second, same));
    assert_int_equal(find_pair(&f.table, &first, 7), 1);
    assert_int_equal(find_pair(&f.table, &second, 7), 0);
    assert_int_equal(find_pair(&f.table, &third, 7), HPACK__NOT_FOUND);
    assert_int_equal(find_name(&f.table, &first, 7), 0);
    assert_int_equal(find_name(&f.table, &third, 7), HPACK__NOT_FOUND);
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
        assert_true(insert(&f, &field, same));
    }
    hpack_field oldest = numbered(0);
    hpack_field next = numbered(1);
    assert_int_equal(find_pair(&f.table, &oldest, 7), HPACK__NOT_FOUND);
    assert_int_equal(find_pair(&f.table, &next, 7), HPACK__CHAIN_LIMIT - 1);
    end(&f);
}

/* Numbers in chains have 16 bits. */
static void counter_may_wrap_around(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 400);
    f.table.inserted = UINT32_MAX - 20;
    for (uint32_t i = 0; i < 60; i++) {
        hpack_field field = numbered(i);
        assert_true(insert(&f, &field, hashes_of(&field)));
        for (uint32_t k = 0; k <= i; k++) {
            field = numbered(k);
            assert_int_equal(find_pair(&f.table, &field, hashes_of(&field).pair),
                             scan(&f.table, &field, 1));
        }
    }
    end(&f);
}

/* What chains say of entries that went 65,536 numbers ago leads to others, or nowhere. */
static void old_numbers_never_confuse_entries(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 4096);
    for (uint32_t i = 0; i < 300; i++) {
        hpack_field field = numbered(i);
        assert_true(insert(&f, &field, hashes_of(&field)));
    }
    f.table.count = 0; /* all evicted, and so many came since */
    f.table.size = 0;
    f.table.inserted += UINT16_MAX - 40;
    for (uint32_t i = 0; i < 60; i++) {
        hpack_field field = numbered(1000 + i);
        assert_true(insert(&f, &field, hashes_of(&field)));
        for (uint32_t k = 0; k < 300; k++) {
            field = numbered(k);
            assert_int_equal(find_pair(&f.table, &field, hashes_of(&field).pair),
                             scan(&f.table, &field, 1));
        }
    }
    end(&f);
}

/* Names without a token, values of all lengths; entries go and come while the log is moved. */
static void entries_survive_growth_and_eviction(void **state)
{
    (void)state;
    static const char octets[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-";
    struct fixture f;
    hpack_field kept[128];
    uint32_t seed = 11;
    begin(&f, 4096);
    for (uint32_t i = 0; i < 3000; i++) {
        hpack_field *field = &kept[i % 128];
        *field = test_field("te", "");
        if (i % 3 == 0) {
            field->token = HPACK_TOKEN_TE;
        } else {
            field->name = octets + i % 20;
            field->name_length = i % 9;
        }
        field->value = octets + i % 17;
        field->value_length = test_rand(&seed) % (i % 100 < 50 ? 48 : 8);
        assert_true(insert(&f, field, hashes_of(field)));
        assert_true(f.table.size <= 4096 && f.table.log_capacity <= 4096);
        for (uint32_t k = 0; k < f.table.count; k++) {
            const hpack_field row = hpack__entries_field(&f.table, k);
            const hpack_field *was = &kept[(i - k) % 128];
            assert_int_equal(row.name_length, was->name_length);
            assert_memory_equal(row.name, was->name, row.name_length);
            assert_int_equal(row.value_length, was->value_length);
            assert_memory_equal(row.value, was->value, row.value_length);
            assert_int_equal(row.token, was->token);
        }
    }
    end(&f);
}

static void too_large_or_too_long_is_not_added(void **state)
{
    (void)state;
    struct fixture f;
    static char name[UINT16_MAX + 1];
    memset(name, 'n', sizeof name);
    begin(&f, UINT32_MAX);
    hpack_field field = {.name = name, .name_length = UINT16_MAX, .value = ""};
    assert_false(insert(&f, &field, hashes_of(&field)));
    field.name_length = UINT16_MAX - HPACK_TOKEN_END;
    assert_true(insert(&f, &field, hashes_of(&field)));
    assert_int_equal(find_name(&f.table, &field, hashes_of(&field).name), 0);
    hpack__entries_set_limit(&f.table, 40);
    assert_int_equal(f.table.count, 0);
    hpack_field nine = test_field("name", "value");
    hpack_field eight = test_field("name", "valu");
    assert_true(insert(&f, &eight, hashes_of(&eight)));
    assert_false(insert(&f, &nine, hashes_of(&nine)));
    assert_int_equal(f.table.count, 1);
    end(&f);
}

/* As many as fit take no more than the octets they hold, and 26 an entry. */
static void full_table_is_small(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, 4096);
    for (uint32_t i = 0; i < 500; i++) {
        hpack_field field = numbered(i);
        assert_true(insert(&f, &field, hashes_of(&field)));
    }
    assert_true(f.table.count > 64);
    assert_true(f.alloc.live_bytes <= 128 * 26 + 3072);
    assert_int_equal(f.alloc.live_blocks, 1);
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
    assert_true(insert(&f, &te, (struct hpack__hashes){7, 7}));
    assert_int_equal(find_pair(&f.table, &te, 7), 0);
    assert_int_equal(find_name(&f.table, &te, 7), 0);
    assert_int_equal(find_pair(&f.table, &other, 7), HPACK__NOT_FOUND);
    assert_int_equal(find_name(&f.table, &other, 7), HPACK__NOT_FOUND);
    end(&f);
}

/* Octets in each place of strings of all lengths count. */
static void hashes_depend_on_every_octet_of_short_strings(void **state)
{
    (void)state;
    char value[41] = "0123456789abcdefghijklmnopqrstuvwxyzABCD";
    for (uint32_t length = 4; length <= 40; length++) {
        hpack_field f = {"n", value, 1, length, 0, 0};
        uint32_t hash = hashes_of(&f).pair;
        for (uint32_t i = 0; i < length; i++) {
            value[i] ^= 1;
            assert_int_not_equal(hashes_of(&f).pair, hash);
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
    struct hpack__hashes ha = hashes_of(&a);
    assert_int_not_equal(ha.pair, hashes_of(&b).pair);
    assert_int_not_equal(ha.pair, hashes_of(&c).pair);
    assert_int_equal(ha.name, hashes_of(&c).name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(search_finds_what_a_scan_finds),
        cmocka_unit_test(equal_hashes_never_confuse_entries),
        cmocka_unit_test(long_chains_are_not_followed_to_their_end),
        cmocka_unit_test(counter_may_wrap_around),
        cmocka_unit_test(old_numbers_never_confuse_entries),
        cmocka_unit_test(entries_survive_growth_and_eviction),
        cmocka_unit_test(too_large_or_too_long_is_not_added),
        cmocka_unit_test(full_table_is_small),
        cmocka_unit_test(names_are_told_by_token_or_octets),
        cmocka_unit_test(hashes_depend_on_every_octet_of_short_strings),
        cmocka_unit_test(hashes_depend_on_name_value_and_their_border),
    };
    return cmocka_run_group_tests_name("encoder_table", tests, NULL, NULL);
}
