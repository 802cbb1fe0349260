/* SPDX-License-Identifier: MIT */
#include "http_rules.h"

#include <string.h>

#include "http_authority.h"
#include "http_chars.h"

/* What a name means to the rules. Names from ROLE_METHOD on are pseudo-fields. */
enum {
    ROLE_PLAIN = 0,
    ROLE_HOST,
    ROLE_CONTENT_LENGTH,
    ROLE_TE,
    ROLE_CONNECTION, /* never in HTTP/2 */
    ROLE_METHOD,
    ROLE_SCHEME,
    ROLE_AUTHORITY,
    ROLE_PATH,
    ROLE_PROTOCOL,
    ROLE_STATUS,
    ROLE_COUNT
};

static const uint8_t ROLES[HPACK_TOKEN_END] = {
    [HPACK_TOKEN_AUTHORITY] = ROLE_AUTHORITY,
    [HPACK_TOKEN_METHOD] = ROLE_METHOD,
    [HPACK_TOKEN_PATH] = ROLE_PATH,
    [HPACK_TOKEN_SCHEME] = ROLE_SCHEME,
    [HPACK_TOKEN_STATUS] = ROLE_STATUS,
    [HPACK_TOKEN_PROTOCOL] = ROLE_PROTOCOL,
    [HPACK_TOKEN_HOST] = ROLE_HOST,
    [HPACK_TOKEN_CONTENT_LENGTH] = ROLE_CONTENT_LENGTH,
    [HPACK_TOKEN_TE] = ROLE_TE,
    [HPACK_TOKEN_CONNECTION] = ROLE_CONNECTION,
    [HPACK_TOKEN_PROXY_CONNECTION] = ROLE_CONNECTION,
    [HPACK_TOKEN_KEEP_ALIVE] = ROLE_CONNECTION,
    [HPACK_TOKEN_TRANSFER_ENCODING] = ROLE_CONNECTION,
    [HPACK_TOKEN_UPGRADE] = ROLE_CONNECTION,
};

/* rfc: 9110#6.5.1 */
static const uint8_t NOT_IN_TRAILERS[HPACK_TOKEN_END] = {
    [HPACK_TOKEN_CONTENT_LENGTH] = 1,
    [HPACK_TOKEN_HOST] = 1,
    [HPACK_TOKEN_AUTHORIZATION] = 1,
    [HPACK_TOKEN_PROXY_AUTHORIZATION] = 1,
    [HPACK_TOKEN_WWW_AUTHENTICATE] = 1,
    [HPACK_TOKEN_PROXY_AUTHENTICATE] = 1,
    [HPACK_TOKEN_COOKIE] = 1,
    [HPACK_TOKEN_SET_COOKIE] = 1,
    [HPACK_TOKEN_CACHE_CONTROL] = 1,
    [HPACK_TOKEN_EXPECT] = 1,
    [HPACK_TOKEN_MAX_FORWARDS] = 1,
    [HPACK_TOKEN_RANGE] = 1,
    [HPACK_TOKEN_IF_MATCH] = 1,
    [HPACK_TOKEN_IF_NONE_MATCH] = 1,
    [HPACK_TOKEN_IF_MODIFIED_SINCE] = 1,
    [HPACK_TOKEN_IF_UNMODIFIED_SINCE] = 1,
    [HPACK_TOKEN_IF_RANGE] = 1,
    [HPACK_TOKEN_CONTENT_ENCODING] = 1,
    [HPACK_TOKEN_CONTENT_TYPE] = 1,
    [HPACK_TOKEN_CONTENT_RANGE] = 1,
    [HPACK_TOKEN_TRAILER] = 1,
};

enum { SECTION_REQUEST, SECTION_RESPONSE, SECTION_TRAILERS };

/* One walk over a section. */
struct walk {
    const hpack_field *fields;
    size_t count;
    uint32_t section;
    uint32_t pseudo;  /* bit r: the pseudo-field with role r is allowed */
    uint32_t regular; /* a regular field has been seen */
    uint32_t status;
    int64_t content_length; /* -1: none */
    struct http_authority authority;
    struct http_authority host;
    const hpack_field *given[ROLE_COUNT]; /* fields that may come once, by role */
};

static struct verdict malformed(uint32_t reason, size_t position)
{
    return verdict_with(verdict_stream(H2FRAME_CODE_PROTOCOL_ERROR, reason), position, 0);
}

static size_t position_of(const struct walk *w, uint32_t role)
{
    return w->given[role] != NULL ? (size_t)(w->given[role] - w->fields) : w->count;
}

