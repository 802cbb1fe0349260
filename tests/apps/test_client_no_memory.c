/* SPDX-License-Identifier: MIT */
/* What the units of h2-client do when memory runs out: they tell, and keep nothing. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assets.h"
#include "failing_decoders.h"
#include "failing_malloc.h"
#include "h1_text.h"
#include "har.h"
#include "redirect.h"
#include "reference.h"
#include "report_json.h"
#include "report_table.h"
#include "request.h"
#include "support.h"
#include "waterfall.h"

static FILE *nowhere;
static struct log silent;

static hpack_field make_field(const char *name, const char *value)
{
    return (hpack_field){.name = name,
                         .value = value,
                         .name_length = (uint32_t)strlen(name),
                         .value_length = (uint32_t)strlen(value)};
}

/* ---- Texts -------------------------------------------------------------------------------- */

static int resolve_reference(void)
{
    struct uri base;
    const char *why = NULL;
    char *out = NULL;

    if (uri_parse(&base, "https://host/a/b?c", &why) != 0) {
        return why == uri_no_memory ? -1 : 1;
    }
    int result = reference_resolve(&base, " ../x y#z", 9, &out);

    assert_true(result != 0 || strcmp(out, "https://host/x%20y") == 0);
    free(out);
    uri_clear(&base);
    return result;
}

static int make_fields(void)
{
    static const char *texts[] = {"X-One: 1", "host: other"};
    const struct option_list list = {.items = texts, .count = 2};
    struct uri uri = {.scheme = "http", .host = "h", .authority = "h", .path = "/"};
    struct field_lines lines;
    struct fields fields = {0};
    struct fields trailers = {0};
    const char *text = NULL;
    const char *why = NULL;
    int is_refused = 0;

    int result = field_lines_read(&lines, &list, &text, &why);
    const struct fields_wish wish = {
        .uri = &uri, .lines = &lines, .content_length = 5, .is_large = 1};

    result = result != 0 ? result : fields_build(&fields, &wish);
    result = result != 0 ? result : fields_from_lines(&trailers, &lines);
    char *upgrade = result != 0 ? NULL : h1_text_upgrade(&fields, "AAMAAABk", &is_refused);

    assert_false(is_refused);
    free(upgrade);
    fields_clear(&trailers);
    fields_clear(&fields);
    field_lines_clear(&lines);
    return upgrade == NULL ? -1 : 0;
}

static int find_route(void)
{
    static const char *targets[] = {"host:443:other:8443"};
    const struct client_options options = {.proxy = "user:password@proxy:3128",
                                           .connect_to = {.items = targets, .count = 1}};
    const struct uri origin = {.host = "host", .port = 443};
    char error[OPTIONS_ERROR_SIZE] = "";
    struct route route;
    char *credentials = NULL;
    char *connect = NULL;
    int is_refused;

    if (route_check(&options, error) != 0) {
        assert_non_null(strstr(error, "out of memory"));
        return -1;
    }
    int result = route_find(&route, &options, &origin);

    result = result != 0 ? result : route_credentials(&options, &credentials);
    if (result == 0) {
        assert_string_equal(route.host, "proxy");
        assert_string_equal(credentials, "user:password");
        connect = h1_text_connect(route.tunnel, credentials, &is_refused);
        result = connect == NULL ? -1 : 0;
    }
    free(connect);
    free(credentials);
    return result;
}

static int read_options(void)
{
    static char *arguments[] = {
        "h2-client", "-H",       "a: b",     "--trailer",      "c: d",       "-d",
        "-",         "http://a", "http://b", "http://c",       "--weight=3", "http://d",
        "http://e",  "http://f", "http://g", "--dependency=1", NULL};
    struct client_options options;
    char error[OPTIONS_ERROR_SIZE] = "";

    client_options_init(&options);
    int result =
        options_parse(&client_options_program, (int)(sizeof arguments / sizeof *arguments) - 1,
                      arguments, &options, error);

    result = result != 0 ? result : client_options_check(&options, error);
    assert_true(result == 0 || strstr(error, "out of memory") != NULL);
    options_clear(&client_options_program, &options);
    return result;
}

/* ---- Bodies ------------------------------------------------------------------------------- */

static int no_sink(const uint8_t *data, size_t length, void *user)
{
    (void)data;
    (void)length;
    (void)user;
    return 0;
}

