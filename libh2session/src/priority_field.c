/* SPDX-License-Identifier: MIT */
/* One function a rule of the grammar, each at the place where the rule begins; they return 0, or
 * -1 when the text is no such thing. */
#include "priority_field.h"

#include "http_chars.h"

struct cursor {
    const char *at;
    const char *end;
};

/* A bare item, as far as its type and value matter. */
enum { ITEM_OTHER = 0, ITEM_INTEGER = 1, ITEM_BOOLEAN = 2 };

struct item {
    uint32_t kind;
    int64_t value;
};

static const struct priority_field EMPTY = {.urgency = PRIORITY_FIELD_URGENCY};

enum { INTEGER_DIGITS = 15, DECIMAL_WHOLE_DIGITS = 12, DECIMAL_FRACTION_DIGITS = 3 };

static int peek(const struct cursor *c)
{
    return c->at < c->end ? (unsigned char)*c->at : -1;
}

/* Whether the next octet is this one; takes it then. */
static int take(struct cursor *c, char octet)
{
    if (c->at < c->end && *c->at == octet) {
        c->at++;
        return 1;
    }
    return 0;
}

static void skip_spaces(struct cursor *c)
{
    while (take(c, ' ')) {
    }
}

static int is_digit(int octet)
{
    return octet >= '0' && octet <= '9';
}

static int is_lower(int octet)
{
    return octet >= 'a' && octet <= 'z';
}

static int is_alpha(int octet)
{
    return is_lower(octet) || (octet >= 'A' && octet <= 'Z');
}

static uint32_t take_digits(struct cursor *c, int64_t *value)
{
    uint32_t count = 0;
    for (; is_digit(peek(c)) && count <= INTEGER_DIGITS; count++) {
        *value = *value * 10 + (*c->at++ - '0');
    }
    return count;
}

static int parse_number(struct cursor *c, struct item *out)
{
    int64_t sign = take(c, '-') ? -1 : 1;
    int64_t value = 0;
    int64_t fraction = 0;
    uint32_t digits = take_digits(c, &value);
    if (digits == 0 || digits > INTEGER_DIGITS) {
        return -1;
    }
    if (!take(c, '.')) {
        *out = (struct item){ITEM_INTEGER, sign * value};
        return 0;
    }
    uint32_t after = take_digits(c, &fraction);
    return digits <= DECIMAL_WHOLE_DIGITS && after >= 1 && after <= DECIMAL_FRACTION_DIGITS ? 0
                                                                                            : -1;
}

/* Behind the opening quote. */
static int parse_string(struct cursor *c)
{
    while (c->at < c->end) {
        if (take(c, '"')) {
            return 0;
        }
        if (take(c, '\\') && peek(c) != '"' && peek(c) != '\\') {
            return -1;
        }
        if (peek(c) < 0x20 || peek(c) > 0x7e) {
            return -1;
        }
        c->at++;
    }
    return -1;
}

/* Behind the opening colon. */
static int parse_octets(struct cursor *c)
{
    while (is_alpha(peek(c)) || is_digit(peek(c)) || peek(c) == '+' || peek(c) == '/' ||
           peek(c) == '=') {
        c->at++;
    }
    return take(c, ':') ? 0 : -1;
}

static int parse_token(struct cursor *c)
{
    while (c->at < c->end &&
           (h2session__http_chars_is(*c->at, CHAR_TOKEN) || *c->at == ':' || *c->at == '/')) {
        c->at++;
    }
    return 0;
}

static int parse_bare_item(struct cursor *c, struct item *out)
{
    *out = (struct item){ITEM_OTHER, 0};
    int first = peek(c);
    if (first == '-' || is_digit(first)) {
        return parse_number(c, out);
    }
    if (take(c, '"')) {
        return parse_string(c);
    }
    if (take(c, ':')) {
        return parse_octets(c);
    }
    if (take(c, '?')) {
        *out = (struct item){ITEM_BOOLEAN, peek(c) == '1'};
        return take(c, '0') || take(c, '1') ? 0 : -1;
    }
    return first == '*' || is_alpha(first) ? parse_token(c) : -1;
}

static int parse_key(struct cursor *c)
{
    if (!is_lower(peek(c)) && peek(c) != '*') {
        return -1;
    }
    while (is_lower(peek(c)) || is_digit(peek(c)) || peek(c) == '_' || peek(c) == '-' ||
           peek(c) == '.' || peek(c) == '*') {
        c->at++;
    }
    return 0;
}

static int parse_parameters(struct cursor *c)
{
    struct item ignored;
    while (take(c, ';')) {
        skip_spaces(c);
        if (parse_key(c) != 0 || (take(c, '=') && parse_bare_item(c, &ignored) != 0)) {
            return -1;
        }
    }
    return 0;
}

static int parse_item(struct cursor *c, struct item *out)
{
    return parse_bare_item(c, out) == 0 ? parse_parameters(c) : -1;
}

/* Behind the opening parenthesis. */
static int parse_inner_list(struct cursor *c)
{
    struct item ignored;
    skip_spaces(c);
    while (!take(c, ')')) {
        if (parse_item(c, &ignored) != 0 || (peek(c) != ' ' && peek(c) != ')')) {
            return -1;
        }
        skip_spaces(c);
    }
    return parse_parameters(c);
}

static int parse_member_value(struct cursor *c, struct item *out)
{
    *out = (struct item){ITEM_BOOLEAN, 1};
    if (!take(c, '=')) {
        return parse_parameters(c);
    }
    if (take(c, '(')) {
        *out = (struct item){ITEM_OTHER, 0};
        return parse_inner_list(c);
    }
    return parse_item(c, out);
}

/* rfc: 9218#4 */
static void set_parameter(struct priority_field *out, char name, const struct item *value)
{
    if (name == 'u') {
        out->has_urgency = value->kind == ITEM_INTEGER && value->value >= 0 && value->value <= 7;
        out->urgency = out->has_urgency ? (uint32_t)value->value : PRIORITY_FIELD_URGENCY;
    } else if (name == 'i') {
        out->has_incremental = value->kind == ITEM_BOOLEAN;
        out->incremental = out->has_incremental ? (uint32_t)value->value : 0;
    }
}

static int parse_member(struct cursor *c, struct priority_field *out)
{
    const char *key = c->at;
    struct item value;
    if (parse_key(c) != 0) {
        return -1;
    }
    size_t key_length = (size_t)(c->at - key);
    if (parse_member_value(c, &value) != 0) {
        return -1;
    }
    if (key_length == 1) {
        set_parameter(out, *key, &value);
    }
    return 0;
}

static void skip_white(struct cursor *c)
{
    while (take(c, ' ') || take(c, '\t')) {
    }
}

static int parse_dictionary(struct cursor *c, struct priority_field *out)
{
    skip_spaces(c);
    while (c->at < c->end) {
        if (parse_member(c, out) != 0) {
            return -1;
        }
        skip_white(c);
        if (c->at == c->end) {
            return 0;
        }
        int more = take(c, ',');
        skip_white(c);
        if (!more || c->at == c->end) {
            return -1;
        }
    }
    return 0;
}

/* rfc: 9218#5 */
int h2session__priority_field_parse(const char *value, size_t length, struct priority_field *out)
{
    *out = EMPTY;
    if (length == 0) {
        return 0;
    }
    struct cursor c = {value, value + length};
    if (length > PRIORITY_FIELD_MAX || parse_dictionary(&c, out) != 0) {
        *out = EMPTY;
        return -1;
    }
    return 0;
}
