/* SPDX-License-Identifier: MIT */
/* Reads ":method: GET" from its one-octet block; compiled as C99 and as C++11. */
#include <hpack/hpack.h>

#include <string.h>

int main(void)
{
    static const uint8_t block[] = {0x82};
    hpack_decoder *decoder = NULL;
    const hpack_field *fields;
    size_t count = 0;
    int result = hpack_decoder_new(&decoder, NULL);
    if (result != 0 || strcmp(hpack_version(), HPACK_VERSION) != 0) {
        return 1;
    }
    result = hpack_decoder_feed(decoder, block, sizeof block, HPACK_FEED_LAST);
    fields = hpack_decoder_fields(decoder, &count);
    if (result != 0 || count != 1 || fields[0].value_length != 3) {
        return 2;
    }
    hpack_decoder_free(decoder);
    return 0;
}
