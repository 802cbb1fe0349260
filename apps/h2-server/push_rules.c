/* SPDX-License-Identifier: MIT */
#include "push_rules.h"

#include <stdio.h>
#include <string.h>

static int is_path(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] <= 0x20 || text[i] >= 0x7f || text[i] == '#') {
            return 0;
        }
    }
    return length > 0 && text[0] == '/';
}

static int is_rule(const char *rule)
{
    const char *equals = strchr(rule, '=');
    if (equals == NULL || !is_path(rule, (size_t)(equals - rule))) {
        return 0;
    }
    size_t count = 0;
    const char *at = equals;
    do {
        at++;
        const size_t length = strcspn(at, ",");
        if (!is_path(at, length) || ++count > PUSH_MOST) {
            return 0;
        }
        at += length;
    } while (*at == ',');
    return 1;
}

int push_rules_check(const struct option_list *rules, char error[OPTIONS_ERROR_SIZE])
{
    for (size_t i = 0; i < rules->count; i++) {
        if (!is_rule(rules->items[i])) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE,
                           "--push: expected /path=/pushed,/pushed... with at most %d of them",
                           PUSH_MOST);
            return -1;
        }
    }
    return 0;
}

static int is_for(const char *rule, const char *path, size_t length)
{
    return strncmp(rule, path, length) == 0 && rule[length] == '=';
}

const char *push_rules_next(const struct option_list *rules, const char *path, size_t path_length,
                            struct push_walk *walk, size_t *length)
{
    const char *query = memchr(path, '?', path_length);
    const size_t own = query == NULL ? path_length : (size_t)(query - path);
    for (; walk->rule < rules->count; walk->rule++, walk->next = NULL) {
        const char *rule = rules->items[walk->rule];
        if (walk->next == NULL && is_for(rule, path, own)) {
            walk->next = rule + own + 1;
        }
        if (walk->next != NULL && *walk->next != '\0') {
            const char *found = walk->next;
            *length = strcspn(found, ",");
            walk->next = found + *length + (found[*length] == ',');
            return found;
        }
    }
    *length = 0;
    return NULL;
}
