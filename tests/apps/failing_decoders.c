/* SPDX-License-Identifier: MIT */
/* Decoders of libraries, and cJSON, allocate by failing_malloc.h as well. libxml2 does not: its parser
 * does not always come back when an allocation fails. */
#include "failing_decoders.h"

#include <stddef.h>

#include <cjson/cJSON.h>
#include <zlib.h>
#ifdef H2KIT_BROTLI
#include <brotli/decode.h>
#endif
#ifdef H2KIT_ZSTD
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#endif

#include "failing_malloc.h"

static void *take(void *opaque, size_t size)
{
    (void)opaque;
    return failing_malloc(size);
}

static void give_back(void *opaque, void *ptr)
{
    (void)opaque;
    failing_free(ptr);
}

static void *take_items(void *opaque, unsigned count, unsigned size)
{
    return take(opaque, (size_t)count * size);
}

int __real_inflateInit2_(z_stream *zlib, int window, const char *version, int size);
int __wrap_inflateInit2_(z_stream *zlib, int window, const char *version, int size);

int __wrap_inflateInit2_(z_stream *zlib, int window, const char *version, int size)
{
    zlib->zalloc = take_items;
    zlib->zfree = give_back;
    return __real_inflateInit2_(zlib, window, version, size);
}

#ifdef H2KIT_BROTLI
BrotliDecoderState *__real_BrotliDecoderCreateInstance(brotli_alloc_func alloc,
                                                       brotli_free_func release, void *opaque);
BrotliDecoderState *__wrap_BrotliDecoderCreateInstance(brotli_alloc_func alloc,
                                                       brotli_free_func release, void *opaque);

BrotliDecoderState *__wrap_BrotliDecoderCreateInstance(brotli_alloc_func alloc,
                                                       brotli_free_func release, void *opaque)
{
    (void)alloc;
    (void)release;
    return __real_BrotliDecoderCreateInstance(take, give_back, opaque);
}
#endif

#ifdef H2KIT_ZSTD
ZSTD_DCtx *__wrap_ZSTD_createDCtx(void);

ZSTD_DCtx *__wrap_ZSTD_createDCtx(void)
{
    return ZSTD_createDCtx_advanced((ZSTD_customMem){take, give_back, NULL});
}
#endif

void failing_decoders_begin(void)
{
    cJSON_Hooks hooks = {.malloc_fn = failing_malloc, .free_fn = failing_free};

    cJSON_InitHooks(&hooks);
}
