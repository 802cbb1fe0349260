/* SPDX-License-Identifier: MIT */
/*
 * Side by side with libnghttp2: each decodes what the other encodes, and random and damaged blocks
 * are taken or refused by both, with the same fields.
 *
 * Known difference, which the comparison allows: libnghttp2 takes more than two size updates at
 * the start of a block; we refuse the third, as an encoder never needs more than two. Limits of
 * libnghttp2 (64 KiB for a name or a value) are out of reach of the blocks made here.
 */
#include <nghttp2/nghttp2.h>

#include <stdlib.h>
#include <string.h>

#include "fields.h"

enum { MOST = 64, TEXT = 64 };

/* A list of fields with memory of its own. */
struct list {
    size_t count;
    hpack_field fields[MOST];
    char texts[2 * MOST][TEXT];
};

static void random_text(char *text, uint32_t length, uint32_t *seed)
{
    uint32_t kind = test_rand(seed) % 8;
    for (uint32_t i = 0; i < length; i++) {
        uint32_t r = test_rand(seed);
        text[i] = (char)(kind == 0 ? r & 0xff : kind < 4 ? 'a' + r % 26 : '0' + r % 2);
    }
}

static void random_list(struct list *l, uint32_t *seed)
{
    l->count = test_rand(seed) % 16;
    for (size_t i = 0; i < l->count; i++) {
        hpack_field *f = &l->fields[i];
        if (test_rand(seed) % 3 > 0) {
            assert_int_equal(hpack_static_table_entry(1 + test_rand(seed) % 61, f), 0);
        } else {
            *f = test_field(l->texts[2 * i], "");
            f->name_length = test_rand(seed) % 4 + 1;
            random_text(l->texts[2 * i], f->name_length, seed);
        }
        if (test_rand(seed) % 4 > 0) {
            f->value = l->texts[2 * i + 1];
            f->value_length = test_rand(seed) % (test_rand(seed) % 4 == 0 ? TEXT : 3);
            random_text(l->texts[2 * i + 1], f->value_length, seed);
        }
        f->flags = test_rand(seed) % 8 == 0 ? HPACK_FIELD_NEVER_INDEXED : 0;
        f->token = HPACK_TOKEN_NONE;
    }
}

/* Decodes a whole block; copies the fields. Returns 0 or libnghttp2's error. */
static int peer_decode(nghttp2_hd_inflater *peer, const uint8_t *data, size_t length,
                       struct list *out)
{
    static char octets[1 << 20];
    size_t used = 0;
    out->count = 0;
    for (;;) {
        nghttp2_nv nv;
        int flags = 0;
        ssize_t taken = nghttp2_hd_inflate_hd2(peer, &nv, &flags, data, length, 1);
        if (taken < 0) {
            return (int)taken;
        }
        if (taken > 0) {
            data += taken;
            length -= (size_t)taken;
        }
        if ((flags & NGHTTP2_HD_INFLATE_EMIT) && out->count < MOST &&
            used + nv.namelen + nv.valuelen <= sizeof octets) {
            hpack_field *f = &out->fields[out->count++];
            *f = (hpack_field){octets + used,
                               octets + used + nv.namelen,
                               (uint32_t)nv.namelen,
                               (uint32_t)nv.valuelen,
                               0,
                               nv.flags & NGHTTP2_NV_FLAG_NO_INDEX ? HPACK_FIELD_NEVER_INDEXED : 0};
            memcpy(octets + used, nv.name, nv.namelen);
            memcpy(octets + used + nv.namelen, nv.value, nv.valuelen);
            used += nv.namelen + nv.valuelen;
        }
        if (flags & NGHTTP2_HD_INFLATE_FINAL) {
            return nghttp2_hd_inflate_end_headers(peer);
        }
    }
}

static void assert_same(const hpack_decoder *d, const struct list *peer)
{
    size_t count;
    const hpack_field *fields = hpack_decoder_fields(d, &count);
    count = count < MOST ? count : MOST;
    assert_int_equal(count, peer->count);
    for (size_t i = 0; i < count; i++) {
        test_assert_field(&fields[i], &peer->fields[i]);
    }
}

