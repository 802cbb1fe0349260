/* SPDX-License-Identifier: MIT */
/* rfc: 9113#8.1, 9113#8.2, 9113#8.2.2, 9113#8.3, 9113#8.3.1, 9113#8.3.2, 9113#8.5, 9113#8.6 */
/* rfc: 9110#8.6, 9110#9.1 */
#include "support.h"

#include <string.h>

#include "http_fields.h"
#include "http_rules.h"

struct section_case {
    const char *what;
    uint32_t reason; /* 0: legal */
    size_t position;
    hpack_field fields[FIELDS_MAX];
};

typedef struct verdict (*judge_function)(const hpack_field *fields, size_t count);

static void run_cases(const struct section_case *cases, size_t count, judge_function judge)
{
    for (size_t i = 0; i < count * 2; i++) {
        struct section_case c = cases[i / 2];
        size_t fields = fields_count(c.fields);
        if (i % 2) {
            fields_set_tokens(c.fields, fields);
        }
        struct verdict v = judge(c.fields, fields);
        if (v.reason != c.reason || v.value != c.position) {
            fail_msg("%s: %s at %u", c.what, h2session_reason_name(v.reason), (unsigned)v.value);
        }
        assert_int_equal(v.scope, c.reason == 0 ? VERDICT_OK : VERDICT_STREAM);
        assert_int_equal(v.code, c.reason == 0 ? 0 : H2FRAME_CODE_PROTOCOL_ERROR);
        assert_int_equal(v.limit, 0);
    }
}

#define RUN(cases, judge) run_cases(cases, sizeof(cases) / sizeof(cases)[0], judge)
#define R(name) H2SESSION_REASON_##name

static struct verdict judge_request(const hpack_field *fields, size_t count)
{
    struct http_request out;
    return h2session__http_rules_request(fields, count, 0, &out);
}

static struct verdict judge_extended(const hpack_field *fields, size_t count)
{
    struct http_request out;
    return h2session__http_rules_request(fields, count, 1, &out);
}

static struct verdict judge_response(const hpack_field *fields, size_t count)
{
    struct http_response out;
    return h2session__http_rules_response(fields, count, 0, &out);
}

static struct verdict judge_trailers(const hpack_field *fields, size_t count)
{
    return h2session__http_rules_trailers(fields, count, 0);
}

#define METHOD F(":method", "GET")
#define SCHEME F(":scheme", "https")
#define AUTHORITY F(":authority", "example.com")
#define PATH F(":path", "/")
#define GET METHOD, SCHEME, AUTHORITY, PATH

static void pseudo_fields_come_first_known_and_once(void **state)
{
    (void)state;
    static const struct section_case CASES[] = {
        {"plain", 0, 0, {GET}},
        {"any order", 0, 0, {PATH, AUTHORITY, SCHEME, METHOD}},
        {"with fields", 0, 0, {GET, F("accept", "*/*"), F("x", "")}},
        {"nothing", R(PSEUDO_MISSING), 0, {F(NULL, "")}},
        {"no method", R(PSEUDO_MISSING), 3, {SCHEME, AUTHORITY, PATH}},
        {"no scheme", R(PSEUDO_MISSING), 3, {METHOD, AUTHORITY, PATH}},
        {"no path", R(PSEUDO_MISSING), 3, {METHOD, SCHEME, AUTHORITY}},
        {"two methods", R(PSEUDO_REPEATED), 1, {METHOD, METHOD, SCHEME, AUTHORITY, PATH}},
        {"two schemes", R(PSEUDO_REPEATED), 4, {GET, SCHEME}},
        {"two authorities", R(PSEUDO_REPEATED), 4, {GET, AUTHORITY}},
        {"two paths", R(PSEUDO_REPEATED), 4, {GET, PATH}},
        {"late", R(PSEUDO_ORDER), 4, {METHOD, SCHEME, AUTHORITY, F("a", "b"), PATH}},
        {"late after host", R(PSEUDO_ORDER), 1, {F("host", "example.com"), METHOD}},
        {"unknown", R(PSEUDO_UNKNOWN), 4, {GET, F(":fancy", "1")}},
        {"colon alone", R(PSEUDO_UNKNOWN), 4, {GET, F(":", "1")}},
        {"upper case", R(PSEUDO_UNKNOWN), 0, {F(":Method", "GET")}},
        {"status", R(PSEUDO_NOT_ALLOWED), 4, {GET, F(":status", "200")}},
        {"protocol", R(PSEUDO_NOT_ALLOWED), 4, {GET, F(":protocol", "websocket")}},
    };
    RUN(CASES, judge_request);
}

