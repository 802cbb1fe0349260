/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <stdlib.h>
#include <string.h>

#include "options_suggest.h"

/* Where the parser stands. */
struct parse {
    const struct options_program *program;
    char **next; /* *next is NULL at the end of argv */
    void *target;
    char *error;
};

static int fail(const struct parse *p, const char *what, const char *why)
{
    snprintf(p->error, OPTIONS_ERROR_SIZE, "%s: %s", what, why);
    return -1;
}

static void *member(const struct parse *p, size_t offset)
{
    return (char *)p->target + offset;
}

static int list_add(struct option_list *list, const char *item)
{
    /* Grows at each power of two. */
    if ((list->count & (list->count - 1)) == 0) {
        size_t capacity = list->count == 0 ? 1 : 2 * list->count;
        const char **grown = realloc(list->items, capacity * sizeof *grown);

        if (grown == NULL) {
            return -1;
        }
        list->items = grown;
    }
    list->items[list->count++] = item;
    return 0;
}

/* Reads decimal digits; NULL when there are none or the number does not fit. */
static const char *read_digits(const char *text, uint64_t *number)
{
    const char *c = text;
    uint64_t sum = 0;

    for (; *c >= '0' && *c <= '9'; c++) {
        uint64_t digit = (uint64_t)(*c - '0');

        if (sum > (UINT64_MAX - digit) / 10) {
            return NULL;
        }
        sum = 10 * sum + digit;
    }
    *number = sum;
    return c == text ? NULL : c;
}

/* A kind of number, and how its units multiply it; the first one is what messages are in. */
struct measure {
    enum option_kind kind;
    const char *what;
    const char *shown_unit;
    uint64_t shown;
    struct {
        const char *unit;
        uint64_t factor;
    } units[5];
};

static const struct measure MEASURES[] = {
    {OPTION_NUMBER, "a number", "", 1, {{"", 1}}},
    {OPTION_SIZE,
     "a size such as 4096, 64k or 16m",
     " octets",
     1,
     {{"", 1}, {"k", 1024}, {"m", 1048576}, {"g", 1073741824}}},
    {OPTION_DURATION,
     "a time such as 10s or 500ms",
     " ms",
     1000000,
     {{"", 1000000000},
      {"s", 1000000000},
      {"ms", 1000000},
      {"m", 60000000000},
      {"h", 3600000000000}}},
};

static int read_measure(const struct measure *measure, const char *text, uint64_t *number)
{
    const char *rest = read_digits(text, number);

    for (size_t i = 0; rest != NULL && i < 5 && measure->units[i].unit != NULL; i++) {
        uint64_t factor = measure->units[i].factor;

        if (strcmp(rest, measure->units[i].unit) == 0) {
            int fits = *number <= UINT64_MAX / factor;

            *number *= factor;
            return fits ? 0 : -1;
        }
    }
    return -1;
}

/* Numbers, sizes and durations are held against the bounds of the table. */
static int read_bounded(const struct option_spec *spec, const char *shown, const char *value,
                        uint64_t *number, char error[OPTIONS_ERROR_SIZE])
{
    const struct measure *measure = MEASURES;

    while (measure->kind != spec->kind) {
        measure++;
    }
    if (read_measure(measure, value, number) != 0) {
        snprintf(error, OPTIONS_ERROR_SIZE, "%s: the value is %s", shown, measure->what);
        return -1;
    }
    if (*number < spec->min || *number > spec->max) {
        snprintf(error, OPTIONS_ERROR_SIZE, "%s: the value must be from %llu to %llu%s", shown,
                 (unsigned long long)(spec->min / measure->shown),
                 (unsigned long long)(spec->max / measure->shown), measure->shown_unit);
        return -1;
    }
    return 0;
}

int options_read_number(const struct option_spec *spec, const char *value, uint64_t *number,
                        char error[OPTIONS_ERROR_SIZE])
{
    char shown[OPTIONS_NAME_SIZE + 3];

    snprintf(shown, sizeof shown, "--%.*s", (int)OPTIONS_NAME_SIZE, spec->name);
    return read_bounded(spec, shown, value, number, error);
}

static int set_measure(const struct parse *p, const struct option_spec *spec, const char *shown,
                       const char *value)
{
    uint64_t number = 0;

    if (read_bounded(spec, shown, value, &number, p->error) != 0) {
        return -1;
    }
    *(uint64_t *)member(p, spec->offset) = number;
    return 0;
}

static int set_value(const struct parse *p, const struct option_spec *spec, const char *shown,
                     const char *value)
{
    switch (spec->kind) {
    case OPTION_FLAG:
        *(uint32_t *)member(p, spec->offset) += 1;
        return 0;
    case OPTION_TEXT:
        *(const char **)member(p, spec->offset) = value;
        return 0;
    case OPTION_LIST:
        if (list_add(member(p, spec->offset), value) != 0) {
            return fail(p, shown, "out of memory");
        }
        return 0;
    case OPTION_NUMBER:
    case OPTION_SIZE:
    case OPTION_DURATION:
        return set_measure(p, spec, shown, value);
    }
    return fail(p, shown, "unknown kind of option");
}

