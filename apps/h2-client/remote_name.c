/* SPDX-License-Identifier: MIT */
#include "remote_name.h"

#include <stdio.h>
#include <string.h>

static int is_plain(char c)
{
    return c > ' ' && c < 0x7f && c != '/' && c != '\\';
}

void remote_name(const char *path, char out[REMOTE_NAME_SIZE])
{
    size_t length = strcspn(path, "?#");
    size_t start = length;

    while (start > 0 && path[start - 1] != '/') {
        start--;
    }
    length -= start;
    if (length == 0) {
        (void)snprintf(out, REMOTE_NAME_SIZE, "index.html");
        return;
    }
    if (length > REMOTE_NAME_SIZE - 1) {
        length = REMOTE_NAME_SIZE - 1;
    }
    for (size_t i = 0; i < length; i++) {
        out[i] = is_plain(path[start + i]) ? path[start + i] : '_';
    }
    out[length] = '\0';
    if (out[0] == '.' || out[0] == '-') {
        out[0] = '_';
    }
}
