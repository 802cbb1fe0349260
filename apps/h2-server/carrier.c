/* SPDX-License-Identifier: MIT */
#include "carrier.h"

int carrier_respond(const struct carrier *carrier, const h2session_message *message)
{
    return carrier->session == NULL
               ? h1_conn_submit_response(carrier->http1, message)
               : h2session_submit_response(carrier->session, carrier->stream_id, message);
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
