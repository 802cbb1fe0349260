/* SPDX-License-Identifier: MIT */
/*
 * assert(), which says what this code guarantees, never what a peer or a caller controls. With
 * H2_CHECKS it is there in every build, and units check their invariants with it.
 */
#ifndef HPACK_SRC_CHECK_H
#define HPACK_SRC_CHECK_H

#ifdef H2_CHECKS
#undef NDEBUG
#endif
#include <assert.h>

#endif
