/* SPDX-License-Identifier: MIT */
/* What elements link to. */
#include "links.h"

#include <string.h>
#include <strings.h>

const char *links_priority(enum link_kind kind)
{
    static const char *const priorities[] = {
        [LINK_BASE] = "u=3", [LINK_STYLE] = "u=1",   [LINK_SCRIPT] = "u=2",
        [LINK_FONT] = "u=2", [LINK_IMAGE] = "u=4,i", [LINK_ICON] = "u=5"};

    return priorities[kind];
}

static const char *attribute(const char *const *attributes, const char *name)
{
    for (size_t i = 0; attributes != NULL && attributes[i] != NULL; i += 2) {
        if (strcmp(attributes[i], name) == 0) {
            return attributes[i + 1];
        }
    }
    return NULL;
}

/* A word of a list that is separated by spaces. */
static int has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    while (list != NULL && *list != '\0') {
        size_t one = strcspn(list, " \t\r\n");

        if (one == length && strncasecmp(list, word, one) == 0) {
            return 1;
        }
        list += one;
        list += strspn(list, " \t\r\n");
    }
    return 0;
}

static void tell(const struct links_sink *sink, enum link_kind kind, const char *text)
{
    if (text != NULL && text[strspn(text, " \t\r\n")] != '\0') {
        sink->found(kind, text, sink->user);
    }
}

static void tell_preload(const struct links_sink *sink, const char *as, const char *href)
{
    static const struct {
        const char *as;
        enum link_kind kind;
    } rows[] = {
        {"style", LINK_STYLE}, {"script", LINK_SCRIPT}, {"font", LINK_FONT}, {"image", LINK_IMAGE}};

    for (size_t i = 0; as != NULL && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcasecmp(as, rows[i].as) == 0) {
            tell(sink, rows[i].kind, href);
        }
    }
}

static void link_element(const struct links_sink *sink, const char *const *attributes)
{
    const char *rel = attribute(attributes, "rel");
    const char *href = attribute(attributes, "href");

    if (has_word(rel, "stylesheet") && !has_word(rel, "alternate")) {
        tell(sink, LINK_STYLE, href);
    } else if (has_word(rel, "icon")) {
        tell(sink, LINK_ICON, href);
    } else if (has_word(rel, "preload")) {
        tell_preload(sink, attribute(attributes, "as"), href);
    } else if (has_word(rel, "modulepreload")) {
        tell(sink, LINK_SCRIPT, href);
    }
}

void links__element(const struct links_sink *sink, const char *name, const char *const *attributes)
{
    if (strcmp(name, "link") == 0) {
        link_element(sink, attributes);
    } else if (strcmp(name, "script") == 0) {
        tell(sink, LINK_SCRIPT, attribute(attributes, "src"));
    } else if (strcmp(name, "img") == 0) {
        tell(sink, LINK_IMAGE, attribute(attributes, "src"));
    } else if (strcmp(name, "input") == 0 && has_word(attribute(attributes, "type"), "image")) {
        tell(sink, LINK_IMAGE, attribute(attributes, "src"));
    } else if (strcmp(name, "video") == 0) {
        tell(sink, LINK_IMAGE, attribute(attributes, "poster"));
    } else if (strcmp(name, "base") == 0) {
        tell(sink, LINK_BASE, attribute(attributes, "href"));
    }
}
