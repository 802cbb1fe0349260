/* SPDX-License-Identifier: MIT */
/* Reads a PING frame; compiled as C99 and as C++11. */
#include <h2frame/h2frame.h>

#include <string.h>

int main(void)
{
    static const uint8_t ping[17] = {0, 0, 8, 6};
    h2frame_parser *parser = NULL;
    const h2frame_event *event = NULL;
    size_t consumed = 0;
    if (h2frame_parser_new(&parser, NULL) != 0 || strcmp(h2frame_version(), H2FRAME_VERSION) != 0) {
        return 1;
    }
    if (h2frame_parser_next(parser, ping, sizeof ping, &consumed, &event) != 0 ||
        consumed != sizeof ping || event == NULL || event->kind != H2FRAME_EVENT_FRAME) {
        return 2;
    }
    h2frame_parser_free(parser);
    return 0;
}
