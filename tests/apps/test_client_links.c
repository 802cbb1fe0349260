/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "links.h"
#include "support.h"

struct told {
    char text[4096];
    size_t length;
};

static void on_link(enum link_kind kind, const char *text, void *user)
{
    static const char *const names[] = {"base", "style", "script", "font", "image", "icon"};
    struct told *told = user;

    told->length += (size_t)snprintf(told->text + told->length, sizeof told->text - told->length,
                                     "%s %s|", names[kind], text);
    assert_true(told->length < sizeof told->text);
}

static void read_page(const char *page, size_t length, size_t piece, struct told *told)
{
    struct links *links = links_new(on_link, told);

    assert_non_null(links);
    for (size_t at = 0; at < length; at += piece) {
        assert_int_equal(links_feed(links, page + at, length - at < piece ? length - at : piece),
                         0);
    }
    assert_int_equal(links_end(links), 0);
    links_free(links);
}

static void expect(const char *page, const char *expected)
{
    size_t length = strlen(page);

    for (size_t piece = 1; piece <= length; piece = piece < 8 ? piece + 1 : 2 * piece) {
        struct told told = {.length = 0};

        read_page(page, length, piece, &told);
        assert_string_equal(told.text, expected);
    }
}

static void elements_link_to_what_a_page_needs(void **state)
{
    (void)state;
    expect("<!DOCTYPE html><html><head>"
           "<LINK REL=StyleSheet HREF=/a.css>"
           "<link rel='alternate stylesheet' href=no.css>"
           "<link rel=\"shortcut icon\" href='i.png'/>"
           "<link rel=preload as=font href=f.woff2 crossorigin>"
           "<link rel=canonical href=no>"
           "<script src=s.js async></script>"
           "<base href=\"/sub/\">"
           "</head><body><img alt=\"a > b\" src=\"x.png?a=1&amp;b=2\">"
           "<input type=image src=go.png><input src=no.png>"
           "<video poster=p.jpg></video><img><img src=''>"
           "<a href=no.html>no</a></body></html>",
           "style /a.css|icon i.png|font f.woff2|script s.js|base /sub/|"
           "image x.png?a=1&b=2|image go.png|image p.jpg|");
}

static void what_is_no_markup_links_to_nothing(void **state)
{
    (void)state;
    expect("<html><body><!-- <img src=no1> -- <img src=no2> -->"
           "<script>var a = '<img src=no3>'; if (a < b) {}</script>"
           "<style>b::after{content:'<img src=no4>'}</style>"
           "<p title='<img src=no6>'>x</p><img src=yes></body></html>",
           "image yes|");
}

static void any_octets_are_fine(void **state)
{
    static char octets[20000];
    uint32_t seed = 1;
    struct told told = {.length = 0};

    (void)state;
    for (size_t round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof octets; i++) {
            static const char letters[] = "<>=/\"'!- \0aimgsrc&;\xff\n";

            seed = seed * 1664525 + 1013904223;
            octets[i] = letters[(seed >> 16) % (sizeof letters - 1)];
        }
        told.length = 0;
        read_page(octets, sizeof octets, 777, &told);
    }
}

static void a_tag_that_is_too_long_does_no_harm(void **state)
{
    static char page[3 * LINKS_TAG];
    struct told told = {.length = 0};
    size_t length;

    (void)state;
    memset(page, 'x', sizeof page);
    (void)memcpy(page, "<html><img alt='", 16);
    length = 2 * LINKS_TAG;
    (void)memcpy(page + length, "' src=a><img src=b>", 19);
    read_page(page, length + 19, 1000, &told);
    assert_non_null(strstr(told.text, "image b|"));
}

static void kinds_have_priorities(void **state)
{
    (void)state;
    assert_string_equal(links_priority(LINK_STYLE), "u=1");
    assert_string_equal(links_priority(LINK_IMAGE), "u=4,i");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_link_to_what_a_page_needs),
        cmocka_unit_test(what_is_no_markup_links_to_nothing),
        cmocka_unit_test(any_octets_are_fine),
        cmocka_unit_test(a_tag_that_is_too_long_does_no_harm),
        cmocka_unit_test(kinds_have_priorities),
    };

    return cmocka_run_group_tests_name("client_links", tests, NULL, NULL);
}
