/* SPDX-License-Identifier: MIT */
/* Names, texts and categories of the codes, from the list of the public header. */
#include <hpack/hpack.h>

struct error_entry {
    int code;
    uint32_t category;
    const char *name;
    const char *text;
};

static const struct error_entry ERRORS[] = {{HPACK_OK, HPACK_CATEGORY_NONE, "HPACK_OK", "no error"},
#define ERROR_ENTRY(name, value, category, text)                                                   \
    {value, HPACK_CATEGORY_##category, "HPACK_ERR_" #name, text},
                                            HPACK_ERROR_LIST(ERROR_ENTRY)
#undef ERROR_ENTRY
};

static const struct error_entry UNKNOWN_ERROR = {0, HPACK_CATEGORY_NONE, "HPACK_ERR_UNKNOWN",
                                                 "unknown error code"};

static const struct error_entry *find_error(int code)
{
    for (size_t i = 0; i < sizeof ERRORS / sizeof ERRORS[0]; i++) {
        if (ERRORS[i].code == code) {
            return &ERRORS[i];
        }
    }
    return &UNKNOWN_ERROR;
}

const char *hpack_error_name(int code)
{
    return find_error(code)->name;
}

const char *hpack_error_text(int code)
{
    return find_error(code)->text;
}

uint32_t hpack_error_category(int code)
{
    return find_error(code)->category;
}
