/* SPDX-License-Identifier: MIT */
#include "http_rules.h"

#include <string.h>

#include "cold.h"
#include "http_authority.h"
#include "http_chars.h"

/* What a name means to the rules. Fields from ROLE_HOST on may be given once, and are kept in mind;
 * names from ROLE_METHOD on are pseudo-fields. */
enum {
    ROLE_PLAIN = 0,
    ROLE_UNNAMED, /* has no token: the name itself is to be looked at */
    ROLE_TE,
    ROLE_PRIORITY,   /* only noted */
    ROLE_CONNECTION, /* never in HTTP/2 */
    ROLE_HOST,
    ROLE_CONTENT_LENGTH,
    ROLE_METHOD,
    ROLE_SCHEME,
    ROLE_AUTHORITY,
    ROLE_PATH,
    ROLE_PROTOCOL,
    ROLE_STATUS,
    ROLE_COUNT,
    NOT_IN_TRAILERS = 0x80 /* rfc: 9110#6.5.1 */
};

/* By token. */
static const uint8_t RULES[HPACK_TOKEN_END] = {
    [HPACK_TOKEN_NONE] = ROLE_UNNAMED,
    [HPACK_TOKEN_AUTHORITY] = ROLE_AUTHORITY,
    [HPACK_TOKEN_METHOD] = ROLE_METHOD,
    [HPACK_TOKEN_PATH] = ROLE_PATH,
    [HPACK_TOKEN_SCHEME] = ROLE_SCHEME,
    [HPACK_TOKEN_STATUS] = ROLE_STATUS,
    [HPACK_TOKEN_PROTOCOL] = ROLE_PROTOCOL,
    [HPACK_TOKEN_HOST] = ROLE_HOST | NOT_IN_TRAILERS,
    [HPACK_TOKEN_CONTENT_LENGTH] = ROLE_CONTENT_LENGTH | NOT_IN_TRAILERS,
    [HPACK_TOKEN_TE] = ROLE_TE,
    [HPACK_TOKEN_CONNECTION] = ROLE_CONNECTION,
    [HPACK_TOKEN_PROXY_CONNECTION] = ROLE_CONNECTION,
    [HPACK_TOKEN_KEEP_ALIVE] = ROLE_CONNECTION,
    [HPACK_TOKEN_TRANSFER_ENCODING] = ROLE_CONNECTION,
    [HPACK_TOKEN_UPGRADE] = ROLE_CONNECTION,
    [HPACK_TOKEN_AUTHORIZATION] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_PROXY_AUTHORIZATION] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_WWW_AUTHENTICATE] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_PROXY_AUTHENTICATE] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_COOKIE] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_SET_COOKIE] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_CACHE_CONTROL] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_EXPECT] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_MAX_FORWARDS] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_RANGE] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_IF_MATCH] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_IF_NONE_MATCH] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_IF_MODIFIED_SINCE] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_IF_UNMODIFIED_SINCE] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_IF_RANGE] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_CONTENT_ENCODING] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_CONTENT_TYPE] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_CONTENT_RANGE] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_TRAILER] = NOT_IN_TRAILERS,
    [HPACK_TOKEN_PRIORITY] = ROLE_PRIORITY,
};

enum { SECTION_REQUEST, SECTION_RESPONSE, SECTION_TRAILERS };
enum { HTTP_PORT = 80, HTTPS_PORT = 443 };

/* One walk over a section. */
struct walk {
    const hpack_field *fields;
    size_t count;
    size_t position; /* of the field with a fault */
    uint32_t section;
    uint32_t mask;    /* bits of RULES that count in this section */
    uint32_t allowed; /* bit r: the pseudo-field with role r may be in this section, */
    uint32_t pseudo;  /* and it may come now: there was neither one nor a regular field */
    uint32_t clean;   /* the flag of fields whose octets need no look, or 0 */
    uint32_t forgiving;
    uint32_t has_priority;
    const hpack_field *given[ROLE_COUNT - ROLE_HOST]; /* from that role on: the field, or NULL */
    int64_t content_length;                           /* -1: none */
    /* Of fields that are given: */
    uint32_t method; /* HTTP_METHOD_ */
    uint32_t port;   /* default port of http or https, or HTTP_PORT_NONE: another scheme */
    uint32_t status;
    struct http_authority authority;
    struct http_authority host;
};

