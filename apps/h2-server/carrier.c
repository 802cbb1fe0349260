/* SPDX-License-Identifier: MIT */
#include "carrier.h"

int carrier_respond(const struct carrier *carrier, const h2session_message *message)
{
    return carrier->session == NULL
               ? h1_conn_submit_response(carrier->http1, message)
               : h2session_submit_response(carrier->session, carrier->stream_id, message);
}

int carrier_inform(const struct carrier *carrier, const hpack_field *fields, size_t count)
{
    return carrier->session == NULL ? h1_conn_submit_informational(carrier->http1, fields, count)
                                    : h2session_submit_informational(
                                          carrier->session, carrier->stream_id, fields, count);
}

int carrier_respond_trailed(const struct carrier *carrier, const h2session_message *message,
                            const hpack_field *trailers, size_t count)
{
    const int first = carrier->session == NULL
                          ? h1_conn_set_trailers(carrier->http1, trailers, count)
                          : carrier_respond(carrier, message);
    if (first != 0) {
        return first;
    }
    return carrier->session == NULL
               ? carrier_respond(carrier, message)
               : h2session_submit_trailers(carrier->session, carrier->stream_id, trailers, count);
}

void carrier_wake(const struct carrier *carrier)
{
    h2_conn_wake(carrier->transport);
}

int carrier_resume(const struct carrier *carrier)
{
    return carrier->session == NULL ? h1_conn_resume(carrier->http1)
                                    : h2session_resume(carrier->session, carrier->stream_id);
}

int carrier_consume(const struct carrier *carrier, size_t length)
{
    return carrier->session == NULL
               ? h1_conn_consume(carrier->http1, length)
               : h2session_consume(carrier->session, carrier->stream_id, length);
}

int carrier_fail(const struct carrier *carrier)
{
    return carrier->session == NULL ? h1_conn_fail(carrier->http1)
                                    : h2session_submit_reset(carrier->session, carrier->stream_id,
                                                             H2FRAME_CODE_INTERNAL_ERROR);
}
