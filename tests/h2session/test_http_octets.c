/* SPDX-License-Identifier: MIT */
/* Each of the 256 octets at each place of names and values, through the rules for whole sections.
 * rfc: 9113#8.2.1, 9113#8.3.1 */
#include "support.h"

#include <string.h>

#include "http_fields.h"
#include "http_rules.h"

enum { TEXT_MAX = 32 };

static int in(const char *set, int c)
{
    return c != 0 && strchr(set, c) != NULL;
}

static int is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static int is_tchar(int c)
{
    return is_letter(c) || is_digit(c) || in("!#$%&'*+-.^_`|~", c);
}

/* What the tables below judge: the octet c at `place` of a text that is otherwise legal. */
typedef int (*octet_rule)(int c, size_t place, size_t length);

static int name_rule(int c, size_t place, size_t length)
{
    (void)place;
    (void)length;
    return is_tchar(c) && !(c >= 'A' && c <= 'Z');
}

static int value_rule(int c, size_t place, size_t length)
{
    int edge = place == 0 || place == length - 1;
    return c != 0 && c != '\r' && c != '\n' && !(edge && (c == ' ' || c == '\t'));
}

static int method_rule(int c, size_t place, size_t length)
{
    (void)place;
    (void)length;
    return is_tchar(c);
}

static int scheme_rule(int c, size_t place, size_t length)
{
    (void)length;
    return is_letter(c) || (place > 0 && (is_digit(c) || in("+-.", c)));
}

static int path_rule(int c, size_t place, size_t length)
{
    (void)length;
    return place == 0 ? c == '/' : c > 0x20 && c != 0x7f && c != '#';
}

/* The text is "gggg": a colon makes a port of what follows, which is only legal when empty. */
static int authority_rule(int c, size_t place, size_t length)
{
    if (c == ':') {
        return place > 0 && place == length - 1;
    }
    return is_letter(c) || is_digit(c) || in("-._~!$&'()*+;=", c);
}

/* The text is "[::1]:8443" and so on: digits only. */
static int digit_rule(int c, size_t place, size_t length)
{
    (void)place;
    (void)length;
    return is_digit(c);
}

struct octet_case {
    const char *what;
    uint32_t field;   /* which of the request */
    uint32_t in_name; /* 1: in the name, 0: in the value */
    uint32_t first;   /* places that are tried: from, to */
    uint32_t end;
    uint32_t reason; /* of a text that is not legal */
    octet_rule rule;
    const char *text;
};

static const struct octet_case CASES[] = {
    {"one octet name", 5, 1, 0, 1, H2SESSION_REASON_FIELD_NAME, name_rule, "x"},
    {"name", 5, 1, 0, 5, H2SESSION_REASON_FIELD_NAME, name_rule, "xnxmx"},
    {"one octet value", 5, 0, 0, 1, H2SESSION_REASON_FIELD_VALUE, value_rule, "v"},
    {"value", 5, 0, 0, 18, H2SESSION_REASON_FIELD_VALUE, value_rule, "a value\twith\x01 20xx"},
    {"value of cookie", 4, 0, 0, 9, H2SESSION_REASON_FIELD_VALUE, value_rule, "abcdefghi"},
    {"one octet method", 0, 0, 0, 1, H2SESSION_REASON_METHOD, method_rule, "x"},
    {"method", 0, 0, 0, 4, H2SESSION_REASON_METHOD, method_rule, "POST"},
    {"scheme", 1, 0, 0, 4, H2SESSION_REASON_SCHEME, scheme_rule, "coap"},
    {"authority", 2, 0, 0, 4, H2SESSION_REASON_AUTHORITY, authority_rule, "gggg"},
    {"port", 2, 0, 6, 9, H2SESSION_REASON_AUTHORITY, digit_rule, "[::1]:123"},
    {"path", 3, 0, 0, 5, H2SESSION_REASON_PATH, path_rule, "/a/b?"},
};

static const hpack_field REQUEST[] = {
    F(":method", "GET"), F(":scheme", "https"), F(":authority", "example.com"),
    F(":path", "/"),     F("cookie", "a=b"),    F("x-field", "value"),
};

