/* SPDX-License-Identifier: MIT */
/*
 * First octets of the representations of a field, and the mark of a string in Huffman code
 * (RFC 7541 5.2, 6). Below the form's bits stands the prefix of an integer.
 */
#ifndef HPACK_SRC_REPRESENTATION_H
#define HPACK_SRC_REPRESENTATION_H

enum {
    FORM_INDEXED = 0x80,
    FORM_INCREMENTAL = 0x40,
    FORM_SIZE_UPDATE = 0x20,
    FORM_NEVER_INDEXED = 0x10,
    FORM_WITHOUT_INDEXING = 0x00,
    FORM_HUFFMAN = 0x80
};

#endif
