/* SPDX-License-Identifier: MIT */
#include "exit_code.h"

void exit_code_print(FILE *out, int whose)
{
    static const struct {
        int value;
        int whose;
        const char *text;
    } codes[] = {
#define EXIT_CODE_ROW_(name, value, whose, text) {(value), (whose), (text)},
        EXIT_CODE_LIST(EXIT_CODE_ROW_)
#undef EXIT_CODE_ROW_
    };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if ((codes[i].whose & whose) != 0) {
            fprintf(out, "  %2d  %s\n", codes[i].value, codes[i].text);
        }
    }
}
