/* SPDX-License-Identifier: MIT */
/*
 * What the end of a stream means for its request: done, failed, to be sent again, or left to the end
 * of the connection, which says why once for all.
 */
#ifndef H2KIT_CLIENT_ENDING_H
#define H2KIT_CLIENT_ENDING_H

#include "fetch.h"

/* The stream of an ACTIVE request is closed. It is DONE or WAITING afterwards; or ACTIVE still, when
 * the connection ends with it. */
void ending_of_stream(struct fetch *fetch, struct request *request,
                      const h2session_stream_closed_event *event);

#endif
