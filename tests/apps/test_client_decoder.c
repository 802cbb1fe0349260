/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "decoder.h"
#include "support.h"

enum { PLAIN = 100000, CODED = 120000, GZIP = 15 + 16, ZLIB = 15, RAW = -15 };

struct collected {
    uint8_t octets[2 * PLAIN];
    size_t length;
    uint64_t total;
};

static int collect(const uint8_t *data, size_t length, void *user)
{
    struct collected *out = user;

    out->total += length;
    if (out->length + length <= sizeof out->octets) {
        memcpy(out->octets + out->length, data, length);
        out->length += length;
    }
    return 0;
}

static size_t compress_with(int window, const uint8_t *plain, size_t length, uint8_t *out)
{
    z_stream zlib = {0};

    assert_int_equal(deflateInit2(&zlib, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    zlib.next_in = (Bytef *)(uintptr_t)plain;
    zlib.avail_in = (uInt)length;
    zlib.next_out = out;
    zlib.avail_out = CODED;
    assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
    size_t size = CODED - zlib.avail_out;

    (void)deflateEnd(&zlib);
    return size;
}

static uint8_t plain[PLAIN];
static uint8_t coded[2 * CODED];
static struct collected got;

static void fill_plain(void)
{
    for (size_t i = 0; i < PLAIN; i++) {
        plain[i] = (uint8_t)(i * i / 7 % 11);
    }
}

static struct decoder *make(const char *coding, uint64_t ratio)
{
    const char *why = "";
    struct decoder *decoder = decoder_new(coding, strlen(coding), ratio, &why);

    assert_non_null(decoder);
    memset(&got, 0, sizeof got);
    return decoder;
}

/* Decodes in pieces of this size, and compares. */
static void expect_plain(const char *coding, size_t length, size_t piece)
{
    struct decoder *decoder = make(coding, 200);

    for (size_t at = 0; at < length; at += piece) {
        size_t size = length - at < piece ? length - at : piece;

        assert_int_equal(decoder_write(decoder, coded + at, size, collect, &got), 0);
    }
    assert_int_equal(decoder_end(decoder), 0);
    assert_int_equal(got.length, PLAIN);
    assert_memory_equal(got.octets, plain, PLAIN);
    decoder_free(decoder);
}

static void each_format_is_decoded_however_it_is_cut(void **state)
{
    static const struct {
        const char *coding;
        int window;
    } rows[] = {{"gzip", GZIP}, {"X-GZIP", GZIP}, {"deflate", ZLIB}, {"deflate", RAW}};

    (void)state;
    fill_plain();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = compress_with(rows[i].window, plain, PLAIN, coded);

        expect_plain(rows[i].coding, length, length);
        expect_plain(rows[i].coding, length, 1);
        expect_plain(rows[i].coding, length, 777);
    }
}

static void members_of_gzip_follow_each_other(void **state)
{
    (void)state;
    fill_plain();
    size_t first = compress_with(GZIP, plain, PLAIN / 2, coded);
    size_t second = compress_with(GZIP, plain + PLAIN / 2, PLAIN - PLAIN / 2, coded + first);

    expect_plain("gzip", first + second, first + second);
    expect_plain("gzip", first + second, 1);
}

static void broken_bodies_are_told(void **state)
{
    (void)state;
    fill_plain();
    size_t length = compress_with(ZLIB, plain, PLAIN, coded);
    struct decoder *decoder = make("deflate", 200);

    assert_int_equal(decoder_write(decoder, coded, length - 1, collect, &got), 0);
    assert_int_equal(decoder_end(decoder), -1);
    assert_non_null(strstr(decoder_error(decoder), "cut short"));
    coded[length] = 0;
    assert_int_equal(decoder_write(decoder, coded + length - 1, 2, collect, &got), -1);
    assert_non_null(strstr(decoder_error(decoder), "after the end"));
    decoder_free(decoder);
    decoder = make("gzip", 200);
    assert_int_equal(decoder_write(decoder, plain, 100, collect, &got), -1);
    assert_non_null(strstr(decoder_error(decoder), "broken"));
    decoder_free(decoder);
    decoder = make("gzip", 200);
    assert_int_equal(decoder_end(decoder), 0);
    decoder_free(decoder);
}

static void a_body_grows_no_further_than_allowed(void **state)
{
    static uint8_t zeros[32 * 1024 * 1024];

    (void)state;
    size_t length = compress_with(GZIP, zeros, sizeof zeros, coded);
    struct decoder *decoder = make("gzip", 2);

    assert_int_equal(decoder_write(decoder, coded, length, collect, &got), -1);
    assert_non_null(strstr(decoder_error(decoder), "--max-expansion"));
    assert_true(got.total <= DECODER_FREE + 65536);
    decoder_free(decoder);
    decoder = make("gzip", 2000);
    assert_int_equal(decoder_write(decoder, coded, length, collect, &got), 0);
    assert_true(got.total == sizeof zeros);
    decoder_free(decoder);
}

static int stop(const uint8_t *data, size_t length, void *user)
{
    (void)data;
    (void)length;
    (void)user;
    return -1;
}

static void a_sink_can_stop_it(void **state)
{
    (void)state;
    fill_plain();
    size_t length = compress_with(GZIP, plain, PLAIN, coded);
    struct decoder *decoder = make("gzip", 200);

    assert_int_equal(decoder_write(decoder, coded, length, stop, NULL), DECODER_STOPPED);
    decoder_free(decoder);
}

static void codings_are_known_by_name(void **state)
{
    const char *why = "";

    (void)state;
    assert_true(decoder_is_plain("", 0));
    assert_true(decoder_is_plain("Identity", 8));
    assert_false(decoder_is_plain("gzip", 4));
    assert_null(decoder_new("compress", 8, 1, &why));
    assert_non_null(strstr(why, "not asked for"));
    assert_null(decoder_new("gzip, gzip", 10, 1, &why));
    assert_non_null(strstr(decoder_codings, "gzip, deflate"));
}

static void br_is_decoded_where_it_is_offered(void **state)
{
    (void)state;
    if (strstr(decoder_codings, "br") == NULL) {
        skip();
    }
    static const uint8_t stored[] = {0x0b, 0x02, 0x80, 'h', 'e', 'l', 'l', 'o', 0x03};
    struct decoder *decoder = make("br", 200);

    for (size_t i = 0; i < sizeof stored; i++) {
        assert_int_equal(decoder_write(decoder, stored + i, 1, collect, &got), 0);
    }
    assert_int_equal(decoder_end(decoder), 0);
    assert_int_equal(got.length, 5);
    assert_memory_equal(got.octets, "hello", 5);
    assert_int_equal(decoder_write(decoder, stored, 1, collect, &got), -1);
    decoder_free(decoder);
    decoder = make("br", 200);
    assert_int_equal(decoder_write(decoder, (const uint8_t *)"\xff\xff\xff\xff", 4, collect, &got),
                     -1);
    decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_is_decoded_however_it_is_cut),
        cmocka_unit_test(members_of_gzip_follow_each_other),
        cmocka_unit_test(broken_bodies_are_told),
        cmocka_unit_test(a_body_grows_no_further_than_allowed),
        cmocka_unit_test(a_sink_can_stop_it),
        cmocka_unit_test(codings_are_known_by_name),
        cmocka_unit_test(br_is_decoded_where_it_is_offered),
    };

    return cmocka_run_group_tests_name("client_decoder", tests, NULL, NULL);
}
