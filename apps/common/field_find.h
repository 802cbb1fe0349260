/* SPDX-License-Identifier: MIT */
/* Looks for a field by its name, which is in lower case as all names of HTTP/2 are. Pure. */
#ifndef H2KIT_APPS_FIELD_FIND_H
#define H2KIT_APPS_FIELD_FIND_H

#include <stddef.h>

#include <hpack/hpack.h>

/* The first of the fields with that name, or NULL. */
const hpack_field *field_find(const hpack_field *fields, size_t count, const char *name);

#endif
