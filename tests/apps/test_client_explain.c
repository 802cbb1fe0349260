/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "explain.h"
#include "support.h"

static void a_fault_names_rule_numbers_and_consequence(void **state)
{
    const h2session_fault_event fault = {.size = sizeof fault,
                                         .scope = H2FRAME_SCOPE_CONNECTION,
                                         .code = H2FRAME_CODE_FLOW_CONTROL_ERROR,
                                         .reason = H2SESSION_REASON_WINDOW_EXCEEDED,
                                         .value = 70000,
                                         .limit = 65535};
    char text[EXPLAIN_SIZE];

    (void)state;
    explain_fault(text, &fault, "DATA <length=3>");
    assert_string_equal(
        text,
        "the connection: the peer: DATA exceeds the flow-control window (WINDOW_EXCEEDED); it "
        "was 70000 where 65535 is the limit; this side ends the connection with "
        "FLOW_CONTROL_ERROR; the rule: RFC 9113 6.9.1, "
        "https://www.rfc-editor.org/rfc/rfc9113#section-6.9.1; the latest whole frame of the "
        "peer: DATA <length=3>");
}

static void a_limit_is_no_rule_of_an_rfc(void **state)
{
    const h2session_fault_event fault = {.size = sizeof fault,
                                         .scope = H2FRAME_SCOPE_STREAM,
                                         .code = H2FRAME_CODE_ENHANCE_YOUR_CALM,
                                         .reason = H2SESSION_REASON_LIMIT_INFORMATIONAL,
                                         .stream_id = 5};
    char text[EXPLAIN_SIZE];

    (void)state;
    explain_fault(text, &fault, "");
    assert_string_equal(text, "stream 5: the peer: too many 1xx responses (LIMIT_INFORMATIONAL); "
                              "this side resets the stream with ENHANCE_YOUR_CALM; a limit of this "
                              "side: informational_limit");
}

static void each_code_has_a_meaning(void **state)
{
    char text[EXPLAIN_SIZE];

    (void)state;
    for (uint32_t code = 0; code <= H2FRAME_CODE_HTTP_1_1_REQUIRED; code++) {
        explain_code(text, 1, code);
        assert_null(strstr(text, "(null)"));
        assert_null(strstr(text, "none that RFC 9113 knows"));
        assert_non_null(strstr(text, h2frame_code_name(code)));
    }
    explain_code(text, 0, 0x99);
    assert_non_null(strstr(text, "the connection: the peer sent GOAWAY with "));
    assert_non_null(strstr(text, "none that RFC 9113 knows"));
}

static void a_frame_is_shown_as_in_the_log(void **state)
{
    const h2frame_frame frame = {
        .type = H2FRAME_TYPE_DATA, .flags = 1, .stream_id = 3, .length = 9};
    char text[EXPLAIN_FRAME_SIZE];

    (void)state;
    explain_frame(text, &frame);
    assert_string_equal(text, "DATA <length=9, flags=0x01, stream_id=3>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_names_rule_numbers_and_consequence),
        cmocka_unit_test(a_limit_is_no_rule_of_an_rfc),
        cmocka_unit_test(each_code_has_a_meaning),
        cmocka_unit_test(a_frame_is_shown_as_in_the_log),
    };

    return cmocka_run_group_tests_name("client_explain", tests, NULL, NULL);
}
