/* SPDX-License-Identifier: MIT */
#include "fault.h"

#include <assert.h>

#include "rules.h"

enum { REASON_BASE = H2FRAME_REASON_PREFACE };

/* Who suffers: the connection, the stream if there is one, or what the rule of the type says. */
enum { SCOPE_CONNECTION, SCOPE_STREAM, SCOPE_BY_TYPE };

struct consequence {
    uint8_t code;
    uint8_t scope;
};

#define ROW(reason, h2_code, who)                                                                  \
    [H2FRAME_REASON_##reason - REASON_BASE] = {.code = H2FRAME_CODE_##h2_code, .scope = (who)}

static const struct consequence consequences[] = {
    ROW(PREFACE, PROTOCOL_ERROR, SCOPE_CONNECTION),
    ROW(FRAME_TOO_LARGE, FRAME_SIZE_ERROR, SCOPE_BY_TYPE),
    ROW(FRAME_TOO_SMALL, FRAME_SIZE_ERROR, SCOPE_BY_TYPE),
    ROW(STREAM_ID_ZERO, PROTOCOL_ERROR, SCOPE_CONNECTION),
    ROW(STREAM_ID_NOT_ZERO, PROTOCOL_ERROR, SCOPE_CONNECTION),
    ROW(PADDING, PROTOCOL_ERROR, SCOPE_CONNECTION),
    ROW(PRIORITY_LENGTH, FRAME_SIZE_ERROR, SCOPE_STREAM),
    ROW(RST_STREAM_LENGTH, FRAME_SIZE_ERROR, SCOPE_CONNECTION),
    ROW(SETTINGS_ACK_LENGTH, FRAME_SIZE_ERROR, SCOPE_CONNECTION),
    ROW(SETTINGS_LENGTH, FRAME_SIZE_ERROR, SCOPE_CONNECTION),
    ROW(SETTINGS_ENTRIES, ENHANCE_YOUR_CALM, SCOPE_CONNECTION),
    ROW(SETTING_ENABLE_PUSH, PROTOCOL_ERROR, SCOPE_CONNECTION),
    ROW(SETTING_WINDOW, FLOW_CONTROL_ERROR, SCOPE_CONNECTION),
    ROW(SETTING_FRAME_SIZE, PROTOCOL_ERROR, SCOPE_CONNECTION),
    ROW(SETTING_CONNECT, PROTOCOL_ERROR, SCOPE_CONNECTION),
    ROW(SETTING_PRIORITIES, PROTOCOL_ERROR, SCOPE_CONNECTION),
    ROW(PING_LENGTH, FRAME_SIZE_ERROR, SCOPE_CONNECTION),
    ROW(GOAWAY_LENGTH, FRAME_SIZE_ERROR, SCOPE_CONNECTION),
    ROW(WINDOW_UPDATE_LENGTH, FRAME_SIZE_ERROR, SCOPE_CONNECTION),
    ROW(WINDOW_UPDATE_ZERO, PROTOCOL_ERROR, SCOPE_STREAM),
    ROW(PUSH_PROMISE_ID, PROTOCOL_ERROR, SCOPE_CONNECTION),
    ROW(PRIORITY_UPDATE_LENGTH, FRAME_SIZE_ERROR, SCOPE_CONNECTION),
    ROW(PRIORITY_UPDATE_ID, PROTOCOL_ERROR, SCOPE_CONNECTION),
};

#define COUNT_REASON(name, id, where, text) +1
static_assert(sizeof(consequences) / sizeof(consequences[0]) == 0 H2FRAME_REASON_LIST(COUNT_REASON),
              "every reason has its consequence");
#undef COUNT_REASON

void h2frame__fault_fill(h2frame_fault *fault, const h2frame_frame *head, uint32_t reason,
                         const struct h2frame__wrong *wrong)
{
    const struct consequence *what = &consequences[reason - REASON_BASE];
    /* RFC 9113 4.2: a size error in a frame that can alter the state of the whole connection, and
     * any on stream 0, is a connection error. rfc: 9113#4.2 */
    int stream_only =
        head->stream_id != 0 &&
        (what->scope == SCOPE_STREAM ||
         (what->scope == SCOPE_BY_TYPE && h2frame__rule(head->type)->stream_scope != 0));
    *fault = (h2frame_fault){
        .scope = stream_only ? H2FRAME_SCOPE_STREAM : H2FRAME_SCOPE_CONNECTION,
        .code = what->code,
        .reason = reason,
        .stream_id = head->stream_id,
        .value = wrong->value,
        .limit = wrong->limit,
    };
}
