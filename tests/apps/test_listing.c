/* SPDX-License-Identifier: MIT */
#include "folder_fixture.h"
#include "listing.h"

static int set_up(void **state)
{
    *state = folder_make();
    return 0;
}

static int tear_down(void **state)
{
    folder_remove(*state);
    return 0;
}

/* The page of the current folder. */
static char *make(const char *name, uint32_t follow_links)
{
    const struct listing listing = {name, follow_links};
    const int fd = open(".", O_RDONLY | O_DIRECTORY);
    size_t length = 0;
    assert_true(fd >= 0);
    char *page = listing_make(fd, &listing, &length);
    assert_non_null(page);
    assert_int_equal(strlen(page), length);
    free(page);
    /* Reading it has not moved the descriptor. */
    page = listing_make(fd, &listing, &length);
    assert_non_null(page);
    assert_int_equal(close(fd), 0);
    return page;
}

static void folders_come_first_and_then_files_by_name(void **state)
{
    (void)state;
    folder_write("b.txt", "hello");
    folder_write("a.txt", "");
    folder_write(".hidden", "");
    assert_int_equal(mkdir("z", 0755), 0);
    assert_int_equal(mkfifo("pipe", 0644), 0);
    char *page = make("x/y", 0);
    const char *folder = strstr(page, "<a href=\"./z/\">z/</a></td><td></td>");
    const char *a = strstr(page, "<a href=\"./a.txt\">a.txt</a></td><td>0 B</td>"
                                 "<td>2001-09-09 01:46</td>");
    const char *b = strstr(page, "<a href=\"./b.txt\">b.txt</a></td><td>5 B</td>");
    assert_true(folder != NULL && a != NULL && b != NULL);
    assert_true(folder < a && a < b);
    assert_non_null(strstr(page, "<h1>/x/y</h1>"));
    assert_non_null(strstr(page, "<a href=\"../\">"));
    assert_null(strstr(page, "hidden"));
    assert_null(strstr(page, "pipe"));
    assert_null(strstr(page, "There is more"));
    free(page);
}

static void root_has_no_way_up(void **state)
{
    (void)state;
    char *page = make(".", 0);
    assert_non_null(strstr(page, "<title>/</title>"));
    assert_null(strstr(page, "../"));
    free(page);
}

static void names_cannot_be_more_than_names(void **state)
{
    (void)state;
    folder_write("javascript:alert(1)", "");
    folder_write("<img src=x onerror='alert(1)'>", "");
    folder_write("a\"b&c?d#e%f", "");
    folder_write("line\nbreak", "");
    char *page = make("<b>", 0);
    assert_non_null(strstr(page, "href=\"./javascript%3Aalert%281%29\""));
    assert_null(strstr(page, "<img"));
    assert_non_null(strstr(page, "&lt;img src=x onerror=&#39;alert(1)&#39;&gt;"));
    assert_non_null(strstr(page, "href=\"./a%22b%26c%3Fd%23e%25f\">a&quot;b&amp;c?d#e%f</a>"));
    assert_non_null(strstr(page, "href=\"./line%0Abreak\">line?break</a>"));
    assert_null(strstr(page, "<b>"));
    free(page);
}

static void links_are_shown_when_they_are_followed(void **state)
{
    (void)state;
    folder_write("a.txt", "");
    assert_int_equal(symlink("a.txt", "link"), 0);
    assert_int_equal(symlink("none", "dangling"), 0);
    char *page = make(".", 0);
    assert_null(strstr(page, "link"));
    free(page);
    page = make(".", 1);
    assert_non_null(strstr(page, "./link"));
    assert_null(strstr(page, "dangling"));
    free(page);
}

static void sizes_have_units(void **state)
{
    (void)state;
    static const struct {
        off_t size;
        const char *text;
    } cases[] = {
        {1023, ">1023 B<"},     {1024, ">1.0 KiB<"},           {1536, ">1.5 KiB<"},
        {1048576, ">1.0 MiB<"}, {(off_t)5 << 40, ">5.0 TiB<"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        folder_write("file", "");
        if (truncate("file", cases[i].size) != 0) {
            continue; /* this file system has no files as large */
        }
        char *page = make(".", 0);
        assert_non_null(strstr(page, cases[i].text));
        free(page);
    }
}

static void number_of_names_is_limited(void **state)
{
    (void)state;
    char name[16];
    size_t shown = 0;
    for (int i = 0; i < LISTING_SHOWN + 1; i++) {
        (void)snprintf(name, sizeof name, "f%04d", i);
        folder_write(name, "");
    }
    char *page = make(".", 0);
    for (const char *at = strstr(page, "href"); at != NULL; at = strstr(at + 1, "href")) {
        shown++;
    }
    assert_int_equal(shown, LISTING_SHOWN);
    assert_non_null(strstr(page, "There is more"));
    free(page);
}

static void what_is_no_folder_has_no_listing(void **state)
{
    (void)state;
    const struct listing listing = {".", 0};
    size_t length = 0;
    folder_write("file", "");
    const int fd = open("file", O_RDONLY);
    assert_true(fd >= 0);
    assert_null(listing_make(fd, &listing, &length));
    assert_int_equal(close(fd), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(folders_come_first_and_then_files_by_name),
        TEST(root_has_no_way_up),
        TEST(names_cannot_be_more_than_names),
        TEST(links_are_shown_when_they_are_followed),
        TEST(sizes_have_units),
        TEST(number_of_names_is_limited),
        TEST(what_is_no_folder_has_no_listing),
    };
    return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
