/* SPDX-License-Identifier: MIT */
#include "buffer_pool.h"

#include <stdlib.h>

uint8_t *buffer_pool_get(struct buffer_pool *pool)
{
    uint8_t *buffer = NULL;
    if (pool->spare_count > 0) {
        buffer = pool->spare[--pool->spare_count];
    } else {
        buffer = malloc(BUFFER_SIZE);
    }
    if (buffer != NULL) {
        pool->out_count++;
    }
    return buffer;
}

void buffer_pool_put(struct buffer_pool *pool, uint8_t *buffer)
{
    if (buffer == NULL) {
        return;
    }
    pool->out_count--;
    if (pool->spare_count < BUFFER_POOL_SPARE) {
        pool->spare[pool->spare_count++] = buffer;
    } else {
        free(buffer);
    }
}

void buffer_pool_clear(struct buffer_pool *pool)
{
    while (pool->spare_count > 0) {
        free(pool->spare[--pool->spare_count]);
    }
}
