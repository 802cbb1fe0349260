/* SPDX-License-Identifier: MIT */
#include <hpack/hpack.h>

#include <stdio.h>

int main(void)
{
    const hpack_field fields[] = {{":method", "GET", 7, 3, 0, 0}, {"cookie", "a=b", 6, 3, 0, 0}};
    uint8_t octets[64];
    hpack_buffer block = {octets, sizeof octets, 0};
    hpack_encoder *encoder;
    hpack_decoder *decoder;
    if (hpack_encoder_new(&encoder, NULL) != 0 || hpack_decoder_new(&decoder, NULL) != 0) {
        return 1;
    }
    int result = hpack_encoder_encode(encoder, fields, 2, &block);
    if (result == 0) {
        result = hpack_decoder_feed(decoder, octets, block.length, HPACK_FEED_LAST);
    }
    size_t count;
    const hpack_field *f = hpack_decoder_fields(decoder, &count);
    for (size_t i = 0; i < count; i++) {
        printf("%.*s: %.*s\n", (int)f[i].name_length, f[i].name, (int)f[i].value_length,
               f[i].value);
    }
    hpack_decoder_free(decoder);
    hpack_encoder_free(encoder);
    return result == 0 ? 0 : 1;
}
