/* SPDX-License-Identifier: MIT */
/*
 * Creation, the connection preface (RFC 9113 3.4), the brackets of public calls, and the end.
 */
#include <string.h>

#include "check.h"
#include "config.h"
#include "import.h"
#include "session.h"

/* Entries of the first SETTINGS: what differs from the protocol's initial values. */
static size_t first_settings(const h2session_config *c, h2frame_setting *out)
{
    size_t n = 0;
    if (c->header_table_size != SETTINGS_TABLE_SIZE) {
        out[n++] = (h2frame_setting){H2FRAME_SETTING_HEADER_TABLE_SIZE, c->header_table_size};
    }
    if (c->role == H2SESSION_CLIENT && c->enable_push == 0) {
        out[n++] = (h2frame_setting){H2FRAME_SETTING_ENABLE_PUSH, 0};
    } else { /* a client's limit is on pushed streams */
        out[n++] =
            (h2frame_setting){H2FRAME_SETTING_MAX_CONCURRENT_STREAMS, c->max_concurrent_streams};
    }
    if (c->initial_window_size != 65535) {
        out[n++] = (h2frame_setting){H2FRAME_SETTING_INITIAL_WINDOW_SIZE, c->initial_window_size};
    }
    if (c->max_frame_size != H2FRAME_MIN_MAX_FRAME_SIZE) {
        out[n++] = (h2frame_setting){H2FRAME_SETTING_MAX_FRAME_SIZE, c->max_frame_size};
    }
    if (c->enable_connect_protocol != 0) { /* rfc: 8441#3 */
        out[n++] = (h2frame_setting){H2FRAME_SETTING_ENABLE_CONNECT_PROTOCOL, 1};
    }
    out[n++] = (h2frame_setting){H2FRAME_SETTING_MAX_HEADER_LIST_SIZE, c->max_header_list_size};
    if (c->priority_scheme == H2SESSION_PRIORITIES_RFC9218) {
        /* Never changed afterwards. rfc: 9218#2.1 */
        out[n++] = (h2frame_setting){H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 1};
    }
    for (size_t i = 0; i < c->extra_settings_count; i++) {
        out[n++] = c->extra_settings[i];
    }
    return n;
}

static int queue_preface(h2session *s)
{
    if (s->config.role == H2SESSION_CLIENT) {
        uint8_t *to = h2session__out_queue_reserve(&s->out, H2FRAME_PREFACE_LENGTH);
        if (to == NULL) {
            return H2SESSION_ERR_NOMEM;
        }
        memcpy(to, h2frame_preface(), H2FRAME_PREFACE_LENGTH);
        h2session__out_queue_commit(&s->out, H2FRAME_PREFACE_LENGTH);
    }
    h2frame_setting settings[SETTINGS_ENTRIES_MAX + SETTINGS_EXTRA_MAX];
    int result = h2session__out_frame_settings(s, settings, first_settings(&s->config, settings));
    s->config.extra_settings = NULL; /* borrowed for the call */
    s->config.extra_settings_count = 0;
    uint32_t window = s->config.connection_window_size;
    if (result == 0 && (int64_t)window > s->recv_flow.window) {
        uint32_t increment = window - (uint32_t)s->recv_flow.window;
        result = h2session__out_frame_window_update(s, 0, increment);
        h2session__flow_init(&s->recv_flow, window);
    }
    return result;
}

static void init_members(h2session *s)
{
    h2session__settings_init(&s->settings, s->config.role);
    h2session__limits_init(&s->limits, &s->config);
    h2session__flow_init(&s->send_flow, 65535);
    h2session__send_windows_init(&s->send_windows, 65535);
    h2session__flow_init(&s->recv_flow, 65535);
    h2session__stream_table_init(&s->streams, &s->memory);
    h2session__slab_init(&s->stream_slab, &s->memory, sizeof(struct stream));
    h2session__slab_init(&s->sending_slab, &s->memory, sizeof(struct sending));
    h2session__push_origins_init(&s->origins, &s->memory);
    h2session__reset_ring_init(&s->resets);
    h2session__scheduler_init(&s->schedule);
    h2session__out_queue_init(&s->out, &s->output_memory);
    s->out_to = &s->out;
    s->ended_tail = &s->ended;
    s->next_stream_id = s->config.role == H2SESSION_CLIENT ? 1 : 2;
    s->goaway_sent_last = H2FRAME_MAX_STREAM_ID;
    timer_start(&s->idle, 0, 0);
}

static int new_schedule(h2session *s)
{
    if (s->config.priority_scheme == H2SESSION_PRIORITIES_RFC9218) {
        return 0;
    }
    return h2session__scheduler_use_tree(&s->schedule, &s->memory, s->config.priority_node_limit) ==
                   0
               ? 0
               : H2SESSION_ERR_NOMEM;
}

static void destroy_session(h2session *s)
{
    struct memory hook = s->meter.hook;
    const struct memory other = h2session__accounts_memory(s, ACCOUNT_OTHER);
    h2session__rule_counts_free(&s->rule_counts, &other);
    h2session__in_custom_free(s);
    h2session__credit_free(s);
    h2session__out_queue_free(&s->out);
    h2session__stream_table_free(&s->streams);
    h2session__slab_trim(&s->stream_slab);
    h2session__slab_trim(&s->sending_slab);
    h2session__push_origins_free(&s->origins);
    h2session__scheduler_use_urgency(&s->schedule);
    h2session__priority_idle_free(&s->priority_idle, &s->memory);
    h2session__reset_ring_free(&s->resets, &s->memory);
    h2session__codecs_free(s);
    h2session__memory_free(&hook, s, sizeof *s);
}

