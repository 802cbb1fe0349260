/* SPDX-License-Identifier: MIT */
/*
 * Redirects, one after the other: where a request goes, and that what is meant for one origin does not
 * go to another.
 *
 * Input: URI, body and --data of the request, then for each redirect an octet for the status, one for
 * the length of Location, and Location.
 */
#include <stdio.h>
#include <string.h>

#include "field_find.h"
#include "input.h"
#include "redirect.h"
#include "require.h"

enum { MOST = 3 };

static const char *const uris[] = {"https://a/b/c", "http://a/", "http://[::1]:81/x?y"};
static const uint32_t statuses[] = {301, 302, 303, 307, 308, 200, 300, 304};

static FILE *nowhere(void)
{
    static FILE *file;

    if (file == NULL) {
        file = fopen("/dev/null", "w");
    }
    require(file != NULL);
    return file;
}

/* The fields of the request as it would be sent now. */
static void require_discretion(const struct fetch *fetch, const struct request *request)
{
    static const char *const secrets[] = {"authorization", "cookie", "proxy-authorization"};
    const struct fields_wish wish = {.uri = &request->uri,
                                     .lines = fetch->lines,
                                     .content_length = FIELDS_NO_BODY,
                                     .is_foreign = request->is_foreign,
                                     .as_get = request->as_get};
    struct fields fields;
    struct uri first;
    const char *why;

    require(uri_parse(&first, fetch->options->uris.items[0], &why) == 0);
    int is_same = uri_same_origin(&first, &request->uri);

    require(fields_build(&fields, &wish) == 0);
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        require((field_find(fields.items, fields.count, secrets[i]) != NULL) == is_same);
    }
    const hpack_field *authority = field_find(fields.items, fields.count, ":authority");
    const char *expected = is_same ? "given" : request->uri.authority;

    require(authority->value_length == strlen(expected) &&
            memcmp(authority->value, expected, authority->value_length) == 0);
    fields_clear(&fields);
    uri_clear(&first);
}

/* Returns whether it waits to be sent again. */
static int redirect_once(struct fetch *fetch, struct request *request, struct input *in)
{
    uint32_t status = statuses[input_below(in, sizeof statuses / sizeof statuses[0])];
    size_t length = input_octet(in);
    const char *text = (const char *)input_octets(in, &length);
    const hpack_field location = {
        .name = "location", .name_length = 8, .value = text, .value_length = (uint32_t)length};
    const h2session_headers_event event = {
        .size = sizeof event, .status = status, .fields = &location, .field_count = 1};
    int was_https = request->uri.is_https;

    request->status = status;
    redirect_consider(fetch, request, &event);
    if (!redirect_follow(fetch, request)) {
        return 0;
    }
    require(status >= 301 && status != 304);
    if (request->state == REQUEST_DONE) {
        require(request->result == EXIT_CODE_PROTOCOL);
        return 0;
    }
    require(request->state == REQUEST_WAITING && request->redirects <= MOST);
    require(!was_https || request->uri.is_https);
    require(request->as_get || status != 303);
    require_discretion(fetch, request);
    return 1;
}

static void run(struct fetch *fetch, struct input *in)
{
    if (requests_plan(&fetch->list, fetch->book, fetch->options, fetch->log) != EXIT_CODE_OK) {
        abort();
    }
    struct request *request = fetch->list.items[0];

    require_discretion(fetch, request);
    while (input_left(in) && redirect_once(fetch, request, in)) {
    }
    requests_clear(&fetch->list);
    record_book_clear(fetch->book);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size, 0};
    const char *uri = uris[input_below(&in, sizeof uris / sizeof uris[0])];
    struct client_options options = {
        .times = 1, .location = 1, .redirects = MOST, .uris = {.items = &uri, .count = 1}};
    static const char *texts[] = {"authorization: x", "cookie: y", "proxy-authorization: z",
                                  ":authority: given"};
    const struct option_list list = {.items = texts, .count = sizeof texts / sizeof texts[0]};
    const struct log log = {.out = nowhere(), .program = "fuzz"};
    uint32_t what = input_octet(&in);
    struct upload_source source = {.is_file = what & 1, .read_any = what >> 1 & 1};
    struct record_book book = {0};
    struct field_lines lines;
    const char *text;
    const char *why;
    struct fetch fetch = {.options = &options,
                          .lines = &lines,
                          .log = &log,
                          .book = &book,
                          .source = what & 4 ? &source : NULL};

    require(field_lines_read(&lines, &list, &text, &why) == 0);
    run(&fetch, &in);
    field_lines_clear(&lines);
    return 0;
}
