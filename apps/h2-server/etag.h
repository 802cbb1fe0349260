/* SPDX-License-Identifier: MIT */
/*
 * Entity tags (RFC 9110 8.8.3): made of what the file system says about a file, and compared.
 *
 * A tag comes from size, time of the last change in nanoseconds, and inode. That is strong: a file
 * that is written in place changes its time, one that is replaced by another its inode, without
 * any octet of it being read. What escapes are two changes within one tick of the kernel's clock
 * that leave the size as it was; whoever replaces files by renaming is safe from that too. The
 * coding belongs to the tag, as the octets sent differ. What is compressed while it is sent may
 * come out differently with another version of zlib, so its tag is weak.
 *
 * Invariant: pure functions; any text of a peer is fine, one that is malformed matches nothing
 * from there on.
 */
#ifndef H2KIT_APPS_ETAG_H
#define H2KIT_APPS_ETAG_H

#include <stddef.h>

#include "static_files.h"

enum { ETAG_SIZE = 64 };

enum etag_comparison { ETAG_STRONG, ETAG_WEAK };

/* coding: "gzip", or NULL for the file as it is. */
void etag_make(char out[ETAG_SIZE], const struct file_identity *file, const char *coding,
               int is_weak);
/* 1 when the list of tags has this one, or is "*". */
int etag_in_list(const char *list, size_t length, const char *etag, enum etag_comparison how);
/* 1 when the text is this one tag and both are strong. */
int etag_is(const char *text, size_t length, const char *etag);

#endif