static void peer_reads_what_we_write(void **state)
{
    (void)state;
    static struct list sent;
    static struct list got;
    uint32_t seed = 101;
    hpack_encoder *e = test_encoder();
    nghttp2_hd_inflater *peer = NULL;
    assert_int_equal(nghttp2_hd_inflate_new(&peer), 0);
    for (int i = 0; i < 5000; i++) {
        uint8_t octets[8192];
        hpack_buffer out = {octets, sizeof octets, 0};
        random_list(&sent, &seed);
        if (i % 100 == 99) {
            uint32_t limit = test_rand(&seed) % 8192;
            hpack_encoder_set_table_limit(e, limit);
            assert_int_equal(nghttp2_hd_inflate_change_table_size(peer, limit), 0);
        }
        assert_int_equal(hpack_encoder_encode(e, sent.fields, sent.count, &out), 0);
        assert_int_equal(peer_decode(peer, octets, out.length, &got), 0);
        assert_int_equal(got.count, sent.count);
        for (size_t k = 0; k < sent.count; k++) {
            sent.fields[k].flags = got.fields[k].flags; /* secrets are flagged by us */
            got.fields[k].token = hpack_token(got.fields[k].name, got.fields[k].name_length);
            test_assert_field(&got.fields[k], &sent.fields[k]);
        }
    }
    nghttp2_hd_inflate_del(peer);
    hpack_encoder_free(e);
}

/* One block as libnghttp2 encodes it. */
static size_t peer_encode(nghttp2_hd_deflater *peer, const struct list *l, uint8_t *out,
                          size_t capacity)
{
    nghttp2_nv nv[MOST];
    for (size_t i = 0; i < l->count; i++) {
        const hpack_field *f = &l->fields[i];
        nv[i] = (nghttp2_nv){(uint8_t *)(uintptr_t)f->name, (uint8_t *)(uintptr_t)f->value,
                             f->name_length, f->value_length,
                             f->flags ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE};
    }
    ssize_t length = nghttp2_hd_deflate_hd(peer, out, capacity, nv, l->count);
    assert_true(length >= 0);
    return (size_t)length;
}

static void we_read_what_the_peer_writes(void **state)
{
    (void)state;
    static struct list sent;
    uint32_t seed = 102;
    hpack_decoder *d = test_decoder();
    nghttp2_hd_deflater *peer = NULL;
    assert_int_equal(nghttp2_hd_deflate_new(&peer, 4096), 0);
    for (int i = 0; i < 5000; i++) {
        uint8_t octets[8192];
        random_list(&sent, &seed);
        if (i % 100 == 99) {
            uint32_t limit = test_rand(&seed) % 8192;
            assert_int_equal(nghttp2_hd_deflate_change_table_size(peer, limit), 0);
            assert_int_equal(hpack_decoder_set_table_limit(d, limit), 0);
        }
        size_t length = peer_encode(peer, &sent, octets, sizeof octets);
        assert_int_equal(hpack_decoder_feed(d, octets, length, HPACK_FEED_LAST), 0);
        size_t count;
        const hpack_field *fields = hpack_decoder_fields(d, &count);
        assert_int_equal(count, sent.count);
        for (size_t k = 0; k < count; k++) {
            sent.fields[k].flags = fields[k].flags; /* secrets are flagged by the peer */
        }
        test_assert_fields(d, sent.fields, sent.count);
    }
    nghttp2_hd_deflate_del(peer);
    hpack_decoder_free(d);
}

/* See above. */
static int is_known_difference(int ours, int peers)
{
    return peers == 0 && (ours == HPACK_ERR_SIZE_UPDATE_COUNT);
}

/* Both with a table filled by the same blocks; then the damaged block. Returns 1 when both took
 * it. */
