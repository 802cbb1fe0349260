/* SPDX-License-Identifier: MIT */
/* Requests for tests, written as names and values. */
#ifndef H2KIT_TESTS_ASKED_FIXTURE_H
#define H2KIT_TESTS_ASKED_FIXTURE_H

#include <string.h>

#include "asked.h"
#include "support.h"

enum { ASKED_FIELDS = 8 };

struct asked_fixture {
    hpack_field fields[ASKED_FIELDS];
    struct asked asked;
};

static inline hpack_field asked_field(const char *name, const char *value)
{
    return (hpack_field){
        .name = name,
        .value = value,
        .name_length = (uint32_t)strlen(name),
        .value_length = (uint32_t)strlen(value),
        .token = hpack_token(name, strlen(name)),
    };
}

/* The request of these fields: name, value, name, value, ..., NULL. */
static inline const struct asked *asked_make(struct asked_fixture *f, const char *const *texts)
{
    size_t count = 0;
    memset(&f->asked, 0, sizeof f->asked);
    for (; texts[2 * count] != NULL; count++) {
        assert_true(count < ASKED_FIELDS);
        f->fields[count] = asked_field(texts[2 * count], texts[2 * count + 1]);
    }
    asked_read(&f->asked, f->fields, count);
    return &f->asked;
}

#define ASKED(f, ...) asked_make((f), (const char *const[]){__VA_ARGS__, NULL})

#endif
