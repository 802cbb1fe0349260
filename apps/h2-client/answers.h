/* SPDX-License-Identifier: MIT */
/*
 * What the session tells: the callbacks of a connection, their user is the struct fetch.
 */
#ifndef H2KIT_CLIENT_ANSWERS_H
#define H2KIT_CLIENT_ANSWERS_H

#include "fetch.h"

void answers_callbacks(h2session_callbacks *callbacks);

#endif