static void request_target_is_well_formed(void **state)
{
    (void)state;
#define WITH_PATH(method, path)                                                                    \
    {                                                                                              \
        F(":method", method), SCHEME, AUTHORITY, F(":path", path)                                  \
    }
    static const struct section_case CASES[] = {
        {"query", 0, 0, WITH_PATH("GET", "/a?b=%20c&d")},
        {"two slashes", 0, 0, WITH_PATH("GET", "//a")},
        {"beyond ASCII", 0, 0, WITH_PATH("GET", "/\xc3\xa4")},
        {"asterisk", 0, 0, WITH_PATH("OPTIONS", "*")},
        {"OPTIONS of a path", 0, 0, WITH_PATH("OPTIONS", "/")},
        {"asterisk with GET", R(PATH), 3, WITH_PATH("GET", "*")},
        {"asterisk with options", R(PATH), 3, WITH_PATH("options", "*")},
        {"two asterisks", R(PATH), 3, WITH_PATH("OPTIONS", "**")},
        {"asterisk and more", R(PATH), 3, WITH_PATH("OPTIONS", "*/")},
        {"empty", R(PATH), 3, WITH_PATH("GET", "")},
        {"relative", R(PATH), 3, WITH_PATH("GET", "a")},
        {"query alone", R(PATH), 3, WITH_PATH("GET", "?a")},
        {"absolute form", R(PATH), 3, WITH_PATH("GET", "http://evil/")},
        {"fragment", R(PATH), 3, WITH_PATH("GET", "/#a")},
        {"second request", R(PATH), 3, WITH_PATH("GET", "/ HTTP/1.1\r\nX: y")},
        {"tab", R(PATH), 3, WITH_PATH("GET", "/\ta")},
        {"method empty", R(METHOD), 0, WITH_PATH("", "/")},
        {"method with space", R(METHOD), 0, WITH_PATH("GET /", "/")},
        {"method injects", R(METHOD), 0, WITH_PATH("GET / HTTP/1.1\r\nX: y\r\n\r\n", "/")},
        {"method own", 0, 0, WITH_PATH("M-SEARCH", "/")},
    };
#undef WITH_PATH
    RUN(CASES, judge_request);
}

static void scheme_and_authority_are_well_formed(void **state)
{
    (void)state;
#define WITH(scheme, authority)                                                                    \
    {                                                                                              \
        METHOD, F(":scheme", scheme), F(":authority", authority), PATH                             \
    }
    static const struct section_case CASES[] = {
        {"http", 0, 0, WITH("http", "example.com:80")},
        {"other scheme", 0, 0, WITH("coap+tcp", "example.com")},
        {"upper case", 0, 0, WITH("HTTPS", "example.com")},
        {"empty scheme", R(SCHEME), 1, WITH("", "example.com")},
        {"digit first", R(SCHEME), 1, WITH("1http", "example.com")},
        {"plus first", R(SCHEME), 1, WITH("+", "example.com")},
        {"colon", R(SCHEME), 1, WITH("http:", "example.com")},
        {"scheme injects", R(SCHEME), 1, WITH("http\r\n", "example.com")},
        {"empty", R(AUTHORITY), 2, WITH("https", "")},
        {"empty, HTTP", R(AUTHORITY), 2, WITH("HTTP", "")},
        {"empty, other scheme", 0, 0, WITH("urn", "")},
        {"port alone", R(AUTHORITY), 2, WITH("https", ":443")},
        {"port alone, other scheme", 0, 0, WITH("urn", ":443")},
        {"userinfo", R(AUTHORITY), 2, WITH("https", "a@example.com")},
        {"userinfo, other scheme", R(AUTHORITY), 2, WITH("urn", "a@example.com")},
        {"path inside", R(AUTHORITY), 2, WITH("https", "example.com/a")},
        {"port of letters", R(AUTHORITY), 2, WITH("https", "example.com:a")},
        {"literal", 0, 0, WITH("https", "[::1]:8443")},
    };
#undef WITH
    RUN(CASES, judge_request);
}

