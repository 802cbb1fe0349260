/* SPDX-License-Identifier: MIT */
#include "case_scanner.h"

#include <string.h>

static const char cases_key[] = "cases";
enum { CASES_KEY_LENGTH = sizeof cases_key - 1, CASES_DEPTH = 2 };

/* What comes next. */
enum {
    VALUE,
    FIRST_ELEMENT, /* a value or ] */
    FIRST_KEY,     /* a name or } */
    KEY,
    COLON,
    AFTER, /* behind a value: a comma or the end of the container */
    END,   /* behind the root */
    STRING,
    CHARACTER, /* the rest of a character of several octets */
    ESCAPE,
    HEX,
    LITERAL,
    /* The parts of a number, RFC 8259 6. */
    MINUS,
    ZERO,
    INTEGER,
    POINT,
    FRACTION,
    EXPONENT,
    EXPONENT_SIGN,
    EXPONENT_DIGITS
};

enum { CAPTURE_OFF, CAPTURE_ON, CAPTURE_TOO_LONG, CAPTURE_DONE, CAPTURE_DONE_TOO_LONG };

/* A step took its octet (SCAN_OK), left it for the next state (AGAIN), or failed. */
enum { AGAIN = 1 };

static int bad(struct case_scanner *s, const char *why)
{
    s->why = why;
    return SCAN_BAD_TEXT;
}

static int is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* ---- Values and containers ---------------------------------------------------------------- */

static void value_done(struct case_scanner *s)
{
    s->state = s->depth == 0 ? END : AFTER;
    if (s->depth == CASES_DEPTH && s->capture != CAPTURE_OFF) {
        s->capture = s->capture == CAPTURE_ON ? CAPTURE_DONE : CAPTURE_DONE_TOO_LONG;
    }
}

static int open_container(struct case_scanner *s, int is_array)
{
    if (s->depth == SCAN_DEPTH) {
        return bad(s, "nested too deep");
    }
    s->in_array[s->depth++] = is_array;
    s->state = is_array ? FIRST_ELEMENT : FIRST_KEY;
    return SCAN_OK;
}

static int close_container(struct case_scanner *s)
{
    if (s->depth == CASES_DEPTH) {
        s->in_cases = 0;
    }
    s->depth--;
    value_done(s);
    return SCAN_OK;
}

/* Notices where the array of cases begins, and each case. */
static int check_place(struct case_scanner *s, uint8_t c)
{
    if (s->depth == 0 && c != '{') {
        return bad(s, "the root must be an object");
    }
    if (s->depth == 1 && s->key_match == CASES_KEY_LENGTH) {
        if (c != '[') {
            return bad(s, "\"cases\" must be an array");
        }
        if (s->seen_cases) {
            return bad(s, "\"cases\" is there twice");
        }
        s->seen_cases = s->in_cases = 1;
    } else if (s->depth == CASES_DEPTH && s->in_cases) {
        s->capture = CAPTURE_ON;
        s->text.length = 0;
    }
    return SCAN_OK;
}

static int begin_literal(struct case_scanner *s, const char *rest)
{
    s->literal = rest;
    s->state = LITERAL;
    return SCAN_OK;
}

static int begin_number(struct case_scanner *s, uint8_t c)
{
    if (c != '-' && !is_digit(c)) {
        return bad(s, "expected a value");
    }
    s->state = c == '-' ? MINUS : c == '0' ? ZERO : INTEGER;
    return SCAN_OK;
}

static int step_value(struct case_scanner *s, uint8_t c)
{
    if (is_space(c)) {
        return SCAN_OK;
    }
    if (check_place(s, c) != SCAN_OK) {
        return SCAN_BAD_TEXT;
    }
    switch (c) {
    case '{':
        return open_container(s, 0);
    case '[':
        return open_container(s, 1);
    case '"':
        s->is_key = 0;
        s->state = STRING;
        return SCAN_OK;
    case 't':
        return begin_literal(s, "rue");
    case 'f':
        return begin_literal(s, "alse");
    case 'n':
        return begin_literal(s, "ull");
    default:
        return begin_number(s, c);
    }
}

static int step_first_element(struct case_scanner *s, uint8_t c)
{
    if (is_space(c)) {
        return SCAN_OK;
    }
    if (c == ']') {
        return close_container(s);
    }
    s->state = VALUE;
    return AGAIN;
}

static int step_key(struct case_scanner *s, uint8_t c)
{
    if (is_space(c)) {
        return SCAN_OK;
    }
    if (c != '"') {
        return bad(s, "expected a member name in quotes");
    }
    s->is_key = 1;
    s->key_match = 0;
    s->state = STRING;
    return SCAN_OK;
}

static int step_first_key(struct case_scanner *s, uint8_t c)
{
    if (c == '}') {
        return close_container(s);
    }
    return step_key(s, c);
}

