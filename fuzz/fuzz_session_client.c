/* SPDX-License-Identifier: MIT */
/* A client session fed with any octets; see session_run.h. */
#include "session_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    session_run(H2SESSION_CLIENT, data, size);
    return 0;
}