static void host_agrees_with_the_authority(void **state)
{
    (void)state;
#define HOST(value) F("host", value)
    static const struct section_case CASES[] = {
        {"equal", 0, 0, {GET, HOST("example.com")}},
        {"other case", 0, 0, {GET, HOST("EXAMPLE.com")}},
        {"default port", 0, 0, {GET, HOST("example.com:443")}},
        {"no port", 0, 0, {GET, HOST("example.com:")}},
        {"port of http", R(HOST), 4, {GET, HOST("example.com:80")}},
        {"http", 0, 0, {METHOD, F(":scheme", "http"), AUTHORITY, PATH, HOST("example.com:80")}},
        {"other scheme", R(HOST), 4, {METHOD, F(":scheme", "x"), AUTHORITY, PATH, HOST("a")}},
        {"differs", R(HOST), 5, {GET, F("a", "b"), HOST("example.org")}},
        {"empty", R(HOST), 4, {GET, HOST("")}},
        {"twice", R(HOST), 5, {GET, HOST("example.com"), HOST("example.com")}},
        {"malformed", R(AUTHORITY), 4, {GET, HOST("a@example.com")}},
        {"host only", 0, 0, {METHOD, SCHEME, PATH, HOST("example.com")}},
        {"host only, malformed", R(AUTHORITY), 3, {METHOD, SCHEME, PATH, HOST("a/b")}},
        {"host only, empty", R(AUTHORITY), 3, {METHOD, SCHEME, PATH, HOST("")}},
        {"neither", R(AUTHORITY), 3, {METHOD, SCHEME, PATH}},
        {"neither, other scheme", 0, 0, {METHOD, F(":scheme", "urn"), PATH}},
    };
#undef HOST
    RUN(CASES, judge_request);
}

static void names_and_values_hold_legal_octets(void **state)
{
    (void)state;
    static const struct section_case CASES[] = {
        {"empty name", R(FIELD_NAME), 4, {GET, F("", "a")}},
        {"upper case", R(FIELD_NAME), 4, {GET, F("Accept", "a")}},
        {"colon", R(FIELD_NAME), 4, {GET, F("a:b", "c")}},
        {"space", R(FIELD_NAME), 4, {GET, F("a ", "c")}},
        {"delimiter", R(FIELD_NAME), 4, {GET, F("a(b", "c")}},
        {"all of a token", 0, 0, {GET, F("!#$%&'*+-.^_`|~09az", "c")}},
        {"empty value", 0, 0, {GET, F("a", "")}},
        {"line end", R(FIELD_VALUE), 4, {GET, F("a", "b\r\nc: d")}},
        {"line feed", R(FIELD_VALUE), 4, {GET, F("a", "b\nc")}},
        {"NUL", R(FIELD_VALUE), 5, {GET, F("x", "y"), F("a", "b\0c")}},
        {"space before", R(FIELD_VALUE), 4, {GET, F("a", " b")}},
        {"space after", R(FIELD_VALUE), 4, {GET, F("a", "b ")}},
        {"tab before", R(FIELD_VALUE), 4, {GET, F("a", "\tb")}},
        {"tab after", R(FIELD_VALUE), 4, {GET, F("a", "b\t")}},
        {"space alone", R(FIELD_VALUE), 4, {GET, F("a", " ")}},
        {"inner space", 0, 0, {GET, F("a", "b \t c")}},
        {"beyond ASCII", 0, 0, {GET, F("a", "\xff\x80")}},
        {"known name", R(FIELD_VALUE), 4, {GET, F("cookie", "a=b\0")}},
    };
    RUN(CASES, judge_request);
}

static void connection_specific_fields_are_refused(void **state)
{
    (void)state;
    static const struct section_case CASES[] = {
        {"connection", R(FIELD_CONNECTION), 4, {GET, F("connection", "close")}},
        {"proxy-connection", R(FIELD_CONNECTION), 4, {GET, F("proxy-connection", "close")}},
        {"keep-alive", R(FIELD_CONNECTION), 4, {GET, F("keep-alive", "5")}},
        {"transfer-encoding", R(FIELD_CONNECTION), 4, {GET, F("transfer-encoding", "chunked")}},
        {"identity", R(FIELD_CONNECTION), 4, {GET, F("transfer-encoding", "identity")}},
        {"upgrade", R(FIELD_CONNECTION), 4, {GET, F("upgrade", "h2c")}},
        {"te", 0, 0, {GET, F("te", "trailers")}},
        {"te, other case", 0, 0, {GET, F("te", "Trailers")}},
        {"te empty", R(FIELD_TE), 4, {GET, F("te", "")}},
        {"te gzip", R(FIELD_TE), 4, {GET, F("te", "gzip")}},
        {"te list", R(FIELD_TE), 4, {GET, F("te", "trailers, gzip")}},
        {"te weight", R(FIELD_TE), 4, {GET, F("te", "trailers;q=1")}},
    };
    RUN(CASES, judge_request);
}

