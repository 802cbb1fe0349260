/* SPDX-License-Identifier: MIT */
#include <h2session/h2session.h>

const char *h2session_version(void)
{
    return H2SESSION_VERSION;
}
