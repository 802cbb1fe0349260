/* SPDX-License-Identifier: MIT */
#include "http_content.h"

uint32_t h2session__http_content_of_request(const struct http_request *request)
{
    if (request->method == HTTP_METHOD_CONNECT) {
        return CONTENT_TUNNEL;
    }
    return request->method == HTTP_METHOD_TRACE ? CONTENT_EMPTY : CONTENT_FREE;
}

/* rfc: 9110#6.4.1 */
uint32_t h2session__http_content_of_response(uint32_t method, uint32_t status)
{
    if (status < 200) {
        return CONTENT_ABSENT;
    }
    if (method == HTTP_METHOD_CONNECT && status < 300) {
        return CONTENT_TUNNEL;
    }
    if (method == HTTP_METHOD_HEAD || status == 204 || status == 304) {
        return CONTENT_ABSENT;
    }
    return status == 205 ? CONTENT_EMPTY : CONTENT_FREE; /* RFC 9110 15.3.6 */
}

int h2session__http_content_has_length(uint32_t method, uint32_t status)
{
    return status >= 200 && status != 204 &&
           h2session__http_content_of_response(method, status) != CONTENT_TUNNEL;
}

struct verdict h2session__http_content_request_sent(const struct http_request *request,
                                                    int has_source)
{
    if (has_source && request->method == HTTP_METHOD_TRACE) {
        return verdict_malformed(H2SESSION_REASON_CONTENT_NOT_ALLOWED, request->method_at);
    }
    if (!has_source && request->content_length > 0) {
        return verdict_malformed(H2SESSION_REASON_CONTENT_LENGTH_MISMATCH,
                                 request->content_length_at);
    }
    return verdict_ok();
}

struct verdict h2session__http_content_response_sent(uint32_t method,
                                                     const struct http_response *response,
                                                     int has_source)
{
    uint32_t content = h2session__http_content_of_response(method, response->status);
    if (response->content_length >= 0 &&
        !h2session__http_content_has_length(method, response->status)) {
        return verdict_malformed(H2SESSION_REASON_CONTENT_LENGTH_FORBIDDEN,
                                 response->content_length_at);
    }
    int empty = content == CONTENT_EMPTY || (content == CONTENT_FREE && !has_source);
    if (response->content_length > 0 && empty) {
        return verdict_malformed(H2SESSION_REASON_CONTENT_LENGTH_MISMATCH,
                                 response->content_length_at);
    }
    return verdict_ok();
}
