/* SPDX-License-Identifier: MIT */
/*
 * Priority signals of RFC 9218: the field of requests, PRIORITY_UPDATE for streams that are open
 * or will be. What is malformed has no effect; what the budget of limits.h does not allow ends the
 * connection, because signals cost a client nothing.
 */
#include <string.h>

#include "priority_field.h"
#include "session.h"

_Static_assert((int)PRIORITY_FIELD_URGENCY == (int)URGENCY_DEFAULT, "one default");

/* ---- The field of a request --------------------------------------------------------------- */

static int is_priority(const hpack_field *f)
{
    static const char NAME[] = "priority";
    return f->token == HPACK_TOKEN_PRIORITY ||
           (f->token == 0 && f->name_length == sizeof NAME - 1 &&
            memcmp(f->name, NAME, sizeof NAME - 1) == 0);
}

/* Several lines are one value (RFC 9110 5.3). Returns its length, which is too large for a field
 * when it does not fit, and the number of lines. */
static size_t join_lines(const hpack_field *fields, size_t count, char *out, size_t *lines)
{
    size_t length = 0;
    *lines = 0;
    for (size_t i = 0; i < count; i++) {
        const hpack_field *f = &fields[i];
        if (!is_priority(f)) {
            continue;
        }
        size_t comma = *lines > 0 ? 2 : 0;
        if (length + comma + f->value_length > PRIORITY_FIELD_MAX) {
            return PRIORITY_FIELD_MAX + 1;
        }
        memcpy(out + length, ", ", comma);
        if (f->value_length > 0) {
            memcpy(out + length + comma, f->value, f->value_length);
        }
        length += comma + f->value_length;
        ++*lines;
    }
    return length;
}

/* rfc: 9218#4 rfc: 9218#5 */
void h2session__in_priority_request(h2session *s, struct stream *st, const hpack_field *fields,
                                    size_t count)
{
    char value[PRIORITY_FIELD_MAX];
    size_t lines = 0;
    struct priority_field field;
    size_t length = join_lines(fields, count, value, &lines);
    int given = h2session__priority_field_parse(value, length, &field) == 0 && lines > 0;
    s->priority_seen |= given && s->config.role == H2SESSION_SERVER;
    struct priority_idle_entry entry = {st->id, field.urgency, field.incremental};
    /* The frame came for this stream alone and overrides the field. rfc: 9218#7 */
    given |= h2session__priority_idle_take(&s->priority_idle, &s->memory, st->id, &entry);
    if (given || s->priority_seen) {
        h2session__scheduler_prioritize(&s->schedule, &st->node, entry.urgency, entry.incremental);
    }
}

/* ---- PRIORITY_UPDATE ---------------------------------------------------------------------- */

static struct verdict protocol_error(uint32_t reason, uint64_t value, uint64_t limit)
{
    return verdict_with(verdict_connection(H2FRAME_CODE_PROTOCOL_ERROR, reason), value, limit);
}

/* Streams that are open, with those that are prioritized and not open yet, are within the limit
 * that the client has agreed to; before it did, what is too much is not kept. rfc: 9218#7.1 */
static struct verdict judge_idle(const h2session *s, uint32_t id)
{
    if (h2session__streams_is_local(s, id)) {
        return protocol_error(H2SESSION_REASON_PRIORITY_UPDATE_PUSH, id, 0);
    }
    if (h2session__priority_idle_has(&s->priority_idle, id)) {
        return verdict_ok();
    }
    uint64_t streams = (uint64_t)s->priority_idle.count + s->remote_count + 1;
    uint32_t agreed = s->settings.local.max_concurrent_streams;
    if (streams <= s->config.max_concurrent_streams) {
        return verdict_ok();
    }
    return streams > agreed ? protocol_error(H2SESSION_REASON_PRIORITY_UPDATE_IDLE, streams, agreed)
                            : verdict_ignore();
}

static int tell(h2session *s, const struct stream *st, const struct priority_idle_entry *entry,
                const h2frame_bytes *value)
{
    const h2session_priority_update_event event = {
        .size = sizeof event,
        .stream_id = entry->id,
        .is_idle = st == NULL,
        .urgency = entry->urgency,
        .incremental = entry->incremental,
        .value = *value,
        .stream_user = st != NULL ? st->user : NULL,
    };
    return h2session__events_priority_update(s, &event);
}

static int apply_update(h2session *s, struct stream *st, const struct priority_idle_entry *entry,
                        const h2frame_bytes *value)
{
    s->priority_seen = 1;
    if (st == NULL) {
        if (h2session__priority_idle_put(&s->priority_idle, &s->memory, *entry) != 0) {
            return note_failure(s, H2SESSION_ERR_NOMEM);
        }
    } else if (!(st->flags & STREAM_PRIORITY_SET)) {
        h2session__scheduler_prioritize(&s->schedule, &st->node, entry->urgency,
                                        entry->incremental);
    }
    return tell(s, st, entry, value);
}

/* rfc: 9218#7.1 */
int h2session__in_priority_update(h2session *s, const h2frame_frame *frame)
{
    if (!(frame->part & H2FRAME_PART_FIRST)) {
        return 0;
    }
    if (s->config.role == H2SESSION_CLIENT) {
        return h2session__fault_apply(
            s, protocol_error(H2SESSION_REASON_PRIORITY_UPDATE_FROM_SERVER, 0, 0), 0);
    }
    int result = h2session__limits_priority(&s->limits) == 0
                     ? 0
                     : h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_PRIORITY);
    if (result != 0 || s->terminated) {
        return result;
    }
    uint32_t id = frame->prioritized_stream_id; /* 0: too long to be interpreted */
    struct stream *st = h2session__streams_find(s, id);
    int is_idle = id != 0 && h2session__streams_state(s, id) == STATE_IDLE;
    struct verdict v = is_idle ? judge_idle(s, id) : verdict_ok();
    struct priority_field field;
    if (v.scope != VERDICT_OK || (st == NULL && !is_idle) ||
        h2session__priority_field_parse((const char *)frame->payload.data, frame->payload.length,
                                        &field) != 0) {
        return h2session__fault_apply(s, v, id);
    }
    const struct priority_idle_entry entry = {id, field.urgency, field.incremental};
    return apply_update(s, st, &entry, &frame->payload);
}
