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

/* ---- zstd: frames made by hand of stored and repeated blocks (RFC 8878 3.1) ------------------- */

enum {
    BLOCK_LAST = 1,
    BLOCK_REPEATED = 1 << 1,
    BLOCK_MAX = 128 * 1024,
    WINDOW_8M = 13 << 3,     /* the octet that tells the window: exponent, then eighths */
    WINDOW_9M = 13 << 3 | 1, /* the next larger one there is */
};

static size_t begin_frame(uint8_t *out, uint8_t window)
{
    static const uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd, 0 /* a window follows, no size */};

    memcpy(out, magic, sizeof magic);
    out[sizeof magic] = window;
    return sizeof magic + 1;
}

/* The head of a block is 24 bits in little endian: last, kind, size. */
static size_t put_block(uint8_t *out, unsigned flags, size_t size, const char *content)
{
    size_t head = flags | size << 3;
    size_t stored = flags & BLOCK_REPEATED ? 1 : size;

    out[0] = (uint8_t)head;
    out[1] = (uint8_t)(head >> 8);
    out[2] = (uint8_t)(head >> 16);
    memcpy(out + 3, content, stored);
    return 3 + stored;
}

static size_t put_frame(uint8_t *out, uint8_t window, const char *content)
{
    size_t length = begin_frame(out, window);

    return length + put_block(out + length, BLOCK_LAST, strlen(content), content);
}

static void need_zstd(void)
{
    if (strstr(decoder_codings, "zstd") == NULL) {
        skip();
    }
}

/* Decodes in pieces of this size; returns the first result that is not 0. */
static int decode_zstd(struct decoder *decoder, const uint8_t *data, size_t length, size_t piece)
{
    int result = 0;

    for (size_t at = 0; result == 0 && at < length; at += piece) {
        size_t size = length - at < piece ? length - at : piece;

        result = decoder_write(decoder, data + at, size, collect, &got);
    }
    return result != 0 ? result : decoder_end(decoder);
}

static void expect_zstd(const uint8_t *data, size_t length, const char *expected)
{
    static const size_t pieces[] = {1, 3, CODED};

    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct decoder *decoder = make("ZSTD", 200);

        assert_int_equal(decode_zstd(decoder, data, length, pieces[i]), 0);
        assert_int_equal(got.length, strlen(expected));
        assert_memory_equal(got.octets, expected, strlen(expected));
        decoder_free(decoder);
    }
}

static void expect_zstd_error(const uint8_t *data, size_t length, const char *error)
{
    struct decoder *decoder = make("zstd", 200);

    assert_int_equal(decode_zstd(decoder, data, length, 1), -1);
    assert_non_null(strstr(decoder_error(decoder), error));
    decoder_free(decoder);
}

/* "some text, " a thousand times, with a checksum. */
static const uint8_t zstd_text[] = {
    0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x68, 0x9d, 0x00, 0x00, 0x58, 0x73, 0x6f, 0x6d, 0x65, 0x20, 0x74,
    0x65, 0x78, 0x74, 0x2c, 0x20, 0x01, 0x00, 0xea, 0xca, 0x7c, 0xf1, 0x02, 0xf3, 0x53, 0x2b, 0x5d};

static void zstd_is_decoded_however_it_is_cut(void **state)
{
    static char text[11 * 1000 + 1];

    (void)state;
    need_zstd();
    for (size_t i = 0; i + 1 < sizeof text; i++) {
        text[i] = "some text, "[i % 11];
    }
    expect_zstd(zstd_text, sizeof zstd_text, text);
}

static void frames_of_zstd_follow_each_other(void **state)
{
    static const uint8_t skipped[] = {0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'};
    size_t length = put_frame(coded, WINDOW_8M, "first ");

    (void)state;
    need_zstd();
    memcpy(coded + length, skipped, sizeof skipped);
    length += sizeof skipped;
    length += put_frame(coded + length, 0, "");
    length += put_frame(coded + length, 0, "second");
    expect_zstd(coded, length, "first second");
}

static void a_zstd_body_is_cut_short_wherever_no_frame_ends(void **state)
{
    size_t first = put_frame(coded, 0, "one");
    size_t length = first + put_frame(coded + first, 0, "two");

    (void)state;
    need_zstd();
    for (size_t end = 1; end < length; end++) {
        struct decoder *decoder = make("zstd", 200);

        assert_int_equal(decode_zstd(decoder, coded, end, CODED), end == first ? 0 : -1);
        if (end != first) {
            assert_non_null(strstr(decoder_error(decoder), "cut short"));
        }
        decoder_free(decoder);
    }
}

static void what_is_no_zstd_is_told(void **state)
{
    size_t length = put_frame(coded, 0, "one");
    uint8_t changed[sizeof zstd_text];

    (void)state;
    need_zstd();
    memcpy(coded + length, "garbage", 7);
    expect_zstd_error(coded, length + 7, "broken");
    expect_zstd_error((const uint8_t *)"no zstd at all", 14, "broken");
    memcpy(changed, zstd_text, sizeof changed);
    changed[sizeof changed - 1] ^= 1; /* of the checksum */
    expect_zstd_error(changed, sizeof changed, "broken");
}

/* rfc: 9659#3 */
static void a_window_of_zstd_is_at_most_8_mib(void **state)
{
    /* Without a window the whole content is it: here 9 MiB, told in four octets. */
    static const uint8_t whole[] = {0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0x90, 0, 1, 0, 0};
    size_t length = put_frame(coded, WINDOW_8M, "text");

    (void)state;
    need_zstd();
    expect_zstd(coded, length, "text");
    length = put_frame(coded, WINDOW_9M, "text");
    expect_zstd_error(coded, length, "8 MiB");
    expect_zstd_error(whole, sizeof whole, "8 MiB");
}

static void a_zstd_body_grows_no_further_than_allowed(void **state)
{
    size_t length = begin_frame(coded, WINDOW_8M);
    size_t blocks = 32 * 1024 * 1024 / BLOCK_MAX;

    (void)state;
    need_zstd();
    for (size_t i = 0; i < blocks; i++) {
        unsigned last = i + 1 == blocks ? BLOCK_LAST : 0;

        length += put_block(coded + length, BLOCK_REPEATED | last, BLOCK_MAX, "x");
    }
    expect_zstd_error(coded, length, "--max-expansion");
    assert_true(got.total <= DECODER_FREE);
    struct decoder *decoder = make("zstd", 100000);

    assert_int_equal(decode_zstd(decoder, coded, length, CODED), 0);
    assert_true(got.total == blocks * BLOCK_MAX);
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
        cmocka_unit_test(zstd_is_decoded_however_it_is_cut),
        cmocka_unit_test(frames_of_zstd_follow_each_other),
        cmocka_unit_test(a_zstd_body_is_cut_short_wherever_no_frame_ends),
        cmocka_unit_test(what_is_no_zstd_is_told),
        cmocka_unit_test(a_window_of_zstd_is_at_most_8_mib),
        cmocka_unit_test(a_zstd_body_grows_no_further_than_allowed),
    };

    return cmocka_run_group_tests_name("client_decoder", tests, NULL, NULL);
}
