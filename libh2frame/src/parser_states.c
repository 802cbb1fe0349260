/* SPDX-License-Identifier: MIT */
#include "parser_states.h"

#include <assert.h>
#include <string.h>

#include "codec.h"
#include "padding.h"

static_assert((int)H2FRAME__HOLD_LENGTH >= (int)H2FRAME_HEAD_LENGTH, "a head fits in hold");
static_assert(sizeof(h2frame_event) ==
                  offsetof(h2frame_event, fault) + sizeof(((h2frame_event *)0)->fault),
              "no padding at the end, so that every version has its own size");

/* The 24 octets of RFC 9113 3.4. */
static const uint8_t preface[H2FRAME_PREFACE_LENGTH] = {
    'P', 'R', 'I',  ' ',  '*',  ' ',  'H', 'T', 'T',  'P',  '/',  '2',
    '.', '0', '\r', '\n', '\r', '\n', 'S', 'M', '\r', '\n', '\r', '\n'};

const uint8_t *h2frame_preface(void)
{
    return preface;
}

static void take(struct h2frame__input *in, size_t count)
{
    in->at += count;
    in->left -= count;
}

static uint32_t at_most(size_t left, uint32_t wanted)
{
    return left < wanted ? (uint32_t)left : wanted;
}

static void enter_head(h2frame_parser *parser)
{
    h2frame__enter(parser, &h2frame__state_head, H2FRAME_HEAD_LENGTH);
}

/* Passes over that many octets, then expects a head. */
static void enter_skip(h2frame_parser *parser, uint32_t count)
{
    if (count == 0) {
        enter_head(parser);
        return;
    }
    parser->body_left = count;
    h2frame__enter(parser, &h2frame__state_skip, 1);
}

static int deliver(h2frame_parser *parser, uint32_t part)
{
    parser->event.kind = H2FRAME_EVENT_FRAME;
    parser->event.frame.part = part;
    return H2FRAME__STEP_EVENT;
}

/* Makes the event of a fault; `rest` octets of the frame are still to come. */
static int fault(h2frame_parser *parser, uint32_t reason, const struct h2frame__wrong *wrong,
                 uint32_t rest)
{
    h2frame_event *event = &parser->event;
    event->kind = H2FRAME_EVENT_FAULT;
    event->frame = (h2frame_frame){
        .size = sizeof event->frame,
        .type = event->frame.type,
        .flags = event->frame.flags,
        .stream_id = event->frame.stream_id,
        .length = event->frame.length,
    };
    h2frame__fault_fill(&event->fault, &event->frame, reason, wrong);
    if (event->fault.scope == H2FRAME_SCOPE_CONNECTION) {
        h2frame__enter(parser, &h2frame__state_dead, 1);
    } else {
        enter_skip(parser, rest);
    }
    return H2FRAME__STEP_EVENT;
}

/* ---- Preface ---- */

/* rfc: 9113#3.4 */
static int run_preface(h2frame_parser *parser, struct h2frame__input *in)
{
    const uint8_t *expected = preface + H2FRAME_PREFACE_LENGTH - parser->body_left;
    uint32_t count = at_most(in->left, parser->body_left);
    for (uint32_t i = 0; i < count; i++) {
        if (in->at[i] != expected[i]) {
            struct h2frame__wrong wrong = {.value = in->at[i], .limit = expected[i]};
            take(in, i + 1);
            return fault(parser, H2FRAME_REASON_PREFACE, &wrong, 0);
        }
    }
    take(in, count);
    parser->body_left -= count;
    if (parser->body_left > 0) {
        return H2FRAME__STEP_ON;
    }
    parser->event.kind = H2FRAME_EVENT_PREFACE;
    enter_head(parser);
    return H2FRAME__STEP_EVENT;
}

/* ---- Head: what comes after it depends on the layout of the type ---- */

static int begin_body(h2frame_parser *parser, uint32_t body, uint32_t padding)
{
    parser->body_left = body;
    parser->pad_left = padding;
    parser->next_part = H2FRAME_PART_FIRST;
    h2frame__enter(parser, &h2frame__state_body, body + padding > 0 ? 1 : 0);
    return H2FRAME__STEP_ON;
}

static int begin_parts(h2frame_parser *parser, const struct h2frame__rule *rule)
{
    const h2frame_frame *frame = &parser->event.frame;
    uint32_t prefix = h2frame__prefix_length(rule, frame->flags);
    if (prefix == 0) {
        return begin_body(parser, frame->length, 0);
    }
    h2frame__enter(parser, &h2frame__state_prefix, prefix);
    return H2FRAME__STEP_ON;
}

static int begin_whole(h2frame_parser *parser, const struct h2frame__rule *rule)
{
    uint32_t length = parser->event.frame.length;
    uint32_t limit = parser->extension_limit;
    if (rule->too_long == H2FRAME__LONG_RAW && length > limit) {
        return begin_body(parser, length, 0);
    }
    uint32_t kept = length;
    if (rule->too_long == H2FRAME__LONG_CUT && length - rule->min_length > limit) {
        kept = rule->min_length + limit;
    }
    h2frame__enter(parser, &h2frame__state_whole, kept);
    return H2FRAME__STEP_ON;
}

static int begin_settings(h2frame_parser *parser, const struct h2frame__rule *rule)
{
    (void)rule;
    uint32_t count = parser->event.frame.length / H2FRAME__SETTING_LENGTH;
    if (count > H2FRAME__SETTINGS_KEPT &&
        h2frame__block_get(parser, count * sizeof(h2frame_setting)) == NULL) {
        return H2FRAME_ERR_NOMEM;
    }
    parser->body_left = count;
    h2frame__enter(parser, &h2frame__state_settings, count > 0 ? H2FRAME__SETTING_LENGTH : 0);
    return H2FRAME__STEP_ON;
}

