/* SPDX-License-Identifier: MIT */
/*
 * The name of a local file for a body, made from the path of its URI (--remote-name).
 *
 * Invariants:
 * - It is one name in the current folder: it has no "/", is neither "." nor "..", is not hidden, does
 *   not begin with "-", and has at most REMOTE_NAME_SIZE - 1 octets of visible ASCII.
 * - Nothing is decoded: "%2f" stays as it is. The query does not count.
 */
#ifndef H2KIT_CLIENT_REMOTE_NAME_H
#define H2KIT_CLIENT_REMOTE_NAME_H

enum { REMOTE_NAME_SIZE = 200 };

/* path: of a parsed URI. A path without a name, such as "/a/", gives "index.html". */
void remote_name(const char *path, char out[REMOTE_NAME_SIZE]);

#endif