/* allowed: which pseudo-fields. */
static inline void walk_init(struct walk *w, const hpack_field *fields, size_t count,
                             uint32_t section, uint32_t how, uint32_t allowed)
{
    w->fields = fields;
    w->count = count;
    w->section = section;
    w->mask = section == SECTION_TRAILERS ? 0xff : 0xff & ~(uint32_t)NOT_IN_TRAILERS;
    w->allowed = allowed;
    w->pseudo = allowed;
    memset(w->given, 0, sizeof w->given);
    w->clean = how & HTTP_RECEIVED ? HPACK_FIELD_CLEAN : 0;
    w->forgiving = how & HTTP_FORGIVING;
    w->has_priority = 0;
    w->content_length = -1;
}

/* role: from ROLE_HOST on. */
static inline const hpack_field *given(const struct walk *w, uint32_t role)
{
    return w->given[role - ROLE_HOST];
}

static inline void note(struct walk *w, uint32_t role, const hpack_field *f)
{
    w->given[role - ROLE_HOST] = f;
}

static size_t position_of(const struct walk *w, uint32_t role)
{
    const hpack_field *f = given(w, role);
    return f != NULL ? (size_t)(f - w->fields) : w->count;
}

COLD static struct verdict malformed_at(const struct walk *w, uint32_t reason, uint32_t role)
{
    return verdict_malformed(reason, position_of(w, role));
}

static int value_is(const hpack_field *f, const char *text)
{
    size_t length = strlen(text);
    return f->value_length == length && memcmp(f->value, text, length) == 0;
}

static int value_is_nocase(const hpack_field *f, const char *text)
{
    return h2session__http_chars_equal_nocase(f->value, f->value_length, text, strlen(text));
}

/* Above 9 when it is none. */
static inline uint32_t digit_of(char c)
{
    return (uint32_t)(uint8_t)c - '0';
}

/* rfc: 9113#8.3.2 */
static uint32_t judge_status(struct walk *w, const hpack_field *f)
{
    uint32_t digits[3] = {0, 0, 0};
    for (uint32_t i = 0; i < 3 && f->value_length == 3; i++) {
        digits[i] = digit_of(f->value[i]);
    }
    uint32_t status = digits[0] * 100 + digits[1] * 10 + digits[2];
    if (digits[1] > 9 || digits[2] > 9 || status < 100 || status > 599) {
        return H2SESSION_REASON_STATUS;
    }
    w->status = status;
    return status == 101 ? H2SESSION_REASON_STATUS_101 : 0; /* rfc: 9113#8.6 */
}

static inline uint32_t method_of(const hpack_field *f)
{
    if (f->value_length == 3) {
        return memcmp(f->value, "GET", 3) == 0 ? HTTP_METHOD_GET : HTTP_METHOD_OTHER;
    }
    switch (f->value_length) {
    case 4:
        return memcmp(f->value, "HEAD", 4) == 0 ? HTTP_METHOD_HEAD : HTTP_METHOD_OTHER;
    case 5:
        return memcmp(f->value, "TRACE", 5) == 0 ? HTTP_METHOD_TRACE : HTTP_METHOD_OTHER;
    case 7:
        return memcmp(f->value, "CONNECT", 7) == 0 ? HTTP_METHOD_CONNECT : HTTP_METHOD_OTHER;
    default:
        return HTTP_METHOD_OTHER;
    }
}

/* rfc: 9110#9.1 */
static uint32_t judge_method(struct walk *w, const hpack_field *f)
{
    w->method = method_of(f);
    return w->method != HTTP_METHOD_OTHER ||
                   h2session__http_chars_all(f->value, f->value_length, CHAR_TOKEN)
               ? 0
               : H2SESSION_REASON_METHOD;
}

static uint32_t judge_scheme(struct walk *w, const hpack_field *f)
{
    w->port = HTTP_PORT_NONE;
    if (f->value_length == 5 && memcmp(f->value, "https", 5) == 0) {
        w->port = HTTPS_PORT;
        return 0;
    }
    if (f->value_length == 4 && memcmp(f->value, "http", 4) == 0) {
        w->port = HTTP_PORT;
        return 0;
    }
    if (!h2session__http_chars_all(f->value, f->value_length, CHAR_SCHEME) ||
        (f->value[0] | 0x20) < 'a' || (f->value[0] | 0x20) > 'z') {
        return H2SESSION_REASON_SCHEME;
    }
    if (value_is_nocase(f, "http")) {
        w->port = HTTP_PORT;
    } else if (value_is_nocase(f, "https")) {
        w->port = HTTPS_PORT;
    }
    return 0;
}

