/* SPDX-License-Identifier: MIT */
/*
 * What content a message may have, as its head tells (RFC 9110 6.4.1, 8.6): pure. The same answer
 * says what the peer may send and what this side sends; the rules about submitted heads say what
 * is wrong with a content-length that the message cannot keep, position in verdict.value.
 */
#ifndef H2SESSION_SRC_HTTP_CONTENT_H
#define H2SESSION_SRC_HTTP_CONTENT_H

#include "http_rules.h"

enum {
    CONTENT_FREE = 0,   /* octets; as many as content-length says, when it is given */
    CONTENT_EMPTY = 1,  /* no octet, and content-length is held against that: TRACE, 205 */
    CONTENT_ABSENT = 2, /* no octet, content-length is about something else: HEAD, 1xx, 204, 304 */
    CONTENT_TUNNEL = 3  /* CONNECT: octets, content-length means nothing */
};

uint32_t h2session__http_content_of_request(const struct http_request *request);
/* method: HTTP_METHOD_ of the request. Any 2xx makes a CONNECT a tunnel (RFC 9110 9.3.6). */
uint32_t h2session__http_content_of_response(uint32_t method, uint32_t status);
/* Whether content-length is a field of such a response: not of 1xx, 204 and the 2xx of a CONNECT,
 * where one that comes is ignored. rfc: 9110#8.6 */
int h2session__http_content_has_length(uint32_t method, uint32_t status);

/* A head that the application submits, with or without a body source. A source that the content
 * has no use for is no fault of a response; content-length above 0 without octets is, and any
 * where it is no field of the response. A TRACE has no source.
 * rfc: 9110#8.6, 9113#8.1.1, 9110#9.3.8 */
struct verdict h2session__http_content_request_sent(const struct http_request *request,
                                                    int has_source);
struct verdict h2session__http_content_response_sent(uint32_t method,
                                                     const struct http_response *response,
                                                     int has_source);

#endif
