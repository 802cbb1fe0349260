/* SPDX-License-Identifier: MIT */
#include "codec.h"

#include <string.h>

#include "rules.h"

static const struct h2frame__codec *const codecs[H2FRAME__RULE_COUNT] = {
    [H2FRAME_TYPE_DATA] = &h2frame__codec_data,
    [H2FRAME_TYPE_HEADERS] = &h2frame__codec_headers,
    [H2FRAME_TYPE_PRIORITY] = &h2frame__codec_priority,
    [H2FRAME_TYPE_RST_STREAM] = &h2frame__codec_rst_stream,
    [H2FRAME_TYPE_SETTINGS] = &h2frame__codec_settings,
    [H2FRAME_TYPE_PUSH_PROMISE] = &h2frame__codec_push_promise,
    [H2FRAME_TYPE_PING] = &h2frame__codec_ping,
    [H2FRAME_TYPE_GOAWAY] = &h2frame__codec_goaway,
    [H2FRAME_TYPE_WINDOW_UPDATE] = &h2frame__codec_window_update,
    [H2FRAME_TYPE_CONTINUATION] = &h2frame__codec_octets,
    [H2FRAME_TYPE_ALTSVC] = &h2frame__codec_altsvc,
    [H2FRAME_TYPE_ORIGIN] = &h2frame__codec_origin,
    [H2FRAME_TYPE_PRIORITY_UPDATE] = &h2frame__codec_priority_update,
};

const struct h2frame__codec *h2frame__codec(uint32_t type)
{
    const struct h2frame__codec *codec = type < H2FRAME__RULE_COUNT ? codecs[type] : NULL;
    return codec != NULL ? codec : &h2frame__codec_octets;
}

uint8_t *h2frame__bytes_write(const h2frame_bytes *bytes, uint8_t *out)
{
    if (bytes->length == 0) {
        return out;
    }
    memcpy(out, bytes->data, bytes->length);
    return out + bytes->length;
}
