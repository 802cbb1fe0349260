/* SPDX-License-Identifier: MIT */
#include "conversation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <support.h>

static void *grown(void *list, size_t count, size_t size)
{
    void *more = realloc(list, (count + 1) * size);
    assert_non_null(more);
    return more;
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("cannot read %s", path);
        return NULL;
    }
    char *text = NULL;
    size_t length = 0;
    size_t got = 0;
    do {
        text = realloc(text, length + 65537);
        assert_non_null(text);
        got = fread(text + length, 1, 65536, file);
        length += got;
    } while (got > 0);
    text[length] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}

/* The rest of the line behind a first word, or NULL when it begins with another. */
static const char *after_word(const char *line, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(line, word, length) != 0 || (line[length] != ' ' && line[length] != '\0')) {
        return NULL;
    }
    return line + length + (line[length] == ' ');
}

static const struct {
    const char *word;
    uint32_t kind;
} KINDS[] = {
    {"<", LINE_PEER}, {"app", LINE_APP}, {"wait", LINE_WAIT}, {"stream", LINE_STREAM},
    {"=", LINE_LOG},  {"!", LINE_FAULT}, {"set", LINE_SET},   {"answer", LINE_ANSWER},
};

static int add_line(struct conversation *c, const char *text, unsigned number)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        const char *rest = after_word(text, KINDS[i].word);
        if (rest == NULL) {
            continue;
        }
        struct line line = {.kind = KINDS[i].kind, .times = 1, .number = number, .text = rest};
        char *end = NULL;
        unsigned long times = line.kind == LINE_PEER ? strtoul(rest, &end, 10) : 0;
        if (times > 0 && end[0] == 'x' && end[1] == ' ') {
            line.times = (uint32_t)times;
            line.text = end + 2;
        }
        c->lines = grown(c->lines, c->count, sizeof *c->lines);
        c->lines[c->count++] = line;
        return 1;
    }
    return 0;
}

static int one_of(const char *text, const char *const *words, uint32_t *out)
{
    for (uint32_t i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            *out = i;
            return 1;
        }
    }
    return 0;
}

/* Lines that say something about the whole case; those for the page of requirements are not looked
 * at here. */
static int head_line(struct conversation *c, const char *text)
{
    static const char *const ROLES[] = {"", "client", "server", "both", NULL};
    static const char *const AFTERS[] = {"", "alive", "dead", "open", NULL};
    const char *rest = after_word(text, "role");
    if (rest != NULL) {
        return one_of(rest, ROLES, &c->roles);
    }
    rest = after_word(text, "after");
    if (rest != NULL) {
        return one_of(rest, AFTERS, &c->after);
    }
    if (strcmp(text, "raw") == 0) {
        c->raw = 1;
        return 1;
    }
    return after_word(text, "for") != NULL || after_word(text, "rfc:") != NULL;
}

void book_read(struct book *b, const char *path)
{
    char *text = read_file(path);
    unsigned number = 0;
    struct conversation *current = NULL;
    b->files = grown(b->files, b->file_count, sizeof *b->files);
    b->files[b->file_count++] = text;
    while (*text != '\0') {
        char *line = text;
        size_t length = strcspn(text, "\n");
        text += length + (text[length] == '\n');
        line[length] = '\0';
        number++;
        const char *name = after_word(line, "case");
        if (name != NULL) {
            b->cases = grown(b->cases, b->count, sizeof *b->cases);
            current = &b->cases[b->count++];
            *current = (struct conversation){
                .file = path, .number = number, .name = name, .roles = ROLE_SERVER};
        } else if (length > 0 && line[0] != '#' &&
                   (current == NULL ||
                    (!head_line(current, line) && !add_line(current, line, number)))) {
            fail_msg("%s:%u: not understood: %s", path, number, line);
        }
    }
}

void book_free(struct book *b)
{
    for (size_t i = 0; i < b->count; i++) {
        free(b->cases[i].lines);
    }
    for (size_t i = 0; i < b->file_count; i++) {
        free(b->files[i]);
    }
    free(b->cases);
    free(b->files);
}