#define CONNECT F(":method", "CONNECT")
#define TO(authority) F(":authority", authority)

static void connect_has_an_authority_with_port_and_no_more(void **state)
{
    (void)state;
    static const struct section_case CASES[] = {
        {"plain", 0, 0, {CONNECT, TO("example.com:443")}},
        {"literal", 0, 0, {TO("[::1]:1"), CONNECT}},
        {"host equal", 0, 0, {CONNECT, TO("a:443"), F("host", "A:443")}},
        {"host differs", R(HOST), 2, {CONNECT, TO("a:443"), F("host", "b:443")}},
        {"host without port", R(HOST), 2, {CONNECT, TO("a:443"), F("host", "a")}},
        {"scheme", R(CONNECT), 2, {CONNECT, TO("a:443"), SCHEME}},
        {"path", R(CONNECT), 1, {CONNECT, PATH, TO("a:443")}},
        {"no authority", R(CONNECT), 1, {CONNECT}},
        {"host only", R(CONNECT), 2, {CONNECT, F("host", "a:443")}},
        {"no port", R(CONNECT), 1, {CONNECT, TO("example.com")}},
        {"port empty", R(CONNECT), 1, {CONNECT, TO("example.com:")}},
        {"port zero", R(CONNECT), 1, {CONNECT, TO("example.com:0")}},
        {"port too large", R(AUTHORITY), 1, {CONNECT, TO("example.com:65536")}},
        {"no host", R(CONNECT), 1, {CONNECT, TO(":443")}},
        {"empty", R(CONNECT), 1, {CONNECT, TO("")}},
        {"protocol", R(PSEUDO_NOT_ALLOWED), 2, {CONNECT, TO("a:1"), F(":protocol", "websocket")}},
    };
    RUN(CASES, judge_request);
}

#define WEBSOCKET F(":protocol", "websocket")

/* rfc: 8441#4 */
static void extended_connect_has_a_whole_target(void **state)
{
    (void)state;
    static const struct section_case CASES[] = {
        {"plain request", 0, 0, {GET}},
        {"plain CONNECT", 0, 0, {CONNECT, TO("a:1")}},
        {"CONNECT without port", R(CONNECT), 1, {CONNECT, AUTHORITY, F("a", "b")}},
        {"extended", 0, 0, {CONNECT, WEBSOCKET, SCHEME, PATH, AUTHORITY}},
        {"protocol with GET", R(PSEUDO_NOT_ALLOWED), 4, {GET, WEBSOCKET}},
        {"no scheme", R(PSEUDO_MISSING), 4, {CONNECT, WEBSOCKET, PATH, AUTHORITY}},
        {"no path", R(PSEUDO_MISSING), 4, {CONNECT, WEBSOCKET, SCHEME, AUTHORITY}},
        {"no authority", R(PSEUDO_MISSING), 4, {CONNECT, WEBSOCKET, SCHEME, PATH}},
        {"repeated", R(PSEUDO_REPEATED), 2, {CONNECT, WEBSOCKET, WEBSOCKET}},
        {"empty", R(CONNECT), 1, {CONNECT, F(":protocol", ""), SCHEME, PATH, AUTHORITY}},
        {"injects", R(CONNECT), 1, {CONNECT, F(":protocol", "a\r\n"), SCHEME, PATH, AUTHORITY}},
    };
    RUN(CASES, judge_extended);
}

