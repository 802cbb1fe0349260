/* SPDX-License-Identifier: MIT */
/* Media types from a file. */
#include "mime.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char CHARSET[] = "; charset=utf-8";

struct entry {
    const char *ending;
    const char *type;
    size_t place; /* in the file */
};

struct mime_types {
    struct entry *entries; /* in the order of their endings, each once */
    size_t count;
    size_t capacity;
    char *endings; /* what the entries point into */
    char *types;
};

/* Where the texts go that the entries point to. */
struct texts {
    char *ending;
    char *type;
};

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of a line; its length is 0 at the end and from "#" on. */
static size_t next_word(const char **at, const char *end)
{
    while (*at < end && is_blank(**at)) {
        (*at)++;
    }
    size_t length = 0;
    while (*at + length < end && !is_blank((*at)[length]) && (*at)[length] != '#') {
        length++;
    }
    return length;
}

/* "text/html", made of what may stand in a field: anything else would end up in one. */
static int is_type(const char *word, size_t length)
{
    size_t slashes = 0;
    for (size_t i = 0; i < length; i++) {
        if (word[i] <= 0x20 || word[i] >= 0x7f || strchr("()<>@,\"[]{}\\\\", word[i]) != NULL) {
            return 0;
        }
        slashes += word[i] == '/';
    }
    return slashes == 1 && word[0] != '/' && word[length - 1] != '/';
}

static char *put(char **where, const char *text, size_t length)
{
    char *start = *where;
    memcpy(start, text, length);
    start[length] = '\0';
    *where += length + 1;
    return start;
}

/* The type of a line as an answer has it. */
static const char *put_type(struct texts *texts, const char *word, size_t length)
{
    char *type = put(&texts->type, word, length);
    if (strncasecmp(type, "text/", 5) == 0 && memchr(word, ';', length) == NULL) {
        texts->type--;
        (void)put(&texts->type, CHARSET, sizeof CHARSET - 1);
    }
    return type;
}

static int add(struct mime_types *types, const char *ending, const char *type)
{
    if (types->count == types->capacity) {
        const size_t capacity = types->capacity == 0 ? 64 : 2 * types->capacity;
        struct entry *grown = realloc(types->entries, capacity * sizeof *grown);
        if (grown == NULL) {
            return -1;
        }
        types->entries = grown;
        types->capacity = capacity;
    }
    const struct entry entry = {ending, type, types->count};
    types->entries[types->count++] = entry;
    return 0;
}

/* Returns 0, -1 when out of memory, or 1 when the line is wrong. */
static int read_line(struct mime_types *types, struct texts *texts, const char *at, const char *end)
{
    size_t length = next_word(&at, end);
    if (length == 0) {
        return 0;
    }
    if (!is_type(at, length)) {
        return 1;
    }
    const char *type = put_type(texts, at, length);
    at += length;
    for (length = next_word(&at, end); length > 0; length = next_word(&at, end)) {
        if (add(types, put(&texts->ending, at, length), type) != 0) {
            return -1;
        }
        at += length;
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct entry *first = a;
    const struct entry *second = b;
    const int order = strcasecmp(first->ending, second->ending);
    return order != 0 ? order : (first->place > second->place) - (first->place < second->place);
}

/* Of several entries with the same ending the last one stays. */
static void put_in_order(struct mime_types *types)
{
    size_t kept = 0;
    if (types->count == 0) {
        return;
    }
    qsort(types->entries, types->count, sizeof *types->entries, compare);
    for (size_t i = 1; i < types->count; i++) {
        kept += strcasecmp(types->entries[kept].ending, types->entries[i].ending) != 0;
        types->entries[kept] = types->entries[i];
    }
    types->count = kept + 1;
}

int mime_types_parse(struct mime_types **out, const char *text, size_t length)
{
    struct mime_types *types = calloc(1, sizeof *types);
    size_t lines = 1;
    for (size_t i = 0; i < length; i++) {
        lines += text[i] == '\n';
    }
    if (types == NULL) {
        return -1;
    }
    /* Each word is followed by something, but for the last, and a charset comes once a line. */
    types->endings = malloc(length + 1);
    types->types = malloc(length + 1 + lines * sizeof CHARSET);
    struct texts texts = {types->endings, types->types};
    int result = texts.ending == NULL || texts.type == NULL ? -1 : 0;
    int number = 1;
    const char *end = text + length;
    for (const char *at = text; result == 0 && at < end; number++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        line_end = line_end == NULL ? end : line_end;
        const int status = read_line(types, &texts, at, line_end);
        result = status > 0 ? number : status;
        at = line_end + 1;
    }
    if (result != 0) {
        mime_types_free(types);
        return result;
    }
    put_in_order(types);
    *out = types;
    return 0;
}

void mime_types_free(struct mime_types *types)
{
    if (types != NULL) {
        free(types->entries);
        free(types->endings);
        free(types->types);
        free(types);
    }
}

const char *mime_types_find(const struct mime_types *types, const char *file_name)
{
    const char *ending = mime__ending(file_name);
    const struct entry wanted = {ending, NULL, 0};
    size_t low = 0;
    size_t high = types == NULL || ending == NULL ? 0 : types->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcasecmp(wanted.ending, types->entries[middle].ending);
        if (order == 0) {
            return types->entries[middle].type;
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return mime_type(file_name);
}

/* ---- The file ------------------------------------------------------------------------------ */

/* Returns the text, or NULL with errno; EFBIG when it is too long. */
static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "re");
    char *text = malloc(MIME_FILE_LIMIT + 1);
    int reason = file == NULL ? errno : text == NULL ? ENOMEM : 0;
    if (reason == 0) {
        errno = 0;
        *length = fread(text, 1, MIME_FILE_LIMIT + 1, file);
        reason = ferror(file) ? errno : *length > MIME_FILE_LIMIT ? EFBIG : 0;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    if (reason != 0) {
        free(text);
        errno = reason;
        return NULL;
    }
    return text;
}

int mime_types_load(struct mime_types **out, const char *path, char *error, size_t error_size)
{
    size_t length = 0;
    char *text = read_file(path, &length);
    if (text == NULL) {
        (void)snprintf(error, error_size, "cannot read %.200s: %s", path, strerror(errno));
        return -1;
    }
    const int status = mime_types_parse(out, text, length);
    free(text);
    if (status < 0) {
        (void)snprintf(error, error_size, "out of memory");
    } else if (status > 0) {
        (void)snprintf(error, error_size, "%.200s, line %d: no media type", path, status);
    }
    return status == 0 ? 0 : -1;
}
