/* SPDX-License-Identifier: MIT */
#include "h1_head.h"

#include <string.h>
#include <strings.h>

enum {
    CONTINUE_NOT = 417,
    BAD = 400,
    URI_TOO_LONG = 414,
    FIELDS_TOO_LARGE = 431,
    TOO_LARGE = 413,
    NOT_IMPLEMENTED = 501,
    VERSION = 505
};

/* ---- Octets -------------------------------------------------------------------------------- */

static int is_token_octet(char octet)
{
    const unsigned char o = (unsigned char)octet;
    return (o >= 'a' && o <= 'z') || (o >= 'A' && o <= 'Z') || (o >= '0' && o <= '9') ||
           (o != 0 && strchr("!#$%&'*+-.^_`|~", o) != NULL);
}

static int is_token(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!is_token_octet(text[i])) {
            return 0;
        }
    }
    return length > 0;
}

static int is_text(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

static int value_is(const hpack_field *field, const char *word)
{
    return is_text(field->value, field->value_length, word);
}

/* Whether a comma-separated list has this word. */
static int list_has(const hpack_field *field, const char *word)
{
    const char *at = field->value;
    const char *end = at + field->value_length;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma == NULL ? end : comma;
        const char *last = stop;
        while (at < last && (*at == ' ' || *at == '\t')) {
            at++;
        }
        while (last > at && (last[-1] == ' ' || last[-1] == '\t')) {
            last--;
        }
        if (is_text(at, (size_t)(last - at), word)) {
            return 1;
        }
        at = stop + 1;
    }
    return 0;
}

/* ---- The end of a head --------------------------------------------------------------------- */

/* One octet that is not LF, seen with the one before it. rfc: 9112#2.2 rfc: 9112#5.2 */
static int check_octet(const struct h1_scan *scan, const char *text)
{
    const size_t i = scan->at;
    const unsigned char octet = (unsigned char)text[i];
    if (i > 0 && text[i - 1] == '\r') {
        return BAD;
    }
    if ((octet < ' ' && octet != '\t' && octet != '\r') || octet == 0x7f) {
        return BAD;
    }
    if (i == scan->line_start && scan->lines > 0 && (octet == ' ' || octet == '\t')) {
        return BAD;
    }
    return i == 0 && !is_token_octet(text[0]) ? BAD : 0;
}

static int check_limits(const struct h1_scan *scan, const struct h1_limits *limits)
{
    if (scan->lines == 0 && scan->at >= limits->line) {
        return URI_TOO_LONG;
    }
    return scan->at >= limits->head || scan->lines > limits->fields + 1 ? FIELDS_TOO_LARGE : 0;
}

int h1_head_scan(struct h1_scan *scan, const char *text, size_t length,
                 const struct h1_limits *limits)
{
    for (; scan->at < length && scan->end == 0; scan->at++) {
        int status = check_limits(scan, limits);
        if (status == 0 && text[scan->at] != '\n') {
            status = check_octet(scan, text);
        } else if (status == 0 && (scan->at == 0 || text[scan->at - 1] != '\r')) {
            status = BAD;
        } else if (status == 0 && scan->line_start + 1 == scan->at) {
            scan->end = scan->at + 1;
        } else if (status == 0) {
            scan->lines++;
            scan->line_start = scan->at + 1;
        }
        if (status != 0) {
            return status;
        }
    }
    return 0;
}

/* ---- The request line ---------------------------------------------------------------------- */

static hpack_field make_field(const char *name, const char *value, size_t length)
{
    const size_t name_length = strlen(name);
    const hpack_field field = {.name = name,
                               .value = value,
                               .name_length = (uint32_t)name_length,
                               .value_length = (uint32_t)length,
                               .token = hpack_token(name, name_length)};
    return field;
}

static int is_authority(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const unsigned char octet = (unsigned char)text[i];
        if (octet <= ' ' || octet >= 0x7f || strchr("/?#@\\,\"<>^`{|}", octet) != NULL) {
            return 0;
        }
    }
    return length > 0;
}

