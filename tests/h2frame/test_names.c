/* SPDX-License-Identifier: MIT */
/* Names, texts, errors and the version, through the public header and the shared library only. */
#include <h2frame/h2frame.h>

#include <string.h>

#include "support.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

typedef const char *(*name_of)(uint32_t value);

struct named {
    name_of function;
    uint32_t value;
    const char *name;
};

#define TYPE(name, value) {h2frame_type_name, value, #name},
#define CODE(name, value) {h2frame_code_name, value, #name},
#define SETTING(name, value) {h2frame_setting_name, value, #name},
#define REASON(name, value, where, text) {h2frame_reason_name, value, #name},
#define WHERE(name, value, where, text) {h2frame_reason_where, value, where},
#define TEXT(name, value, where, text) {h2frame_reason_text, value, text},

static void every_number_of_the_lists_has_its_name(void **state)
{
    (void)state;
    static const struct named listed[] = {
        H2FRAME_TYPE_LIST(TYPE) H2FRAME_CODE_LIST(CODE) H2FRAME_SETTING_LIST(SETTING)
            H2FRAME_REASON_LIST(REASON) H2FRAME_REASON_LIST(WHERE) H2FRAME_REASON_LIST(TEXT)};
    for (size_t i = 0; i < COUNT(listed); i++) {
        assert_string_equal(listed[i].function(listed[i].value), listed[i].name);
    }
    assert_string_equal(h2frame_type_name(0x10), "PRIORITY_UPDATE");
    assert_string_equal(h2frame_code_name(0xd), "HTTP_1_1_REQUIRED");
    assert_string_equal(h2frame_setting_name(4), "INITIAL_WINDOW_SIZE");
}

static void other_numbers_are_unknown(void **state)
{
    (void)state;
    static const struct named others[] = {
        {h2frame_type_name, 0xb, "UNKNOWN"},
        {h2frame_type_name, 0x11, "UNKNOWN"},
        {h2frame_type_name, UINT32_MAX, "UNKNOWN"},
        {h2frame_code_name, 0xe, "UNKNOWN"},
        {h2frame_code_name, UINT32_MAX, "UNKNOWN"},
        {h2frame_setting_name, 0, "UNKNOWN"},
        {h2frame_setting_name, 7, "UNKNOWN"},
        {h2frame_setting_name, 10, "UNKNOWN"},
        {h2frame_reason_name, 0, "UNKNOWN"},
        {h2frame_reason_name, 2099, "UNKNOWN"},
        {h2frame_reason_name, 2123, "UNKNOWN"},
        {h2frame_reason_where, 2123, ""},
        {h2frame_reason_text, 2099, ""},
        {h2frame_reason_text, UINT32_MAX, ""},
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_string_equal(others[i].function(others[i].value), others[i].name);
    }
}

static void flags_have_names_where_they_mean_something(void **state)
{
    (void)state;
    static const struct {
        uint32_t type;
        uint32_t flag;
        const char *name; /* NULL: none */
    } flags[] = {
        {H2FRAME_TYPE_DATA, 0x1, "END_STREAM"},
        {H2FRAME_TYPE_DATA, 0x8, "PADDED"},
        {H2FRAME_TYPE_DATA, 0x4, NULL},
        {H2FRAME_TYPE_HEADERS, 0x1, "END_STREAM"},
        {H2FRAME_TYPE_HEADERS, 0x4, "END_HEADERS"},
        {H2FRAME_TYPE_HEADERS, 0x8, "PADDED"},
        {H2FRAME_TYPE_HEADERS, 0x20, "PRIORITY"},
        {H2FRAME_TYPE_HEADERS, 0x2, NULL},
        {H2FRAME_TYPE_HEADERS, 0x5, NULL},
        {H2FRAME_TYPE_HEADERS, 0, NULL},
        {H2FRAME_TYPE_SETTINGS, 0x1, "ACK"},
        {H2FRAME_TYPE_PING, 0x1, "ACK"},
        {H2FRAME_TYPE_PUSH_PROMISE, 0x4, "END_HEADERS"},
        {H2FRAME_TYPE_PUSH_PROMISE, 0x20, NULL},
        {H2FRAME_TYPE_CONTINUATION, 0x4, "END_HEADERS"},
        {H2FRAME_TYPE_GOAWAY, 0x1, NULL},
        {H2FRAME_TYPE_PRIORITY, 0x1, NULL},
        {0xb, 0x1, NULL},
        {0xee, 0x1, NULL},
        {H2FRAME_TYPE_DATA, 0x101, NULL},
    };
    for (size_t i = 0; i < COUNT(flags); i++) {
        const char *name = h2frame_flag_name(flags[i].type, flags[i].flag);
        if (flags[i].name == NULL) {
            assert_null(name);
        } else {
            assert_non_null(name);
            assert_string_equal(name, flags[i].name);
        }
    }
}

static void errors_have_name_text_and_category(void **state)
{
    (void)state;
#define ERROR(name, value, category, text)                                                         \
    assert_string_equal(h2frame_error_name(value), "H2FRAME_ERR_" #name);                          \
    assert_string_equal(h2frame_error_text(value), text);                                          \
    assert_int_equal(h2frame_error_category(value), H2FRAME_CATEGORY_##category);
    H2FRAME_ERROR_LIST(ERROR)
    assert_string_equal(h2frame_error_name(0), "H2FRAME_OK");
    assert_int_equal(h2frame_error_category(0), H2FRAME_CATEGORY_NONE);
    static const int others[] = {1, -1, -1999, -2006, -3000, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT(others); i++) {
        assert_string_equal(h2frame_error_name(others[i]), "UNKNOWN");
        assert_non_null(h2frame_error_text(others[i]));
        assert_int_equal(h2frame_error_category(others[i]), H2FRAME_CATEGORY_NONE);
    }
}

static void preface_and_version_are_the_published_ones(void **state)
{
    (void)state;
    /* rfc: 9113#3.4 */
    assert_memory_equal(h2frame_preface(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                        H2FRAME_PREFACE_LENGTH);
    assert_string_equal(h2frame_version(), H2FRAME_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_of_the_lists_has_its_name),
        cmocka_unit_test(other_numbers_are_unknown),
        cmocka_unit_test(flags_have_names_where_they_mean_something),
        cmocka_unit_test(errors_have_name_text_and_category),
        cmocka_unit_test(preface_and_version_are_the_published_ones),
    };
    return cmocka_run_group_tests_name("h2frame.names", tests, NULL, NULL);
}
