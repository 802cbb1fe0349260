/* SPDX-License-Identifier: MIT */
/*
 * Lists of pieces of memory, as a write takes them.
 */
#ifndef H2KIT_APPS_PIECES_H
#define H2KIT_APPS_PIECES_H

#include <stddef.h>

#include <uv.h>

/* Octets of all of them. */
size_t pieces_size(const uv_buf_t *pieces, size_t count);
/* Takes off so many octets at the beginning, fewer than there are. Returns how many pieces are gone
 * whole; the one behind them is cut. */
size_t pieces_skip(uv_buf_t *pieces, size_t octets);

#endif
