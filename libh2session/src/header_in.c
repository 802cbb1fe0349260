/* SPDX-License-Identifier: MIT */
/*
 * Fragments of the field block being received, into the decoder. A block larger than the limits is
 * read to its end, so that the dynamic table stays in step, and its verdict kept for then.
 */
#include "session.h"

/* rfc: 9113#10.5.1 */
static struct verdict limit_verdict(const h2session *s, int code)
{
    struct verdict v =
        verdict_stream(H2FRAME_CODE_ENHANCE_YOUR_CALM, H2SESSION_REASON_LIMIT_FIELD_SECTION);
    if (code == HPACK_ERR_FIELD_COUNT_LIMIT) {
        v.reason = H2SESSION_REASON_LIMIT_FIELD_COUNT;
        return verdict_with(v, s->config.field_count_limit + UINT64_C(1),
                            s->config.field_count_limit);
    }
    return verdict_with(v, hpack_decoder_section_size(s->decoder), s->config.max_header_list_size);
}

int h2session__header_in_fragment(h2session *s, const h2frame_frame *frame, int *done)
{
    int last = (frame->part & H2FRAME_PART_LAST) && (frame->flags & H2FRAME_FLAG_END_HEADERS);
    *done = last;
    hpack_decoder *decoder = codecs_decoder(s);
    if (decoder == NULL) {
        return note_failure(s, H2SESSION_ERR_NOMEM);
    }
    int code = hpack_decoder_feed(decoder, frame->payload.data, frame->payload.length,
                                  last ? HPACK_FEED_LAST : 0);
    if (code == 0) {
        return 0;
    }
    switch (hpack_error_category(code)) {
    case HPACK_CATEGORY_LIMIT:
        if (s->block.verdict.scope == VERDICT_OK) {
            s->block.verdict = limit_verdict(s, code);
        }
        return 0;
    case HPACK_CATEGORY_PEER: {
        /* rfc: 9113#4.3 */
        struct verdict v =
            verdict_connection(H2FRAME_CODE_COMPRESSION_ERROR, H2SESSION_REASON_COMPRESSION);
        return h2session__fault_apply(s, verdict_with(v, (uint64_t)-code, 0), frame->stream_id);
    }
    default:
        return note_failure(s,
                            code == HPACK_ERR_NOMEM ? H2SESSION_ERR_NOMEM : H2SESSION_ERR_INTERNAL);
    }
}
