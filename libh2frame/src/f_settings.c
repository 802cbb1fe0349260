/* SPDX-License-Identifier: MIT */
/* SETTINGS (RFC 9113 6.5, RFC 8441 3, RFC 9218 2.1). Entries are read one by one by the parser,
 * which owns the array; values are held against the same table when written. */
#include "codec.h"
#include "octets.h"

struct setting_range {
    uint32_t least;
    uint32_t most;
    uint32_t reason; /* 0: any value will do */
};

/* rfc: 9113#6.5.2, 8441#3, 9218#2.1 */
static const struct setting_range ranges[] = {
    [H2FRAME_SETTING_ENABLE_PUSH] = {0, 1, H2FRAME_REASON_SETTING_ENABLE_PUSH},
    [H2FRAME_SETTING_INITIAL_WINDOW_SIZE] = {0, 0x7fffffff, H2FRAME_REASON_SETTING_WINDOW},
    [H2FRAME_SETTING_MAX_FRAME_SIZE] = {H2FRAME_MIN_MAX_FRAME_SIZE, H2FRAME_MAX_MAX_FRAME_SIZE,
                                        H2FRAME_REASON_SETTING_FRAME_SIZE},
    [H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL] = {0, 1, H2FRAME_REASON_SETTING_CONNECT},
    [H2FRAME_SETTING_NO_RFC7540_PRIORITIES] = {0, 1, H2FRAME_REASON_SETTING_PRIORITIES},
};

h2frame_setting h2frame__setting_read(const uint8_t *in)
{
    return (h2frame_setting){.id = h2frame__get16(in), .value = h2frame__get32(in + 2)};
}

uint32_t h2frame__setting_check(const h2frame_setting *setting, struct h2frame__wrong *wrong)
{
    if (setting->id >= sizeof(ranges) / sizeof(ranges[0])) {
        return 0;
    }
    const struct setting_range *range = &ranges[setting->id];
    if (range->reason == 0 || (setting->value >= range->least && setting->value <= range->most)) {
        return 0;
    }
    wrong->value = setting->value;
    wrong->limit = setting->value < range->least ? range->least : range->most;
    return range->reason;
}

static int settings_measure(const h2frame_frame *frame, size_t *length)
{
    size_t count = frame->settings_count;
    if (count > H2FRAME_MAX_MAX_FRAME_SIZE / H2FRAME__SETTING_LENGTH ||
        (count > 0 && (frame->settings == NULL || (frame->flags & H2FRAME_FLAG_ACK) != 0))) {
        return -1;
    }
    struct h2frame__wrong wrong;
    for (size_t i = 0; i < count; i++) {
        if (frame->settings[i].id > UINT16_MAX ||
            h2frame__setting_check(&frame->settings[i], &wrong) != 0) {
            return -1;
        }
    }
    *length = count * H2FRAME__SETTING_LENGTH;
    return 0;
}

static void settings_write(const h2frame_frame *frame, uint8_t *out)
{
    for (size_t i = 0; i < frame->settings_count; i++) {
        h2frame__put16(out, frame->settings[i].id);
        h2frame__put32(out + 2, frame->settings[i].value);
        out += H2FRAME__SETTING_LENGTH;
    }
}

const struct h2frame__codec h2frame__codec_settings = {NULL, settings_measure, settings_write};
