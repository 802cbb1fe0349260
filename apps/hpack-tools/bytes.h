/* SPDX-License-Identifier: MIT */
/*
 * Octets that grow: case texts, field blocks, names and values.
 *
 * Invariants:
 * - length <= capacity; data is NULL only while capacity is 0.
 * - A call that fails for want of memory leaves the content as it was.
 * - Emptied with length = 0, the memory is kept for the next use; bytes_clear() gives it back.
 */
#ifndef H2KIT_HPACK_TOOLS_BYTES_H
#define H2KIT_HPACK_TOOLS_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
    uint8_t *data;
    size_t length;
    size_t capacity;
};

/* Makes room for more octets behind length. Returns 0, or -1 without memory. */
int bytes_reserve(struct bytes *bytes, size_t more);
int bytes_append(struct bytes *bytes, const void *data, size_t length);
int bytes_push(struct bytes *bytes, uint8_t octet);
void bytes_clear(struct bytes *bytes);

enum { HEX_OK = 0, HEX_NO_MEMORY = -1, HEX_BAD_DIGIT = -2, HEX_ODD = -3 };

/* Appends the octets of a hex text, of either case, without spaces. Returns a HEX_ value; with
 * HEX_BAD_DIGIT, *bad is the position of the character. */
int bytes_append_hex(struct bytes *bytes, const char *text, size_t length, size_t *bad);

#endif
