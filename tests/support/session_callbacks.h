/* SPDX-License-Identifier: MIT */
/*
 * Initialisers of h2session_callbacks for a file that names each of its functions as the member is named:
 * on_headers and so on. What not every such file has, it adds behind.
 */
#ifndef H2KIT_TESTS_SESSION_CALLBACKS_H
#define H2KIT_TESTS_SESSION_CALLBACKS_H

#define CALLBACKS_OF_STREAMS                                                                       \
    .on_headers = on_headers, .on_data = on_data, .on_stream_end = on_stream_end,                  \
    .on_stream_closed = on_stream_closed
#define CALLBACKS_OF_CONNECTION                                                                    \
    .on_settings = on_settings, .on_ping = on_ping, .on_goaway = on_goaway, .on_fault = on_fault
#define CALLBACKS_OF_EXTENSIONS                                                                    \
    .on_altsvc = on_altsvc, .on_origin = on_origin, .on_priority_update = on_priority_update,      \
    .on_extension = on_extension

#endif