/* Takes the value from the next element of argv. */
static int take_value(struct parse *p, const struct option_spec *spec, const char *shown)
{
    const char *value = *p->next;

    if (value == NULL) {
        snprintf(p->error, OPTIONS_ERROR_SIZE, "%s: needs a value (%s)", shown, spec->argument);
        return -1;
    }
    p->next++;
    return set_value(p, spec, shown, value);
}

const struct option_spec *options_spec(const struct options_program *program, size_t position)
{
    if (position < program->spec_count) {
        return &program->specs[position];
    }
    position -= program->spec_count;
    return position < program->more_count ? &program->more_specs[position] : NULL;
}

static const struct option_spec *find_name(const struct options_program *program, const char *name,
                                           size_t length)
{
    const struct option_spec *spec = NULL;

    for (size_t i = 0; (spec = options_spec(program, i)) != NULL; i++) {
        if (strlen(spec->name) == length && memcmp(spec->name, name, length) == 0) {
            return spec;
        }
    }
    return NULL;
}

static int fail_unknown(const struct parse *p, const char *shown, const char *near)
{
    if (near == NULL) {
        return fail(p, shown, "unknown option");
    }
    snprintf(p->error, OPTIONS_ERROR_SIZE, "%s: unknown option, did you mean --%s?", shown, near);
    return -1;
}

static int parse_long(struct parse *p, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t length = equals == NULL ? strlen(text) : (size_t)(equals - text);
    char shown[OPTIONS_NAME_SIZE + 3];

    snprintf(shown, sizeof shown, "--%.*s",
             (int)(length < OPTIONS_NAME_SIZE ? length : OPTIONS_NAME_SIZE), text);
    const struct option_spec *spec = find_name(p->program, text, length);

    if (spec == NULL) {
        return fail_unknown(p, shown, options_suggest(p->program, text, length));
    }
    if (spec->kind == OPTION_FLAG) {
        return equals == NULL ? set_value(p, spec, shown, NULL) : fail(p, shown, "takes no value");
    }
    return equals == NULL ? take_value(p, spec, shown) : set_value(p, spec, shown, equals + 1);
}

static const struct option_spec *find_letter(const struct options_program *program, char letter)
{
    const struct option_spec *spec = NULL;

    for (size_t i = 0; (spec = options_spec(program, i)) != NULL; i++) {
        if (spec->letter == letter) {
            return spec;
        }
    }
    return NULL;
}

static int parse_letters(struct parse *p, const char *letters)
{
    for (const char *c = letters; *c != '\0'; c++) {
        const struct option_spec *spec = find_letter(p->program, *c);
        char shown[3] = {'-', *c, '\0'};

        if (spec == NULL) {
            return fail(p, shown, "unknown option");
        }
        if (spec->kind != OPTION_FLAG) {
            return c[1] == '\0' ? take_value(p, spec, shown) : set_value(p, spec, shown, c + 1);
        }
        if (set_value(p, spec, shown, NULL) != 0) {
            return -1;
        }
    }
    return 0;
}

static int parse_operand(struct parse *p, const char *text)
{
    if (list_add(member(p, p->program->operands_offset), text) != 0) {
        return fail(p, text, "out of memory");
    }
    return 0;
}

int options_parse(const struct options_program *program, int argc, char **argv, void *target,
                  char error[OPTIONS_ERROR_SIZE])
{
    struct parse p = {program, argc > 0 ? argv + 1 : argv, target, error};
    int only_operands = 0;

    while (*p.next != NULL) {
        const char *text = *p.next++;
        int result;

        if (only_operands || text[0] != '-' || text[1] == '\0') {
            result = parse_operand(&p, text);
        } else if (strcmp(text, "--") == 0) {
            only_operands = 1;
            result = 0;
        } else {
            result = text[1] == '-' ? parse_long(&p, text + 2) : parse_letters(&p, text + 1);
        }
        if (result != 0) {
            return -1;
        }
    }
    return 0;
}

static void list_clear(struct option_list *list)
{
    free(list->items);
    list->items = NULL;
    list->count = 0;
}

void options_clear(const struct options_program *program, void *target)
{
    const struct option_spec *spec = NULL;

    for (size_t i = 0; (spec = options_spec(program, i)) != NULL; i++) {
        if (spec->kind == OPTION_LIST) {
            list_clear((struct option_list *)((char *)target + spec->offset));
        }
    }
    list_clear((struct option_list *)((char *)target + program->operands_offset));
}
