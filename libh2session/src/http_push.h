/* SPDX-License-Identifier: MIT */
/*
 * Rules of requests that a server promises (RFC 9113 8.4): pure functions of the fields, used for
 * promises received and for those submitted. verdict.value is the position of the offending field,
 * or the field count when one is missing.
 *
 * The origin of a request is its scheme and authority, two fields that point into its section:
 * host stands in where :authority is missing.
 */
#ifndef H2SESSION_SRC_HTTP_PUSH_H
#define H2SESSION_SRC_HTTP_PUSH_H

#include "http_rules.h"

enum { ORIGIN_FIELDS = 2 };

/* rfc: 9113#8.4, 9113#8.4.1
 * All that holds for a request, judged as `how` says (HTTP_RECEIVED or 0); and the method is GET or
 * HEAD, the ones that are both safe and cacheable (RFC 9110 9.2.3), content-length is 0 if given,
 * :authority is there. */
struct verdict h2session__http_push_request(const hpack_field *fields, size_t count, uint32_t how,
                                            struct http_request *out);

/* The origin of a section that is a legal request. 0, or -1 when it has none: a CONNECT, or a
 * scheme without authority. */
int h2session__http_push_origin(const hpack_field *fields, size_t count,
                                hpack_field origin[ORIGIN_FIELDS]);

/* Equal schemes, hosts and ports; the default port of http and https may be left out. */
int h2session__http_push_same_origin(const hpack_field a[ORIGIN_FIELDS],
                                     const hpack_field b[ORIGIN_FIELDS]);

#endif
