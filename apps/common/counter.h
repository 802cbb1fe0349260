/* SPDX-License-Identifier: MIT */
/*
 * A number that one thread changes and others read: neither waits, and no lock is taken. What a reader
 * gets of several counters need not be of one moment.
 */
#ifndef H2KIT_APPS_COUNTER_H
#define H2KIT_APPS_COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic uint64_t counter;

static inline uint64_t counter_read(const counter *c)
{
    return atomic_load_explicit(c, memory_order_relaxed);
}

/* Only by the thread whose counter it is. */
static inline void counter_add(counter *c, uint64_t more)
{
    atomic_store_explicit(c, counter_read(c) + more, memory_order_relaxed);
}

static inline void counter_set(counter *c, uint64_t value)
{
    atomic_store_explicit(c, value, memory_order_relaxed);
}

#endif
