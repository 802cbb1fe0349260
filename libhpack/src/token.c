/* SPDX-License-Identifier: MIT */
#include "static_table.h"

uint32_t hpack_token(const char *name, size_t length)
{
    return hpack__token(name, length);
}
