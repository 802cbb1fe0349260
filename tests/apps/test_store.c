/* SPDX-License-Identifier: MIT */
#include "folder_fixture.h"
#include "store.h"

enum { LATER = 2000000000 }; /* "now" for files whose changes have long settled */

struct fixture {
    char *folder;
    struct store store;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char error[STORE_ERROR_SIZE] = "";
    const struct store_options options = {
        .folder = ".", .cache_bytes = 100000, .cache_file_bytes = 1000};
    assert_non_null(f);
    f->folder = folder_make();
    folder_write("a.txt", "first");
    assert_int_equal(store_open(&f->store, &options, error), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    store_close(&f->store);
    folder_remove(f->folder);
    free(f);
    return 0;
}

/* What the name stands for at this turn, and whether it came from memory. */
static void expect(struct store *store, const char *name, uint64_t turn, const char *octets,
                   int cached)
{
    const struct store_moment moment = {LATER, turn};
    struct stored stored;
    char text[2000] = "";
    assert_int_equal(store_get(store, name, &moment, &stored), 0);
    assert_int_equal(stored.is_folder, 0);
    assert_int_equal(stored.cached != NULL, cached);
    assert_int_equal(stored.facts->identity.size, strlen(octets));
    assert_int_equal(atoi(stored.facts->length), strlen(octets));
    if (cached) {
        assert_int_equal(stored.cached->length, strlen(octets));
        assert_memory_equal(stored.cached->data, octets, strlen(octets));
    } else {
        assert_int_equal(pread(stored.fd, text, sizeof text - 1, 0), strlen(octets));
        assert_string_equal(text, octets);
    }
    stored_release(&stored);
}

static int status_of(struct store *store, const char *name, uint64_t turn)
{
    const struct store_moment moment = {LATER, turn};
    struct stored stored;
    const int status = store_get(store, name, &moment, &stored);
    if (status == 0) {
        stored_release(&stored);
    }
    return status;
}

static void small_file_is_kept_and_its_change_is_seen(void **state)
{
    struct fixture *f = *state;
    expect(&f->store, "a.txt", 1, "first", 1);
    assert_true(f->store.cache.used_bytes > 0);
    expect(&f->store, "a.txt", 2, "first", 1);
    folder_write("a.txt", "other");
    folder_time("a.txt", FOLDER_OLD + 1);
    expect(&f->store, "a.txt", 3, "other", 1);
    assert_int_equal(unlink("a.txt"), 0);
    assert_int_equal(status_of(&f->store, "a.txt", 4), 404);
    folder_write("a.txt", "again");
    expect(&f->store, "a.txt", 5, "again", 1);
}

static void file_replaced_by_another_of_its_size_and_time_is_seen(void **state)
{
    struct fixture *f = *state;
    expect(&f->store, "a.txt", 1, "first", 1);
    folder_write("b.txt", "other");
    assert_int_equal(rename("b.txt", "a.txt"), 0);
    expect(&f->store, "a.txt", 2, "other", 1);
}

static void file_system_is_asked_once_a_turn(void **state)
{
    struct fixture *f = *state;
    expect(&f->store, "a.txt", 1, "first", 1);
    assert_int_equal(unlink("a.txt"), 0);
    expect(&f->store, "a.txt", 1, "first", 1);
    assert_int_equal(status_of(&f->store, "a.txt", 2), 404);
}

static void file_that_became_a_link_is_not_taken_from_memory(void **state)
{
    struct fixture *f = *state;
    expect(&f->store, "a.txt", 1, "first", 1);
    assert_int_equal(rename("a.txt", "b.txt"), 0);
    assert_int_equal(symlink("b.txt", "a.txt"), 0);
    assert_int_equal(status_of(&f->store, "a.txt", 2), 404);
}

static void file_that_may_no_longer_be_read_is_not_taken_from_memory(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(chmod(".", 0755), 0);
    expect(&f->store, "a.txt", 1, "first", 1);
    assert_int_equal(chmod("a.txt", 0), 0);
    /* Root may read everything. */
    const int was_root = test_leave_root();
    assert_int_equal(status_of(&f->store, "a.txt", 2), 403);
    test_be_root_again(was_root);
}

static void what_is_large_or_fresh_is_not_kept(void **state)
{
    struct fixture *f = *state;
    char text[1002];
    memset(text, 'x', 1001);
    text[1001] = '\0';
    folder_write("large", text);
    expect(&f->store, "large", 1, text, 0);
    folder_write("fresh", "x");
    folder_time("fresh", LATER - STORE_SETTLED + 1);
    expect(&f->store, "fresh", 1, "x", 0);
    folder_time("fresh", LATER - STORE_SETTLED);
    expect(&f->store, "fresh", 1, "x", 1);
    /* Its times can be set back, but not when that was done. */
    const struct store_moment moment = {time(NULL), 1};
    struct stored stored;
    folder_write("new", "x");
    assert_int_equal(store_get(&f->store, "new", &moment, &stored), 0);
    assert_null(stored.cached);
    stored_release(&stored);
}

/* Asks for a large file; returns whether it came from memory. */
static int large_is_kept(struct store *store, const char *name, time_t now)
{
    const struct store_moment moment = {now, 1};
    struct stored stored;
    assert_int_equal(store_get(store, name, &moment, &stored), 0);
    const int cached = stored.cached != NULL;
    assert_int_equal(store_compress(store, name, 1, &stored), 0); /* would take too long */
    assert_true(!cached || stored.cached->length == stored.facts->identity.size);
    stored_release(&stored);
    return cached;
}

static void use_large_cache(struct store *store)
{
    char error[STORE_ERROR_SIZE] = "";
    const struct store_options options = {
        .folder = ".", .cache_bytes = 200 << 20, .cache_file_bytes = 60 << 20};
    store_close(store);
    assert_int_equal(store_open(store, &options, error), 0);
}

static void large_file_is_kept_when_it_is_asked_for_again(void **state)
{
    struct fixture *f = *state;
    use_large_cache(&f->store);
    folder_write("large", "x");
    assert_int_equal(truncate("large", STORE_SMALL + 1), 0);
    folder_time("large", FOLDER_OLD);
    assert_false(large_is_kept(&f->store, "large", LATER));
    assert_true(large_is_kept(&f->store, "large", LATER));
}

static void file_that_is_large_beside_the_cache_is_not_kept(void **state)
{
    struct fixture *f = *state;
    use_large_cache(&f->store);
    folder_write("large", "x");
    assert_int_equal(truncate("large", (50 << 20) + 1), 0);
    folder_time("large", FOLDER_OLD);
    assert_false(large_is_kept(&f->store, "large", LATER));
    assert_false(large_is_kept(&f->store, "large", LATER));
}

static void large_files_are_read_at_a_limited_rate(void **state)
{
    static const char *const names[] = {"one", "two"};
    struct fixture *f = *state;
    use_large_cache(&f->store);
    for (size_t i = 0; i < 2; i++) {
        folder_write(names[i], "x");
        assert_int_equal(truncate(names[i], 33 << 20), 0);
        folder_time(names[i], FOLDER_OLD);
        assert_false(large_is_kept(&f->store, names[i], LATER));
    }
    assert_true(large_is_kept(&f->store, "one", LATER));
    assert_false(large_is_kept(&f->store, "two", LATER));
    assert_true(large_is_kept(&f->store, "one", LATER));
    assert_true(large_is_kept(&f->store, "two", LATER + 1));
}

static void folder_is_told_from_a_file(void **state)
{
    struct fixture *f = *state;
    const struct store_moment moment = {LATER, 1};
    struct stored stored;
    assert_int_equal(mkdir("sub", 0755), 0);
    assert_int_equal(store_get(&f->store, "sub", &moment, &stored), 0);
    assert_int_equal(stored.is_folder, 1);
    stored_release(&stored);
    assert_int_equal(status_of(&f->store, "none", 1), 404);
    assert_int_equal(status_of(&f->store, "../x", 1), 404);
}

static void compressed_octets_are_kept_as_long_as_the_file_stays(void **state)
{
    struct fixture *f = *state;
    struct stored stored;
    struct stored again;
    char text[601];
    memset(text, 'x', 600);
    text[600] = '\0';
    folder_write("page", text);
    const struct store_moment moment = {LATER, 1};
    assert_int_equal(store_get(&f->store, "page", &moment, &stored), 0);
    assert_int_equal(store_compress(&f->store, "page", 6, &stored), 1);
    assert_true(stored.cached->length < 100);
    assert_int_equal(atoi(stored.facts->length), stored.cached->length);
    assert_int_equal(strncmp(stored.facts->etag, "W/\"", 3), 0);
    assert_int_equal(store_get(&f->store, "page", &moment, &again), 0);
    assert_int_equal(store_compress(&f->store, "page", 6, &again), 1);
    assert_ptr_equal(stored.cached, again.cached);
    stored_release(&again);
    folder_time("page", FOLDER_OLD + 5);
    const struct store_moment later = {LATER, 2};
    assert_int_equal(store_get(&f->store, "page", &later, &again), 0);
    assert_int_equal(store_compress(&f->store, "page", 6, &again), 1);
    assert_ptr_not_equal(stored.cached, again.cached);
    assert_string_not_equal(stored.facts->etag, again.facts->etag);
    stored_release(&again);
    stored_release(&stored);
    expect(&f->store, "page", 3, text, 1);
}

static void moved_file_takes_its_facts_along(void **state)
{
    struct fixture *f = *state;
    const struct store_moment moment = {FOLDER_OLD, 1}; /* too fresh to be kept */
    struct stored from;
    struct stored to = {.fd = -1};
    assert_int_equal(store_get(&f->store, "a.txt", &moment, &from), 0);
    const int fd = from.fd;
    stored_move(&to, &from);
    assert_int_equal(to.fd, fd);
    assert_ptr_equal(to.facts, &to.own);
    assert_int_equal(from.fd, -1);
    stored_release(&from);
    stored_release(&to);
}

static void store_that_cannot_be_opened_says_why(void **state)
{
    (void)state;
    char error[STORE_ERROR_SIZE] = "";
    struct store store;
    const struct store_options none = {.folder = "/nonexistent"};
    assert_int_equal(store_open(&store, &none, error), -1);
    assert_non_null(strstr(error, "/nonexistent"));
    const struct store_options types = {.folder = ".", .mime_types_file = "/nonexistent/types"};
    assert_int_equal(store_open(&store, &types, error), -1);
    assert_non_null(strstr(error, "/nonexistent/types"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(small_file_is_kept_and_its_change_is_seen),
        TEST(file_replaced_by_another_of_its_size_and_time_is_seen),
        TEST(file_system_is_asked_once_a_turn),
        TEST(file_that_became_a_link_is_not_taken_from_memory),
        TEST(file_that_may_no_longer_be_read_is_not_taken_from_memory),
        TEST(what_is_large_or_fresh_is_not_kept),
        TEST(large_file_is_kept_when_it_is_asked_for_again),
        TEST(file_that_is_large_beside_the_cache_is_not_kept),
        TEST(large_files_are_read_at_a_limited_rate),
        TEST(folder_is_told_from_a_file),
        TEST(compressed_octets_are_kept_as_long_as_the_file_stays),
        TEST(moved_file_takes_its_facts_along),
        TEST(store_that_cannot_be_opened_says_why),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
