/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a peer says with a code, RFC 9113 7. */
static const char *const MEANINGS[] = {
    [H2FRAME_CODE_NO_ERROR] = "nothing was wrong: it only ends it here",
    [H2FRAME_CODE_PROTOCOL_ERROR] =
        "it holds that a rule was broken, but the code does not say which",
    [H2FRAME_CODE_INTERNAL_ERROR] = "something failed on its own side",
    [H2FRAME_CODE_FLOW_CONTROL_ERROR] = "it holds that it was sent more than its windows allow",
    [H2FRAME_CODE_SETTINGS_TIMEOUT] = "it waited in vain for the acknowledgement of its SETTINGS",
    [H2FRAME_CODE_STREAM_CLOSED] = "it got a frame on a stream that it holds to be half closed",
    [H2FRAME_CODE_FRAME_SIZE_ERROR] = "it got a frame of a size that it does not allow",
    [H2FRAME_CODE_REFUSED_STREAM] =
        "it has done nothing with the request, which can be sent again (RFC 9113 8.7)",
    [H2FRAME_CODE_CANCEL] = "it does not want the stream any more",
    [H2FRAME_CODE_COMPRESSION_ERROR] =
        "it could not decode a field block, and can decode none after it",
    [H2FRAME_CODE_CONNECT_ERROR] = "the connection behind the tunnel was reset or ended",
    [H2FRAME_CODE_ENHANCE_YOUR_CALM] = "it holds what it was sent to be an excessive load",
    [H2FRAME_CODE_INADEQUATE_SECURITY] =
        "the TLS that was agreed on is too weak for it (RFC 9113 9.2)",
    [H2FRAME_CODE_HTTP_1_1_REQUIRED] = "it wants this request over HTTP/1.1",
};

/* ": RFC 9113 6.9.1, https://...", or the limit, or nothing. */
static void where_text(char *out, size_t size, const char *where)
{
    unsigned rfc = 0;
    char section[24] = "";

    if (sscanf(where, "RFC %u %23[0-9.]", &rfc, section) == 2) {
        (void)snprintf(out, size, "; the rule: %s, https://www.rfc-editor.org/rfc/rfc%u#section-%s",
                       where, rfc, section);
    } else if (where[0] != '\0') {
        (void)snprintf(out, size, "; a limit of this side: %s", where);
    } else {
        out[0] = '\0';
    }
}

static void value_text(char *out, size_t size, const h2session_fault_event *fault)
{
    out[0] = '\0';
    if (fault->limit != 0) {
        (void)snprintf(out, size, "; it was %" PRIu64 " where %" PRIu64 " is the limit",
                       fault->value, fault->limit);
    } else if (fault->value != 0) {
        (void)snprintf(out, size, "; the number that was wrong: %" PRIu64, fault->value);
    }
}

void explain_frame(char out[EXPLAIN_FRAME_SIZE], const h2frame_frame *frame)
{
    (void)snprintf(out, EXPLAIN_FRAME_SIZE,
                   "%s <length=%" PRIu32 ", flags=0x%02" PRIx32 ", stream_id=%" PRIu32 ">",
                   h2frame_type_name(frame->type), frame->length, frame->flags, frame->stream_id);
}

void explain_fault(char out[EXPLAIN_SIZE], const h2session_fault_event *fault, const char *last)
{
    char where[160];
    char value[80];
    char place[40] = "the connection";

    where_text(where, sizeof where, h2session_reason_where(fault->reason));
    value_text(value, sizeof value, fault);
    if (fault->stream_id != 0) {
        (void)snprintf(place, sizeof place, "stream %" PRIu32, fault->stream_id);
    }
    (void)snprintf(out, EXPLAIN_SIZE, "%s: the peer: %s (%s)%s; this side %s %s%s%s%s", place,
                   h2session_reason_text(fault->reason), h2session_reason_name(fault->reason),
                   value,
                   fault->forgiven                            ? "went on; the code would be"
                   : fault->scope == H2FRAME_SCOPE_CONNECTION ? "ends the connection with"
                                                              : "resets the stream with",
                   h2frame_code_name(fault->code), where,
                   last[0] == '\0' ? "" : "; the latest whole frame of the peer: ", last);
}

void explain_code(char out[EXPLAIN_SIZE], uint32_t stream_id, uint32_t code)
{
    const char *meaning = code < sizeof MEANINGS / sizeof MEANINGS[0]
                              ? MEANINGS[code]
                              : "the code is none that RFC 9113 knows";
    char place[48] = "the connection: the peer sent GOAWAY";

    if (stream_id != 0) {
        (void)snprintf(place, sizeof place, "stream %" PRIu32 ": the peer sent RST_STREAM",
                       stream_id);
    }
    (void)snprintf(out, EXPLAIN_SIZE,
                   "%s with %s (0x%02" PRIx32 "): %s; the codes: RFC 9113 7, "
                   "https://www.rfc-editor.org/rfc/rfc9113#section-7",
                   place, h2frame_code_name(code), code, meaning);
}
