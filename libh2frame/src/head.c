/* SPDX-License-Identifier: MIT */
#include "head.h"

#include "octets.h"

/* rfc: 9113#4.1 (the reserved bit is ignored) */
void h2frame__head_read(const uint8_t in[9], h2frame_frame *frame)
{
    *frame = (h2frame_frame){
        .size = sizeof *frame,
        .type = in[3],
        .flags = in[4],
        .stream_id = h2frame__get31(in + 5),
        .length = h2frame__get24(in),
    };
}

void h2frame_write_head(uint8_t out[9], uint32_t length, uint32_t type, uint32_t flags,
                        uint32_t stream_id)
{
    h2frame__head_write(out, length, type, flags, stream_id);
}

static uint32_t wrong_number(struct h2frame__wrong *wrong, uint32_t value, uint32_t limit,
                             uint32_t reason)
{
    wrong->value = value;
    wrong->limit = limit;
    return reason;
}

static uint32_t check_settings(const h2frame_frame *head, uint32_t entry_limit,
                               struct h2frame__wrong *wrong)
{
    /* rfc: 9113#6.5 */
    if ((head->flags & H2FRAME_FLAG_ACK) != 0 && head->length != 0) {
        return wrong_number(wrong, head->length, 0, H2FRAME_REASON_SETTINGS_ACK_LENGTH);
    }
    if (head->length % 6 != 0) {
        return wrong_number(wrong, head->length, 6, H2FRAME_REASON_SETTINGS_LENGTH);
    }
    if (head->length / 6 > entry_limit) {
        return wrong_number(wrong, head->length / 6, entry_limit, H2FRAME_REASON_SETTINGS_ENTRIES);
    }
    return 0;
}

uint32_t h2frame__head_check(const h2frame_frame *head, const struct h2frame__rule *rule,
                             const struct h2frame__head_limits *limits,
                             struct h2frame__wrong *wrong)
{
    /* rfc: 9113#4.2 */
    if (head->length > limits->max_frame_size) {
        return wrong_number(wrong, head->length, limits->max_frame_size,
                            H2FRAME_REASON_FRAME_TOO_LARGE);
    }
    /* rfc: 9113#6.1, 9113#6.2, 9113#6.3, 9113#6.4, 9113#6.5, 9113#6.6, 9113#6.7, 9113#6.8 */
    /* rfc: 9113#6.10, 9218#7.1 */
    if (!h2frame__stream_fits(rule, head->stream_id)) {
        return wrong_number(wrong, head->stream_id, 0,
                            rule->stream == H2FRAME__STREAM_ZERO ? H2FRAME_REASON_STREAM_ID_NOT_ZERO
                                                                 : H2FRAME_REASON_STREAM_ID_ZERO);
    }
    if (rule->layout == H2FRAME__LAYOUT_SETTINGS) {
        return check_settings(head, limits->settings_entries, wrong);
    }
    uint32_t least = rule->layout == H2FRAME__LAYOUT_PARTS
                         ? h2frame__prefix_length(rule, head->flags)
                         : rule->min_length;
    if (rule->length_reason == 0 || (head->length >= least && head->length <= rule->max_length)) {
        return 0;
    }
    return wrong_number(wrong, head->length, least, rule->length_reason);
}
