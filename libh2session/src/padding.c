/* SPDX-License-Identifier: MIT */
#include "padding.h"

#include <string.h>

static const uint8_t ZEROS[PADDING_MAX - 1];

uint32_t h2session__padding_choose(const h2session_config *config, uint32_t type, uint32_t length,
                                   uint32_t most)
{
    uint32_t limit = most < PADDING_MAX ? most : PADDING_MAX;
    if (config->padding == NULL || limit == 0) {
        return 0;
    }
    uint32_t wanted = config->padding(config->padding_ctx, type, length, limit);
    return wanted < limit ? wanted : limit;
}

/* rfc: 9113#6.1, 9113#6.2 */
void h2session__padding_apply(uint8_t *payload, size_t length, uint32_t padding)
{
    memmove(payload + 1, payload, length);
    payload[0] = (uint8_t)(padding - 1);
    memset(payload + 1 + length, 0, padding - 1);
}

const uint8_t *h2session__padding_zeros(void)
{
    return ZEROS;
}
