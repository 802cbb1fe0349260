/* SPDX-License-Identifier: MIT */
/*
 * What the manual pages of hpack-encode and hpack-decode say beside their options.
 */
#ifndef H2KIT_HPACK_TOOLS_MANUAL_H
#define H2KIT_HPACK_TOOLS_MANUAL_H

#include "manual.h"

extern const struct manual encode_manual;
extern const struct manual decode_manual;

#endif