static int step_colon(struct case_scanner *s, uint8_t c)
{
    if (is_space(c)) {
        return SCAN_OK;
    }
    s->state = VALUE;
    return c == ':' ? SCAN_OK : bad(s, "expected ':'");
}

static int step_after(struct case_scanner *s, uint8_t c)
{
    int in_array = s->in_array[s->depth - 1];

    if (is_space(c)) {
        return SCAN_OK;
    }
    if (c == ',') {
        s->state = in_array ? VALUE : KEY;
        return SCAN_OK;
    }
    if (c == (in_array ? ']' : '}')) {
        return close_container(s);
    }
    return bad(s, in_array ? "expected ',' or ']'" : "expected ',' or '}'");
}

static int step_end(struct case_scanner *s, uint8_t c)
{
    return is_space(c) ? SCAN_OK : bad(s, "something follows the root object");
}

/* ---- Strings ------------------------------------------------------------------------------ */

static void match_key(struct case_scanner *s, uint8_t c)
{
    int at = s->key_match;

    if (at >= 0) {
        s->key_match = at < CASES_KEY_LENGTH && (uint8_t)cases_key[at] == c ? at + 1 : -1;
    }
}

static int step_string(struct case_scanner *s, uint8_t c)
{
    if (c == '"') {
        if (s->is_key) {
            s->state = COLON;
        } else {
            value_done(s);
        }
        return SCAN_OK;
    }
    match_key(s, c);
    if (c == '\\') {
        s->state = ESCAPE;
        return SCAN_OK;
    }
    if (c < 0x20) {
        return bad(s, "control character in a string");
    }
    int step = utf8_step(&s->utf8, c);

    if (step == UTF8_MORE) {
        s->state = CHARACTER;
    }
    return step == UTF8_BAD ? bad(s, "not UTF-8") : SCAN_OK;
}

static int step_character(struct case_scanner *s, uint8_t c)
{
    int step = utf8_step(&s->utf8, c);

    if (step == UTF8_DONE) {
        s->state = STRING;
    }
    return step == UTF8_BAD ? bad(s, "not UTF-8") : SCAN_OK;
}

static int step_escape(struct case_scanner *s, uint8_t c)
{
    if (c == 'u') {
        s->hex_left = 4;
        s->hex_value = 0;
        s->state = HEX;
        return SCAN_OK;
    }
    s->state = STRING;
    return c != 0 && strchr("\"\\/bfnrt", c) != NULL ? SCAN_OK : bad(s, "unknown escape");
}

static int step_hex(struct case_scanner *s, uint8_t c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *digit = c != 0 ? strchr(digits, c) : NULL;

    if (digit == NULL) {
        return bad(s, "\\u needs four hex digits");
    }
    /* Only whether it is zero matters. */
    s->hex_value |= (uint32_t)(digit - digits);
    if (--s->hex_left == 0) {
        s->state = STRING;
    }
    return SCAN_OK;
}

/* ---- Numbers and literals ----------------------------------------------------------------- */

static int step_literal(struct case_scanner *s, uint8_t c)
{
    if (c != (uint8_t)*s->literal) {
        return bad(s, "expected a value");
    }
    if (*++s->literal == '\0') {
        value_done(s);
    }
    return SCAN_OK;
}

/* For each part of a number: where a digit, a point and an exponent lead, or -1, and whether the
 * number may end there. */
static const struct {
    int digit, point, exponent, complete;
} number_parts[] = {
    [MINUS - MINUS] = {INTEGER, -1, -1, 0},
    [ZERO - MINUS] = {-1, POINT, EXPONENT, 1},
    [INTEGER - MINUS] = {INTEGER, POINT, EXPONENT, 1},
    [POINT - MINUS] = {FRACTION, -1, -1, 0},
    [FRACTION - MINUS] = {FRACTION, -1, EXPONENT, 1},
    [EXPONENT - MINUS] = {EXPONENT_DIGITS, -1, -1, 0},
    [EXPONENT_SIGN - MINUS] = {EXPONENT_DIGITS, -1, -1, 0},
    [EXPONENT_DIGITS - MINUS] = {EXPONENT_DIGITS, -1, -1, 1},
};

static int step_number(struct case_scanner *s, uint8_t c)
{
    int part = s->state - MINUS;
    int next = -1;

    if (is_digit(c)) {
        next = s->state == MINUS && c == '0' ? ZERO : number_parts[part].digit;
    } else if (c == '.') {
        next = number_parts[part].point;
    } else if (c == 'e' || c == 'E') {
        next = number_parts[part].exponent;
    } else if (c == '+' || c == '-') {
        next = s->state == EXPONENT ? EXPONENT_SIGN : -1;
    }
    if (next >= 0) {
        s->state = next;
        return SCAN_OK;
    }
    if (!number_parts[part].complete) {
        return bad(s, "a number needs a digit here");
    }
    value_done(s);
    return AGAIN;
}