static int (*const begin[])(h2frame_parser *, const struct h2frame__rule *) = {
    [H2FRAME__LAYOUT_PARTS] = begin_parts,
    [H2FRAME__LAYOUT_WHOLE] = begin_whole,
    [H2FRAME__LAYOUT_SETTINGS] = begin_settings,
};

/* rfc: 9113#5.5 */
static const struct h2frame__rule *rule_of(const h2frame_parser *parser, uint32_t type)
{
    const int ignored = type < H2FRAME__RULE_COUNT && (parser->unsupported >> type & 1) != 0;
    return h2frame__rule(ignored ? H2FRAME__RULE_COUNT : type);
}

static int run_head(h2frame_parser *parser, struct h2frame__input *in)
{
    h2frame_frame *frame = &parser->event.frame;
    h2frame__head_read(in->at, frame);
    take(in, H2FRAME_HEAD_LENGTH);
    const struct h2frame__rule *rule = rule_of(parser, frame->type);
    struct h2frame__wrong wrong = {0, 0};
    uint32_t reason = h2frame__head_check(frame, rule, &parser->limits, &wrong);
    if (reason != 0) {
        return fault(parser, reason, &wrong, frame->length);
    }
    return begin[rule->layout](parser, rule);
}

/* ---- Payload in parts: prefix, body, padding ---- */

static int run_prefix(h2frame_parser *parser, struct h2frame__input *in)
{
    h2frame_frame *frame = &parser->event.frame;
    uint32_t prefix = parser->need;
    struct h2frame__wrong wrong = {0, 0};
    uint32_t reason = h2frame__codec(frame->type)->read(in->at, prefix, frame, &wrong);
    take(in, prefix);
    if (reason != 0) {
        return fault(parser, reason, &wrong, frame->length - prefix);
    }
    return begin_body(parser, frame->length - prefix - frame->pad_length, frame->pad_length);
}

/* The last part is the one with which the frame is whole, padding included. */
static int run_body(h2frame_parser *parser, struct h2frame__input *in)
{
    h2frame_frame *frame = &parser->event.frame;
    uint32_t count = at_most(in->left, parser->body_left);
    frame->payload = (h2frame_bytes){.data = in->at, .length = count};
    take(in, count);
    parser->body_left -= count;
    if (parser->body_left == 0 && parser->pad_left > 0) {
        uint32_t padding = at_most(in->left, parser->pad_left);
        take(in, padding);
        parser->pad_left -= padding;
    }
    int is_last = parser->body_left == 0 && parser->pad_left == 0;
    if (count == 0 && !is_last) {
        return H2FRAME__STEP_ON;
    }
    uint32_t part = parser->next_part;
    parser->next_part = 0;
    if (is_last) {
        part |= H2FRAME_PART_LAST;
        enter_head(parser);
    }
    return deliver(parser, part);
}

/* ---- Payload whole ---- */

static int run_whole(h2frame_parser *parser, struct h2frame__input *in)
{
    h2frame_frame *frame = &parser->event.frame;
    uint32_t length = parser->need;
    struct h2frame__wrong wrong = {0, 0};
    uint32_t reason = h2frame__codec(frame->type)->read(in->at, length, frame, &wrong);
    take(in, length);
    if (reason != 0) {
        return fault(parser, reason, &wrong, frame->length - length);
    }
    enter_skip(parser, frame->length - length);
    return deliver(parser, H2FRAME_PART_FIRST | H2FRAME_PART_LAST);
}

/* ---- Settings ---- */

static int run_settings(h2frame_parser *parser, struct h2frame__input *in)
{
    h2frame_frame *frame = &parser->event.frame;
    h2frame_setting *settings =
        parser->block != NULL ? (h2frame_setting *)(void *)parser->block : parser->settings;
    for (; parser->body_left > 0 && in->left >= H2FRAME__SETTING_LENGTH; parser->body_left--) {
        h2frame_setting *setting = &settings[frame->settings_count++];
        *setting = h2frame__setting_read(in->at);
        take(in, H2FRAME__SETTING_LENGTH);
        struct h2frame__wrong wrong = {0, 0};
        uint32_t reason = h2frame__setting_check(setting, &wrong);
        if (reason != 0) {
            return fault(parser, reason, &wrong, 0);
        }
    }
    if (parser->body_left > 0) {
        return H2FRAME__STEP_ON;
    }
    frame->settings = frame->settings_count > 0 ? settings : NULL;
    enter_head(parser);
    return deliver(parser, H2FRAME_PART_FIRST | H2FRAME_PART_LAST);
}

/* ---- Octets nobody wants ---- */

static int run_skip(h2frame_parser *parser, struct h2frame__input *in)
{
    uint32_t count = at_most(in->left, parser->body_left);
    take(in, count);
    enter_skip(parser, parser->body_left - count);
    return H2FRAME__STEP_ON;
}

/* After a connection error whatever comes is dropped (RFC 9113 5.4.1). */
static int run_dead(h2frame_parser *parser, struct h2frame__input *in)
{
    (void)parser;
    take(in, in->left);
    return H2FRAME__STEP_ON;
}

const struct h2frame__state h2frame__state_preface = {"preface", run_preface};
const struct h2frame__state h2frame__state_head = {"head", run_head};
const struct h2frame__state h2frame__state_prefix = {"prefix", run_prefix};
const struct h2frame__state h2frame__state_body = {"body", run_body};
const struct h2frame__state h2frame__state_whole = {"whole", run_whole};
const struct h2frame__state h2frame__state_settings = {"settings", run_settings};
const struct h2frame__state h2frame__state_skip = {"skip", run_skip};
const struct h2frame__state h2frame__state_dead = {"dead", run_dead};
