/* SPDX-License-Identifier: MIT */
#include <hpack/hpack.h>

const char *hpack_version(void)
{
    return HPACK_VERSION;
}