static int decode(const char *coding, const void *body, size_t length)
{
    const char *why = "";
    struct decoder *decoder = decoder_new(coding, strlen(coding), 200, &why);

    if (decoder == NULL) {
        assert_string_equal(why, "out of memory");
        return -1;
    }
    int result = decoder_write(decoder, body, length, no_sink, NULL);

    if (result != 0) {
        assert_string_equal(decoder_error(decoder), "out of memory");
    }
    result = result != 0 ? result : decoder_end(decoder);
    decoder_free(decoder);
    return result;
}

/* "hello", each in its own way. */
static int decode_gzip(void)
{
    static const uint8_t body[] = {0x1f, 0x8b, 8, 0, 0,    0,    0,    0,    0, 3, 0xcb, 0x48, 0xcd,
                                   0xc9, 0xc9, 7, 0, 0x86, 0xa6, 0x10, 0x36, 5, 0, 0,    0};

    return decode("gzip", body, sizeof body);
}

static int decode_deflate(void)
{
    static const uint8_t body[] = {0xcb, 0x48, 0xcd, 0xc9, 0xc9, 7, 0};

    return decode("deflate", body, sizeof body);
}

static int decode_br(void)
{
    static const uint8_t body[] = {0x0b, 0x02, 0x80, 'h', 'e', 'l', 'l', 'o', 0x03};

    return decode("br", body, sizeof body);
}

static int decode_zstd(void)
{
    static const uint8_t body[] = {0x28, 0xb5, 0x2f, 0xfd, 0,   0x58, 0x29,
                                   0,    0,    'h',  'e',  'l', 'l',  'o'};

    return decode("zstd", body, sizeof body);
}

static uv_loop_t loop;
static int ends[2];

static void no_wake(void *user)
{
    (void)user;
}

static int send_upload(void)
{
    struct upload_source source = {.fd = ends[0]};
    struct upload upload;
    uint8_t buffer[4];
    h2session_read_event event = {
        .size = sizeof event, .stream_id = 1, .buffer = buffer, .capacity = sizeof buffer};

    upload_begin(&upload, &source, &loop, no_wake, NULL);
    int result = upload_read(NULL, &event, &upload);

    if (result == H2SESSION_FAIL) {
        assert_int_equal(upload.error, ENOMEM);
        result = -1;
    }
    upload_end(&upload);
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
    return result == H2SESSION_DEFER ? 0 : result;
}

/* ---- Requests ----------------------------------------------------------------------------- */

static const char *uris[] = {"https://host/page", "http://other/"};

/* A plan of these options; it is to be cleared in either case. */
static int plan(struct fetch *fetch)
{
    enum exit_code result = requests_plan(&fetch->list, fetch->book, fetch->options, &silent);

    assert_true(result == EXIT_CODE_OK || result == EXIT_CODE_LOCAL);
    return result == EXIT_CODE_OK ? 0 : -1;
}

static void clear(struct fetch *fetch)
{
    requests_clear(&fetch->list);
    record_book_clear(fetch->book);
}

static int hold_bodies(void)
{
    const struct client_options options = {
        .times = 10, .remote_name = 1, .uris = {.items = uris, .count = 2}};
    struct record_book book = {0};
    struct fetch fetch = {.options = &options, .book = &book};
    int result = plan(&fetch);

    for (size_t i = 0; result == 0 && i < 3; i++) {
        result = request_hold(fetch.list.items[0], (const uint8_t *)"octets", 6);
    }
    clear(&fetch);
    return result;
}

static int follow_redirect(void)
{
    const struct client_options options = {
        .times = 1, .location = 1, .redirects = 5, .uris = {.items = uris, .count = 2}};
    const hpack_field location = make_field("location", "/elsewhere");
    const h2session_headers_event event = {
        .size = sizeof event, .status = 302, .fields = &location, .field_count = 1};
    struct record_book book = {0};
    struct fetch fetch = {.options = &options, .book = &book, .log = &silent};
    int result = plan(&fetch);

    if (result == 0) {
        struct request *request = fetch.list.items[0];

        request->status = event.status;
        redirect_consider(&fetch, request, &event);
        assert_int_equal(redirect_follow(&fetch, request), 1);
        if (request->state == REQUEST_DONE) {
            assert_int_equal(request->result, EXIT_CODE_LOCAL);
            result = -1;
        } else {
            assert_string_equal(request->text, "https://host/elsewhere");
            assert_false(request->is_foreign);
            result = redirect_is_named(&fetch, &request->uri) == 1 ? 0 : -1;
        }
    }
    clear(&fetch);
    return result;
}

