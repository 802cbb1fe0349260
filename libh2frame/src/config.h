/* SPDX-License-Identifier: MIT */
/*
 * Structures of callers, which may be older or newer than this library.
 *
 * A structure of a caller is copied as far as both know it; what the caller does not know is zero;
 * what this library does not know must be zero. No structure has shrunk yet, so anything shorter
 * than its first version is a mistake.
 */
#ifndef H2FRAME_CONFIG_H
#define H2FRAME_CONFIG_H

#include <h2frame/h2frame.h>

/* 1 when all octets of a caller's structure from `known` up to `size` are zero. */
int h2frame__tail_is_zero(const void *object, size_t known, size_t size);

/* Defaults when from is NULL; else a checked copy. Returns 0 or H2FRAME_ERR_CONFIG. */
int h2frame__config_import(h2frame_parser_config *to, const h2frame_parser_config *from);

/* 1 when in the range of SETTINGS_MAX_FRAME_SIZE (RFC 9113 6.5.2). */
int h2frame__frame_size_fits(uint32_t max_frame_size);

#endif
