/* SPDX-License-Identifier: MIT */
/* A client that says hello; uses all three libraries; compiled as C99 and as C++11. */
#include <h2session/h2session.h>

#include <string.h>

int main(void)
{
    h2session_config config;
    h2session_callbacks callbacks;
    h2session *session = NULL;
    h2frame_bytes pieces[4];
    size_t count = 0;
    memset(&callbacks, 0, sizeof callbacks);
    callbacks.size = sizeof callbacks;
    if (h2session_config_init(&config, sizeof config, H2SESSION_CLIENT) != 0 ||
        h2session_new(&session, &config, &callbacks, NULL) != 0) {
        return 1;
    }
    if (h2session_peek(session, pieces, 4, &count) != 0 || count == 0 ||
        memcmp(pieces[0].data, h2frame_preface(), 24) != 0) {
        return 2;
    }
    if (strcmp(h2session_version(), H2SESSION_VERSION) != 0 ||
        strcmp(hpack_version(), HPACK_VERSION) != 0) {
        return 3;
    }
    h2session_free(session);
    return 0;
}
