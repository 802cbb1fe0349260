/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "file_cache.h"
#include "support.h"

static struct cached_file *put(struct file_cache *cache, const char *name, const char *octets)
{
    struct cached_file *file = file_cache_make(cache, name, strlen(octets));
    if (file != NULL) {
        memcpy(file->data, octets, strlen(octets));
        file_cache_keep(file);
    }
    return file;
}

/* 1 when the name stands for these octets; holds nothing afterwards. */
static int has(struct file_cache *cache, const char *name, const char *octets)
{
    struct cached_file *file = file_cache_find(cache, name);
    if (file == NULL) {
        return 0;
    }
    const int same =
        file->length == strlen(octets) && memcmp(file->data, octets, file->length) == 0;
    file_cache_release(file);
    return same;
}

static void kept_file_is_found_by_its_name(void **state)
{
    (void)state;
    struct file_cache cache;
    file_cache_init(&cache, 100000);
    file_cache_release(put(&cache, "a", "first"));
    file_cache_release(put(&cache, "b", ""));
    assert_true(has(&cache, "a", "first"));
    assert_true(has(&cache, "b", ""));
    assert_null(file_cache_find(&cache, "c"));
    file_cache_release(put(&cache, "a", "second"));
    assert_true(has(&cache, "a", "second"));
    file_cache_clear(&cache);
}

static void file_that_is_made_but_not_kept_is_not_found(void **state)
{
    (void)state;
    struct file_cache cache;
    file_cache_init(&cache, 100000);
    struct cached_file *file = file_cache_make(&cache, "a", 10);
    assert_non_null(file);
    assert_null(file_cache_find(&cache, "a"));
    file_cache_release(file);
    assert_int_equal(cache.used_bytes, 0);
    file_cache_clear(&cache);
}

static void forgotten_file_stands_until_it_is_let_go(void **state)
{
    (void)state;
    struct file_cache cache;
    file_cache_init(&cache, 100000);
    struct cached_file *file = put(&cache, "a", "octets");
    struct cached_file *again = file_cache_find(&cache, "a");
    assert_ptr_equal(again, file);
    file_cache_forget(file);
    file_cache_forget(file);
    assert_null(file_cache_find(&cache, "a"));
    assert_true(cache.used_bytes > 0);
    file_cache_release(file);
    assert_memory_equal(again->data, "octets", 6);
    file_cache_release(again);
    assert_int_equal(cache.used_bytes, 0);
    file_cache_clear(&cache);
}

static void least_recently_used_goes_first(void **state)
{
    (void)state;
    char octets[1001];
    struct file_cache cache;
    memset(octets, 'x', 1000);
    octets[1000] = '\0';
    file_cache_init(&cache, 3 * (sizeof(struct cached_file) + 1002));
    file_cache_release(put(&cache, "a", octets));
    file_cache_release(put(&cache, "b", octets));
    file_cache_release(put(&cache, "c", octets));
    assert_true(has(&cache, "a", octets));
    file_cache_release(put(&cache, "d", octets));
    assert_false(has(&cache, "b", octets));
    assert_true(has(&cache, "a", octets));
    assert_true(has(&cache, "c", octets));
    assert_true(has(&cache, "d", octets));
    file_cache_clear(&cache);
}

static void what_is_held_counts_against_the_limit(void **state)
{
    (void)state;
    char octets[1001];
    struct file_cache cache;
    memset(octets, 'x', 1000);
    octets[1000] = '\0';
    file_cache_init(&cache, 2 * (sizeof(struct cached_file) + 1002));
    struct cached_file *a = put(&cache, "a", octets);
    struct cached_file *b = put(&cache, "b", octets);
    assert_null(file_cache_make(&cache, "c", 1000));
    file_cache_forget(a);
    assert_null(file_cache_make(&cache, "c", 1000));
    file_cache_release(a);
    struct cached_file *c = put(&cache, "c", octets);
    assert_non_null(c);
    assert_true(cache.used_bytes <= cache.limit_bytes);
    file_cache_release(b);
    file_cache_release(c);
    file_cache_clear(&cache);
}

static void many_held_files_do_not_make_it_slow(void **state)
{
    (void)state;
    struct file_cache cache;
    struct cached_file *held[40];
    char name[8];
    file_cache_init(&cache, 41 * (sizeof(struct cached_file) + 103));
    for (int i = 0; i < 40; i++) {
        (void)snprintf(name, sizeof name, "%02d", i);
        held[i] = put(&cache, name, "");
        assert_non_null(held[i]);
    }
    /* One that could go stands behind more than are looked at. */
    file_cache_release(held[39]);
    assert_null(file_cache_make(&cache, "xx", cache.limit_bytes - cache.used_bytes));
    file_cache_release(held[0]);
    struct cached_file *file = file_cache_make(&cache, "xx", 103);
    assert_non_null(file);
    file_cache_release(file);
    for (int i = 1; i < 39; i++) {
        file_cache_release(held[i]);
    }
    file_cache_clear(&cache);
}

static void cache_without_room_keeps_nothing(void **state)
{
    (void)state;
    struct file_cache cache;
    file_cache_init(&cache, 0);
    assert_null(file_cache_make(&cache, "a", 0));
    assert_null(file_cache_find(&cache, "a"));
    file_cache_clear(&cache);
    file_cache_init(&cache, 1000);
    assert_null(file_cache_make(&cache, "a", 1000));
    assert_null(file_cache_make(&cache, "a", SIZE_MAX));
    file_cache_clear(&cache);
}

/* Whatever is done, the books are right and what is found is what was put there. */
static void random_use_keeps_the_books(void **state)
{
    (void)state;
    struct file_cache cache;
    struct cached_file *held[8] = {NULL};
    uint32_t seed = 77;
    file_cache_init(&cache, 8000);
    for (int i = 0; i < 20000; i++) {
        char name[8];
        char octets[16];
        const uint32_t slot = test_rand(&seed) % 8;
        const int number = (int)(test_rand(&seed) % 30);
        (void)snprintf(name, sizeof name, "f%d", number);
        (void)snprintf(octets, sizeof octets, "octets of %d", number);
        if (held[slot] != NULL) {
            if (test_rand(&seed) % 4 == 0) {
                file_cache_forget(held[slot]);
            }
            file_cache_release(held[slot]);
        }
        held[slot] = file_cache_find(&cache, name);
        if (held[slot] == NULL) {
            held[slot] = put(&cache, name, octets);
        }
        assert_true(held[slot] == NULL || memcmp(held[slot]->data, octets, strlen(octets)) == 0);
        assert_true(cache.used_bytes <= cache.limit_bytes);
    }
    for (int i = 0; i < 8; i++) {
        if (held[i] != NULL) {
            file_cache_release(held[i]);
        }
    }
    file_cache_clear(&cache);
    assert_int_equal(cache.used_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_file_is_found_by_its_name),
        cmocka_unit_test(file_that_is_made_but_not_kept_is_not_found),
        cmocka_unit_test(forgotten_file_stands_until_it_is_let_go),
        cmocka_unit_test(least_recently_used_goes_first),
        cmocka_unit_test(what_is_held_counts_against_the_limit),
        cmocka_unit_test(many_held_files_do_not_make_it_slow),
        cmocka_unit_test(cache_without_room_keeps_nothing),
        cmocka_unit_test(random_use_keeps_the_books),
    };
    return cmocka_run_group_tests_name("file_cache", tests, NULL, NULL);
}
