/* SPDX-License-Identifier: MIT */
/*
 * The field section of a request: what the URI and the body ask for, with the fields of --header
 * put over it.
 *
 * Invariants of a built section:
 * - Pseudo-fields come first (RFC 9113 8.3), names are lower case, values have no space around.
 * - A field given by --header takes the place of the default of that name; given again it is
 *   added, but for pseudo-fields and content-length, of which the last one counts.
 * - Values are not checked here: h2session refuses what RFC 9113 section 8 forbids.
 * - The texts belong to the URI, the lines and the section itself; all must stand while it is used.
 * rfc: 9113#8.3
 */
#ifndef H2KIT_CLIENT_FIELDS_H
#define H2KIT_CLIENT_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include <hpack/hpack.h>

#include "options.h"
#include "uri.h"

/* A field line of --header. */
struct field_line {
    char *name; /* lower case */
    const char *value;
    size_t name_length;
    size_t value_length;
};

struct field_lines {
    struct field_line *items;
    size_t count;
};

/* Reads the lines of --header. Returns 0, or -1 with what was wrong, and with which in *text. */
int field_lines_read(struct field_lines *out, const struct option_list *texts, const char **text,
                     const char **why);
void field_lines_clear(struct field_lines *lines);

enum { FIELDS_NUMBER_SIZE = 24, FIELDS_DEFAULT = 10, FIELDS_LARGE = 8 };

struct fields {
    hpack_field *items;
    size_t count;
    size_t default_count;             /* of them stand first while lines are put */
    uint8_t replaced[FIELDS_DEFAULT]; /* by a line */
    char length_text[FIELDS_NUMBER_SIZE];
    char *large_text;
};

enum { FIELDS_NO_BODY = -2, FIELDS_UNKNOWN_LENGTH = -1 };

/* What a section is made of. */
struct fields_wish {
    const struct uri *uri;
    const struct field_lines *lines;
    int64_t content_length; /* octets of the body, or one of the constants above */
    const char *priority;   /* NULL: none */
    const char *codings;    /* accept-encoding, NULL: none */
    uint32_t expects_continue;
    uint32_t is_foreign; /* without what is for another origin: credentials, :authority */
    uint32_t as_get;     /* without what a line says of method and body */
    uint32_t is_large;   /* so many fields that they take more than one frame */
};

/* Returns 0, or -1 when out of memory. The section must not move. */
int fields_build(struct fields *out, const struct fields_wish *wish);
/* A section of nothing but lines, for trailers. */
int fields_from_lines(struct fields *out, const struct field_lines *lines);
void fields_clear(struct fields *fields);

#endif