static int compare(const uint8_t *first, size_t first_length, const uint8_t *data, size_t length)
{
    static struct list got;
    hpack_decoder *d = test_decoder();
    nghttp2_hd_inflater *peer = NULL;
    assert_int_equal(nghttp2_hd_inflate_new(&peer), 0);
    assert_int_equal(hpack_decoder_feed(d, first, first_length, HPACK_FEED_LAST), 0);
    assert_int_equal(peer_decode(peer, first, first_length, &got), 0);
    int ours = hpack_decoder_feed(d, data, length, HPACK_FEED_LAST);
    int peers = peer_decode(peer, data, length, &got);
    if (!is_known_difference(ours, peers)) {
        if ((ours == 0) != (peers == 0)) {
            print_error("ours %s, libnghttp2's %s; block:", hpack_error_name(ours),
                        nghttp2_strerror(peers));
            for (size_t i = 0; i < length; i++) {
                print_error(" %02x", data[i]);
            }
            print_error("\n");
        }
        assert_int_equal(ours == 0, peers == 0);
        if (ours == 0) {
            assert_same(d, &got);
        }
    }
    nghttp2_hd_inflate_del(peer);
    hpack_decoder_free(d);
    return ours == 0 && peers == 0;
}

static size_t damage(uint8_t *octets, size_t length, uint32_t *seed)
{
    for (uint32_t n = test_rand(seed) % 3 + 1; n > 0 && length > 0; n--) {
        size_t place = test_rand(seed) % length;
        switch (test_rand(seed) % 4) {
        case 0:
            octets[place] = (uint8_t)test_rand(seed);
            break;
        case 1:
            octets[place] ^= (uint8_t)(1U << test_rand(seed) % 8);
            break;
        case 2:
            memmove(octets + place, octets + place + 1, length - place - 1);
            length--;
            break;
        default:
            length = place;
            break;
        }
    }
    return length;
}

static void damaged_blocks_are_judged_alike(void **state)
{
    (void)state;
    static struct list sent;
    uint32_t seed = 103;
    unsigned taken = 0;
    for (int i = 0; i < 20000; i++) {
        uint8_t first[8192];
        uint8_t second[8192];
        nghttp2_hd_deflater *peer = NULL;
        assert_int_equal(nghttp2_hd_deflate_new(&peer, 4096), 0);
        random_list(&sent, &seed);
        size_t first_length = peer_encode(peer, &sent, first, sizeof first);
        random_list(&sent, &seed);
        size_t length = peer_encode(peer, &sent, second, sizeof second);
        length = damage(second, length, &seed);
        taken += (unsigned)compare(first, first_length, second, length);
        nghttp2_hd_deflate_del(peer);
    }
    assert_true(taken > 1000 && taken < 19000);
}

static void third_size_update_is_the_known_difference(void **state)
{
    (void)state;
    static struct list got;
    const uint8_t octets[] = {0x20, 0x20, 0x20, 0x82};
    hpack_decoder *d = test_decoder();
    nghttp2_hd_inflater *peer = NULL;
    assert_int_equal(nghttp2_hd_inflate_new(&peer), 0);
    assert_int_equal(hpack_decoder_feed(d, octets, sizeof octets, HPACK_FEED_LAST),
                     HPACK_ERR_SIZE_UPDATE_COUNT);
    assert_int_equal(peer_decode(peer, octets, sizeof octets, &got), 0);
    nghttp2_hd_inflate_del(peer);
    hpack_decoder_free(d);
}

static void random_blocks_are_judged_alike(void **state)
{
    (void)state;
    uint32_t seed = 104;
    unsigned taken = 0;
    for (int i = 0; i < 50000; i++) {
        uint8_t octets[16];
        size_t length = test_rand(&seed) % (1 + sizeof octets);
        for (size_t k = 0; k < length; k++) {
            octets[k] = (uint8_t)test_rand(&seed);
        }
        taken += (unsigned)compare(NULL, 0, octets, length);
    }
    assert_true(taken > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peer_reads_what_we_write),
        cmocka_unit_test(we_read_what_the_peer_writes),
        cmocka_unit_test(damaged_blocks_are_judged_alike),
        cmocka_unit_test(third_size_update_is_the_known_difference),
        cmocka_unit_test(random_blocks_are_judged_alike),
    };
    return cmocka_run_group_tests_name("diff_nghttp2", tests, NULL, NULL);
}
