/* SPDX-License-Identifier: MIT */
/* The driver of the parser: life, gathering of octets, the loop over states, the final error. */
#ifdef H2_CHECKS
#undef NDEBUG /* the checks are assertions, and wanted in any build that asks for them */
#endif
#include <assert.h>
#include <string.h>

#include "config.h"
#include "parser_states.h"

/* ---- Life ---- */

int h2frame_parser_new(h2frame_parser **out, const h2frame_parser_config *config)
{
    if (out == NULL) {
        return H2FRAME_ERR_USAGE;
    }
    *out = NULL;
    h2frame_parser_config own;
    int rv = h2frame__config_import(&own, config);
    if (rv != 0) {
        return rv;
    }
    struct h2frame__memory memory = {.resize = own.resize, .ctx = own.resize_ctx};
    h2frame_parser *parser = h2frame__alloc(&memory, sizeof *parser);
    if (parser == NULL) {
        return H2FRAME_ERR_NOMEM;
    }
    *parser = (h2frame_parser){
        .state = &h2frame__state_head,
        .need = H2FRAME_HEAD_LENGTH,
        .limits = {.max_frame_size = own.max_frame_size,
                   .settings_entries = own.settings_entry_limit},
        .extension_limit = own.extension_limit_bytes,
        .memory = memory,
        .event = {.size = sizeof parser->event, .frame = {.size = sizeof parser->event.frame}},
    };
    if (own.expect_preface != 0) {
        parser->body_left = H2FRAME_PREFACE_LENGTH;
        h2frame__enter(parser, &h2frame__state_preface, 1);
    }
    *out = parser;
    return 0;
}

uint8_t *h2frame__block_get(h2frame_parser *parser, size_t size)
{
    assert(parser->block == NULL);
    parser->block = h2frame__alloc(&parser->memory, size);
    parser->block_size = parser->block != NULL ? size : 0;
    return parser->block;
}

static void block_release(h2frame_parser *parser)
{
    h2frame__release(&parser->memory, parser->block, parser->block_size);
    parser->block = NULL;
    parser->block_size = 0;
}

void h2frame_parser_free(h2frame_parser *parser)
{
    if (parser == NULL) {
        return;
    }
    block_release(parser);
    struct h2frame__memory memory = parser->memory;
    h2frame__release(&memory, parser, sizeof *parser);
}

/* Whether the next octets are a head, and nothing of the last event has to be tidied up. */
static int is_between(const h2frame_parser *parser)
{
    return parser->state == &h2frame__state_head && parser->have == 0 && parser->error == 0 &&
           parser->block == NULL && parser->event.kind != H2FRAME_EVENT_FAULT;
}

#ifdef H2_CHECKS
void h2frame__parser_check(const h2frame_parser *parser)
{
    assert(parser->state != NULL && parser->state->run != NULL);
    assert(parser->have == 0 || parser->have < parser->need);
    assert(parser->have == 0 || parser->need > 1);
    assert(parser->have == 0 || parser->need <= H2FRAME__HOLD_LENGTH ||
           parser->block_size == parser->need);
    assert((parser->block == NULL) == (parser->block_size == 0));
    assert(parser->event.size == sizeof parser->event);
    assert(parser->limits.max_frame_size >= H2FRAME_MIN_MAX_FRAME_SIZE);
    assert(parser->state != &h2frame__state_head || parser->need == H2FRAME_HEAD_LENGTH);
    assert(parser->state != &h2frame__state_skip || parser->body_left > 0);
    assert(!parser->between || is_between(parser));
}
#endif

/* ---- Reading ---- */

