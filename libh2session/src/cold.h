/* SPDX-License-Identifier: MIT */
/*
 * COLD marks functions that only a fault, a failure, a tool or growth calls. What leads to them is
 * then laid out away from the code that every request runs through, so that this fits into the
 * instruction cache. APART is the same for one that must not be made part of its caller, INLINED
 * the contrary: a few steps that every field of a message takes.
 */
#ifndef H2SESSION_SRC_COLD_H
#define H2SESSION_SRC_COLD_H

#if defined(__GNUC__)
#define COLD __attribute__((cold))
#define APART __attribute__((cold, noinline))
#define INLINED inline __attribute__((always_inline))
#else
#define COLD
#define APART
#define INLINED
#endif

/* Has the processor fetch what is read soon. The place need not be readable. */
static inline void fetch_ahead(const void *place)
{
#if defined(__GNUC__)
    __builtin_prefetch(place);
#else
    (void)place;
#endif
}

#endif