/* Each value alone; what depends on others is judged at the end of the section. */
static uint32_t judge_pseudo_value(struct walk *w, const hpack_field *f, uint32_t role)
{
    switch (role) {
    case ROLE_METHOD:
        return judge_method(w, f);
    case ROLE_SCHEME:
        return judge_scheme(w, f);
    case ROLE_PATH:
        return h2session__http_chars_path(f->value, f->value_length) ? 0 : H2SESSION_REASON_PATH;
    case ROLE_AUTHORITY:
        return h2session__http_authority_parse(f->value, f->value_length, &w->authority) == 0
                   ? 0
                   : H2SESSION_REASON_AUTHORITY;
    case ROLE_PROTOCOL:
        return h2session__http_chars_all(f->value, f->value_length, CHAR_TOKEN)
                   ? 0
                   : H2SESSION_REASON_CONNECT;
    default:
        return judge_status(w, f);
    }
}

/* Why a pseudo-field must not come now. Its bit is gone alone when it came before, together with
 * all others when a regular field did. */
COLD static uint32_t misplaced_pseudo(const struct walk *w, const hpack_field *f, uint32_t role)
{
    if ((w->allowed >> role & 1) == 0) {
        return H2SESSION_REASON_PSEUDO_NOT_ALLOWED;
    }
    const hpack_field *before = w->fields;
    while (before < f && before->name_length > 0 && before->name[0] == ':') {
        before++;
    }
    return before < f ? H2SESSION_REASON_PSEUDO_ORDER : H2SESSION_REASON_PSEUDO_REPEATED;
}

/* rfc: 9113#8.3 */
static inline uint32_t judge_pseudo(struct walk *w, const hpack_field *f, uint32_t role)
{
    if ((w->pseudo >> role & 1) == 0) {
        return misplaced_pseudo(w, f, role);
    }
    w->pseudo &= ~(1u << role);
    note(w, role, f);
    return judge_pseudo_value(w, f, role);
}

static uint32_t judge_host(struct walk *w, const hpack_field *f)
{
    if (given(w, ROLE_HOST) != NULL) {
        return H2SESSION_REASON_HOST;
    }
    note(w, ROLE_HOST, f);
    return h2session__http_authority_parse(f->value, f->value_length, &w->host) == 0
               ? 0
               : H2SESSION_REASON_AUTHORITY;
}

/* rfc: 9110#8.6 */
static uint32_t judge_content_length(struct walk *w, const hpack_field *f)
{
    if (given(w, ROLE_CONTENT_LENGTH) != NULL || f->value_length == 0) {
        return H2SESSION_REASON_CONTENT_LENGTH;
    }
    note(w, ROLE_CONTENT_LENGTH, f);
    int64_t number = 0;
    for (uint32_t i = 0; i < f->value_length; i++) {
        uint32_t digit = digit_of(f->value[i]);
        if (digit > 9 || number > (INT64_MAX - (int64_t)digit) / 10) {
            return H2SESSION_REASON_CONTENT_LENGTH;
        }
        number = number * 10 + digit;
    }
    w->content_length = number;
    return 0;
}

/* What the rules say about some regular fields beside their octets. */
static uint32_t judge_role(struct walk *w, const hpack_field *f, uint32_t role)
{
    switch (role) {
    case ROLE_HOST:
        return w->section == SECTION_REQUEST ? judge_host(w, f) : 0;
    case ROLE_CONTENT_LENGTH:
        return judge_content_length(w, f);
    case ROLE_TE: /* rfc: 9113#8.2.2 */
        return w->section == SECTION_REQUEST && value_is_nocase(f, "trailers")
                   ? 0
                   : H2SESSION_REASON_FIELD_TE;
    case ROLE_CONNECTION: /* rfc: 9113#8.2.2 */
        return H2SESSION_REASON_FIELD_CONNECTION;
    case ROLE_PRIORITY:
        w->has_priority = 1;
        return 0;
    default:
        return 0;
    }
}

/* A name without token. rfc: 9113#8.2.1 */
static uint32_t judge_name(const hpack_field *f)
{
    if (h2session__http_chars_all(f->name, f->name_length, CHAR_NAME)) {
        return 0;
    }
    return f->name_length > 0 && f->name[0] == ':' ? H2SESSION_REASON_PSEUDO_UNKNOWN
                                                   : H2SESSION_REASON_FIELD_NAME;
}

/* Whether the octets of a value are right. rfc: 9113#8.2.1 */
static inline int value_is_right(const hpack_field *f, uint32_t clean)
{
    return (f->flags & clean) || h2session__http_chars_value(f->value, f->value_length);
}

static inline uint32_t judge_regular(struct walk *w, const hpack_field *f)
{
    w->pseudo = 0;
    return value_is_right(f, w->clean) ? 0 : H2SESSION_REASON_FIELD_VALUE;
}

