/* SPDX-License-Identifier: MIT */
/* Names and texts, all made from the lists of the public header. */
#include <h2frame/h2frame.h>

#include "rules.h"

static const char unknown_name[] = "UNKNOWN";

#define NAME(name, value) [value] = #name,
static const char *const type_names[] = {H2FRAME_TYPE_LIST(NAME)};
static const char *const code_names[] = {H2FRAME_CODE_LIST(NAME)};
static const char *const setting_names[] = {H2FRAME_SETTING_LIST(NAME)};
#undef NAME

static const char *lookup(const char *const *names, size_t count, uint32_t value)
{
    return value < count && names[value] != NULL ? names[value] : unknown_name;
}

#define LOOKUP(names, value) lookup(names, sizeof(names) / sizeof((names)[0]), value)

const char *h2frame_type_name(uint32_t type)
{
    return LOOKUP(type_names, type);
}

const char *h2frame_code_name(uint32_t code)
{
    return LOOKUP(code_names, code);
}

const char *h2frame_setting_name(uint32_t id)
{
    return LOOKUP(setting_names, id);
}

const char *h2frame_flag_name(uint32_t type, uint32_t flag)
{
    int known = type < sizeof(type_names) / sizeof(type_names[0]) && type_names[type] != NULL;
    if (!known || (flag & h2frame__rule(type)->flags) != flag) {
        return NULL;
    }
    switch (flag) {
    case H2FRAME_FLAG_ACK: /* the same bit as END_STREAM */
        return type == H2FRAME_TYPE_SETTINGS || type == H2FRAME_TYPE_PING ? "ACK" : "END_STREAM";
    case H2FRAME_FLAG_END_HEADERS:
        return "END_HEADERS";
    case H2FRAME_FLAG_PADDED:
        return "PADDED";
    case H2FRAME_FLAG_PRIORITY:
        return "PRIORITY";
    default:
        return NULL;
    }
}

struct reason_row {
    const char *name;
    const char *where;
    const char *text;
};

enum { FIRST_REASON = H2FRAME_REASON_PREFACE };

#define REASON(name, id, where, text) [(id)-FIRST_REASON] = {#name, where, text},
static const struct reason_row reasons[] = {H2FRAME_REASON_LIST(REASON)};
#undef REASON

static const struct reason_row no_reason = {unknown_name, "", ""};

static const struct reason_row *find_reason(uint32_t reason)
{
    uint32_t index = reason - FIRST_REASON; /* smaller reasons wrap and are out of range too */
    return index < sizeof(reasons) / sizeof(reasons[0]) ? &reasons[index] : &no_reason;
}

const char *h2frame_reason_name(uint32_t reason)
{
    return find_reason(reason)->name;
}

const char *h2frame_reason_where(uint32_t reason)
{
    return find_reason(reason)->where;
}

const char *h2frame_reason_text(uint32_t reason)
{
    return find_reason(reason)->text;
}