static struct verdict malformed_at(const struct walk *w, uint32_t reason, uint32_t role)
{
    return malformed(reason, position_of(w, role));
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

/* rfc: 9113#8.3.2 */
static uint32_t judge_status(struct walk *w, const hpack_field *f)
{
    if (f->value_length != 3 || !h2session__http_chars_all(f->value, 3, CHAR_DIGIT)) {
        return H2SESSION_REASON_STATUS;
    }
    uint32_t status = (uint32_t)(f->value[0] - '0') * 100 + (uint32_t)(f->value[1] - '0') * 10 +
                      (uint32_t)(f->value[2] - '0');
    if (status < 100 || status > 599) {
        return H2SESSION_REASON_STATUS;
    }
    w->status = status;
    return status == 101 ? H2SESSION_REASON_STATUS_101 : 0; /* rfc: 9113#8.6 */
}

static int is_scheme(const hpack_field *f)
{
    return h2session__http_chars_all(f->value, f->value_length, CHAR_SCHEME) &&
           ((f->value[0] | 0x20) >= 'a' && (f->value[0] | 0x20) <= 'z');
}

/* Each value alone; what depends on others is judged at the end of the section. */
static uint32_t judge_pseudo_value(struct walk *w, const hpack_field *f, uint32_t role)
{
    switch (role) {
    case ROLE_METHOD: /* rfc: 9110#9.1 */
        return h2session__http_chars_all(f->value, f->value_length, CHAR_TOKEN)
                   ? 0
                   : H2SESSION_REASON_METHOD;
    case ROLE_SCHEME:
        return is_scheme(f) ? 0 : H2SESSION_REASON_SCHEME;
    case ROLE_PATH:
        return h2session__http_chars_all(f->value, f->value_length, CHAR_PATH)
                   ? 0
                   : H2SESSION_REASON_PATH;
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

/* rfc: 9113#8.3 */
static uint32_t judge_pseudo(struct walk *w, const hpack_field *f, uint32_t role)
{
    if ((w->pseudo >> role & 1) == 0) {
        return H2SESSION_REASON_PSEUDO_NOT_ALLOWED;
    }
    if (w->regular) {
        return H2SESSION_REASON_PSEUDO_ORDER;
    }
    if (w->given[role] != NULL) {
        return H2SESSION_REASON_PSEUDO_REPEATED;
    }
    w->given[role] = f;
    return judge_pseudo_value(w, f, role);
}

static uint32_t judge_host(struct walk *w, const hpack_field *f)
{
    if (w->given[ROLE_HOST] != NULL) {
        return H2SESSION_REASON_HOST;
    }
    w->given[ROLE_HOST] = f;
    return h2session__http_authority_parse(f->value, f->value_length, &w->host) == 0
               ? 0
               : H2SESSION_REASON_AUTHORITY;
}

/* rfc: 9110#8.6 */
static uint32_t judge_content_length(struct walk *w, const hpack_field *f)
{
    if (w->given[ROLE_CONTENT_LENGTH] != NULL ||
        !h2session__http_chars_all(f->value, f->value_length, CHAR_DIGIT)) {
        return H2SESSION_REASON_CONTENT_LENGTH;
    }
    w->given[ROLE_CONTENT_LENGTH] = f;
    int64_t number = 0;
    for (uint32_t i = 0; i < f->value_length; i++) {
        int digit = f->value[i] - '0';
        if (number > (INT64_MAX - digit) / 10) {
            return H2SESSION_REASON_CONTENT_LENGTH;
        }
        number = number * 10 + digit;
    }
    w->content_length = number;
    return 0;
}

static uint32_t judge_regular(struct walk *w, const hpack_field *f, uint32_t role)
{
    w->regular = 1;
    if (!h2session__http_chars_value(f->value, f->value_length)) {
        return H2SESSION_REASON_FIELD_VALUE;
    }
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

static uint32_t judge_field(struct walk *w, const hpack_field *f)
{
    uint32_t token = f->token != 0 ? f->token : hpack_token(f->name, f->name_length);
    if (token == HPACK_TOKEN_NONE || token >= HPACK_TOKEN_END) {
        uint32_t reason = judge_name(f);
        return reason != 0 ? reason : judge_regular(w, f, ROLE_PLAIN);
    }
    uint32_t role = ROLES[token];
    if (w->section == SECTION_TRAILERS && NOT_IN_TRAILERS[token]) {
        return H2SESSION_REASON_FIELD_TRAILER;
    }
    return role >= ROLE_METHOD ? judge_pseudo(w, f, role) : judge_regular(w, f, role);
}

static struct verdict judge_all(struct walk *w)
{
    for (size_t i = 0; i < w->count; i++) {
        uint32_t reason = judge_field(w, &w->fields[i]);
        if (reason != 0) {
            return malformed(reason, i);
        }
    }
    return verdict_ok();
}

/* :authority and host together; web: the scheme is http or https. rfc: 9113#8.3.1 */
static struct verdict judge_authorities(const struct walk *w, int web, uint32_t default_port)
{
    int authority = w->given[ROLE_AUTHORITY] != NULL;
    int host = w->given[ROLE_HOST] != NULL;
    if (web && !authority && !host) {
        return malformed(H2SESSION_REASON_AUTHORITY, w->count);
    }
    if (web && authority && w->authority.host_length == 0) {
        return malformed_at(w, H2SESSION_REASON_AUTHORITY, ROLE_AUTHORITY);
    }
    if (web && !authority && w->host.host_length == 0) {
        return malformed_at(w, H2SESSION_REASON_AUTHORITY, ROLE_HOST);
    }
    if (authority && host &&
        !h2session__http_authority_equal(&w->authority, &w->host, default_port)) {
        return malformed_at(w, H2SESSION_REASON_HOST, ROLE_HOST);
    }
    return verdict_ok();
}

/* rfc: 9113#8.5 */
static struct verdict judge_connect(const struct walk *w)
{
    if (w->given[ROLE_SCHEME] != NULL) {
        return malformed_at(w, H2SESSION_REASON_CONNECT, ROLE_SCHEME);
    }
    if (w->given[ROLE_PATH] != NULL) {
        return malformed_at(w, H2SESSION_REASON_CONNECT, ROLE_PATH);
    }
    if (w->given[ROLE_AUTHORITY] == NULL) {
        return malformed(H2SESSION_REASON_CONNECT, w->count);
    }
    uint32_t port = w->authority.port;
    if (w->authority.host_length == 0 || port == HTTP_PORT_NONE || port == 0) {
        return malformed_at(w, H2SESSION_REASON_CONNECT, ROLE_AUTHORITY);
    }
    return judge_authorities(w, 0, HTTP_PORT_NONE);
}

/* Everything but a plain CONNECT. rfc: 9113#8.3.1, 8441#4 */
static struct verdict judge_target(const struct walk *w, int extended)
{
    const hpack_field *scheme = w->given[ROLE_SCHEME];
    const hpack_field *path = w->given[ROLE_PATH];
    if (scheme == NULL || path == NULL || (extended && w->given[ROLE_AUTHORITY] == NULL)) {
        return malformed(H2SESSION_REASON_PSEUDO_MISSING, w->count);
    }
    if (path->value[0] != '/' &&
        !(value_is(path, "*") && value_is(w->given[ROLE_METHOD], "OPTIONS"))) {
        return malformed_at(w, H2SESSION_REASON_PATH, ROLE_PATH);
    }
    if (value_is_nocase(scheme, "https")) {
        return judge_authorities(w, 1, 443);
    }
    if (value_is_nocase(scheme, "http")) {
        return judge_authorities(w, 1, 80);
    }
    return judge_authorities(w, 0, HTTP_PORT_NONE);
}

static uint32_t method_of(const hpack_field *f)
{
    static const char *const NAMES[] = {
        [HTTP_METHOD_GET] = "GET",
        [HTTP_METHOD_HEAD] = "HEAD",
        [HTTP_METHOD_CONNECT] = "CONNECT",
        [HTTP_METHOD_TRACE] = "TRACE",
    };
    for (uint32_t i = HTTP_METHOD_GET; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (value_is(f, NAMES[i])) {
            return i;
        }
    }
    return HTTP_METHOD_OTHER;
}

struct verdict h2session__http_rules_request(const hpack_field *fields, size_t count,
                                             int extended_connect, struct http_request *out)
{
    *out = (struct http_request){.content_length = -1};
    struct walk w = {.fields = fields, .count = count, .section = SECTION_REQUEST};
    w.content_length = -1;
    w.pseudo = 1u << ROLE_METHOD | 1u << ROLE_SCHEME | 1u << ROLE_AUTHORITY | 1u << ROLE_PATH;
    w.pseudo |= extended_connect ? 1u << ROLE_PROTOCOL : 0;
    struct verdict v = judge_all(&w);
    if (v.scope != VERDICT_OK) {
        return v;
    }
    const hpack_field *method = w.given[ROLE_METHOD];
    if (method == NULL) {
        return malformed(H2SESSION_REASON_PSEUDO_MISSING, count);
    }
    int extended = w.given[ROLE_PROTOCOL] != NULL;
    out->method = method_of(method);
    out->method_at = position_of(&w, ROLE_METHOD);
    out->is_extended_connect = (uint32_t)extended;
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

struct verdict h2session__http_rules_response(const hpack_field *fields, size_t count,
                                              struct http_response *out)
{
    *out = (struct http_response){.content_length = -1};
    struct walk w = {.fields = fields, .count = count, .section = SECTION_RESPONSE};
    w.content_length = -1;
    w.pseudo = 1u << ROLE_STATUS;
    struct verdict v = judge_all(&w);
    if (v.scope != VERDICT_OK) {
        return v;
    }
    if (w.given[ROLE_STATUS] == NULL) {
        return malformed(H2SESSION_REASON_PSEUDO_MISSING, count);
    }
    out->status = w.status;
    out->is_informational = w.status < 200;
    out->content_length = w.content_length;
    out->content_length_at = position_of(&w, ROLE_CONTENT_LENGTH);
    return verdict_ok();
}

struct verdict h2session__http_rules_trailers(const hpack_field *fields, size_t count)
{
    struct walk w = {.fields = fields, .count = count, .section = SECTION_TRAILERS};
    return judge_all(&w);
}
