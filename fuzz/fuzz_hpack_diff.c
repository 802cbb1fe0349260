/* SPDX-License-Identifier: MIT */
/*
 * The same blocks through our decoder and through libnghttp2's: both take them with the same
 * fields, or both refuse.
 *
 * Input: octets of several blocks. Each begins with one octet n: below 0xf0 the next n octets are
 * the block; from 0xf0 on the table limit of both decoders becomes (n - 0xf0) * 512 and no block
 * follows. After a refusal the compression state is lost, and the input ends.
 *
 * The one known difference: a third size update at the start of a block. No encoder needs it (RFC
 * 7541 4.2); we refuse it.
 */
#include <nghttp2/nghttp2.h>

#include <stdlib.h>
#include <string.h>

#include <hpack/hpack.h>

#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int same(const hpack_field *ours, const nghttp2_nv *peers)
{
    int never = (ours->flags & HPACK_FIELD_NEVER_INDEXED) != 0;
    int peers_never = (peers->flags & NGHTTP2_NV_FLAG_NO_INDEX) != 0;
    return never == peers_never && ours->name_length == peers->namelen &&
           ours->value_length == peers->valuelen &&
           (peers->namelen == 0 || memcmp(ours->name, peers->name, peers->namelen) == 0) &&
           (peers->valuelen == 0 || memcmp(ours->value, peers->value, peers->valuelen) == 0);
}

/* Feeds libnghttp2 a whole block and holds its fields against ours as they come, as long as ours
 * has taken the block. Returns 0 or libnghttp2's error. */
static int run_peer(nghttp2_hd_inflater *peer, const uint8_t *block, size_t length,
                    const hpack_decoder *ours, int ours_took_it)
{
    size_t count = 0;
    size_t seen = 0;
    const hpack_field *fields = hpack_decoder_fields(ours, &count);
    for (;;) {
        nghttp2_nv nv;
        int flags = 0;
        ssize_t used = nghttp2_hd_inflate_hd2(peer, &nv, &flags, block, length, 1);
        if (used < 0) {
            return (int)used;
        }
        block += used;
        length -= (size_t)used;
        if (flags & NGHTTP2_HD_INFLATE_EMIT) {
            require(!ours_took_it || (seen < count && same(&fields[seen], &nv)));
            seen++;
        }
        if (flags & NGHTTP2_HD_INFLATE_FINAL) {
            require(!ours_took_it || seen == count);
            return nghttp2_hd_inflate_end_headers(peer);
        }
    }
}

static int is_known_difference(int ours)
{
    return ours == HPACK_ERR_SIZE_UPDATE_COUNT;
}

static hpack_decoder *new_decoder(void)
{
    hpack_decoder *d = NULL;
    hpack_decoder_config config;
    require(hpack_decoder_config_init(&config, sizeof config) == 0);
    config.section_limit_bytes = 1u << 30; /* libnghttp2 has no such limit */
    config.field_count_limit = 1u << 20;
    require(hpack_decoder_new(&d, &config) == 0);
    return d;
}

/* One block through both. 0: both have taken it. */
static int compare(hpack_decoder *d, nghttp2_hd_inflater *peer, const uint8_t *block, size_t length)
{
    int ours = hpack_decoder_feed(d, block, length, HPACK_FEED_LAST);
    int peers = run_peer(peer, block, length, d, ours == 0);
    if (is_known_difference(ours)) {
        return -1;
    }
    require((ours == 0) == (peers == 0));
    return ours;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hpack_decoder *d = new_decoder();
    nghttp2_hd_inflater *peer = NULL;
    require(nghttp2_hd_inflate_new(&peer) == 0);
    int result = 0;
    while (size > 0 && result == 0) {
        size_t n = *data++;
        size--;
        if (n >= 0xf0) {
            uint32_t limit = (uint32_t)(n - 0xf0) * 512;
            require(hpack_decoder_set_table_limit(d, limit) == 0);
            require(nghttp2_hd_inflate_change_table_size(peer, limit) == 0);
            continue;
        }
        n = n < size ? n : size;
        result = compare(d, peer, data, n);
        data += n;
        size -= n;
    }
    nghttp2_hd_inflate_del(peer);
    hpack_decoder_free(d);
    return 0;
}
