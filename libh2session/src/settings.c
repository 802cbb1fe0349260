/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <string.h>

/* RFC 9113 6.5.2, RFC 8441 3, RFC 9218 2.1. */
static const struct settings_values INITIAL_VALUES = {
    .header_table_size = SETTINGS_TABLE_SIZE,
    .enable_push = 1,
    .max_concurrent_streams = UINT32_MAX,
    .initial_window_size = 65535,
    .max_frame_size = H2FRAME_MIN_MAX_FRAME_SIZE,
    .max_header_list_size = UINT32_MAX,
    .enable_connect_protocol = 0,
    .no_rfc7540_priorities = 0,
};

void h2session__settings_init(struct settings *s, uint32_t role)
{
    *s = (struct settings){.role = role, .local = INITIAL_VALUES, .remote = INITIAL_VALUES};
}

static uint32_t *setting_in(struct settings_values *v, uint32_t id)
{
    switch (id) {
    case H2FRAME_SETTING_HEADER_TABLE_SIZE:
        return &v->header_table_size;
    case H2FRAME_SETTING_ENABLE_PUSH:
        return &v->enable_push;
    case H2FRAME_SETTING_MAX_CONCURRENT_STREAMS:
        return &v->max_concurrent_streams;
    case H2FRAME_SETTING_INITIAL_WINDOW_SIZE:
        return &v->initial_window_size;
    case H2FRAME_SETTING_MAX_FRAME_SIZE:
        return &v->max_frame_size;
    case H2FRAME_SETTING_MAX_HEADER_LIST_SIZE:
        return &v->max_header_list_size;
    case H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL:
        return &v->enable_connect_protocol;
    case H2FRAME_SETTING_NO_RFC7540_PRIORITIES:
        return &v->no_rfc7540_priorities;
    default:
        return NULL;
    }
}

uint32_t h2session__settings_get(const struct settings_values *v, uint32_t id)
{
    struct settings_values copy = *v;
    const uint32_t *value = setting_in(&copy, id);
    return value != NULL ? *value : 0;
}

int h2session__settings_is_free(uint32_t id)
{
    struct settings_values any = INITIAL_VALUES;
    return id >= 1 && id <= UINT16_MAX && setting_in(&any, id) == NULL;
}

/* Puts one value in force and tells what follows from it. Unknown ids change nothing. */
static struct settings_effect put_value(struct settings_values *v, const h2frame_setting *entry)
{
    struct settings_effect effect = {SETTINGS_EFFECT_NONE, 0, 0};
    uint32_t *value = setting_in(v, entry->id);
    if (value == NULL) {
        return effect; /* rfc: 9113#6.5.2 */
    }
    int64_t delta = (int64_t)entry->value - (int64_t)*value;
    *value = entry->value;
    switch (entry->id) {
    case H2FRAME_SETTING_INITIAL_WINDOW_SIZE:
        /* Windows of all streams move, so an unchanged value must cost nothing. */
        effect.kind = delta != 0 ? SETTINGS_EFFECT_WINDOW : SETTINGS_EFFECT_NONE;
        effect.delta = delta;
        break;
    case H2FRAME_SETTING_HEADER_TABLE_SIZE:
        effect.kind = SETTINGS_EFFECT_TABLE;
        break;
    case H2FRAME_SETTING_MAX_FRAME_SIZE:
        effect.kind = SETTINGS_EFFECT_FRAME_SIZE;
        break;
    case H2FRAME_SETTING_MAX_CONCURRENT_STREAMS:
        effect.kind = SETTINGS_EFFECT_CONCURRENCY;
        break;
    default:
        return effect;
    }
    effect.value = entry->value;
    return effect;
}

/* The rules about values that need more than the value to judge. */
static struct verdict judge_remote(const struct settings *s, const h2frame_setting *entry)
{
    uint32_t reason = H2SESSION_REASON_NONE;
    uint32_t limit = 0;
    if (entry->id == H2FRAME_SETTING_ENABLE_PUSH) {
        /* rfc: 9113#6.5.2 */
        if (s->role == H2SESSION_CLIENT && entry->value != 0) {
            reason = H2SESSION_REASON_SETTING_PUSH_FROM_SERVER;
        }
    } else if (entry->id == H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL) {
        /* rfc: 8441#3 */
        if (s->remote.enable_connect_protocol == 1 && entry->value == 0) {
            reason = H2SESSION_REASON_SETTING_CONNECT_WITHDRAWN;
            limit = 1;
        }
    } else if (entry->id == H2FRAME_SETTING_NO_RFC7540_PRIORITIES) {
        /* rfc: 9218#2.1 */
        if (s->remote_seen && s->remote.no_rfc7540_priorities != entry->value) {
            reason = H2SESSION_REASON_SETTING_PRIORITIES_CHANGED;
            limit = s->remote.no_rfc7540_priorities;
        }
    }
    if (reason == H2SESSION_REASON_NONE) {
        return verdict_ok();
    }
    return verdict_with(verdict_protocol(reason), entry->value, limit);
}

struct verdict h2session__settings_remote_entry(struct settings *s, const h2frame_setting *entry,
                                                struct settings_effect *effect)
{
    *effect = (struct settings_effect){SETTINGS_EFFECT_NONE, 0, 0};
    struct verdict v = judge_remote(s, entry);
    if (v.scope == VERDICT_OK) {
        *effect = put_value(&s->remote, entry);
    }
    return v;
}

void h2session__settings_remote_end(struct settings *s)
{
    s->remote_seen = 1;
}

int h2session__settings_local_sent(struct settings *s, const h2frame_setting *entries, size_t count)
{
    if (s->pending_count == SETTINGS_PENDING_MAX) {
        return -1;
    }
    struct settings_pending *p = &s->pending[s->pending_count];
    p->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (h2session__settings_is_free(entries[i].id)) {
            continue;
        }
        if (p->count == SETTINGS_ENTRIES_MAX) {
            return -1;
        }
        p->ids[p->count] = (uint8_t)entries[i].id;
        p->values[p->count] = entries[i].value;
        p->count++;
    }
    s->pending_count++;
    return 0;
}

size_t h2session__settings_local_implied(struct settings *s,
                                         struct settings_effect effects[SETTINGS_ENTRIES_MAX])
{
    if (s->pending_count == 0) {
        return 0;
    }
    const struct settings_pending *oldest = &s->pending[0];
    for (uint32_t i = 0; i < oldest->count; i++) {
        const h2frame_setting entry = settings_pending_entry(oldest, i);
        effects[i] = put_value(&s->local, &entry);
    }
    return oldest->count;
}

/* rfc: 9113#6.5.3 */
struct verdict h2session__settings_local_acked(struct settings *s,
                                               struct settings_effect effects[SETTINGS_ENTRIES_MAX],
                                               size_t *count)
{
    *count = 0;
    if (s->pending_count == 0) {
        return verdict_protocol(H2SESSION_REASON_SETTINGS_ACK_UNEXPECTED);
    }
    *count = h2session__settings_local_implied(s, effects);
    s->pending_count--;
    memmove(&s->pending[0], &s->pending[1], s->pending_count * sizeof s->pending[0]);
    return verdict_ok();
}

uint32_t h2session__settings_local_largest(const struct settings *s, uint32_t id)
{
    uint32_t largest = h2session__settings_get(&s->local, id);
    for (uint32_t i = 0; i < s->pending_count; i++) {
        const struct settings_pending *p = &s->pending[i];
        for (uint32_t k = 0; k < p->count; k++) {
            if (p->ids[k] == id && p->values[k] > largest) {
                largest = p->values[k];
            }
        }
    }
    return largest;
}
