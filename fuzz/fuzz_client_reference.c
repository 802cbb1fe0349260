/* SPDX-License-Identifier: MIT */
/*
 * References against a base: what comes out is a URI without dots in its path, and means itself from
 * everywhere.
 *
 * Input: an octet that chooses the base, then the reference.
 */
#include <string.h>

#include "input.h"
#include "reference.h"
#include "require.h"

static const char *const bases[] = {"http://a/b/c/d;p?q", "https://[::1]:8443/",
                                    "http://host:8080/x/../y?z/.."};

static int has_dots(const char *path)
{
    size_t end = strcspn(path, "?");

    for (size_t at = 0; at < end;) {
        size_t length = strcspn(path + at + 1, "/?");

        if ((length == 1 && path[at + 1] == '.') ||
            (length == 2 && memcmp(path + at + 1, "..", 2) == 0)) {
            return 1;
        }
        at += 1 + length;
    }
    return 0;
}

static void require_itself(const struct uri *from, const char *text)
{
    char *again;

    require(reference_resolve(from, text, strlen(text), &again) == 0);
    require(again != NULL && strcmp(again, text) == 0);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size, 0};
    uint32_t number = input_below(&in, sizeof bases / sizeof bases[0]);
    size_t length = size;
    const uint8_t *text = input_octets(&in, &length);
    struct uri base;
    struct uri uri;
    const char *why;
    char *out;

    require(uri_parse(&base, bases[number], &why) == 0);
    require(reference_resolve(&base, (const char *)text, length, &out) == 0);
    if (out != NULL) {
        require(uri_parse(&uri, out, &why) == 0);
        require(!has_dots(uri.path));
        /* Longer ones are refused, and encoding may make three octets of one. */
        if (strlen(out) <= REFERENCE_LIMIT) {
            require_itself(&base, out);
            require_itself(&uri, out);
        }
        uri_clear(&uri);
        free(out);
    }
    uri_clear(&base);
    return 0;
}
