/* SPDX-License-Identifier: MIT */
/*
 * APART marks a function that must not be made part of its caller: what is rare then takes no
 * registers from the loop that does what is common.
 */
#ifndef HPACK_SRC_APART_H
#define HPACK_SRC_APART_H

#if defined(__GNUC__)
#define APART __attribute__((noinline))
#else
#define APART
#endif

#endif
