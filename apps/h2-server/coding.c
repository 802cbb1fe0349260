/* SPDX-License-Identifier: MIT */
#include "coding.h"

#include <string.h>
#include <strings.h>

enum { NOT_GIVEN = -1, LEAST = 1, FULL = 1000 };

static const struct {
    const char *name;
    const char *ending;
} CODINGS[CODING_COUNT] = {
    [CODING_BR] = {"br", ".br"},
    [CODING_ZSTD] = {"zstd", ".zst"},
    [CODING_GZIP] = {"gzip", ".gz"},
    [CODING_IDENTITY] = {"identity", ""},
};

struct text {
    const char *data;
    size_t length;
};

static int is_space(char c)
{
    return c == ' ' || c == '\t';
}

static struct text trimmed(struct text t)
{
    while (t.length > 0 && is_space(t.data[0])) {
        t.data++;
        t.length--;
    }
    while (t.length > 0 && is_space(t.data[t.length - 1])) {
        t.length--;
    }
    return t;
}

static int equals(struct text t, const char *word)
{
    return t.length == strlen(word) && strncasecmp(t.data, word, t.length) == 0;
}

/* What stands before the separator; the rest stays in *from, NULL when there was none. */
static struct text cut(struct text *from, char separator)
{
    const char *found = from->length == 0 ? NULL : memchr(from->data, separator, from->length);
    struct text part = *from;
    if (found == NULL) {
        from->data = NULL;
        from->length = 0;
    } else {
        part.length = (size_t)(found - part.data);
        from->length -= part.length + 1;
        from->data = found + 1;
    }
    return trimmed(part);
}

/* "q=0.5" in thousandths, or -1. */
static int read_weight(struct text t)
{
    if (t.length < 3 || t.length > 7 || (t.data[0] | 0x20) != 'q' || t.data[1] != '=' ||
        (t.data[2] != '0' && t.data[2] != '1') || (t.length > 3 && t.data[3] != '.')) {
        return -1;
    }
    int weight = (t.data[2] - '0') * FULL;
    int unit = FULL / 10;
    for (size_t i = 4; i < t.length; i++, unit /= 10) {
        if (t.data[i] < '0' || t.data[i] > '9') {
            return -1;
        }
        weight += (t.data[i] - '0') * unit;
    }
    return weight <= FULL ? weight : -1;
}

/* The weights of one line; weights[CODING_COUNT] is that of "*". */
static void read_line(struct text line, int weights[CODING_COUNT + 1])
{
    while (line.data != NULL) {
        struct text rest = cut(&line, ',');
        const struct text name = cut(&rest, ';');
        const int weight = rest.data == NULL ? FULL : read_weight(trimmed(rest));
        size_t which = CODING_COUNT + 1;
        for (size_t i = 0; i < CODING_COUNT; i++) {
            which = equals(name, CODINGS[i].name) ? i : which;
        }
        which = equals(name, "*") ? (size_t)CODING_COUNT : which;
        /* rfc: 9110#8.4.1.3 */
        which = equals(name, "x-gzip") ? (size_t)CODING_GZIP : which;
        if (which <= CODING_COUNT && weight >= 0) {
            weights[which] = weight;
        }
    }
}

/* Puts the acceptable ones in order; those of equal weight keep the server's. */
static void put_in_order(const int weights[CODING_COUNT], struct coding_order *order)
{
    order->count = 0;
    for (size_t i = 0; i < CODING_COUNT; i++) {
        if (weights[i] == 0) {
            continue;
        }
        size_t at = order->count++;
        for (; at > 0 && weights[order->codings[at - 1]] < weights[i]; at--) {
            order->codings[at] = order->codings[at - 1];
        }
        order->codings[at] = (enum coding)i;
    }
}

/* rfc: 9110#12.5.3 */
void coding_accepted(const struct asked *asked, struct coding_order *order)
{
    int weights[CODING_COUNT + 1] = {NOT_GIVEN, NOT_GIVEN, NOT_GIVEN, NOT_GIVEN, NOT_GIVEN};
    for (size_t i = 0; i < asked->field_count; i++) {
        const hpack_field *f = &asked->fields[i];
        if (f->token == HPACK_TOKEN_ACCEPT_ENCODING) {
            const struct text line = {f->value, f->value_length};
            read_line(line, weights);
        }
    }
    const int others = weights[CODING_COUNT];
    for (size_t i = 0; i < CODING_COUNT; i++) {
        if (weights[i] == NOT_GIVEN && others != NOT_GIVEN) {
            weights[i] = others;
        } else if (weights[i] == NOT_GIVEN) {
            /* The identity is acceptable unless it is ruled out, but nobody's first choice. */
            weights[i] = i == CODING_IDENTITY ? LEAST : 0;
        }
    }
    put_in_order(weights, order);
}

int coding_accepts(const struct coding_order *order, enum coding coding)
{
    for (size_t i = 0; i < order->count; i++) {
        if (order->codings[i] == coding) {
            return 1;
        }
    }
    return 0;
}

const char *coding_name(enum coding coding)
{
    return coding == CODING_IDENTITY ? NULL : CODINGS[coding].name;
}

const char *coding_ending(enum coding coding)
{
    return CODINGS[coding].ending;
}

int coding_pays(const char *mime)
{
    static const char *const TYPES[] = {
        "application/json",      "application/javascript",    "application/wasm",
        "application/xml",       "application/manifest+json", "image/svg+xml",
        "application/xhtml+xml", "image/vnd.microsoft.icon",  "application/x-javascript",
    };
    const size_t length = strcspn(mime, "; \t");
    if (strncmp(mime, "text/", 5) == 0) {
        return 1;
    }
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
        if (length == strlen(TYPES[i]) && strncmp(mime, TYPES[i], length) == 0) {
            return 1;
        }
    }
    return 0;
}
