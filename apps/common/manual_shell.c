/* SPDX-License-Identifier: MIT */
/* Completion for shells. */
#include "manual.h"

#include <ctype.h>
#include <string.h>

enum completion { COMPLETES_NOTHING, COMPLETES_FILES, COMPLETES_FOLDERS };

static int has_word(const char *text, const char *word)
{
    const char *at = strstr(text, word);

    return at != NULL && !isalpha((unsigned char)at[strlen(word)]) &&
           (at == text || !isalpha((unsigned char)at[-1]));
}

static enum completion completion_of(const struct option_spec *spec)
{
    if (spec->argument == NULL) {
        return COMPLETES_NOTHING;
    }
    return has_word(spec->argument, "DIR")    ? COMPLETES_FOLDERS
           : has_word(spec->argument, "FILE") ? COMPLETES_FILES
                                              : COMPLETES_NOTHING;
}

/* A name of a function: "h2-client" as "h2_client". */
static void print_identifier(FILE *out, const char *name)
{
    for (; *name != '\0'; name++) {
        fputc(isalnum((unsigned char)*name) ? *name : '_', out);
    }
}

/* ---- bash --------------------------------------------------------------------------------- */

/* "-o|--output|..." of the options that complete in this way; nothing when there are none. */
static void print_bash_case(FILE *out, const struct options_program *program,
                            enum completion completion, const char *action)
{
    const struct option_spec *spec;
    const char *separator = "    ";

    for (size_t i = 0; (spec = options_spec(program, i)) != NULL; i++) {
        if (spec->argument == NULL || completion_of(spec) != completion) {
            continue;
        }
        fprintf(out, "%s--%s", separator, spec->name);
        separator = "|";
        if (spec->letter != 0) {
            fprintf(out, "|-%c", spec->letter);
        }
    }
    if (separator[0] == '|') {
        fprintf(out, ")\n        %s\n        return\n        ;;\n", action);
    }
}

void manual_print_bash(const struct manual *manual, FILE *out)
{
    const struct options_program *program = manual->program;
    const struct option_spec *spec;

    fprintf(out, "# bash completion for %s\n_", program->name);
    print_identifier(out, program->name);
    /* "--name=value" comes as three words, "=" being one of them. */
    fputs("() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    COMPREPLY=()\n"
          "    if [[ $word == = ]]; then\n"
          "        word=\n"
          "    elif [[ $before == = && $COMP_CWORD -ge 2 ]]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    fi\n"
          "    case $before in\n",
          out);
    print_bash_case(out, program, COMPLETES_FILES,
                    "mapfile -t COMPREPLY < <(compgen -f -- \"$word\")");
    print_bash_case(out, program, COMPLETES_FOLDERS,
                    "mapfile -t COMPREPLY < <(compgen -d -- \"$word\")");
    print_bash_case(out, program, COMPLETES_NOTHING, ":");
    fputs("    esac\n"
          "    if [[ $word == -* ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W '",
          out);
    for (size_t i = 0; (spec = options_spec(program, i)) != NULL; i++) {
        fprintf(out, "%s--%s", i == 0 ? "" : " ", spec->name);
        if (spec->letter != 0) {
            fprintf(out, " -%c", spec->letter);
        }
    }
    fputs("' -- \"$word\")\n"
          "    else\n"
          "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
          "    fi\n"
          "}\n"
          "complete -o filenames -F _",
          out);
    print_identifier(out, program->name);
    fprintf(out, " %s\n", program->name);
}

/* ---- zsh ---------------------------------------------------------------------------------- */

/* Inside single quotes and brackets of a specification of _arguments. */
static void print_zsh_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            fputs("'\\''", out);
        } else if (strchr("[]:\\", *text) != NULL) {
            fprintf(out, "\\%c", *text);
        } else {
            fputc(*text, out);
        }
    }
}

static void print_zsh_option(FILE *out, const struct option_spec *spec)
{
    static const char *const actions[] = {" ", "_files", "_files -/"};
    const char *again = spec->kind == OPTION_FLAG || spec->kind == OPTION_LIST ? "*" : "";
    const char *sign = spec->argument == NULL ? "" : "=";

    if (spec->letter != 0) {
        fprintf(out, " \\\n    '%s'{-%c%s,--%s%s}'[", again, spec->letter,
                spec->argument == NULL ? "" : "+", spec->name, sign);
    } else {
        fprintf(out, " \\\n    '%s--%s%s[", again, spec->name, sign);
    }
    print_zsh_text(out, spec->help);
    fputc(']', out);
    if (spec->argument != NULL) {
        fputc(':', out);
        print_zsh_text(out, spec->argument);
        fprintf(out, ":%s", actions[completion_of(spec)]);
    }
    fputc('\'', out);
}

void manual_print_zsh(const struct manual *manual, FILE *out)
{
    const struct option_spec *spec;

    fprintf(out, "#compdef %s\n_arguments -s -S", manual->program->name);
    for (size_t i = 0; (spec = options_spec(manual->program, i)) != NULL; i++) {
        print_zsh_option(out, spec);
    }
    fputs(" \\\n    '*:argument:_files'\n", out);
}

/* ---- fish --------------------------------------------------------------------------------- */

static void print_fish_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\') {
            fputc('\\', out);
        }
        fputc(*text, out);
    }
}

void manual_print_fish(const struct manual *manual, FILE *out)
{
    static const char *const actions[] = {" -x", " -r -F",
                                          " -x -a '(__fish_complete_directories)'"};
    const struct option_spec *spec;

    for (size_t i = 0; (spec = options_spec(manual->program, i)) != NULL; i++) {
        fprintf(out, "complete -c %s -l %s", manual->program->name, spec->name);
        if (spec->letter != 0) {
            fprintf(out, " -s %c", spec->letter);
        }
        if (spec->argument != NULL) {
            fputs(actions[completion_of(spec)], out);
        }
        fputs(" -d '", out);
        print_fish_text(out, spec->help);
        fputs("'\n", out);
    }
}
