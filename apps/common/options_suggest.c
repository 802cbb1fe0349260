/* SPDX-License-Identifier: MIT */
#include "options_suggest.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance, by rows; both lengths are at most OPTIONS_NAME_SIZE. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][OPTIONS_NAME_SIZE + 1];
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *row = rows[2];

    for (size_t j = 0; j <= b_length; j++) {
        last[j] = j;
        before[j] = 0;
    }
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);

            row[j] = least(changed, least(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
        size_t *free_row = before;

        before = last;
        last = row;
        row = free_row;
    }
    return last[b_length];
}

static const char *only_with_prefix(const struct options_program *program, const char *typed,
                                    size_t length)
{
    const char *found = NULL;
    const struct option_spec *spec = NULL;

    for (size_t i = 0; length >= 2 && (spec = options_spec(program, i)) != NULL; i++) {
        if (strncmp(spec->name, typed, length) == 0) {
            if (found != NULL) {
                return NULL;
            }
            found = spec->name;
        }
    }
    return found;
}

const char *options_suggest(const struct options_program *program, const char *typed, size_t length)
{
    const char *best = NULL;
    size_t best_distance = 0;
    const struct option_spec *spec = NULL;

    if (length > OPTIONS_NAME_SIZE) {
        return NULL;
    }
    for (size_t i = 0; (spec = options_spec(program, i)) != NULL; i++) {
        const char *name = spec->name;
        size_t name_length = strlen(name);

        if (name_length > OPTIONS_NAME_SIZE) {
            continue;
        }
        size_t edits = distance(typed, length, name, name_length);

        if (edits <= (name_length + 2) / 3 && (best == NULL || edits < best_distance)) {
            best = name;
            best_distance = edits;
        }
    }
    return best != NULL ? best : only_with_prefix(program, typed, length);
}
