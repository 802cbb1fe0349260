/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L /* seteuid() */
#include "support.h"

#include <unistd.h>

#include <stdlib.h>

enum { RANDOM_SPLITS = 20 };

uint32_t test_rand(uint32_t *state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x;
}

/* Cuts at random places: on average one in `spacing` octets ends a fragment. */
static size_t random_cuts(size_t length, size_t *cuts, uint32_t *state)
{
    uint32_t spacing = 1 + test_rand(state) % 16;
    size_t count = 0;
    for (size_t end = 1; end < length; end++) {
        if (test_rand(state) % spacing == 0) {
            cuts[count++] = end;
        }
    }
    cuts[count++] = length;
    return count;
}

void test_each_split(size_t length, void (*run)(const size_t *cuts, size_t count, void *arg),
                     void *arg)
{
    size_t *cuts = calloc(length + 1, sizeof *cuts);
    assert_non_null(cuts);

    cuts[0] = length;
    run(cuts, 1, arg);

    for (size_t i = 0; i < length; i++) {
        cuts[i] = i + 1;
    }
    run(cuts, length > 0 ? length : 1, arg);

    uint32_t state = 0x9e3779b9u;
    for (int round = 0; round < RANDOM_SPLITS; round++) {
        size_t count = random_cuts(length, cuts, &state);
        run(cuts, count, arg);
    }
    free(cuts);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

size_t test_hex(const char *text, uint8_t *out, size_t capacity)
{
    size_t count = 0;
    for (const char *p = text; *p != '\0';) {
        if (is_space(*p)) {
            p++;
            continue;
        }
        int high = hex_digit(p[0]);
        int low = high < 0 ? -1 : hex_digit(p[1]);
        if (low < 0) {
            fail_msg("bad hex at octet %zu: %.8s", count, p);
        }
        if (count == capacity) {
            fail_msg("hex text has more than %zu octets", capacity);
        }
        out[count++] = (uint8_t)(high * 16 + low);
        p += 2;
    }
    return count;
}

int test_leave_root(void)
{
    const int is_root = geteuid() == 0;
    if (is_root) {
        assert_int_equal(seteuid(65534), 0);
    }
    return is_root;
}

void test_be_root_again(int was_root)
{
    if (was_root) {
        assert_int_equal(seteuid(0), 0);
    }
}
