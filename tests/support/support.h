/* SPDX-License-Identifier: MIT */
/*
 * What the test programs of every library share: cmocka with the headers it needs, an allocator
 * that fails on demand and keeps books, input cut in every way, hex and a small random source.
 *
 * Invariants:
 * - test_alloc_resize() moves a block at every resize and checks the old size it is told against
 *   its own books, so a stale pointer or a wrong size fails the test at once.
 * - Nothing here depends on a clock, the environment or the network; the same test makes the same
 *   calls on every run.
 */
#ifndef H2KIT_TESTS_SUPPORT_H
#define H2KIT_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* An allocator for one scenario; all zero is ready for use. */
struct test_alloc {
    size_t calls;   /* calls that grew memory so far */
    size_t fail_at; /* the call that fails, counted from 1; 0: none does */
    size_t live_blocks;
    size_t live_bytes;
    size_t peak_bytes;
};

/* The libraries' resize hook over a struct test_alloc given as ctx. */
void *test_alloc_resize(void *ctx, void *ptr, size_t old_size, size_t new_size);

/* Runs the scenario with its first, second, ... growing call failing, until a run does not reach
 * the call that should fail; that run must return 0. Every run must give back all its memory.
 * The scenario returns 0 on success, something else when it saw an out-of-memory error. */
void test_each_failing_alloc(int (*scenario)(struct test_alloc *a, void *arg), void *arg);

/* Calls run with the cuts of an input of that length: whole, octet by octet, and 20 random ways.
 * cuts holds ascending end offsets of the fragments, the last of them is length. */
void test_each_split(size_t length, void (*run)(const size_t *cuts, size_t count, void *arg),
                     void *arg);

/* Octets of a hex text, white space allowed between them. Fails the test on bad input or when they
 * do not fit; returns how many there are. */
size_t test_hex(const char *text, uint8_t *out, size_t capacity);

/* The next of a fixed sequence of random numbers; *state is the seed and must not be 0. */
uint32_t test_rand(uint32_t *state);

/* Go on as nobody when this is root, until test_be_root_again() is given what it returns. */
int test_leave_root(void);
void test_be_root_again(int was_root);

#endif