static void judge_octet(const struct octet_case *o, size_t place, int c)
{
    char text[TEXT_MAX];
    size_t length = strlen(o->text);
    memcpy(text, o->text, length);
    text[place] = (char)c;
    hpack_field fields[6];
    memcpy(fields, REQUEST, sizeof fields);
    if (o->in_name) {
        fields[o->field].name = text;
        fields[o->field].name_length = (uint32_t)length;
    } else {
        fields[o->field].value = text;
        fields[o->field].value_length = (uint32_t)length;
    }
    uint32_t expected = o->rule(c, place, length) ? 0 : o->reason;
    if (o->in_name && place == 0 && c == ':') {
        expected = H2SESSION_REASON_PSEUDO_UNKNOWN;
    }
    struct http_request out;
    struct verdict v = h2session__http_rules_request(fields, 6, 0, &out);
    if (v.reason != expected || (expected != 0 && v.value != o->field)) {
        fail_msg("%s, octet 0x%02x at %u: %s", o->what, (unsigned)c, (unsigned)place,
                 h2session_reason_name(v.reason));
    }
}

static void every_octet_is_judged_at_every_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        for (size_t place = CASES[i].first; place < CASES[i].end; place++) {
            for (int c = 0; c < 256; c++) {
                judge_octet(&CASES[i], place, c);
            }
        }
    }
}

static void host_is_judged_like_an_authority(void **state)
{
    (void)state;
    for (size_t place = 0; place < 4; place++) {
        for (int c = 0; c < 256; c++) {
            char text[] = "gggg";
            text[place] = (char)c;
            hpack_field fields[] = {F(":method", "GET"), F(":scheme", "https"), F(":path", "/"),
                                    F("host", "gggg")};
            fields[3].value = text;
            uint32_t expected = H2SESSION_REASON_AUTHORITY;
            if (!value_rule(c, place, 4)) {
                expected = H2SESSION_REASON_FIELD_VALUE;
            } else if (authority_rule(c, place, 4)) {
                expected = 0;
            }
            struct http_request out;
            struct verdict v = h2session__http_rules_request(fields, 4, 0, &out);
            assert_int_equal(v.reason, expected);
            assert_int_equal(v.value, expected != 0 ? 3 : 0);
        }
    }
}

static void responses_and_trailers_judge_alike(void **state)
{
    (void)state;
    for (size_t place = 0; place < 3; place++) {
        for (int c = 0; c < 256; c++) {
            char name[] = "nam";
            char value[] = "val";
            name[place] = (char)c;
            value[place] = (char)c;
            hpack_field fields[] = {F(":status", "200"), F("xxx", "val"), F("nam", "xxx")};
            fields[1].name = name;
            uint32_t expected = name_rule(c, place, 3) ? 0 : H2SESSION_REASON_FIELD_NAME;
            expected = place == 0 && c == ':' ? H2SESSION_REASON_PSEUDO_UNKNOWN : expected;
            struct http_response out;
            assert_int_equal(h2session__http_rules_response(fields, 3, 0, &out).reason, expected);
            assert_int_equal(h2session__http_rules_trailers(fields + 1, 2, 0).reason, expected);
            fields[1].name = "nam";
            fields[2].value = value;
            expected = value_rule(c, place, 3) ? 0 : H2SESSION_REASON_FIELD_VALUE;
            assert_int_equal(h2session__http_rules_response(fields, 3, 0, &out).reason, expected);
            assert_int_equal(h2session__http_rules_trailers(fields + 1, 2, 0).reason, expected);
        }
    }
}

static void status_is_digits(void **state)
{
    (void)state;
    for (size_t place = 0; place < 3; place++) {
        for (int c = 0; c < 256; c++) {
            char text[] = "222";
            text[place] = (char)c;
            hpack_field field = F(":status", "222");
            field.value = text;
            int good = is_digit(c) && (place > 0 || (c >= '1' && c <= '5'));
            struct http_response out;
            assert_int_equal(h2session__http_rules_response(&field, 1, 0, &out).reason,
                             good ? 0 : H2SESSION_REASON_STATUS);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_octet_is_judged_at_every_place),
        cmocka_unit_test(host_is_judged_like_an_authority),
        cmocka_unit_test(responses_and_trailers_judge_alike),
        cmocka_unit_test(status_is_digits),
    };
    return cmocka_run_group_tests_name("http_octets", tests, NULL, NULL);
}