static void response_has_one_status(void **state)
{
    (void)state;
#define STATUS(value) F(":status", value)
    static const struct section_case CASES[] = {
        {"200", 0, 0, {STATUS("200"), F("a", "b")}},
        {"100", 0, 0, {STATUS("100")}},
        {"599", 0, 0, {STATUS("599")}},
        {"none", R(PSEUDO_MISSING), 1, {F("a", "b")}},
        {"late", R(PSEUDO_ORDER), 1, {F("a", "b"), STATUS("200")}},
        {"twice", R(PSEUDO_REPEATED), 1, {STATUS("200"), STATUS("200")}},
        {"099", R(STATUS), 0, {STATUS("099")}},
        {"600", R(STATUS), 0, {STATUS("600")}},
        {"999", R(STATUS), 0, {STATUS("999")}},
        {"empty", R(STATUS), 0, {STATUS("")}},
        {"two digits", R(STATUS), 0, {STATUS("20")}},
        {"four digits", R(STATUS), 0, {STATUS("2000")}},
        {"with reason", R(STATUS), 0, {STATUS("200 OK")}},
        {"sign", R(STATUS), 0, {STATUS("+20")}},
        {"101", R(STATUS_101), 0, {STATUS("101")}},
        {"path", R(PSEUDO_NOT_ALLOWED), 1, {STATUS("200"), PATH}},
        {"method", R(PSEUDO_NOT_ALLOWED), 0, {METHOD, STATUS("200")}},
        {"unknown", R(PSEUDO_UNKNOWN), 1, {STATUS("200"), F(":x", "y")}},
        {"te", R(FIELD_TE), 1, {STATUS("200"), F("te", "trailers")}},
        {"connection", R(FIELD_CONNECTION), 1, {STATUS("200"), F("connection", "close")}},
        {"host is any field", 0, 0, {STATUS("200"), F("host", "a b"), F("host", "c")}},
        {"value", R(FIELD_VALUE), 1, {STATUS("200"), F("a", "b\n")}},
        {"name", R(FIELD_NAME), 1, {STATUS("200"), F("A", "b")}},
        {"length", R(CONTENT_LENGTH), 1, {STATUS("200"), F("content-length", "-1")}},
    };
#undef STATUS
    RUN(CASES, judge_response);
}

static void trailers_have_no_pseudo_fields(void **state)
{
    (void)state;
    static const struct section_case CASES[] = {
        {"empty section", 0, 0, {F(NULL, "")}},
        {"plain", 0, 0, {F("grpc-status", "0"), F("etag", "\"a\"")}},
        {"status", R(PSEUDO_NOT_ALLOWED), 0, {F(":status", "200")}},
        {"path", R(PSEUDO_NOT_ALLOWED), 1, {F("a", "b"), PATH}},
        {"unknown", R(PSEUDO_UNKNOWN), 0, {F(":x", "")}},
        {"name", R(FIELD_NAME), 1, {F("a", "b"), F("B", "")}},
        {"empty name", R(FIELD_NAME), 0, {F("", "")}},
        {"value", R(FIELD_VALUE), 0, {F("a", "\r")}},
        {"connection", R(FIELD_CONNECTION), 0, {F("transfer-encoding", "chunked")}},
        {"te", R(FIELD_TE), 0, {F("te", "gzip")}},
        {"te of a request", R(FIELD_TE), 0, {F("te", "trailers")}},
        {"length", R(FIELD_TRAILER), 1, {F("a", "b"), F("content-length", "5")}},
        {"host", R(FIELD_TRAILER), 0, {F("host", "a")}},
    };
    RUN(CASES, judge_trailers);
}

/* rfc: 9110#6.5.1 */
static void trailers_hold_nothing_that_belongs_into_the_head(void **state)
{
    (void)state;
    static const char *const FORBIDDEN[] = {
        "content-length",
        "host",
        "authorization",
        "proxy-authorization",
        "www-authenticate",
        "cookie",
        "set-cookie",
        "proxy-authenticate",
        "cache-control",
        "expect",
        "max-forwards",
        "range",
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-range",
        "if-unmodified-since",
        "content-type",
        "content-encoding",
        "content-range",
        "trailer",
    };
    static const char *const LEGAL[] = {
        "etag",          "date",        "server-timing", "content-digest",
        "content-lengt", "grpc-status", "link",          "via"};
    for (size_t i = 0; i < sizeof FORBIDDEN / sizeof FORBIDDEN[0]; i++) {
        const hpack_field f = {.name = FORBIDDEN[i],
                               .value = "1",
                               .name_length = (uint32_t)strlen(FORBIDDEN[i]),
                               .value_length = 1};
        struct verdict v = h2session__http_rules_trailers(&f, 1, 0);
        assert_int_equal(v.reason, R(FIELD_TRAILER));
        assert_int_equal(v.scope, VERDICT_STREAM);
    }
    for (size_t i = 0; i < sizeof LEGAL / sizeof LEGAL[0]; i++) {
        const hpack_field f = {.name = LEGAL[i],
                               .value = "1",
                               .name_length = (uint32_t)strlen(LEGAL[i]),
                               .value_length = 1};
        assert_int_equal(h2session__http_rules_trailers(&f, 1, 0).scope, VERDICT_OK);
    }
}