static int import_callbacks(h2session *s, const h2session_callbacks *callbacks)
{
    if (callbacks == NULL) {
        return 0;
    }
    int known = callbacks->size >= sizeof callbacks->size &&
                import_struct(&s->callbacks, sizeof s->callbacks, callbacks, callbacks->size) == 0;
    return known ? 0 : H2SESSION_ERR_CONFIG;
}

int h2session_new(h2session **out, const h2session_config *config,
                  const h2session_callbacks *callbacks, void *user)
{
    if (out == NULL) {
        return H2SESSION_ERR_USAGE;
    }
    *out = NULL;
    h2session_config own;
    int result = h2session__config_import(&own, config);
    if (result != 0) {
        return result;
    }
    struct memory hook;
    h2session__memory_init(&hook, own.resize, own.resize_ctx);
    h2session *s = h2session__memory_zero(&hook, sizeof *s);
    if (s == NULL) {
        return H2SESSION_ERR_NOMEM;
    }
    s->config = own;
    h2session__accounts_init(s, &hook);
    s->user = user;
    init_members(s);
    result = import_callbacks(s, callbacks);
    result = result != 0 ? result : h2session__credit_init(s);
    result = result != 0 ? result : new_schedule(s);
    result = result != 0 ? result : queue_preface(s);
    if (result != 0) {
        s->free_asked = 0;
        h2session_free(s); /* on_trace may have opened streams */
        return result;
    }
    *out = s;
    return 0;
}

void h2session_free(h2session *s)
{
    if (s == NULL) {
        return;
    }
    if (s->in_callback > 0 || s->in_call > 0) {
        s->free_asked = 1;
        return;
    }
    /* The last events: every stream that the application knows is closed exactly once. What was
     * lent is given back, because nobody can ask for it any more. */
    s->terminated = 1;
    s->failed = s->failed != 0 ? s->failed : H2SESSION_ERR_CLOSED;
    s->in_call = 1;
    h2session__streams_end_all(s, H2FRAME_CODE_CANCEL, H2SESSION_REASON_CONNECTION_ENDED);
    while (s->ended != NULL) {
        if (s->ended->sending != NULL) {
            s->ended->sending->lent_mark = 0;
        }
        s->free_asked = 0; /* a second free from inside a callback changes nothing */
        (void)h2session__streams_reap(s);
    }
    destroy_session(s);
}

int h2session_trim(h2session *s)
{
    int result = s == NULL ? H2SESSION_ERR_USAGE : h2session__session_enter(s);
    if (result != 0) {
        return result;
    }
    h2session__out_queue_keep(&s->out, 0);
    h2session__stream_table_keep(&s->streams, 0);
    h2session__slab_trim(&s->stream_slab);
    h2session__slab_trim(&s->sending_slab);
    h2session__codecs_rest(s);
    if (s->decoder != NULL) {
        hpack_decoder_trim(s->decoder);
    }
    return h2session__session_leave(s, 0);
}

int h2session_drop_encoder(h2session *s)
{
    int result = s == NULL ? H2SESSION_ERR_USAGE : h2session__session_enter(s);
    if (result != 0) {
        return result;
    }
    h2session__codecs_drop_encoder(s);
    return h2session__session_leave(s, 0);
}

int h2session__session_enter(h2session *s)
{
    if (s->in_callback > 0 || s->in_call > 0) {
        return H2SESSION_ERR_REENTRANT;
    }
    s->in_call = 1;
    RUN_CHECK(h2session__session_check(s));
    return 0;
}

int h2session__session_settle_all(h2session *s)
{
    int result;
    do {
        if (s->failing) {
            h2session__fault_settle(s);
        }
        result = h2session__streams_reap(s);
    } while (s->failing && !s->free_asked); /* a callback's doing: that ends more streams */
    return result;
}

int h2session__session_leave(h2session *s, int code)
{
    s->in_call = 0;
    s->timed = 0;
    return h2session__session_submitted(s, code);
}

int h2session__session_submitted(h2session *s, int code)
{
    if (s->in_call > 0 || s->in_callback > 0) {
        return code;
    }
    if (s->failing) {
        h2session__fault_settle(s);
    }
    if (s->free_asked) {
        s->free_asked = 0;
        h2session_free(s);
        return code;
    }
    RUN_CHECK(h2session__session_check(s));
    return code;
}

#ifdef H2_CHECKS
void h2session__session_check(const h2session *s)
{
    check_that(s->local_count + s->remote_count + s->reserved_count == s->streams.count);
    check_that(s->out_to == &s->out);
    check_that(s->lent <= s->out.bytes);
    check_that(s->in_callback == 0);
    uint32_t position = 0;
    const struct stream *st = h2session__stream_table_next(&s->streams, &position);
    for (; st != NULL; st = h2session__stream_table_next(&s->streams, &position)) {
        check_that(st->state != STATE_CLOSED && st->state != STATE_IDLE);
        check_that(!h2session__scheduler_is_queued(&s->schedule, &st->node) || s->windows_moved ||
                   h2session__streams_send_window(s, st) > 0);
        check_that(st->send_ahead <= s->send_windows.highest &&
                   h2session__streams_send_window(s, st) <= FLOW_MAX);
        h2session__flow_check(&st->recv);
    }
    h2session__flow_check(&s->send_flow);
    h2session__flow_check(&s->recv_flow);
    h2session__stream_table_check(&s->streams);
    h2session__scheduler_check(&s->schedule);
    h2session__out_queue_check(&s->out);
}
#endif
