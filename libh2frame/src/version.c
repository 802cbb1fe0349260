/* SPDX-License-Identifier: MIT */
#include <h2frame/h2frame.h>

const char *h2frame_version(void)
{
    return H2FRAME_VERSION;
}
