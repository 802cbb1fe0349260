/* SPDX-License-Identifier: MIT */
/*
 * What the tests of libhpack share: fields from texts, comparison, coders, blocks fed in fragments.
 * Whatever goes wrong here fails the test that runs.
 */
#ifndef H2KIT_TESTS_HPACK_FIELDS_H
#define H2KIT_TESTS_HPACK_FIELDS_H

#include <hpack/hpack.h>

#include "support.h"

/* A field of two C strings. */
hpack_field test_field(const char *name, const char *value);

hpack_decoder *test_decoder(void);
hpack_encoder *test_encoder(void);
/* With the memory of a test allocator, and what the configuration says beside that. */
hpack_decoder *test_decoder_with(struct test_alloc *a, hpack_decoder_config config);
/* The defaults. */
hpack_decoder_config test_decoder_config(void);
hpack_encoder_config test_encoder_config(void);

/* The same name, value and flags but for HPACK_FIELD_CLEAN? Also: no pointer is NULL, the token is
 * that of the name. */
void test_assert_field(const hpack_field *got, const hpack_field *expected);
void test_assert_fields(const hpack_decoder *d, const hpack_field *expected, size_t count);

/* Feeds a block in the fragments that end at cuts, each in memory of its own that goes away after
 * the call except the last one. Stops at the first error and returns it. test_feed_end() frees the
 * last fragment, after the fields were used. */
struct test_feed {
    uint8_t *last;
};
int test_feed_cut(hpack_decoder *d, const uint8_t *data, const size_t *cuts, size_t count,
                  struct test_feed *feed);
void test_feed_end(struct test_feed *feed);

/* Feeds hex as one whole block. The octets stand until the next call. */
int test_feed_hex(hpack_decoder *d, const char *hex);

#endif
