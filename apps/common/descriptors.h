/* SPDX-License-Identifier: MIT */
/*
 * How many descriptors this process may have, and who may have the last of them: files that answers
 * are made of leave some for connections, so that however many files clients make a server hold
 * open, it can accept and answer. The kernel gives the lowest number that is free, so a number close
 * to the limit says that nearly all are in use.
 */
#ifndef H2KIT_APPS_DESCRIPTORS_H
#define H2KIT_APPS_DESCRIPTORS_H

#include <stdint.h>

/* Raises the limit as far as allowed. Returns it; UINT32_MAX: none, or not known. */
uint32_t descriptors_raise(void);
/* The first number that is too high for a file. */
uint32_t descriptors_for_files(void);

#endif
