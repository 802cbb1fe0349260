/* SPDX-License-Identifier: MIT */
#include "folder_fixture.h"
#include "site.h"

enum { LATER = 2000000000 }; /* "now" for files whose changes have long settled */

struct fixture {
    char *folder;
    struct site_options options;
    struct site site;
    struct response response;
    struct body body;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char error[SITE_ERROR_SIZE] = "";
    assert_non_null(f);
    f->folder = folder_make();
    folder_write("a.txt", "first");
    f->options.store.folder = ".";
    f->options.store.cache_bytes = 2000;
    f->options.store.cache_file_bytes = 1000;
    f->options.most_ranges = 1;
    assert_int_equal(site_open(&f->site, &f->options, error), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    response_clear(&f->response);
    body_clear(&f->body);
    site_close(&f->site);
    folder_remove(f->folder);
    free(f);
    return 0;
}

static hpack_field field(const char *name, const char *value)
{
    return (hpack_field){.name = name,
                         .value = value,
                         .name_length = (uint32_t)strlen(name),
                         .value_length = (uint32_t)strlen(value),
                         .token = hpack_token(name, strlen(name))};
}

/* Asks for a path, with one more field or NULL, and lets go of the answer before. Returns whether it
 * was ready. */
static int ask(struct fixture *f, const char *method, const char *path, const char *name,
               const char *value, uint64_t turn)
{
    const hpack_field fields[] = {field(":method", method), field(":path", path),
                                  field(name == NULL ? "accept" : name, value)};
    struct asked asked = {.now = LATER, .date = turn % 2 == 0 ? "even" : "odds", .turn = turn};
    asked_read(&asked, fields, name == NULL ? 2 : 3);
    body_clear(&f->body);
    response_clear(&f->response);
    const struct answer a = {&f->options.answer, &asked, &f->response, &f->body};
    const int ready = ready_answers_use(&f->site.ready, &f->site.store, &a);
    body_clear(&f->body);
    site_answer(&f->site, &asked, &f->response, &f->body);
    return ready;
}

static void expect(const struct fixture *f, const char *name, const char *value)
{
    for (size_t i = 0; i < f->response.count; i++) {
        const hpack_field *at = &f->response.fields[i];
        if (at->name_length == strlen(name) && memcmp(at->name, name, at->name_length) == 0) {
            assert_int_equal(at->value_length, strlen(value));
            assert_memory_equal(at->value, value, strlen(value));
            return;
        }
    }
    fail_msg("no field %s", name);
}

static void expect_octets(struct fixture *f, const char *octets)
{
    assert_ptr_equal(f->body.read, body_file_read);
    assert_int_equal(f->body.as.file.left, strlen(octets));
    assert_memory_equal(f->body.as.file.memory, octets, strlen(octets));
}

static void second_answer_is_the_first_but_for_its_date(void **state)
{
    struct fixture *f = *state;
    assert_false(ask(f, "GET", "/a.txt", NULL, "", 1));
    const struct response first = f->response;
    expect(f, "date", "odds");
    assert_true(ask(f, "GET", "/a.txt", NULL, "", 2));
    expect(f, ":status", "200");
    expect(f, "date", "even");
    expect(f, "content-length", "5");
    expect_octets(f, "first");
    assert_int_equal(f->response.count, first.count);
    for (size_t i = 0; i < first.count; i++) {
        assert_int_equal(f->response.fields[i].token, first.fields[i].token);
    }
    /* Other paths for the same file have their own. */
    assert_false(ask(f, "GET", "/a.txt?q", NULL, "", 2));
    assert_false(ask(f, "GET", "//a.txt", NULL, "", 2));
    expect_octets(f, "first");
}

static void change_of_the_file_is_seen(void **state)
{
    struct fixture *f = *state;
    assert_false(ask(f, "GET", "/a.txt", NULL, "", 1));
    folder_write("a.txt", "other");
    folder_time("a.txt", FOLDER_OLD + 1);
    assert_true(ask(f, "GET", "/a.txt", NULL, "", 1)); /* in the same turn nobody looks */
    expect_octets(f, "first");
    assert_false(ask(f, "GET", "/a.txt", NULL, "", 2));
    expect_octets(f, "other");
    assert_true(ask(f, "GET", "/a.txt", NULL, "", 3));
    assert_int_equal(unlink("a.txt"), 0);
    assert_false(ask(f, "GET", "/a.txt", NULL, "", 4));
    expect(f, ":status", "404");
}

static void fields_that_decide_are_heard(void **state)
{
    struct fixture *f = *state;
    assert_false(ask(f, "GET", "/a.txt", NULL, "", 1));
    assert_false(ask(f, "GET", "/a.txt", "range", "bytes=1-2", 1));
    expect(f, ":status", "206");
    assert_false(ask(f, "GET", "/a.txt", "if-none-match", "*", 1));
    expect(f, ":status", "304");
    assert_false(ask(f, "HEAD", "/a.txt", NULL, "", 1));
    assert_null(f->body.read);
    assert_true(ask(f, "GET", "/a.txt", "accept", "*", 1));
    expect_octets(f, "first");
}

static void answers_that_vary_are_not_kept(void **state)
{
    struct fixture *f = *state;
    f->options.representation.precompressed = 1;
    folder_write("a.txt.gz", "packed");
    assert_false(ask(f, "GET", "/a.txt", NULL, "", 1));
    expect_octets(f, "first");
    assert_false(ask(f, "GET", "/a.txt", "accept-encoding", "gzip", 1));
    expect(f, "content-encoding", "gzip");
    assert_false(ask(f, "GET", "/a.txt", NULL, "", 1));
    expect_octets(f, "first");
}

static void file_that_left_the_cache_is_looked_up(void **state)
{
    struct fixture *f = *state;
    char text[900];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    folder_write("big.txt", text);
    folder_write("large.txt", text);
    assert_false(ask(f, "GET", "/a.txt", NULL, "", 1));
    assert_false(ask(f, "GET", "/big.txt", NULL, "", 1));
    assert_false(ask(f, "GET", "/large.txt", NULL, "", 1)); /* there is no room for three */
    assert_false(ask(f, "GET", "/a.txt", NULL, "", 1));
    expect_octets(f, "first");
}

static void redirection_is_not_kept(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(mkdir("d", 0755), 0);
    for (int i = 0; i < 2; i++) {
        assert_false(ask(f, "GET", "/d", NULL, "", 1));
        expect(f, ":status", "301");
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(second_answer_is_the_first_but_for_its_date),
        TEST(change_of_the_file_is_seen),
        TEST(fields_that_decide_are_heard),
        TEST(answers_that_vary_are_not_kept),
        TEST(file_that_left_the_cache_is_looked_up),
        TEST(redirection_is_not_kept),
    };
    return cmocka_run_group_tests_name("ready_answers", tests, NULL, NULL);
}
