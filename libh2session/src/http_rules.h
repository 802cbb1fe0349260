/* SPDX-License-Identifier: MIT */
/*
 * HTTP semantics over one field section: RFC 9113 section 8, with RFC 9110 for methods,
 * authorities and content-length. Pure functions of the fields; used for what the peer sends
 * (a violation is a malformed message: STREAM PROTOCOL_ERROR, RFC 9113 8.1.1) and for what the
 * application submits (the same verdict becomes H2SESSION_ERR_FIELD).
 *
 * Tokens of the fields are used when set; a field with token 0 is looked up by hpack_token().
 * verdict.value is the position of the offending field, or the field count when one is missing.
 */
#ifndef H2SESSION_SRC_HTTP_RULES_H
#define H2SESSION_SRC_HTTP_RULES_H

#include "verdict.h"

/* Methods that the rules know by name; all others are alike to them. */
enum {
    HTTP_METHOD_OTHER = 0,
    HTTP_METHOD_GET = 1,
    HTTP_METHOD_HEAD = 2,
    HTTP_METHOD_CONNECT = 3, /* plain or extended */
    HTTP_METHOD_TRACE = 4
};

/* How a section is judged. */
enum {
    HTTP_EXTENDED_CONNECT = 0x1, /* a request may have :protocol (RFC 8441) */
    HTTP_RECEIVED = 0x2,         /* HPACK_FIELD_CLEAN is the decoder's word, and taken for it */
    /* Not judged: space around values that have no meaning here, te, a host that is not
     * :authority; in responses connection-specific fields but transfer-encoding. */
    HTTP_FORGIVING = 0x4
};

struct http_request {
    uint32_t method;              /* HTTP_METHOD_ */
    uint32_t is_extended_connect; /* :protocol is there (RFC 8441) */
    int64_t content_length;       /* -1: not given, or a CONNECT */
    size_t method_at;             /* positions of these fields; that of content-length only when */
    size_t content_length_at;     /* it is given */
    uint32_t has_priority;        /* a priority field is there (RFC 9218) */
};

struct http_response {
    uint32_t status;
    uint32_t is_informational; /* 1xx */
    int64_t content_length;    /* -1: not given */
    size_t content_length_at;
};

/*
 * rfc: 9113#8.2, 9113#8.3.1, 9113#8.5, 9110#9.1, 9110#9.3.8
 * - names: lower-case tokens of RFC 9110 5.1, which is more than RFC 9113 8.2.1 asks at least: not
 *   empty, no octet of 0x00-0x20, 0x41-0x5a, 0x7f-0xff, no delimiter, no colon but the first of a
 *   pseudo-field; values: no NUL, CR, LF, no SP or HTAB at either end.
 * - pseudo-fields first, known, once; :method (token), :scheme (RFC 3986), :path present; :path
 *   not empty, begins with "/" or is "*" with OPTIONS, no octet <= 0x20, 0x7f or "#" (octets
 *   above 0x7f are tolerated); :authority, when given: host and port as in http_authority.h, no
 *   userinfo, not empty for http and https; for http and https :authority or host must be there.
 * - host at most once, equal to :authority without regard to case and default port.
 * - CONNECT: only :method and :authority, which has a port; extended CONNECT: :scheme, :path,
 *   :authority too, and only with HTTP_EXTENDED_CONNECT.
 * - connection, proxy-connection, keep-alive, transfer-encoding, upgrade refused; te only
 *   "trailers"; content-length once, 1*DIGIT, at most 2^63-1; not above 0 with TRACE.
 */
struct verdict h2session__http_rules_request(const hpack_field *fields, size_t count, uint32_t how,
                                             struct http_request *out);

/* rfc: 9113#8.3.2
 * :status once, first, three digits 100 to 599, not 101; no other pseudo-field; te refused;
 * otherwise as above. */
struct verdict h2session__http_rules_response(const hpack_field *fields, size_t count, uint32_t how,
                                              struct http_response *out);

/* rfc: 9113#8.1, 9110#6.5.1
 * No pseudo-field; names, values and connection-specific fields as above; no te, and none of the
 * fields that frame or route a message, authenticate, modify a request or say how content is to be
 * read: whoever took them from here into the header section would be misled. */
struct verdict h2session__http_rules_trailers(const hpack_field *fields, size_t count,
                                              uint32_t how);

#endif
