/* SPDX-License-Identifier: MIT */
/* Clients that take pushes, for the tests of what they do with them. */
#ifndef H2KIT_TESTS_PUSH_CLIENT_H
#define H2KIT_TESTS_PUSH_CLIENT_H

#include <string.h>

#include "fixture.h"

#define STYLE ":method GET|:scheme https|:authority a.example|:path /style"
#define STYLE_LOG " :method=GET :scheme=https :authority=a.example :path=/style"

static inline void takes_pushes(struct fixture *f)
{
    f->config.enable_push = 1;
}

static inline void takes_two_promises(struct fixture *f)
{
    f->config.enable_push = 1;
    f->config.promised_streams_limit = 2;
}

static inline int refuse(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)f;
    (void)stream_id;
    return strcmp(event, "push") == 0 ? H2SESSION_REFUSE_STREAM : 0;
}

static inline void refuses_pushes(struct fixture *f)
{
    f->config.enable_push = 1;
    f->hook = refuse;
}

static inline void asks(struct fixture *f)
{
    (void)app_request(f, GET_FIELDS, NULL, NULL);
    fixture_drain(f);
}

#endif
