/* SPDX-License-Identifier: MIT */
/*
 * What the manual page of h2-server says beside its options.
 */
#ifndef H2KIT_SERVER_MANUAL_H
#define H2KIT_SERVER_MANUAL_H

#include "manual.h"

extern const struct manual server_manual;

#endif
