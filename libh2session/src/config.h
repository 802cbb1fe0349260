/* SPDX-License-Identifier: MIT */
#ifndef H2SESSION_SRC_CONFIG_H
#define H2SESSION_SRC_CONFIG_H

#include <h2session/h2session.h>

/* Checks and completes a caller's struct, of this, an older or a newer version. 0 or CONFIG. */
int h2session__config_import(h2session_config *out, const h2session_config *in);

#endif
