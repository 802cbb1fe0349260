/* SPDX-License-Identifier: MIT */
/*
 * What the manual page of h2-client says beside its options.
 */
#ifndef H2KIT_CLIENT_MANUAL_H
#define H2KIT_CLIENT_MANUAL_H

#include "manual.h"

extern const struct manual client_manual;

#endif
