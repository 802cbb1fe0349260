/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <stdlib.h>
#include <string.h>

#include <support.h>

#include <h2frame/h2frame.h>

struct words words_of(const char *line)
{
    return (struct words){.line = line, .rest = line};
}

void words_wrong(const struct words *w)
{
    fail_msg("not understood: %s\n(from here: %s)", w->line, w->rest);
}

static void step_over(struct words *w, size_t length)
{
    w->rest += length;
    w->rest += *w->rest == ' ';
}

int words_take(struct words *w, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(w->rest, word, length) != 0 ||
        (w->rest[length] != ' ' && w->rest[length] != '\0')) {
        return 0;
    }
    step_over(w, length);
    return 1;
}

void words_next(struct words *w, char *out, size_t capacity)
{
    size_t length = strcspn(w->rest, " ");
    if (length >= capacity) {
        words_wrong(w);
    }
    memcpy(out, w->rest, length);
    out[length] = '\0';
    step_over(w, length);
}

static int is_number(const char *text, uint32_t *out)
{
    char *end = NULL;
    *out = (uint32_t)strtoul(text, &end, 0);
    return end != text && *end == '\0';
}

uint32_t words_number(struct words *w)
{
    char word[32];
    uint32_t number = 0;
    words_next(w, word, sizeof word);
    if (!is_number(word, &number)) {
        words_wrong(w);
    }
    return number;
}

/* The number of a name out of one of the lists of libh2frame. */
static uint32_t named(struct words *w, const char *name, uint32_t last,
                      const char *(*name_of)(uint32_t number))
{
    uint32_t number = 0;
    if (is_number(name, &number)) {
        return number;
    }
    while (number <= last && strcmp(name_of(number), name) != 0) {
        number++;
    }
    if (number > last) {
        words_wrong(w);
    }
    return number;
}

uint32_t words_code(struct words *w)
{
    char word[32];
    words_next(w, word, sizeof word);
    return named(w, word, H2FRAME_CODE_HTTP_1_1_REQUIRED, h2frame_code_name);
}

uint32_t words_setting(struct words *w, const char *name)
{
    return named(w, name, H2FRAME_SETTING_NO_RFC7540_PRIORITIES, h2frame_setting_name);
}

uint32_t words_type(struct words *w, const char *name)
{
    return named(w, name, H2FRAME_TYPE_PRIORITY_UPDATE, h2frame_type_name);
}