/* "http://host/path" (RFC 9112 3.2.2): the host counts, whatever Host says. rfc: 9112#3.2.2 */
static int read_absolute(struct h1_head *t)
{
    char *end = t->path + t->path_length;
    size_t skip = 0;
    if (t->path_length > 7 && strncasecmp(t->path, "http://", 7) == 0) {
        skip = 7;
    } else if (t->path_length > 8 && strncasecmp(t->path, "https://", 8) == 0) {
        skip = 8;
    } else {
        return BAD;
    }
    t->authority = t->path + skip;
    char *stop = t->authority;
    while (stop < end && *stop != '/' && *stop != '?') {
        stop++;
    }
    t->authority_length = (size_t)(stop - t->authority);
    if (stop == end || *stop == '?') {
        /* The path is empty, which means "/": one of the two slashes gives its octet. */
        memmove(t->authority - 1, t->authority, t->authority_length);
        t->authority--;
        *--stop = '/';
    }
    t->path = stop;
    t->path_length = (size_t)(end - stop);
    return is_authority(t->authority, t->authority_length) ? 0 : BAD;
}

static int read_target(struct h1_head *t, int is_options)
{
    for (size_t i = 0; i < t->path_length; i++) {
        const unsigned char octet = (unsigned char)t->path[i];
        if (octet <= ' ' || octet >= 0x7f || octet == '#') {
            return BAD;
        }
    }
    if (t->path_length > 0 && t->path[0] == '/') {
        return 0;
    }
    if (t->path_length == 1 && t->path[0] == '*') {
        return is_options ? 0 : BAD;
    }
    return read_absolute(t);
}

static int read_version(struct h1_head *head, const char *text, size_t length)
{
    if (length != 8 || memcmp(text, "HTTP/", 5) != 0 || text[6] != '.' || text[5] < '0' ||
        text[5] > '9' || text[7] < '0' || text[7] > '9') {
        return BAD;
    }
    head->minor = text[7] == '0' ? 0 : 1;
    return text[5] == '1' && text[7] <= '1' ? 0 : VERSION;
}

/* METHOD SP target SP version, each once and not empty. */
int h1_head_line(struct h1_head *head, char *text, size_t length)
{
    char *end = memchr(text, '\r', length);
    char *first = end == NULL ? NULL : memchr(text, ' ', (size_t)(end - text));
    char *second = first == NULL ? NULL : memchr(first + 1, ' ', (size_t)(end - first - 1));
    if (second == NULL || !is_token(text, (size_t)(first - text))) {
        return BAD;
    }
    head->fields[0] = make_field(":method", text, (size_t)(first - text));
    head->path = first + 1;
    head->path_length = (size_t)(second - head->path);
    int status = read_version(head, second + 1, (size_t)(end - second - 1));
    if (status == 0 && value_is(&head->fields[0], "CONNECT")) {
        status = NOT_IMPLEMENTED;
    }
    return status != 0 ? status : read_target(head, value_is(&head->fields[0], "OPTIONS"));
}

/* ---- The fields ---------------------------------------------------------------------------- */

/* What the fields about the connection and the framing say, each seen once or counted. */
struct notes {
    size_t hosts;
    size_t lengths;
    size_t codings;
    size_t upgrades;
    size_t settings;
    uint32_t upgrade_h2c;
    uint32_t names_upgrade;
    uint32_t names_settings;
};

static int note_host(struct h1_head *head, struct notes *n, const hpack_field *field)
{
    head->host = *field;
    return ++n->hosts > 1 || !is_authority(field->value, field->value_length) ? BAD : 0;
}

static int note_length(struct h1_head *head, struct notes *n, const hpack_field *field)
{
    uint64_t length = 0;
    if (++n->lengths > 1 || field->value_length == 0) {
        return BAD;
    }
    for (size_t i = 0; i < field->value_length; i++) {
        const char digit = field->value[i];
        if (digit < '0' || digit > '9') {
            return BAD;
        }
        if (length > (uint64_t)INT64_MAX / 10 - 1) {
            return TOO_LARGE;
        }
        length = length * 10 + (uint64_t)(digit - '0');
    }
    head->content_length = (int64_t)length;
    return 0;
}

static int note_coding(struct h1_head *head, struct notes *n, const hpack_field *field)
{
    head->chunked = 1;
    if (++n->codings > 1 || head->minor == 0) {
        return BAD;
    }
    return value_is(field, "chunked") ? 0 : NOT_IMPLEMENTED;
}

static int note_expect(struct h1_head *head, struct notes *n, const hpack_field *field)
{
    (void)n;
    head->expects = head->minor > 0;
    return value_is(field, "100-continue") ? 0 : CONTINUE_NOT;
}

