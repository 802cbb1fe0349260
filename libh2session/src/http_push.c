/* SPDX-License-Identifier: MIT */
#include "http_push.h"

#include <string.h>

#include "http_authority.h"
#include "http_chars.h"

static const hpack_field *find_field(const hpack_field *fields, size_t count, uint32_t token)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t own = fields[i].token;
        own = own != 0 ? own : hpack_token(fields[i].name, fields[i].name_length);
        if (own == token) {
            return &fields[i];
        }
    }
    return NULL;
}

struct verdict h2session__http_push_request(const hpack_field *fields, size_t count, uint32_t how,
                                            struct http_request *out)
{
    struct verdict v = h2session__http_rules_request(fields, count, how, out);
    if (v.scope != VERDICT_OK) {
        return v;
    }
    if (out->method != HTTP_METHOD_GET && out->method != HTTP_METHOD_HEAD) {
        return verdict_malformed(H2SESSION_REASON_PUSH_METHOD, out->method_at);
    }
    if (out->content_length > 0) {
        return verdict_malformed(H2SESSION_REASON_CONTENT_NOT_ALLOWED, out->content_length_at);
    }
    if (find_field(fields, count, HPACK_TOKEN_AUTHORITY) == NULL) {
        return verdict_malformed(H2SESSION_REASON_PSEUDO_MISSING, count);
    }
    return verdict_ok();
}

int h2session__http_push_origin(const hpack_field *fields, size_t count,
                                hpack_field origin[ORIGIN_FIELDS])
{
    const hpack_field *scheme = find_field(fields, count, HPACK_TOKEN_SCHEME);
    const hpack_field *authority = find_field(fields, count, HPACK_TOKEN_AUTHORITY);
    if (authority == NULL) {
        authority = find_field(fields, count, HPACK_TOKEN_HOST);
    }
    if (scheme == NULL || authority == NULL) {
        return -1;
    }
    origin[0] = *scheme;
    origin[1] = *authority;
    return 0;
}

static int is_scheme(const hpack_field *f, const char *name)
{
    return h2session__http_chars_equal_nocase(f->value, f->value_length, name, strlen(name));
}

static uint32_t default_port(const hpack_field *scheme)
{
    if (is_scheme(scheme, "https")) {
        return 443;
    }
    return is_scheme(scheme, "http") ? 80 : HTTP_PORT_NONE;
}

int h2session__http_push_same_origin(const hpack_field a[ORIGIN_FIELDS],
                                     const hpack_field b[ORIGIN_FIELDS])
{
    struct http_authority of_a;
    struct http_authority of_b;
    return h2session__http_chars_equal_nocase(a[0].value, a[0].value_length, b[0].value,
                                              b[0].value_length) &&
           h2session__http_authority_parse(a[1].value, a[1].value_length, &of_a) == 0 &&
           h2session__http_authority_parse(b[1].value, b[1].value_length, &of_b) == 0 &&
           h2session__http_authority_equal(&of_a, &of_b, default_port(&a[0]));
}
