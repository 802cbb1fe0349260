/* SPDX-License-Identifier: MIT */
#include "about.h"

#include <h2frame/h2frame.h>
#include <h2session/h2session.h>
#include <hpack/hpack.h>
#include <openssl/crypto.h>
#include <uv.h>

void about_print(FILE *out, const char *program)
{
    fprintf(out, "%s %s\nlibh2session %s, libh2frame %s, libhpack %s, libuv %s, %s\n", program,
            H2SESSION_VERSION, h2session_version(), h2frame_version(), hpack_version(),
            uv_version_string(), OpenSSL_version(OPENSSL_VERSION));
}
