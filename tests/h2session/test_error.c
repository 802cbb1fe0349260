/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <string.h>

#include <h2session/h2session.h>

struct named_code {
    int code;
    uint32_t category;
    const char *name;
};

/* Values are frozen, so they stand here as numbers. */
static const struct named_code CODES[] = {
    {0, H2SESSION_CATEGORY_NONE, "H2SESSION_OK"},
    {-3000, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_USAGE"},
    {-3001, H2SESSION_CATEGORY_MEMORY, "H2SESSION_ERR_NOMEM"},
    {-3002, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_CONFIG"},
    {-3003, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_REENTRANT"},
    {-3004, H2SESSION_CATEGORY_PEER, "H2SESSION_ERR_PEER"},
    {-3005, H2SESSION_CATEGORY_LIMIT, "H2SESSION_ERR_LIMIT"},
    {-3006, H2SESSION_CATEGORY_CALLBACK, "H2SESSION_ERR_CALLBACK"},
    {-3007, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_CLOSED"},
    {-3008, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_STREAM_UNKNOWN"},
    {-3009, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_STREAM_STATE"},
    {-3010, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_STREAM_LIMIT"},
    {-3011, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_STREAM_IDS"},
    {-3012, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_FIELD"},
    {-3013, H2SESSION_CATEGORY_LIMIT, "H2SESSION_ERR_SECTION_LIMIT"},
    {-3014, H2SESSION_CATEGORY_LIMIT, "H2SESSION_ERR_OUTPUT_LIMIT"},
    {-3015, H2SESSION_CATEGORY_LIMIT, "H2SESSION_ERR_TIMEOUT"},
    {-3016, H2SESSION_CATEGORY_INTERNAL, "H2SESSION_ERR_INTERNAL"},
    {-3017, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_FRAME_SIZE"},
    {-3018, H2SESSION_CATEGORY_PEER, "H2SESSION_ERR_UPGRADE"},
    {-3019, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_PRIORITY_SCHEME"},
    {-3020, H2SESSION_CATEGORY_USAGE, "H2SESSION_ERR_PUSH_DISABLED"},
};

enum { CODE_COUNT = sizeof CODES / sizeof CODES[0] };

static void each_code_has_name_text_and_category(void **state)
{
    (void)state;
    for (size_t i = 0; i < CODE_COUNT; i++) {
        assert_string_equal(h2session_error_name(CODES[i].code), CODES[i].name);
        assert_int_equal(h2session_error_category(CODES[i].code), CODES[i].category);
        assert_true(strlen(h2session_error_text(CODES[i].code)) > 3);
    }
}

static void other_codes_are_unknown(void **state)
{
    (void)state;
    static const int OTHERS[] = {1, -1, -2999, -3999, -1000, -2000, INT32_MIN, INT32_MAX};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        assert_string_equal(h2session_error_name(OTHERS[i]), "H2SESSION_ERR_UNKNOWN");
        assert_true(strlen(h2session_error_text(OTHERS[i])) > 3);
        assert_int_equal(h2session_error_category(OTHERS[i]), H2SESSION_CATEGORY_NONE);
    }
}

static const uint32_t REASONS[] = {
#define REASON_ID(name, id, where, text) (id),
    H2SESSION_REASON_LIST(REASON_ID)
#undef REASON_ID
};

static void reasons_have_names_of_their_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++) {
        const char *name = h2session_reason_name(REASONS[i]);
        assert_true(strlen(name) > 0);
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(REASONS[k], REASONS[i]);
            assert_string_not_equal(h2session_reason_name(REASONS[k]), name);
        }
    }
}

static void reason_tells_section_and_text(void **state)
{
    (void)state;
    assert_string_equal(h2session_reason_name(3117), "WINDOW_EXCEEDED");
    assert_string_equal(h2session_reason_where(3117), "RFC 9113 6.9.1");
    assert_string_equal(h2session_reason_text(3117), "DATA exceeds the flow-control window");
    assert_string_equal(h2session_reason_where(H2SESSION_REASON_LIMIT_RESETS), "reset_burst");
    assert_string_equal(h2session_reason_name(0), "NONE");
    assert_string_equal(h2session_reason_where(0), "");
    assert_string_equal(h2session_reason_text(0), "");
}

static void reasons_of_the_frame_layer_are_known_too(void **state)
{
    (void)state;
    uint32_t id = H2FRAME_REASON_FRAME_TOO_LARGE;
    assert_string_equal(h2session_reason_name(id), "FRAME_TOO_LARGE");
    assert_string_equal(h2session_reason_where(id), h2frame_reason_where(id));
    assert_string_equal(h2session_reason_text(id), h2frame_reason_text(id));
}

static void other_reasons_are_unknown_but_never_null(void **state)
{
    (void)state;
    static const uint32_t OTHERS[] = {1, 2099, 3099, 3196, UINT32_MAX};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        assert_string_equal(h2session_reason_name(OTHERS[i]), "UNKNOWN");
        assert_string_equal(h2session_reason_where(OTHERS[i]), "");
        assert_string_equal(h2session_reason_text(OTHERS[i]), "");
    }
}

static void version_is_the_one_compiled_against(void **state)
{
    (void)state;
    assert_string_equal(h2session_version(), H2SESSION_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_has_name_text_and_category),
        cmocka_unit_test(other_codes_are_unknown),
        cmocka_unit_test(reasons_have_names_of_their_own),
        cmocka_unit_test(reason_tells_section_and_text),
        cmocka_unit_test(reasons_of_the_frame_layer_are_known_too),
        cmocka_unit_test(other_reasons_are_unknown_but_never_null),
        cmocka_unit_test(version_is_the_one_compiled_against),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
