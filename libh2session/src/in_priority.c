/* SPDX-License-Identifier: MIT */
/*
 * Priority signals: of RFC 9218 the field of requests, and PRIORITY_UPDATE for streams that are open
 * or will be; of RFC 7540, where the session has the tree, PRIORITY and the same part of HEADERS.
 * What is malformed has no effect; what the budget of limits.h does not allow ends the connection,
 * because signals cost a peer nothing.
 */
#include <string.h>

#include "priority_field.h"
#include "session.h"

_Static_assert((int)PRIORITY_FIELD_URGENCY == (int)URGENCY_DEFAULT, "one default");

/* A frame that is nothing but a signal: 0 when it is free or a glitch that is tolerated. */
static int charge_signal(h2session *s)
{
    return h2session__limits_priority(&s->limits) == 0
               ? 0
               : h2session__fault_glitch(s, H2SESSION_REASON_GLITCH_PRIORITY);
}

/* ---- Dependencies (RFC 7540 5.3) ---------------------------------------------------------- */

static struct verdict depends_on_itself(uint32_t id)
{
    struct verdict v = verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, H2SESSION_REASON_PRIORITY_SELF);
    return verdict_with(v, id, 0);
}

/* rfc: 7540#5.3.1 rfc: 9113#5.3 */
int h2session__in_priority_priority(h2session *s, const h2frame_frame *frame)
{
    int result = charge_signal(s);
    if (result != 0 || s->terminated) {
        return result;
    }
    const struct names_signal signal = {frame->stream_id, frame->dependency, frame->weight,
                                        frame->exclusive};
    struct verdict v = verdict_ok();
    if (!h2session__scheduler_has_tree(&s->schedule)) {
        return 0;
    }
    if (frame->dependency == frame->stream_id) {
        /* Where there is no stream to reset it costs as much. */
        v = h2session__streams_find(s, frame->stream_id) != NULL
                ? depends_on_itself(frame->stream_id)
                : h2session__limits_reset(&s->limits, s->now_ns);
        return h2session__fault_apply(s, v, frame->stream_id);
    }
    result = h2session__scheduler_depend(&s->schedule, &signal);
    if (result == NAMES_FULL) {
        uint32_t limit = s->config.priority_node_limit;
        v = verdict_connection(H2FRAME_CODE_ENHANCE_YOUR_CALM,
                               H2SESSION_REASON_LIMIT_PRIORITY_NODES);
        return h2session__fault_apply(s, verdict_with(v, limit + UINT64_C(1), limit), 0);
    }
    return result == NAMES_NO_MEMORY ? note_failure(s, H2SESSION_ERR_NOMEM) : 0;
}

/* What HEADERS said of the stream; nothing can fail, because it has its node. */
static void apply_block(h2session *s, uint32_t id)
{
    if (s->block.stream_id == id && s->block.weight > 0) {
        const struct names_signal signal = {id, s->block.dependency, s->block.weight,
                                            s->block.exclusive};
        (void)h2session__scheduler_depend(&s->schedule, &signal);
    }
}

static struct names_signal signal_of(const h2session_message *message, uint32_t stream_id)
{
    return (struct names_signal){stream_id, message->dependency, message->weight,
                                 message->exclusive};
}

int h2session__in_priority_check(const h2session *s, const h2session_message *message,
                                 uint32_t stream_id)
{
    if (message->weight == 0) {
        return message->dependency == 0 && message->exclusive == 0 ? 0 : H2SESSION_ERR_USAGE;
    }
    const struct names_signal signal = signal_of(message, stream_id);
    if (!h2session__names_signal_is_valid(&signal)) {
        return H2SESSION_ERR_USAGE;
    }
    return h2session__scheduler_has_tree(&s->schedule) ? 0 : H2SESSION_ERR_PRIORITY_SCHEME;
}

void h2session__in_priority_depend(h2session *s, const h2session_message *message,
                                   uint32_t stream_id)
{
    if (message->weight > 0) {
        const struct names_signal signal = signal_of(message, stream_id);
        (void)h2session__scheduler_depend(&s->schedule, &signal); /* it has its node */
    }
}

/* rfc: 7540#5.3.1 */
void h2session__in_priority_block(h2session *s, const h2frame_frame *frame)
{
    int opens = s->block.kind == BLOCK_OPENS;
    if (!h2session__scheduler_has_tree(&s->schedule) || (!opens && s->block.kind != BLOCK_STREAM)) {
        return;
    }
    if (frame->dependency == frame->stream_id) {
        s->block.verdict = depends_on_itself(frame->stream_id);
        return;
    }
    s->block.dependency = frame->dependency;
    s->block.weight = (uint16_t)frame->weight;
    s->block.exclusive = (uint16_t)frame->exclusive;
    if (!opens) {
        apply_block(s, frame->stream_id);
    }
}

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
    if (h2session__scheduler_has_tree(&s->schedule)) {
        apply_block(s, st->id);
        return;
    }
    char value[PRIORITY_FIELD_MAX] = "";
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

static struct verdict priority_fault(uint32_t reason, uint64_t value, uint64_t limit)
{
    return verdict_with(verdict_protocol(reason), value, limit);
}

/* Streams that are open, with those that are prioritized and not open yet, are within the limit
 * that the client has agreed to; before it did, what is too much is not kept. rfc: 9218#7.1 */
static struct verdict judge_idle(const h2session *s, uint32_t id)
{
    if (h2session__streams_is_local(s, id)) {
        return priority_fault(H2SESSION_REASON_PRIORITY_UPDATE_PUSH, id, 0);
    }
    if (h2session__priority_idle_has(&s->priority_idle, id)) {
        return verdict_ok();
    }
    uint64_t streams = (uint64_t)s->priority_idle.count + s->remote_count + 1;
    uint32_t agreed = s->settings.local.max_concurrent_streams;
    if (streams <= s->config.max_concurrent_streams) {
        return verdict_ok();
    }
    return streams > agreed ? priority_fault(H2SESSION_REASON_PRIORITY_UPDATE_IDLE, streams, agreed)
                            : verdict_ignore();
}

static int tell_priority(h2session *s, const struct stream *st,
                         const struct priority_idle_entry *entry, const h2frame_bytes *value)
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
    return tell_priority(s, st, entry, value);
}

/* rfc: 9218#7.1 */
int h2session__in_priority_update(h2session *s, const h2frame_frame *frame)
{
    if (!(frame->part & H2FRAME_PART_FIRST)) {
        return 0;
    }
    if (s->config.role == H2SESSION_CLIENT) {
        return h2session__fault_apply(
            s, priority_fault(H2SESSION_REASON_PRIORITY_UPDATE_FROM_SERVER, 0, 0), 0);
    }
    int result = charge_signal(s);
    if (result != 0 || s->terminated || h2session__scheduler_has_tree(&s->schedule)) {
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
