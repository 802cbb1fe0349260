/* SPDX-License-Identifier: MIT */
#include "body_reader.h"
#include "gzip_body.h"

#include <zlib.h>

/* Takes the compression off and compares. */
static void expect_octets(uint8_t *gzip, size_t gzip_length, const uint8_t *octets, size_t length)
{
    uint8_t *out = malloc(length + 1);
    z_stream z;
    assert_non_null(out);
    memset(&z, 0, sizeof z);
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    z.next_in = gzip;
    z.avail_in = (uInt)gzip_length;
    z.next_out = out;
    z.avail_out = (uInt)length + 1;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, length);
    assert_int_equal(z.avail_in, 0);
    assert_memory_equal(out, octets, length);
    assert_int_equal(inflateEnd(&z), Z_OK);
    free(out);
}

static uint8_t *make_octets(size_t length, uint32_t seed)
{
    uint8_t *octets = malloc(length + 1);
    assert_non_null(octets);
    for (size_t i = 0; i < length; i++) {
        octets[i] = seed == 0 ? (uint8_t)'x' : (uint8_t)(test_rand(&seed) >> 16);
    }
    return octets;
}

static void check(const uint8_t *octets, size_t length, const struct body_file *file, size_t piece)
{
    struct gzip_pool pool = {0};
    size_t gzip_length = 0;
    struct gzip_body *body = gzip_body_new(&pool, file, 6);
    assert_non_null(body);
    uint8_t *gzip = read_body(gzip_body_read, &body, piece, &gzip_length);
    assert_non_null(gzip);
    expect_octets(gzip, gzip_length, octets, length);
    free(gzip);
    gzip_body_free(body);
    assert_int_equal(pool.in_use, 0);
}

/* From memory and from a file, in pieces of several sizes. */
static void check_length(size_t length, uint32_t seed)
{
    static const size_t pieces[] = {1, 100, 1024, 16384};
    uint8_t *octets = make_octets(length, seed);
    const int fd = anonymous_file(octets, length);
    const struct body_file memory = {.fd = -1, .memory = octets, .left = length};
    const struct body_file file = {.fd = fd, .left = length};
    for (size_t i = length > 20000; i < sizeof pieces / sizeof pieces[0]; i++) {
        check(octets, length, &memory, pieces[i]);
        check(octets, length, &file, pieces[i]);
    }
    assert_int_equal(close(fd), 0);
    free(octets);
}

static void body_comes_back_when_decompressed(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 100, 16384, 16385, 65536, 65537, 300000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        check_length(lengths[i], 0);
        check_length(lengths[i], 1);
    }
}

/* A million equal octets become a thousand: that must not be the work of one call. */
static void one_call_reads_a_bounded_amount(void **state)
{
    (void)state;
    enum { LENGTH = 1000000 };
    uint8_t *octets = make_octets(LENGTH, 0);
    const struct body_file file = {.fd = -1, .memory = octets, .left = LENGTH};
    struct gzip_pool pool = {0};
    struct gzip_body *body = gzip_body_new(&pool, &file, 9);
    assert_non_null(body);
    size_t calls = 0;
    for (uint32_t flags = 0; flags == 0; calls++) {
        uint8_t buffer[16384];
        h2session_read_event event = {.buffer = buffer, .capacity = sizeof buffer};
        assert_int_equal(gzip_body_read(NULL, &event, &body), 0);
        assert_true(event.length > 0);
        flags = event.flags;
    }
    assert_true(calls >= LENGTH / GZIP_INPUT_A_READ);
    gzip_body_free(body);
    free(octets);
}

static void bodies_at_a_time_are_limited(void **state)
{
    (void)state;
    static const uint8_t octets[] = "text";
    const struct body_file file = {.fd = -1, .memory = octets, .left = 4};
    struct gzip_pool pool = {0};
    struct gzip_body *bodies[GZIP_AT_A_TIME];
    for (size_t i = 0; i < GZIP_AT_A_TIME; i++) {
        bodies[i] = gzip_body_new(&pool, &file, 1);
        assert_non_null(bodies[i]);
    }
    assert_null(gzip_body_new(&pool, &file, 1));
    gzip_body_free(bodies[0]);
    bodies[0] = gzip_body_new(&pool, &file, 1);
    assert_non_null(bodies[0]);
    for (size_t i = 0; i < GZIP_AT_A_TIME; i++) {
        gzip_body_free(bodies[i]);
    }
    gzip_body_free(NULL);
    assert_int_equal(pool.in_use, 0);
}

static void file_that_shrank_fails_the_stream(void **state)
{
    (void)state;
    const int fd = anonymous_file("0123", 4);
    const struct body_file file = {.fd = fd, .left = 10};
    struct gzip_pool pool = {0};
    size_t length = 0;
    struct gzip_body *body = gzip_body_new(&pool, &file, 6);
    assert_non_null(body);
    assert_null(read_body(gzip_body_read, &body, 1000, &length));
    gzip_body_free(body);
    assert_int_equal(close(fd), 0);
}

static void memory_is_compressed_at_once(void **state)
{
    (void)state;
    for (size_t length = 0; length < 70000; length = 3 * length + 1) {
        uint8_t *octets = make_octets(length, (uint32_t)length);
        size_t gzip_length = 0;
        uint8_t *gzip = gzip_whole(octets, length, 6, &gzip_length);
        assert_non_null(gzip);
        expect_octets(gzip, gzip_length, octets, length);
        free(gzip);
        free(octets);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_comes_back_when_decompressed),
        cmocka_unit_test(one_call_reads_a_bounded_amount),
        cmocka_unit_test(bodies_at_a_time_are_limited),
        cmocka_unit_test(file_that_shrank_fails_the_stream),
        cmocka_unit_test(memory_is_compressed_at_once),
    };
    return cmocka_run_group_tests_name("gzip_body", tests, NULL, NULL);
}
