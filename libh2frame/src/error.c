/* SPDX-License-Identifier: MIT */
#include <h2frame/h2frame.h>

struct error_row {
    const char *name;
    const char *text;
    uint32_t category;
};

enum { FIRST_ERROR = H2FRAME_ERR_USAGE };

#define ROW(name, value, category, text)                                                           \
    [FIRST_ERROR - (value)] = {"H2FRAME_ERR_" #name, text, H2FRAME_CATEGORY_##category},
static const struct error_row rows[] = {H2FRAME_ERROR_LIST(ROW)};
#undef ROW

static const struct error_row ok = {"H2FRAME_OK", "no error", H2FRAME_CATEGORY_NONE};
static const struct error_row unknown = {"UNKNOWN", "unknown error", H2FRAME_CATEGORY_NONE};

static const struct error_row *find(int code)
{
    if (code == H2FRAME_OK) {
        return &ok;
    }
    if (code > FIRST_ERROR || code <= FIRST_ERROR - (int)(sizeof(rows) / sizeof(rows[0]))) {
        return &unknown;
    }
    return &rows[FIRST_ERROR - code];
}

const char *h2frame_error_name(int code)
{
    return find(code)->name;
}

const char *h2frame_error_text(int code)
{
    return find(code)->text;
}

uint32_t h2frame_error_category(int code)
{
    return find(code)->category;
}
