/* SPDX-License-Identifier: MIT */
/*
 * The states of the parser: data that the driver in parser.c runs.
 *
 * A state is a function and a name; entering one says how many octets it needs. The driver runs it
 * only with at least that many octets in one piece: in place when they lie whole in the input, else
 * gathered (in `hold`, or in `block` when they are more). So no state ever sees a field cut short.
 * A state that is run over gathered octets gets exactly as many as it needs, and takes them all.
 * A state that needs none runs at once.
 *
 * Hand-over: a state takes octets off `in`, then enters the next state, then says how the driver
 * goes on: STEP_ON, STEP_EVENT (parser->event is to be delivered), or a negative error, final.
 *
 * Invariants (h2frame__parser_check): have < need or both are 0; only what needs more than one
 * octet is gathered; block is NULL outside of gathering, of a long SETTINGS frame, and of the event
 * that views it.
 */
#ifndef H2FRAME_PARSER_STATES_H
#define H2FRAME_PARSER_STATES_H

#include "fault.h"
#include "head.h"
#include "memory.h"

enum {
    H2FRAME__STEP_ON = 0,
    H2FRAME__STEP_EVENT = 1,
    H2FRAME__STEP_WAIT = 2 /* of the driver only: more input is needed */
};

/* The longest fixed part is a head; a SETTINGS frame with up to SETTINGS_KEPT entries needs no
 * memory of its own. */
enum { H2FRAME__HOLD_LENGTH = 16, H2FRAME__SETTINGS_KEPT = 8 };

struct h2frame__input {
    const uint8_t *at;
    size_t left;
};

struct h2frame__state {
    const char *name;
    int (*run)(h2frame_parser *parser, struct h2frame__input *in);
};

struct h2frame_parser {
    const struct h2frame__state *state;
    uint32_t need;      /* octets in one piece that the state waits for */
    uint32_t have;      /* of them, gathered so far */
    uint32_t body_left; /* preface, body or rest of the frame, in octets; settings, in entries */
    uint32_t pad_left;
    uint32_t next_part; /* H2FRAME_PART_FIRST until a part of the body has been delivered */
    struct h2frame__head_limits limits;
    uint32_t extension_limit;
    uint32_t unsupported; /* bits of extensions that are read as unknown types */
    int error;            /* 0, or the final error */
    uint32_t between;     /* the short way of parser_whole.c may be tried */
    uint32_t shape;       /* H2FRAME__WHOLE_ of the last event, NONE unless it took that way */
    uint8_t *block;
    size_t block_size;
    struct h2frame__memory memory;
    uint8_t hold[H2FRAME__HOLD_LENGTH];
    h2frame_setting settings[H2FRAME__SETTINGS_KEPT];
    h2frame_event event;
};

extern const struct h2frame__state h2frame__state_preface;
extern const struct h2frame__state h2frame__state_head;
extern const struct h2frame__state h2frame__state_prefix;
extern const struct h2frame__state h2frame__state_body;
extern const struct h2frame__state h2frame__state_whole;
extern const struct h2frame__state h2frame__state_settings;
extern const struct h2frame__state h2frame__state_skip;
extern const struct h2frame__state h2frame__state_dead;

static inline void h2frame__enter(h2frame_parser *parser, const struct h2frame__state *state,
                                  uint32_t need)
{
    parser->state = state;
    parser->need = need;
}

/* parser.c: h2frame_parser_next() by way of the states. */
int h2frame__parser_drive(h2frame_parser *parser, const uint8_t *data, size_t length,
                          size_t *consumed, const h2frame_event **event);

/* parser.c: of the event only the head of its frame is left; what it gets now is of this shape. */
void h2frame__event_shape(h2frame_parser *parser, uint32_t shape);

/* Memory for one frame, freed when the next call begins. Returns NULL when there is none. */
uint8_t *h2frame__block_get(h2frame_parser *parser, size_t size);

/* Self-check: aborts when an invariant does not hold; nothing unless H2_CHECKS is defined. */
#ifdef H2_CHECKS
void h2frame__parser_check(const h2frame_parser *parser);
#else
static inline void h2frame__parser_check(const h2frame_parser *parser)
{
    (void)parser;
}
#endif

#endif