/* rfc: 9110#8.6 */
static void content_length_is_one_number(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t number; /* -1: malformed */
    } CASES[] = {
        {"0", 0},
        {"00", 0},
        {"5", 5},
        {"0000000000000000000000000000005", 5},
        {"9223372036854775807", INT64_MAX},
        {"09223372036854775807", INT64_MAX},
        {"9223372036854775808", -1},
        {"9223372036854775810", -1},
        {"18446744073709551616", -1},
        {"99999999999999999999999", -1},
        {"", -1},
        {"-1", -1},
        {"+1", -1},
        {"0x10", -1},
        {"1e3", -1},
        {"5, 5", -1},
        {"5,5", -1},
        {"1 2", -1},
        {"5.", -1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        hpack_field fields[] = {GET, F("content-length", "")};
        fields[4].value = CASES[i].text;
        fields[4].value_length = (uint32_t)strlen(CASES[i].text);
        struct http_request out;
        struct verdict v = h2session__http_rules_request(fields, 5, 0, &out);
        assert_int_equal(v.reason, CASES[i].number < 0 ? R(CONTENT_LENGTH) : 0);
        assert_int_equal(out.content_length, CASES[i].number);
    }
    static const struct section_case TWICE[] = {
        {"twice", R(CONTENT_LENGTH), 5, {GET, F("content-length", "5"), F("content-length", "5")}},
    };
    RUN(TWICE, judge_request);
}

static void request_tells_what_it_is(void **state)
{
    (void)state;
    static const struct {
        hpack_field fields[FIELDS_MAX];
        struct http_request expected;
    } CASES[] = {
        {{GET}, {HTTP_METHOD_GET, 0, -1, 0, 4, 0}},
        {{GET, F("content-length", "7")}, {HTTP_METHOD_GET, 0, 7, 0, 4, 0}},
        {{PATH, AUTHORITY, SCHEME, METHOD, F("a", "b"), F("content-length", "0")},
         {HTTP_METHOD_GET, 0, 0, 3, 5, 0}},
        {{F(":method", "HEAD"), SCHEME, AUTHORITY, PATH}, {HTTP_METHOD_HEAD, 0, -1, 0, 4, 0}},
        {{F(":method", "head"), SCHEME, AUTHORITY, PATH}, {HTTP_METHOD_OTHER, 0, -1, 0, 4, 0}},
        {{F(":method", "TRACE"), SCHEME, AUTHORITY, PATH}, {HTTP_METHOD_TRACE, 0, -1, 0, 4, 0}},
        {{TO("a:1"), CONNECT}, {HTTP_METHOD_CONNECT, 0, -1, 1, 2, 0}},
        {{CONNECT, TO("a:1"), F("content-length", "7")}, {HTTP_METHOD_CONNECT, 0, -1, 0, 2, 0}},
        {{CONNECT, WEBSOCKET, SCHEME, PATH, AUTHORITY}, {HTTP_METHOD_CONNECT, 1, -1, 0, 5, 0}},
        {{GET, F("priority", "u=1")}, {HTTP_METHOD_GET, 0, -1, 0, 5, 1}},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct http_request out;
        const hpack_field *fields = CASES[i].fields;
        assert_int_equal(h2session__http_rules_request(fields, fields_count(fields), 1, &out).scope,
                         VERDICT_OK);
        assert_int_equal(out.method, CASES[i].expected.method);
        assert_int_equal(out.method_at, CASES[i].expected.method_at);
        assert_int_equal(out.content_length_at, CASES[i].expected.content_length_at);
        assert_int_equal(out.is_extended_connect, CASES[i].expected.is_extended_connect);
        assert_int_equal(out.content_length, CASES[i].expected.content_length);
        assert_int_equal(out.has_priority, CASES[i].expected.has_priority);
    }
}

static void response_tells_what_it_is(void **state)
{
    (void)state;
    for (uint32_t status = 100; status < 600; status++) {
        const char digits[] = {(char)('0' + status / 100), (char)('0' + status / 10 % 10),
                               (char)('0' + status % 10), '\0'};
        hpack_field fields[] = {F(":status", "xxx"), F("content-length", "12")};
        fields[0].value = digits;
        struct http_response out;
        struct verdict v = h2session__http_rules_response(fields, 2, 0, &out);
        assert_int_equal(v.reason, status == 101 ? R(STATUS_101) : 0);
        if (status != 101) {
            assert_int_equal(out.status, status);
            assert_int_equal(out.is_informational, status < 200);
            assert_int_equal(out.content_length, 12);
        }
    }
}

