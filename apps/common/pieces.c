/* SPDX-License-Identifier: MIT */
#include "pieces.h"

size_t pieces_size(const uv_buf_t *pieces, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += pieces[i].len;
    }
    return size;
}

size_t pieces_skip(uv_buf_t *pieces, size_t octets)
{
    size_t gone = 0;
    while (octets >= pieces[gone].len) {
        octets -= pieces[gone].len;
        gone++;
    }
    pieces[gone].base += octets;
    pieces[gone].len -= octets;
    return gone;
}