/* A field that is more than octets to the rules. */
static uint32_t judge_special(struct walk *w, const hpack_field *f, uint32_t role)
{
    if (role & NOT_IN_TRAILERS) {
        return H2SESSION_REASON_FIELD_TRAILER;
    }
    if (role >= ROLE_METHOD) {
        return judge_pseudo(w, f, role);
    }
    uint32_t reason = role == ROLE_UNNAMED && !(f->flags & w->clean) ? judge_name(f) : 0;
    reason = reason != 0 ? reason : judge_regular(w, f);
    return reason != 0 ? reason : judge_role(w, f, role);
}

/* The rule for a name that came without a token. */
static uint32_t look_up(const hpack_field *f)
{
    return RULES[hpack_token(f->name, f->name_length)];
}

/* The value is right but for space around it. */
static int has_outer_space(const hpack_field *f)
{
    const char *value = f->value;
    size_t length = f->value_length;
    while (length > 0 && is_outer_space(value[0])) {
        value++;
        length--;
    }
    while (length > 0 && is_outer_space(value[length - 1])) {
        length--;
    }
    return h2session__http_chars_value(value, length);
}

/* Whether a field with a fault does no harm. */
COLD static int is_forgiven(const struct walk *w, const hpack_field *f, uint32_t role,
                            uint32_t reason)
{
    switch (reason) {
    case H2SESSION_REASON_FIELD_VALUE:
        return (role == ROLE_PLAIN || role == ROLE_UNNAMED) && has_outer_space(f);
    case H2SESSION_REASON_FIELD_TE:
        return w->section == SECTION_REQUEST;
    case H2SESSION_REASON_FIELD_CONNECTION:
        return w->section == SECTION_RESPONSE &&
               hpack_token(f->name, f->name_length) != HPACK_TOKEN_TRANSFER_ENCODING;
    default:
        return 0;
    }
}

static inline uint32_t role_of(const struct walk *w, const hpack_field *f)
{
    uint32_t known = f->token - 1 < HPACK_TOKEN_END - 1;
    return (known ? RULES[f->token] : look_up(f)) & w->mask;
}

/* The end of the fields from f on that are octets to the rules, and right. */
static inline const hpack_field *skip_plain(struct walk *w, const hpack_field *f,
                                            const hpack_field *end)
{
    const hpack_field *begin = f;
    const uint32_t mask = w->mask;
    const uint32_t clean = w->clean;
    while (f != end && f->token < HPACK_TOKEN_END && (RULES[f->token] & mask) == ROLE_PLAIN &&
           value_is_right(f, clean)) {
        f++;
    }
    w->pseudo = f != begin ? 0 : w->pseudo;
    return f;
}

/* The first fault that is not forgiven, w->position tells where; or 0. */
static uint32_t judge_all(struct walk *w)
{
    const hpack_field *end = w->count > 0 ? w->fields + w->count : w->fields;
    const hpack_field *f = w->fields;
    for (; f != end; f++) {
        uint32_t role = role_of(w, f);
        if (role == ROLE_PLAIN) {
            f = skip_plain(w, f, end);
            if (f == end) {
                break;
            }
            role = role_of(w, f);
        }
        uint32_t reason = role == ROLE_PLAIN ? judge_regular(w, f) : judge_special(w, f, role);
        if (reason != 0 && !(w->forgiving && is_forgiven(w, f, role, reason))) {
            w->position = (size_t)(f - w->fields);
            return reason;
        }
    }
    return 0;
}

/* :authority and host together. rfc: 9113#8.3.1 */
static struct verdict judge_authorities(const struct walk *w)
{
    int web = given(w, ROLE_SCHEME) != NULL && w->port != HTTP_PORT_NONE;
    uint32_t default_port = web ? w->port : HTTP_PORT_NONE;
    int authority = given(w, ROLE_AUTHORITY) != NULL;
    int host = given(w, ROLE_HOST) != NULL;
    if (web && !authority && !host) {
        return verdict_malformed(H2SESSION_REASON_AUTHORITY, w->count);
    }
    if (web && authority && w->authority.host_length == 0) {
        return malformed_at(w, H2SESSION_REASON_AUTHORITY, ROLE_AUTHORITY);
    }
    if (web && !authority && w->host.host_length == 0) {
        return malformed_at(w, H2SESSION_REASON_AUTHORITY, ROLE_HOST);
    }
    if (authority && host && !w->forgiving &&
        !h2session__http_authority_equal(&w->authority, &w->host, default_port)) {
        return malformed_at(w, H2SESSION_REASON_HOST, ROLE_HOST);
    }
    return verdict_ok();
}