/* rfc: 9110#9.3.8 */
static void trace_has_no_content(void **state)
{
    (void)state;
#define TRACE F(":method", "TRACE"), SCHEME, AUTHORITY, PATH
    static const struct section_case CASES[] = {
        {"plain", 0, 0, {TRACE}},
        {"length zero", 0, 0, {TRACE, F("content-length", "0")}},
        {"length", R(CONTENT_NOT_ALLOWED), 4, {TRACE, F("content-length", "1")}},
        {"no number", R(CONTENT_LENGTH), 5, {TRACE, F("a", "b"), F("content-length", "x")}},
    };
#undef TRACE
    RUN(CASES, judge_request);
}

static void token_beyond_this_version_is_no_excuse(void **state)
{
    (void)state;
    hpack_field fields[] = {GET, F("Bad Name", "a")};
    fields[4].token = HPACK_TOKEN_END;
    assert_int_equal(judge_request(fields, 5).reason, R(FIELD_NAME));
    fields[4].token = UINT32_MAX;
    assert_int_equal(judge_request(fields, 5).reason, R(FIELD_NAME));
}

/* A section without fields has no array either. */
static void no_fields_are_no_array(void **state)
{
    (void)state;
    assert_int_equal(judge_request(NULL, 0).reason, H2SESSION_REASON_PSEUDO_MISSING);
    assert_int_equal(judge_response(NULL, 0).reason, H2SESSION_REASON_PSEUDO_MISSING);
    assert_int_equal(judge_trailers(NULL, 0).scope, VERDICT_OK);
}

/* The decoder's word on octets is taken for what was received; of an application nobody takes it. */
static void clean_fields_are_believed_when_received(void **state)
{
    (void)state;
    hpack_field f = F("a", "b\r");
    struct http_response out;
    hpack_field response[2] = {F(":status", "200"), f};
    assert_int_equal(h2session__http_rules_trailers(&f, 1, HTTP_RECEIVED).reason, R(FIELD_VALUE));
    f.flags = HPACK_FIELD_CLEAN;
    assert_int_equal(h2session__http_rules_trailers(&f, 1, 0).reason, R(FIELD_VALUE));
    assert_int_equal(h2session__http_rules_trailers(&f, 1, HTTP_RECEIVED).reason, 0);
    response[1] = f;
    assert_int_equal(h2session__http_rules_response(response, 2, 0, &out).reason, R(FIELD_VALUE));
    assert_int_equal(h2session__http_rules_response(response, 2, HTTP_RECEIVED, &out).reason, 0);
    /* It is about octets alone. */
    hpack_field te = F("te", "gzip");
    te.flags = HPACK_FIELD_CLEAN;
    assert_int_equal(h2session__http_rules_trailers(&te, 1, HTTP_RECEIVED).reason, R(FIELD_TE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pseudo_fields_come_first_known_and_once),
        cmocka_unit_test(request_target_is_well_formed),
        cmocka_unit_test(scheme_and_authority_are_well_formed),
        cmocka_unit_test(host_agrees_with_the_authority),
        cmocka_unit_test(names_and_values_hold_legal_octets),
        cmocka_unit_test(connection_specific_fields_are_refused),
        cmocka_unit_test(connect_has_an_authority_with_port_and_no_more),
        cmocka_unit_test(extended_connect_has_a_whole_target),
        cmocka_unit_test(response_has_one_status),
        cmocka_unit_test(trailers_have_no_pseudo_fields),
        cmocka_unit_test(trailers_hold_nothing_that_belongs_into_the_head),
        cmocka_unit_test(content_length_is_one_number),
        cmocka_unit_test(request_tells_what_it_is),
        cmocka_unit_test(response_tells_what_it_is),
        cmocka_unit_test(trace_has_no_content),
        cmocka_unit_test(token_beyond_this_version_is_no_excuse),
        cmocka_unit_test(no_fields_are_no_array),
        cmocka_unit_test(clean_fields_are_believed_when_received),
    };
    return cmocka_run_group_tests_name("http_rules", tests, NULL, NULL);
}
