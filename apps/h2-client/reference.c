/* SPDX-License-Identifier: MIT */
#include "reference.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static int may_stand(unsigned char c)
{
    return c > ' ' && c < 0x7f && strchr("\"<>\\^`{|}", c) == NULL;
}

struct span {
    const char *start;
    size_t length;
};

/* The reference without outer space and fragment. */
static struct span trim(const char *text, size_t length)
{
    while (length > 0 && is_space(text[0])) {
        text++;
        length--;
    }
    const char *fragment = length == 0 ? NULL : memchr(text, '#', length);

    length = fragment == NULL ? length : (size_t)(fragment - text);
    while (length > 0 && is_space(text[length - 1])) {
        length--;
    }
    return (struct span){text, length};
}

static int is_fine(struct span reference)
{
    for (size_t i = 0; i < reference.length; i++) {
        unsigned char c = (unsigned char)reference.start[i];

        if (c < ' ' || c == 0x7f) {
            return 0;
        }
    }
    return reference.length <= REFERENCE_LIMIT;
}

/* A copy with what cannot stand in a URI encoded; NULL when out of memory. */
static char *encode(struct span reference)
{
    char *out = malloc(3 * reference.length + 1);
    size_t at = 0;

    for (size_t i = 0; out != NULL && i < reference.length; i++) {
        unsigned char c = (unsigned char)reference.start[i];

        if (may_stand(c)) {
            out[at++] = (char)c;
        } else {
            at += (size_t)snprintf(out + at, 4, "%%%02X", (unsigned)c);
        }
    }
    if (out != NULL) {
        out[at] = '\0';
    }
    return out;
}

/* Length of "scheme:", 0 when the reference has none. */
static size_t scheme_length(const char *text)
{
    size_t i = 0;

    if (!isalpha((unsigned char)text[0])) {
        return 0;
    }
    while (isalnum((unsigned char)text[i]) || (text[i] != '\0' && strchr("+-.", text[i]) != NULL)) {
        i++;
    }
    return text[i] == ':' ? i + 1 : 0;
}

/* Takes "." and ".." out of the path, in place (RFC 3986 5.2.4); it begins with "/". */
static void remove_dots(char *path)
{
    size_t end = strcspn(path, "?");
    size_t to = 0;
    size_t from = 0;

    while (from < end) {
        size_t next = from + 1 + strcspn(path + from + 1, "/?");
        size_t length = next - from;
        int is_dot = length == 2 && path[from + 1] == '.';
        int is_up = length == 3 && path[from + 1] == '.' && path[from + 2] == '.';

        if (is_up) {
            while (to > 0 && path[--to] != '/') {
            }
        }
        if (is_dot || is_up) {
            /* At the end a folder remains: "/". */
            path[to] = '/';
            to += next >= end ? 1 : 0;
        } else {
            memmove(path + to, path + from, length);
            to += length;
        }
        from = next;
    }
    memmove(path + to, path + end, strlen(path + end) + 1);
}

/* The path and query that a relative reference means; base_path begins with "/". */
static void merge(char *out, const char *base_path, const char *reference)
{
    size_t keep = 0;

    if (reference[0] == '\0') {
        keep = strlen(base_path);
    } else if (reference[0] == '?') {
        keep = strcspn(base_path, "?");
    } else if (reference[0] != '/') {
        size_t end = strcspn(base_path, "?");

        for (keep = end; keep > 0 && base_path[keep - 1] != '/';) {
            keep--;
        }
    }
    memcpy(out, base_path, keep);
    strcpy(out + keep, reference);
}

static char *join(const struct uri *base, const char *reference)
{
    size_t scheme = scheme_length(reference);
    size_t size =
        strlen(base->scheme) + strlen(base->authority) + strlen(base->path) + strlen(reference) + 8;
    char *out = malloc(size);

    if (out == NULL) {
        return NULL;
    }
    if (scheme > 0) {
        (void)snprintf(out, size, "%s", reference);
    } else if (strncmp(reference, "//", 2) == 0) {
        (void)snprintf(out, size, "%s:%s", base->scheme, reference);
    } else {
        int head = snprintf(out, size, "%s://%s", base->scheme, base->authority);

        merge(out + head, base->path, reference);
    }
    char *path = strstr(out, "://");

    path = path == NULL ? NULL : path + 3 + strcspn(path + 3, "/?");
    if (path != NULL && *path == '/') {
        remove_dots(path);
    }
    return out;
}

int reference_resolve(const struct uri *base, const char *text, size_t length, char **out)
{
    struct span reference = trim(text, length);
    struct uri parsed;
    const char *why = uri_no_memory;

    *out = NULL;
    if (!is_fine(reference)) {
        return 0;
    }
    char *encoded = encode(reference);
    char *joined = encoded == NULL ? NULL : join(base, encoded);

    free(encoded);
    if (joined == NULL || uri_parse(&parsed, joined, &why) != 0) {
        free(joined);
        return why == uri_no_memory ? -1 : 0;
    }
    uri_clear(&parsed);
    *out = joined;
    return 0;
}
