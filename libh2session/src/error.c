/* SPDX-License-Identifier: MIT */
/* Names and texts of codes and reasons, from the lists of the public header. */
#include <h2session/h2session.h>

struct error_entry {
    int code;
    uint32_t category;
    const char *name;
    const char *text;
};

static const struct error_entry ERRORS[] = {
    {H2SESSION_OK, H2SESSION_CATEGORY_NONE, "H2SESSION_OK", "no error"},
#define ERROR_ENTRY(name, value, category, text)                                                   \
    {value, H2SESSION_CATEGORY_##category, "H2SESSION_ERR_" #name, text},
    H2SESSION_ERROR_LIST(ERROR_ENTRY)
#undef ERROR_ENTRY
};

static const struct error_entry UNKNOWN_ERROR = {0, H2SESSION_CATEGORY_NONE,
                                                 "H2SESSION_ERR_UNKNOWN", "unknown error code"};

static const struct error_entry *find_error(int code)
{
    for (size_t i = 0; i < sizeof ERRORS / sizeof ERRORS[0]; i++) {
        if (ERRORS[i].code == code) {
            return &ERRORS[i];
        }
    }
    return &UNKNOWN_ERROR;
}

const char *h2session_error_name(int code)
{
    return find_error(code)->name;
}

const char *h2session_error_text(int code)
{
    return find_error(code)->text;
}

uint32_t h2session_error_category(int code)
{
    return find_error(code)->category;
}

struct reason_entry {
    uint32_t id;
    const char *name;
    const char *where;
    const char *text;
};

static const struct reason_entry REASONS[] = {
#define REASON_ENTRY(name, id, where, text) {id, #name, where, text},
    H2SESSION_REASON_LIST(REASON_ENTRY)
#undef REASON_ENTRY
};

static const struct reason_entry *find_reason(uint32_t reason)
{
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++) {
        if (REASONS[i].id == reason) {
            return &REASONS[i];
        }
    }
    return NULL;
}

/* What is not ours may be a reason of the frame layer, which also answers for unknown numbers. */
const char *h2session_reason_name(uint32_t reason)
{
    const struct reason_entry *entry = find_reason(reason);
    return entry != NULL ? entry->name : h2frame_reason_name(reason);
}

const char *h2session_reason_where(uint32_t reason)
{
    const struct reason_entry *entry = find_reason(reason);
    return entry != NULL ? entry->where : h2frame_reason_where(reason);
}

const char *h2session_reason_text(uint32_t reason)
{
    const struct reason_entry *entry = find_reason(reason);
    return entry != NULL ? entry->text : h2frame_reason_text(reason);
}