static int note_connection(struct h1_head *head, struct notes *n, const hpack_field *field)
{
    (void)head;
    n->names_upgrade |= (uint32_t)list_has(field, "upgrade");
    n->names_settings |= (uint32_t)list_has(field, "http2-settings");
    return 0;
}

static int note_upgrade(struct h1_head *head, struct notes *n, const hpack_field *field)
{
    (void)head;
    n->upgrades++;
    n->upgrade_h2c = (uint32_t)list_has(field, "h2c");
    return 0;
}

static int note_settings(struct h1_head *head, struct notes *n, const hpack_field *field)
{
    n->settings++;
    head->settings = *field;
    return 0;
}

/* rfc: 9110#10.1.4 */
static int note_te(struct h1_head *head, struct notes *n, const hpack_field *field)
{
    (void)n;
    head->takes_trailers |= (uint32_t)list_has(field, "trailers");
    return 0;
}

static int note_nothing(struct h1_head *head, struct notes *n, const hpack_field *field)
{
    (void)head;
    (void)n;
    (void)field;
    return 0;
}

static const struct {
    const char *name;
    uint32_t stays; /* in the field section */
    int (*note)(struct h1_head *head, struct notes *n, const hpack_field *field);
} KNOWN[] = {
    {"host", 0, note_host},
    {"content-length", 1, note_length},
    {"transfer-encoding", 0, note_coding},
    {"expect", 0, note_expect},
    {"connection", 0, note_connection},
    {"upgrade", 0, note_upgrade},
    {"http2-settings", 0, note_settings},
    {"keep-alive", 0, note_nothing},
    {"proxy-connection", 0, note_nothing},
    {"te", 0, note_te},
};

static void lower_case(const hpack_field *field)
{
    char *name = (char *)(uintptr_t)field->name;
    for (size_t i = 0; i < field->name_length; i++) {
        if (name[i] >= 'A' && name[i] <= 'Z') {
            name[i] = (char)(name[i] - 'A' + 'a');
        }
    }
}

/* rfc: 9112#5.1 */
static void trim(hpack_field *field)
{
    while (field->value_length > 0 && (*field->value == ' ' || *field->value == '\t')) {
        field->value++;
        field->value_length--;
    }
    while (field->value_length > 0 && (field->value[field->value_length - 1] == ' ' ||
                                       field->value[field->value_length - 1] == '\t')) {
        field->value_length--;
    }
}

/* One raw field: noted when it is known, and kept unless it is about the connection. */
static int take_field(struct h1_head *head, struct notes *n, const hpack_field *raw)
{
    if (!is_token(raw->name, raw->name_length)) {
        return BAD;
    }
    lower_case(raw);
    uint32_t stays = 1;
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        if (is_text(raw->name, raw->name_length, KNOWN[i].name)) {
            const int status = KNOWN[i].note(head, n, raw);
            if (status != 0) {
                return status;
            }
            stays = KNOWN[i].stays;
        }
    }
    if (stays) {
        head->fields[head->count] = *raw;
        head->fields[head->count++].token = hpack_token(raw->name, raw->name_length);
    }
    return 0;
}

int h1_head_fields(struct h1_head *head, const char *scheme)
{
    struct notes n = {.hosts = 0};
    const size_t raw_end = head->count;
    head->content_length = -1;
    head->count = H1_PSEUDO_FIELDS;
    for (size_t i = H1_PSEUDO_FIELDS; i < raw_end; i++) {
        hpack_field raw = head->fields[i];
        trim(&raw);
        const int status = take_field(head, &n, &raw);
        if (status != 0) {
            return status;
        }
    }
    /* rfc: 9112#3.2 rfc: 9112#6.1 */
    if ((n.hosts == 0 && head->minor > 0) || (head->chunked && n.lengths > 0)) {
        return BAD;
    }
    head->wants_h2c = n.upgrades == 1 && n.upgrade_h2c && n.settings == 1 && n.names_upgrade &&
                      n.names_settings && head->minor > 0;
    const char *authority = head->authority;
    size_t authority_length = head->authority_length;
    if (authority == NULL) {
        /* HTTP/1.0 may lack a host; the authority is empty then. */
        authority = n.hosts > 0 ? head->host.value : "";
        authority_length = n.hosts > 0 ? head->host.value_length : 0;
    }
    head->fields[1] = make_field(":scheme", scheme, strlen(scheme));
    head->fields[2] = make_field(":path", head->path, head->path_length);
    head->fields[3] = make_field(":authority", authority, authority_length);
    return 0;
}