/* Adds input to what has been gathered, and runs the state once it has enough. */
static int gather(h2frame_parser *parser, struct h2frame__input *in)
{
    if (in->left == 0) {
        return H2FRAME__STEP_WAIT;
    }
    uint8_t *hold = parser->hold;
    if (parser->need > sizeof parser->hold) {
        hold = parser->have > 0 ? parser->block : h2frame__block_get(parser, parser->need);
        if (hold == NULL) {
            return H2FRAME_ERR_NOMEM;
        }
    }
    size_t missing = parser->need - parser->have;
    size_t count = in->left < missing ? in->left : missing;
    memcpy(hold + parser->have, in->at, count);
    in->at += count;
    in->left -= count;
    if (count < missing) {
        parser->have += (uint32_t)count;
        return H2FRAME__STEP_WAIT;
    }
    struct h2frame__input held = {.at = hold, .left = parser->need};
    parser->have = 0;
    return parser->state->run(parser, &held);
}

static int drive(h2frame_parser *parser, struct h2frame__input *in)
{
    int step = H2FRAME__STEP_ON;
    while (step == H2FRAME__STEP_ON) {
        if (parser->have > 0 || in->left < parser->need) {
            step = gather(parser, in);
        } else {
            step = parser->state->run(parser, in);
        }
    }
    return step;
}

/* Gives back what only the last event needed. */
static void forget_event(h2frame_parser *parser)
{
    if (parser->block != NULL && parser->have == 0 && parser->state != &h2frame__state_settings) {
        block_release(parser);
    }
    if (parser->event.kind == H2FRAME_EVENT_FAULT) {
        parser->event.fault = (h2frame_fault){.scope = 0};
    }
}

void h2frame__event_shape(h2frame_parser *parser, uint32_t shape)
{
    const h2frame_frame *head = &parser->event.frame;
    parser->event.frame = (h2frame_frame){
        .size = sizeof *head,
        .type = head->type,
        .flags = head->flags,
        .stream_id = head->stream_id,
        .length = head->length,
        .part = H2FRAME_PART_FIRST | H2FRAME_PART_LAST,
    };
    parser->event.kind = H2FRAME_EVENT_FRAME;
    parser->shape = shape;
}

int h2frame__parser_drive(h2frame_parser *parser, const uint8_t *data, size_t length,
                          size_t *consumed, const h2frame_event **event)
{
    if (consumed != NULL) {
        *consumed = 0;
    }
    if (event != NULL) {
        *event = NULL;
    }
    if (parser == NULL || consumed == NULL || event == NULL || (data == NULL && length > 0)) {
        return H2FRAME_ERR_USAGE;
    }
    h2frame__parser_check(parser);
    if (parser->error != 0) {
        return parser->error;
    }
    forget_event(parser);
    parser->shape = H2FRAME__WHOLE_NONE;
    struct h2frame__input in = {.at = data, .left = length};
    int step = drive(parser, &in);
    *consumed = length - in.left;
    if (step == H2FRAME__STEP_EVENT) {
        *event = &parser->event;
    } else if (step < 0) {
        parser->error = step;
    }
    parser->between = is_between(parser) != 0;
    h2frame__parser_check(parser);
    return parser->error;
}

int h2frame_parser_set_max_frame_size(h2frame_parser *parser, uint32_t max_frame_size)
{
    if (parser == NULL || !h2frame__frame_size_fits(max_frame_size)) {
        return H2FRAME_ERR_USAGE;
    }
    h2frame__parser_check(parser);
    parser->limits.max_frame_size = max_frame_size;
    h2frame__parser_check(parser);
    return 0;
}

int h2frame_parser_set_unsupported(h2frame_parser *parser, uint32_t types)
{
    const uint32_t extensions = UINT32_C(1) << H2FRAME_TYPE_ALTSVC |
                                UINT32_C(1) << H2FRAME_TYPE_ORIGIN |
                                UINT32_C(1) << H2FRAME_TYPE_PRIORITY_UPDATE;
    if (parser == NULL || (types & ~extensions) != 0) {
        return H2FRAME_ERR_USAGE;
    }
    parser->unsupported = types;
    return 0;
}

int h2frame_parser_in_frame(const h2frame_parser *parser)
{
    if (parser == NULL || parser->state == &h2frame__state_dead) {
        return 0;
    }
    if (parser->state == &h2frame__state_preface) {
        return parser->body_left < H2FRAME_PREFACE_LENGTH;
    }
    return parser->state != &h2frame__state_head || parser->have > 0;
}
