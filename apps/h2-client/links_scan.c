/* SPDX-License-Identifier: MIT */
/* The reader of links.h for builds without libxml2: finds tags, and nothing else. */
#include "links.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum state {
    STATE_TEXT,
    STATE_TAG,     /* after "<" */
    STATE_QUOTE,   /* in an attribute value */
    STATE_COMMENT, /* after "<!--" */
    STATE_RAW      /* inside <script> and the like, up to its end tag */
};

struct links {
    struct links_sink sink;
    enum state state;
    char quote;
    char raw_end[12]; /* "</script" */
    size_t length;    /* of tag, LINKS_TAG when it is too long */
    char tag[LINKS_TAG + 1];
};

struct links *links_new(links_function found, void *user)
{
    struct links *links = calloc(1, sizeof *links);

    if (links != NULL) {
        links->sink = (struct links_sink){found, user};
    }
    return links;
}

void links_free(struct links *links)
{
    free(links);
}

/* ---- A whole tag --------------------------------------------------------------------------- */

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static char *skip_spaces(char *at)
{
    while (is_space(*at) || *at == '/') {
        at++;
    }
    return at;
}

/* "&amp;" is the one that URIs in pages have. */
static void decode(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        *to++ = *from;
        if (strncmp(from, "&amp;", 5) == 0) {
            from += 4;
        }
    }
    *to = '\0';
}

/* Takes a name in lower case; returns where it ends. */
static char *take_name(char *at)
{
    for (; *at != '\0' && !is_space(*at) && *at != '/' && *at != '='; at++) {
        *at = (char)tolower((unsigned char)*at);
    }
    return at;
}

/* The value behind "="; NUL-terminates it and returns what follows. */
static char *take_value(char *at, char **value)
{
    char quote = *at == '"' || *at == '\'' ? *at : '\0';

    *value = quote != '\0' ? at + 1 : at;
    at = *value;
    while (*at != '\0' && (quote != '\0' ? *at != quote : !is_space(*at))) {
        at++;
    }
    if (*at != '\0') {
        *at++ = '\0';
    }
    decode(*value);
    return at;
}

static size_t take_attributes(char *at, const char **pairs)
{
    size_t count = 0;

    for (at = skip_spaces(at); *at != '\0' && count < 2 * LINKS_ATTRIBUTES; at = skip_spaces(at)) {
        char *name = at;
        char *value = NULL;
        char *end = take_name(at);

        at = end;
        while (is_space(*at)) {
            at++;
        }
        if (*at == '=') {
            for (at++; is_space(*at); at++) {
            }
            *end = '\0';
            at = take_value(at, &value);
        } else if (*end != '\0') {
            *end = '\0';
            at = end + 1;
        }
        if (value != NULL) {
            pairs[count++] = name;
            pairs[count++] = value;
        }
    }
    return count;
}

/* What is inside these is no markup. */
static void enter_raw(struct links *links, const char *name)
{
    static const char *const raw[] = {"script", "style", "title", "textarea"};

    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        if (strcmp(name, raw[i]) == 0) {
            links->state = STATE_RAW;
            (void)memcpy(links->raw_end, "</", 2);
            (void)memcpy(links->raw_end + 2, raw[i], strlen(raw[i]) + 1);
        }
    }
}

static void take_tag(struct links *links)
{
    const char *pairs[2 * LINKS_ATTRIBUTES + 1];
    char *name = links->tag;

    links->state = STATE_TEXT;
    if (links->length >= LINKS_TAG || !isalpha((unsigned char)*name)) {
        return;
    }
    links->tag[links->length] = '\0';
    char *end = take_name(name);
    char *rest = *end == '\0' ? end : end + 1;

    *end = '\0';
    pairs[take_attributes(rest, pairs)] = NULL;
    links__element(&links->sink, name, pairs);
    enter_raw(links, name);
}

/* ---- Octets -------------------------------------------------------------------------------- */

static void keep(struct links *links, char c)
{
    if (links->length < LINKS_TAG) {
        links->tag[links->length++] = c == '\0' ? ' ' : c;
    }
}

static void in_tag(struct links *links, char c)
{
    if (c == '>') {
        take_tag(links);
        links->length = 0;
        return;
    }
    if ((c == '"' || c == '\'') && links->length > 0 && links->tag[0] != '!') {
        links->state = STATE_QUOTE;
        links->quote = c;
    }
    keep(links, c);
    if (links->length == 3 && memcmp(links->tag, "!--", 3) == 0) {
        links->state = STATE_COMMENT;
        links->length = 0;
    }
}

/* Keeps the last octets, to find the end in. */
static int ends_with(struct links *links, char c, const char *end)
{
    size_t length = strlen(end);

    if (links->length == length) {
        memmove(links->tag, links->tag + 1, length - 1);
        links->length--;
    }
    keep(links, c);
    return links->length == length && strncasecmp(links->tag, end, length) == 0;
}

static void in_comment(struct links *links, char c)
{
    if (ends_with(links, c, "-->")) {
        links->state = STATE_TEXT;
        links->length = 0;
    }
}

static void in_raw(struct links *links, char c)
{
    if (ends_with(links, c, links->raw_end)) {
        /* The rest of the end tag. */
        links->state = STATE_TAG;
        links->tag[0] = '/';
        links->length = 1;
    }
}

static void take_octet(struct links *links, char c)
{
    switch (links->state) {
    case STATE_TEXT:
        if (c == '<') {
            links->state = STATE_TAG;
            links->length = 0;
        }
        return;
    case STATE_TAG:
        in_tag(links, c);
        return;
    case STATE_QUOTE:
        keep(links, c);
        if (c == links->quote) {
            links->state = STATE_TAG;
        }
        return;
    case STATE_COMMENT:
        in_comment(links, c);
        return;
    case STATE_RAW:
        in_raw(links, c);
        return;
    }
}

int links_feed(struct links *links, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        take_octet(links, data[i]);
    }
    return 0;
}

/* A tag that has not ended is none. */
int links_end(struct links *links)
{
    links->length = 0;
    return 0;
}
