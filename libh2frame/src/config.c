/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { DEFAULT_SETTINGS_ENTRIES = 32, DEFAULT_EXTENSION_BYTES = 4096 };

static_assert(sizeof(h2frame_parser_config) ==
                  offsetof(h2frame_parser_config, extension_limit_bytes) + sizeof(uint32_t),
              "no padding at the end, so that every version has its own size");

void *h2frame__libc_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

int h2frame__tail_is_zero(const void *object, size_t known, size_t size)
{
    const unsigned char *octets = object;
    for (size_t i = known; i < size; i++) {
        if (octets[i] != 0) {
            return 0;
        }
    }
    return 1;
}

int h2frame__frame_size_fits(uint32_t max_frame_size)
{
    return max_frame_size >= H2FRAME_MIN_MAX_FRAME_SIZE &&
           max_frame_size <= H2FRAME_MAX_MAX_FRAME_SIZE;
}

int h2frame_parser_config_init(h2frame_parser_config *config, size_t size)
{
    if (config == NULL || size < sizeof *config) {
        return H2FRAME_ERR_USAGE;
    }
    memset(config, 0, size);
    config->size = size;
    config->max_frame_size = H2FRAME_MIN_MAX_FRAME_SIZE;
    config->settings_entry_limit = DEFAULT_SETTINGS_ENTRIES;
    config->extension_limit_bytes = DEFAULT_EXTENSION_BYTES;
    return 0;
}

int h2frame__config_import(h2frame_parser_config *to, const h2frame_parser_config *from)
{
    if (from == NULL) {
        int rv = h2frame_parser_config_init(to, sizeof *to);
        to->resize = h2frame__libc_resize;
        return rv;
    }
    if (from->size < sizeof *to || !h2frame__tail_is_zero(from, sizeof *to, from->size)) {
        return H2FRAME_ERR_CONFIG;
    }
    *to = *from;
    to->size = sizeof *to;
    if (to->resize == NULL) {
        to->resize = h2frame__libc_resize;
    }
    if (!h2frame__frame_size_fits(to->max_frame_size) || to->expect_preface > 1) {
        return H2FRAME_ERR_CONFIG;
    }
    return 0;
}
