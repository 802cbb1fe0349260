/* SPDX-License-Identifier: MIT */
/* The manual page. */
#include "manual.h"

#include <ctype.h>
#include <string.h>

#include "exit_code.h"

/* Text as it stands: a backslash, a hyphen, and what begins a line would mean something to roff. */
static void print_text(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'') {
        fputs("\\&", out);
    }
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '\\':
            fputs("\\e", out);
            break;
        case '-':
            fputs("\\-", out);
            break;
        case '"':
            fputs("\\(dq", out);
            break;
        case '^':
            fputs("\\(ha", out);
            break;
        case '~':
            fputs("\\(ti", out);
            break;
        case '`':
            fputs("\\(ga", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

static void print_upper(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        fputc(toupper((unsigned char)*text), out);
    }
}

static void print_section(FILE *out, const char *name)
{
    fputs(".SH ", out);
    print_upper(out, name);
    fputc('\n', out);
}

/* A term in bold, and its text below it. */
static void print_term(FILE *out, const char *term, const char *text)
{
    fputs(".TP\n\\fB", out);
    print_text(out, term);
    fputs("\\fR\n", out);
    print_text(out, text);
    fputc('\n', out);
}

static void print_terms(FILE *out, const char *section, const struct manual_term *terms)
{
    if (terms == NULL) {
        return;
    }
    print_section(out, section);
    for (; terms->term != NULL; terms++) {
        print_term(out, terms->term, terms->text);
    }
}

static void print_option(FILE *out, const struct option_spec *spec)
{
    fputs(".TP\n", out);
    if (spec->letter != 0) {
        fprintf(out, "\\fB\\-%c\\fR, ", spec->letter);
    }
    fputs("\\fB\\-\\-", out);
    print_text(out, spec->name);
    fputs("\\fR", out);
    if (spec->argument != NULL) {
        fputs("=\\fI", out);
        print_text(out, spec->argument);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    print_text(out, spec->help);
    fputc('\n', out);
}

static void print_options(FILE *out, const struct options_program *program)
{
    const struct option_spec *spec;

    print_section(out, "options");
    for (size_t i = 0; (spec = options_spec(program, i)) != NULL; i++) {
        if (spec->group != NULL) {
            fputs(".SS ", out);
            print_text(out, spec->group);
            fputc('\n', out);
        }
        print_option(out, spec);
    }
}

static void print_exit_codes(FILE *out, int whose)
{
#define MANUAL_CODE_(name, value, of, text)                                                        \
    if (((of)&whose) != 0) {                                                                       \
        print_term(out, #value, text);                                                             \
    }
    if (whose != 0) {
        print_section(out, "exit status");
        EXIT_CODE_LIST(MANUAL_CODE_)
    }
#undef MANUAL_CODE_
}

/* Command lines stay as they are, without filling. */
static void print_examples(FILE *out, const struct manual_term *terms)
{
    if (terms == NULL) {
        return;
    }
    print_section(out, "examples");
    for (; terms->term != NULL; terms++) {
        fputs(".PP\n", out);
        print_text(out, terms->text);
        fputs("\n.PP\n.RS 4\n.nf\n", out);
        print_text(out, terms->term);
        fputs("\n.fi\n.RE\n", out);
    }
}

void manual_print_man(const struct manual *manual, const char *version, FILE *out)
{
    const struct options_program *program = manual->program;

    fputs(".TH ", out);
    print_upper(out, program->name);
    fprintf(out, " 1 \"\" \"h2kit %s\" \"User Commands\"\n", version);
    print_section(out, "name");
    print_text(out, program->name);
    fputs(" \\- ", out);
    print_text(out, manual->purpose);
    fputc('\n', out);
    print_section(out, "synopsis");
    fputs("\\fB", out);
    print_text(out, program->name);
    fputs("\\fR ", out);
    print_text(out, program->usage);
    fputc('\n', out);
    print_section(out, "description");
    print_text(out, program->summary);
    fputc('\n', out);
    print_options(out, program);
    print_exit_codes(out, manual->exit_codes);
    print_terms(out, "exit status", manual->exit_statuses);
    print_terms(out, "environment", manual->environment);
    print_examples(out, manual->examples);
    if (manual->see_also != NULL) {
        print_section(out, "see also");
        print_text(out, manual->see_also);
        fputc('\n', out);
    }
}
