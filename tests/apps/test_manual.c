/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "capture.h"
#include "exit_code.h"
#include "manual.h"
#include "support.h"

struct target {
    uint32_t flag;
    const char *text;
    struct option_list operands;
};

static const struct option_spec specs[] = {
    {.name = "all",
     .letter = 'a',
     .kind = OPTION_FLAG,
     .offset = offsetof(struct target, flag),
     .help = ".It's \\n not [a: request].",
     .group = "First-group"},
    {.name = "file",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct target, text),
     .argument = "FORMAT[:FILE]",
     .help = "Take a file."},
    {.name = "in",
     .letter = 'i',
     .kind = OPTION_TEXT,
     .offset = offsetof(struct target, text),
     .argument = "DIR",
     .help = "Take a folder."},
    {.name = "profile",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct target, text),
     .argument = "PROFILE",
     .help = "No file."},
};

static const struct options_program program = {
    .name = "a-tool",
    .usage = "[OPTION]... X",
    .summary = "'Does things.",
    .specs = specs,
    .spec_count = sizeof specs / sizeof specs[0],
    .operands_offset = offsetof(struct target, operands),
};

static const struct manual_term terms[] = {{"A_NAME", "what it is"}, {NULL, NULL}};

static const struct manual manual = {
    .program = &program,
    .purpose = "do things",
    .see_also = "b(1)",
    .exit_codes = EXIT_CODE_OF_SERVER,
    .environment = terms,
    .examples = terms,
};

static void page_takes_no_text_for_a_request(void **state)
{
    struct capture capture;

    (void)state;
    capture_open(&capture);
    manual_print_man(&manual, "1.2", capture.out);
    char *text = capture_close(&capture);

    assert_non_null(strstr(text, ".TH A-TOOL 1 \"\" \"h2kit 1.2\""));
    assert_non_null(strstr(text, "\n\\&.It's \\en not [a: request].\n"));
    assert_non_null(strstr(text, "\n\\&'Does things.\n"));
    assert_non_null(strstr(text, ".SS First\\-group\n"));
    assert_non_null(strstr(text, "\\fB\\-a\\fR, \\fB\\-\\-all\\fR\n"));
    assert_non_null(strstr(text, "\\fB\\-\\-in\\fR=\\fIDIR\\fR\n"));
    assert_non_null(strstr(text, "\\fBA_NAME\\fR\nwhat it is\n"));
    assert_non_null(strstr(text, ".SH EXIT STATUS\n.TP\n\\fB0\\fR\n"));
    assert_null(strstr(text, "\\fB22\\fR"));
    free(text);
}

static void shells_get_every_option(void **state)
{
    struct capture capture;

    (void)state;
    capture_open(&capture);
    manual_print_bash(&manual, capture.out);
    char *text = capture_close(&capture);

    assert_non_null(strstr(text, "\n_a_tool() {\n"));
    assert_non_null(strstr(text, "    --file)\n        mapfile -t COMPREPLY < <(compgen -f"));
    assert_non_null(strstr(text, "    --in|-i)\n        mapfile -t COMPREPLY < <(compgen -d"));
    assert_non_null(strstr(text, "    --profile)\n        :\n"));
    assert_non_null(strstr(text, "compgen -W '--all -a --file --in -i --profile'"));
    assert_non_null(strstr(text, "complete -o filenames -F _a_tool a-tool\n"));
    free(text);
    capture_open(&capture);
    manual_print_zsh(&manual, capture.out);
    text = capture_close(&capture);
    assert_non_null(strstr(text, "#compdef a-tool\n"));
    assert_non_null(strstr(text, "'*'{-a,--all}'[.It'\\''s \\\\n not \\[a\\: request\\].]'"));
    assert_non_null(strstr(text, "'--file=[Take a file.]:FORMAT\\[\\:FILE\\]:_files'"));
    assert_non_null(strstr(text, "{-i+,--in=}'[Take a folder.]:DIR:_files -/'"));
    free(text);
    capture_open(&capture);
    manual_print_fish(&manual, capture.out);
    text = capture_close(&capture);
    assert_non_null(strstr(text, "complete -c a-tool -l all -s a -d '.It\\'s \\\\n not"));
    assert_non_null(strstr(text, "complete -c a-tool -l file -r -F -d"));
    assert_non_null(strstr(text, "complete -c a-tool -l profile -x -d"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_takes_no_text_for_a_request),
        cmocka_unit_test(shells_get_every_option),
    };

    return cmocka_run_group_tests_name("manual", tests, NULL, NULL);
}