static int (*const steps[])(struct case_scanner *, uint8_t) = {
    [VALUE] = step_value,
    [FIRST_ELEMENT] = step_first_element,
    [FIRST_KEY] = step_first_key,
    [KEY] = step_key,
    [COLON] = step_colon,
    [AFTER] = step_after,
    [END] = step_end,
    [STRING] = step_string,
    [CHARACTER] = step_character,
    [ESCAPE] = step_escape,
    [HEX] = step_hex,
    [LITERAL] = step_literal,
    [MINUS] = step_number,
    [ZERO] = step_number,
    [INTEGER] = step_number,
    [POINT] = step_number,
    [FRACTION] = step_number,
    [EXPONENT] = step_number,
    [EXPONENT_SIGN] = step_number,
    [EXPONENT_DIGITS] = step_number,
};

/* ---- Capture ------------------------------------------------------------------------------ */

static int keep(struct case_scanner *s, const uint8_t *data, size_t length)
{
    if (s->capture != CAPTURE_ON && s->capture != CAPTURE_DONE) {
        return SCAN_OK;
    }
    if (length > s->limit - s->text.length) {
        s->capture = s->capture == CAPTURE_ON ? CAPTURE_TOO_LONG : CAPTURE_DONE_TOO_LONG;
        bytes_clear(&s->text);
        return SCAN_OK;
    }
    return bytes_append(&s->text, data, length) == 0 ? SCAN_OK : SCAN_NO_MEMORY;
}

static int hand_on(struct case_scanner *s)
{
    const char *text = s->capture == CAPTURE_DONE ? (const char *)s->text.data : NULL;

    s->capture = CAPTURE_OFF;
    return s->receiver(s->ctx, text, s->text.length) == 0 ? SCAN_OK : SCAN_STOPPED;
}

static void replace_nul(struct case_scanner *s)
{
    static const size_t escape_length = sizeof "\\u0000" - 1;

    if (s->capture == CAPTURE_ON) {
        s->text.length -= escape_length;
        s->text.data[s->text.length++] = 0xc0;
        s->text.data[s->text.length++] = 0x80;
    }
}

static int take(struct case_scanner *s, uint8_t c)
{
    int result = AGAIN;
    int before = s->state;

    while (result == AGAIN) {
        before = s->state;
        result = steps[s->state](s, c);
        /* A number ends at what follows it, which is not part of the case. */
        if (result == AGAIN && s->capture >= CAPTURE_DONE && hand_on(s) != SCAN_OK) {
            return SCAN_STOPPED;
        }
    }
    if (result == SCAN_OK) {
        result = keep(s, &c, 1);
    }
    if (result == SCAN_OK && before == HEX && s->state == STRING && s->hex_value == 0) {
        replace_nul(s);
    }
    if (result == SCAN_OK && s->capture >= CAPTURE_DONE) {
        result = hand_on(s);
    }
    return result;
}

/* How many octets from here on are plain characters of a string that is no member name. */
static size_t plain_run(const struct case_scanner *s, const uint8_t *data, size_t length)
{
    size_t run = 0;

    if (s->state != STRING || s->is_key) {
        return 0;
    }
    while (run < length && data[run] >= 0x20 && data[run] < 0x80 && data[run] != '"' &&
           data[run] != '\\') {
        run++;
    }
    return run;
}

void case_scanner_init(struct case_scanner *scanner, size_t limit, case_scanner_receiver receiver,
                       void *ctx)
{
    *scanner = (struct case_scanner){
        .receiver = receiver, .ctx = ctx, .limit = limit, .line = 1, .column = 1};
}

void case_scanner_clear(struct case_scanner *scanner)
{
    bytes_clear(&scanner->text);
}

int case_scanner_feed(struct case_scanner *scanner, const uint8_t *data, size_t length)
{
    struct case_scanner *s = scanner;

    for (size_t i = 0; i < length && s->result == SCAN_OK;) {
        size_t run = plain_run(s, data + i, length - i);

        if (run > 0) {
            s->result = keep(s, data + i, run);
            s->column += run;
            i += run;
            continue;
        }
        s->result = take(s, data[i]);
        if (s->result != SCAN_OK) {
            break;
        }
        s->column++;
        if (data[i++] == '\n') {
            s->line++;
            s->column = 1;
        }
    }
    return s->result;
}

int case_scanner_end(struct case_scanner *scanner)
{
    struct case_scanner *s = scanner;

    if (s->result == SCAN_OK && s->state != END) {
        s->result = bad(s, "the text ends too early");
    } else if (s->result == SCAN_OK && !s->seen_cases) {
        s->result = bad(s, "the root object has no member \"cases\"");
    }
    return s->result;
}
