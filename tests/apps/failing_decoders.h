/* SPDX-License-Identifier: MIT */
#ifndef H2KIT_TESTS_APPS_FAILING_DECODERS_H
#define H2KIT_TESTS_APPS_FAILING_DECODERS_H

/* Before anything else: the libraries take their memory from failing_malloc.h from now on. */
void failing_decoders_begin(void);

#endif
