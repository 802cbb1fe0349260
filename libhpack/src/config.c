/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_TABLE_SIZE = 4096, /* RFC 9113 6.5.2 */
    DEFAULT_SECTION_LIMIT = 65536,
    DEFAULT_FIELD_COUNT = 2048,
    DEFAULT_STRING_LIMIT = 65536
};

/* The first versions of the structs; there is none smaller. No padding at the end, so that sizes
 * of all versions differ. */
enum {
    DECODER_CONFIG_SIZE_0_1 = offsetof(hpack_decoder_config, reserved) + sizeof(uint32_t),
    ENCODER_CONFIG_SIZE_0_1 = offsetof(hpack_encoder_config, choose_ctx) + sizeof(void *)
};
_Static_assert(sizeof(hpack_decoder_config) == DECODER_CONFIG_SIZE_0_1, "tail padding");
_Static_assert(sizeof(hpack_encoder_config) == ENCODER_CONFIG_SIZE_0_1, "tail padding");

void *hpack__libc_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

int hpack_decoder_config_init(hpack_decoder_config *config, size_t size)
{
    if (config == NULL || size < DECODER_CONFIG_SIZE_0_1) {
        return HPACK_ERR_USAGE;
    }
    const hpack_decoder_config defaults = {
        .size = size,
        .table_size_limit = DEFAULT_TABLE_SIZE,
        .section_limit_bytes = DEFAULT_SECTION_LIMIT,
        .field_count_limit = DEFAULT_FIELD_COUNT,
        .string_limit_bytes = DEFAULT_STRING_LIMIT,
    };
    memset(config, 0, size);
    memcpy(config, &defaults, size < sizeof defaults ? size : sizeof defaults);
    return 0;
}

int hpack_encoder_config_init(hpack_encoder_config *config, size_t size)
{
    if (config == NULL || size < ENCODER_CONFIG_SIZE_0_1) {
        return HPACK_ERR_USAGE;
    }
    const hpack_encoder_config defaults = {
        .size = size,
        .table_size_limit = DEFAULT_TABLE_SIZE,
        .peer_table_limit = DEFAULT_TABLE_SIZE,
        .policy = HPACK_POLICY_ADAPTIVE,
        .huffman = HPACK_HUFFMAN_SHORTER,
    };
    memset(config, 0, size);
    memcpy(config, &defaults, size < sizeof defaults ? size : sizeof defaults);
    return 0;
}

/* Copies what is known of a struct of the caller and refuses what is set beyond it. */
static int import(void *out, size_t out_size, const void *in, size_t in_size)
{
    size_t known = in_size < out_size ? in_size : out_size;
    const unsigned char *octets = in;
    for (size_t i = known; i < in_size; i++) {
        if (octets[i] != 0) {
            return HPACK_ERR_CONFIG;
        }
    }
    memcpy(out, in, known);
    return 0;
}

int hpack__import_decoder_config(hpack_decoder_config *out, const hpack_decoder_config *in)
{
    int result = hpack_decoder_config_init(out, sizeof *out);
    if (result == 0 && in != NULL) {
        result = in->size < DECODER_CONFIG_SIZE_0_1 ? HPACK_ERR_CONFIG
                                                    : import(out, sizeof *out, in, in->size);
    }
    if (result != 0) {
        return result;
    }
    if (out->section_limit_bytes == 0 || out->field_count_limit == 0 ||
        out->string_limit_bytes == 0 || out->check_octets > 1 || out->reserved != 0) {
        return HPACK_ERR_CONFIG;
    }
    if (out->resize == NULL) {
        out->resize = hpack__libc_resize;
    }
    return 0;
}

int hpack__import_encoder_config(hpack_encoder_config *out, const hpack_encoder_config *in)
{
    int result = hpack_encoder_config_init(out, sizeof *out);
    if (result == 0 && in != NULL) {
        result = in->size < ENCODER_CONFIG_SIZE_0_1 ? HPACK_ERR_CONFIG
                                                    : import(out, sizeof *out, in, in->size);
    }
    if (result != 0) {
        return result;
    }
    if (out->policy > HPACK_POLICY_STATIC || out->huffman > HPACK_HUFFMAN_NEVER) {
        return HPACK_ERR_CONFIG;
    }
    if (out->resize == NULL) {
        out->resize = hpack__libc_resize;
    }
    return 0;
}
