/* SPDX-License-Identifier: MIT */
/* Priorities in the hands of the application: reading, setting and sending them (RFC 9218), and the
 * dependencies that a client sends (RFC 7540 5.3). */
#include "priority_field.h"
#include "session.h"

int h2session_parse_priority(const uint8_t *value, size_t length, uint32_t *urgency,
                             uint32_t *incremental)
{
    struct priority_field field;
    if ((value == NULL && length > 0) || urgency == NULL || incremental == NULL ||
        h2session__priority_field_parse((const char *)value, length, &field) != 0) {
        return H2SESSION_ERR_USAGE;
    }
    *urgency = field.has_urgency ? field.urgency : *urgency;
    *incremental = field.has_incremental ? field.incremental : *incremental;
    return 0;
}

int h2session_stream_priority(const h2session *s, uint32_t stream_id, uint32_t *urgency,
                              uint32_t *incremental)
{
    if (s == NULL || urgency == NULL || incremental == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    const struct stream *st = h2session__streams_find(s, stream_id);
    if (st == NULL) {
        return H2SESSION_ERR_STREAM_UNKNOWN;
    }
    if (h2session__scheduler_has_tree(&s->schedule)) {
        return H2SESSION_ERR_PRIORITY_SCHEME;
    }
    h2session__scheduler_priority(&s->schedule, &st->node, urgency, incremental);
    return 0;
}

int h2session_set_stream_priority(h2session *s, uint32_t stream_id, uint32_t urgency,
                                  uint32_t incremental)
{
    if (s == NULL || urgency >= URGENCY_LEVELS || incremental > 1) {
        return H2SESSION_ERR_USAGE;
    }
    struct stream *st = h2session__streams_find(s, stream_id);
    if (st == NULL) {
        return H2SESSION_ERR_STREAM_UNKNOWN;
    }
    if (h2session__scheduler_has_tree(&s->schedule)) {
        return H2SESSION_ERR_PRIORITY_SCHEME;
    }
    st->flags |= STREAM_PRIORITY_SET;
    h2session__scheduler_prioritize(&s->schedule, &st->node, urgency, incremental);
    return 0;
}

/* The stream may be prioritized: 1 in *is_idle when it is not open yet. rfc: 9218#7.1 */
static int check_target(const h2session *s, uint32_t stream_id, int *is_idle)
{
    if (stream_id == 0 || stream_id > H2FRAME_MAX_STREAM_ID) {
        return H2SESSION_ERR_USAGE;
    }
    *is_idle = h2session__streams_is_local(s, stream_id) && stream_id >= s->next_stream_id;
    if (!*is_idle) {
        return h2session__streams_find(s, stream_id) != NULL ? 0 : H2SESSION_ERR_STREAM_UNKNOWN;
    }
    int is_new = !h2session__priority_idle_has(&s->priority_idle, stream_id);
    return is_new && s->priority_idle.count >= h2session_stream_room(s) ? H2SESSION_ERR_STREAM_LIMIT
                                                                        : 0;
}

/* The local effect is that of a request with this field. */
static int apply(h2session *s, uint32_t stream_id, const struct priority_field *field, int is_idle)
{
    const struct priority_idle_entry entry = {stream_id, field->urgency, field->incremental};
    if (is_idle) {
        return h2session__priority_idle_put(&s->priority_idle, &s->memory, entry) == 0
                   ? 0
                   : H2SESSION_ERR_NOMEM;
    }
    h2session__scheduler_prioritize(&s->schedule, &h2session__streams_find(s, stream_id)->node,
                                    entry.urgency, entry.incremental);
    return 0;
}

int h2session_submit_priority_update(h2session *s, uint32_t stream_id, const uint8_t *value,
                                     size_t length)
{
    struct priority_field field;
    if (s == NULL || s->config.role != H2SESSION_CLIENT || (value == NULL && length > 0) ||
        h2session__priority_field_parse((const char *)value, length, &field) != 0) {
        return H2SESSION_ERR_USAGE;
    }
    int is_idle = 0;
    int result = h2session__submit_allowed(s);
    result = result != 0 ? result : check_target(s, stream_id, &is_idle);
    /* rfc: 9218#2.1.1 */
    int is_heard = !s->settings.remote_seen || s->settings.remote.no_rfc7540_priorities == 1;
    if (result == 0 && (!is_heard || h2session__scheduler_has_tree(&s->schedule))) {
        result = H2SESSION_ERR_PRIORITY_SCHEME;
    }
    result = result != 0 ? result : apply(s, stream_id, &field, is_idle);
    if (result == 0) {
        const h2frame_frame frame = {
            .size = sizeof frame,
            .type = H2FRAME_TYPE_PRIORITY_UPDATE,
            .prioritized_stream_id = stream_id,
            .payload = {value, length},
        };
        result = h2session__out_frame_write(s, &frame);
    }
    return h2session__session_submitted(s, result);
}

/* ---- Dependencies ------------------------------------------------------------------------- */

/* rfc: 7540#5.3.1 */
int h2session_submit_priority(h2session *s, uint32_t stream_id, uint32_t dependency,
                              uint32_t weight, uint32_t exclusive)
{
    const struct names_signal signal = {stream_id, dependency, weight, exclusive};
    if (s == NULL || s->config.role != H2SESSION_CLIENT ||
        !h2session__names_signal_is_valid(&signal)) {
        return H2SESSION_ERR_USAGE;
    }
    int result = h2session__submit_allowed(s);
    if (result == 0 && (!hears_dependencies(s) || !h2session__scheduler_has_tree(&s->schedule))) {
        result = H2SESSION_ERR_PRIORITY_SCHEME;
    }
    /* How many idle streams are kept concerns what this side sends, not what it says. */
    if (result == 0 && h2session__scheduler_depend(&s->schedule, &signal) == NAMES_NO_MEMORY) {
        result = H2SESSION_ERR_NOMEM;
    }
    if (result == 0) {
        const h2frame_frame frame = {
            .size = sizeof frame,
            .type = H2FRAME_TYPE_PRIORITY,
            .stream_id = stream_id,
            .dependency = dependency,
            .weight = weight,
            .exclusive = exclusive,
        };
        result = h2session__out_frame_write(s, &frame);
    }
    return h2session__session_submitted(s, result);
}
