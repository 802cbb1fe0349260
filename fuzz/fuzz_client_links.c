/* SPDX-License-Identifier: MIT */
/*
 * A page through the reader of links: the same links are found however it is cut.
 *
 * Input: an octet, which says how large the pieces are, then the page. Built once with each reader.
 */
#include <string.h>

#include "input.h"
#include "links.h"
#include "require.h"

/* What is told, as a number. */
struct told {
    uint64_t sum;
    size_t count;
};

static void take(struct told *told, uint8_t octet)
{
    told->sum = (told->sum ^ octet) * UINT64_C(1099511628211);
}

static void on_link(enum link_kind kind, const char *text, void *user)
{
    struct told *told = user;

    require(kind <= LINK_ICON && links_priority(kind)[0] == 'u');
    take(told, (uint8_t)kind);
    for (; *text != '\0'; text++) {
        take(told, (uint8_t)*text);
    }
    told->count++;
}

static struct told read_page(const uint8_t *page, size_t length, size_t piece)
{
    struct told told = {0};
    struct links *links = links_new(on_link, &told);

    require(links != NULL);
    for (size_t at = 0; at < length; at += piece) {
        size_t size = length - at < piece ? length - at : piece;

        require(links_feed(links, (const char *)page + at, size) == 0);
    }
    require(links_end(links) == 0);
    links_free(links);
    return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size, 0};
    size_t piece = 1 + input_octet(&in);
    size_t length = size;
    const uint8_t *page = input_octets(&in, &length);
    struct told whole = read_page(page, length, length + 1);
    struct told cut = read_page(page, length, piece);

    require(whole.count == cut.count && whole.sum == cut.sum);
    return 0;
}