static int find_assets(void)
{
    static const char html[] = "<!DOCTYPE html><html><head><base href='/b/'><title>x</title>"
                               "<link rel=stylesheet href=a.css><script src=b.js></script></head>"
                               "<body><p>text<img src='c.png?a=1&amp;b=2'></body></html>";
    const struct client_options options = {
        .times = 1, .get_assets = 1, .uris = {.items = uris, .count = 1}};
    const hpack_field type = make_field("content-type", "text/html");
    const h2session_headers_event event = {
        .size = sizeof event, .status = 200, .fields = &type, .field_count = 1};
    struct record_book book = {0};
    struct fetch fetch = {.options = &options, .book = &book, .log = &silent};
    int result = plan(&fetch);

    if (result == 0) {
        struct request *page = fetch.list.items[0];

        assets_begin(&fetch, page, &event);
        if (page->page != NULL) {
            assets_feed(page, (const uint8_t *)html, sizeof html - 1);
            assets_finish(page);
        }
        assert_true(fetch.stop_result == EXIT_CODE_OK || fetch.stop_result == EXIT_CODE_LOCAL);
        result = fetch.stop_result == EXIT_CODE_OK ? 0 : -1;
        assert_true(result != 0 || fetch.list.count == 4);
    }
    clear(&fetch);
    return result;
}

/* ---- Reports ------------------------------------------------------------------------------ */

static int add_record(struct record_book *book, const struct conn_record *connection)
{
    const hpack_field fields[] = {make_field("content-type", "text/\xff"), make_field("x", "y")};
    struct record *record = record_new(book, "https://host/?a=1&b");

    if (record == NULL) {
        return -1;
    }
    record->connection = connection;
    record->sent_ns = 5;
    record->done_ns = 7;
    record->end = RECORD_COMPLETE;
    if (record_keep_fields(book, &record->request_fields, fields, 2) != 0) {
        return -1;
    }
    return record_keep_fields(book, &record->response_fields, fields, 2);
}

static int write_reports(void)
{
    struct record_book book = {.keeps_fields = 1};
    const struct conn_record *connection = record_new_connection(&book);
    int result = connection == NULL ? -1 : 0;

    for (size_t i = 0; result == 0 && i < 2; i++) {
        result = add_record(&book, connection);
    }
    result = result != 0 ? result : har_write(nowhere, &book, 1);
    result = result != 0 ? result : report_json(nowhere, &book);
    result = result != 0 ? result : report_table(nowhere, &book);
    if (result == 0) {
        waterfall_html(nowhere, &book);
    }
    record_book_clear(&book);
    return result;
}

/* ------------------------------------------------------------------------------------------- */

static void units_tell_when_memory_runs_out(void **state)
{
    static const struct {
        int (*scenario)(void);
        size_t least; /* allocations, so that it is known to be about something */
    } rows[] = {{resolve_reference, 4}, {make_fields, 7},    {find_route, 4},     {read_options, 5},
                {decode_gzip, 3},       {decode_deflate, 3}, {send_upload, 1},    {hold_bodies, 80},
                {follow_redirect, 10},  {find_assets, 15},   {write_reports, 200}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(failing_malloc_each(rows[i].scenario) >= rows[i].least);
    }
}

static void decoders_that_are_optional_tell_too(void **state)
{
    (void)state;
    if (strstr(decoder_codings, "br") != NULL) {
        assert_true(failing_malloc_each(decode_br) >= 3);
    }
    if (strstr(decoder_codings, "zstd") != NULL) {
        assert_true(failing_malloc_each(decode_zstd) >= 2);
    }
}

static int set_up(void **state)
{
    (void)state;
    nowhere = fopen("/dev/null", "w");
    silent = (struct log){.out = nowhere, .program = "test"};
    return nowhere != NULL && pipe(ends) == 0 && uv_loop_init(&loop) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    (void)close(ends[0]);
    (void)close(ends[1]);
    return uv_loop_close(&loop) == 0 && fclose(nowhere) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_tell_when_memory_runs_out),
        cmocka_unit_test(decoders_that_are_optional_tell_too),
    };

    failing_decoders_begin();
    return cmocka_run_group_tests_name("client_no_memory", tests, set_up, tear_down);
}
