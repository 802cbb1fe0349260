/* SPDX-License-Identifier: MIT */
/* The text of --help, from the table of options. */
#include "options.h"

#include <string.h>

enum { HELP_WIDTH = 80, HELP_COLUMN = 27 };

/* Prints words from the column where the cursor stands, wrapped, each further line indented. */
static void print_wrapped(FILE *out, const char *text, size_t indent)
{
    size_t at = indent;

    while (*text != '\0') {
        size_t word = strcspn(text, " ");

        if (at > indent && at + 1 + word > HELP_WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            fputc(' ', out);
            at++;
        }
        fwrite(text, 1, word, out);
        at += word;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

static void print_option(const struct option_spec *spec, FILE *out)
{
    char left[HELP_WIDTH + 1];
    char letter[] = "    ";

    if (spec->letter != 0) {
        letter[0] = '-';
        letter[1] = spec->letter;
        letter[2] = ',';
    }
    snprintf(left, sizeof left, "  %s--%s%s%s", letter, spec->name,
             spec->argument == NULL ? "" : "=", spec->argument == NULL ? "" : spec->argument);
    size_t at = strlen(left);

    fputs(left, out);
    if (at + 2 > HELP_COLUMN) {
        fputc('\n', out);
        at = 0;
    }
    fprintf(out, "%*s", (int)(HELP_COLUMN - at), "");
    print_wrapped(out, spec->help, HELP_COLUMN);
}

void options_print_help(const struct options_program *program, FILE *out)
{
    fprintf(out, "Usage: %s %s\n", program->name, program->usage);
    print_wrapped(out, program->summary, 0);
    const struct option_spec *spec = NULL;

    for (size_t i = 0; (spec = options_spec(program, i)) != NULL; i++) {
        if (spec->group != NULL) {
            fprintf(out, "\n%s:\n", spec->group);
        }
        print_option(spec, out);
    }
}