/* rfc: 9113#8.5 */
static struct verdict judge_connect(const struct walk *w)
{
    if (given(w, ROLE_SCHEME) != NULL) {
        return malformed_at(w, H2SESSION_REASON_CONNECT, ROLE_SCHEME);
    }
    if (given(w, ROLE_PATH) != NULL) {
        return malformed_at(w, H2SESSION_REASON_CONNECT, ROLE_PATH);
    }
    if (given(w, ROLE_AUTHORITY) == NULL) {
        return verdict_malformed(H2SESSION_REASON_CONNECT, w->count);
    }
    uint32_t port = w->authority.port;
    if (w->authority.host_length == 0 || port == HTTP_PORT_NONE || port == 0) {
        return malformed_at(w, H2SESSION_REASON_CONNECT, ROLE_AUTHORITY);
    }
    return judge_authorities(w);
}

/* Everything but a plain CONNECT. rfc: 9113#8.3.1, 8441#4 */
static struct verdict judge_target(const struct walk *w, int extended)
{
    const hpack_field *scheme = given(w, ROLE_SCHEME);
    const hpack_field *path = given(w, ROLE_PATH);
    if (scheme == NULL || path == NULL || (extended && given(w, ROLE_AUTHORITY) == NULL)) {
        return verdict_malformed(H2SESSION_REASON_PSEUDO_MISSING, w->count);
    }
    if (path->value[0] != '/' &&
        !(value_is(path, "*") && value_is(given(w, ROLE_METHOD), "OPTIONS"))) {
        return malformed_at(w, H2SESSION_REASON_PATH, ROLE_PATH);
    }
    return judge_authorities(w);
}

struct verdict h2session__http_rules_request(const hpack_field *fields, size_t count, uint32_t how,
                                             struct http_request *out)
{
    *out = (struct http_request){.content_length = -1};
    struct walk w;
    walk_init(&w, fields, count, SECTION_REQUEST, how,
              1u << ROLE_METHOD | 1u << ROLE_SCHEME | 1u << ROLE_AUTHORITY | 1u << ROLE_PATH |
                  (how & HTTP_EXTENDED_CONNECT ? 1u << ROLE_PROTOCOL : 0));
    uint32_t reason = judge_all(&w);
    if (reason != 0) {
        return verdict_malformed(reason, w.position);
    }
    if (given(&w, ROLE_METHOD) == NULL) {
        return verdict_malformed(H2SESSION_REASON_PSEUDO_MISSING, count);
    }
    int extended = given(&w, ROLE_PROTOCOL) != NULL;
    out->method = w.method;
    out->method_at = position_of(&w, ROLE_METHOD);
    out->is_extended_connect = (uint32_t)extended;
    out->has_priority = w.has_priority;
    out->content_length = w.content_length;
    out->content_length_at = position_of(&w, ROLE_CONTENT_LENGTH);
    if (out->method == HTTP_METHOD_CONNECT) {
        out->content_length = -1; /* what follows is a tunnel: it says nothing about that */
        return extended ? judge_target(&w, 1) : judge_connect(&w);
    }
    if (extended) {
        return malformed_at(&w, H2SESSION_REASON_PSEUDO_NOT_ALLOWED, ROLE_PROTOCOL);
    }
    if (out->method == HTTP_METHOD_TRACE && w.content_length > 0) { /* rfc: 9110#9.3.8 */
        return malformed_at(&w, H2SESSION_REASON_CONTENT_NOT_ALLOWED, ROLE_CONTENT_LENGTH);
    }
    return judge_target(&w, 0);
}

struct verdict h2session__http_rules_response(const hpack_field *fields, size_t count, uint32_t how,
                                              struct http_response *out)
{
    *out = (struct http_response){.content_length = -1};
    struct walk w;
    walk_init(&w, fields, count, SECTION_RESPONSE, how, 1u << ROLE_STATUS);
    uint32_t reason = judge_all(&w);
    if (reason != 0) {
        return verdict_malformed(reason, w.position);
    }
    if (given(&w, ROLE_STATUS) == NULL) {
        return verdict_malformed(H2SESSION_REASON_PSEUDO_MISSING, count);
    }
    out->status = w.status;
    out->is_informational = w.status < 200;
    out->content_length = w.content_length;
    out->content_length_at = position_of(&w, ROLE_CONTENT_LENGTH);
    return verdict_ok();
}

struct verdict h2session__http_rules_trailers(const hpack_field *fields, size_t count, uint32_t how)
{
    struct walk w;
    walk_init(&w, fields, count, SECTION_TRAILERS, how, 0);
    uint32_t reason = judge_all(&w);
    return reason != 0 ? verdict_malformed(reason, w.position) : verdict_ok();
}
