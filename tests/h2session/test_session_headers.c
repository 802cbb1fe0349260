/* SPDX-License-Identifier: MIT */
/* Field sections: cut into CONTINUATION frames both ways, larger than a frame, beyond the limits;
 * and the dynamic table that stays in step whatever becomes of a section. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

static char *long_text; /* fields with one value of that many octets */

static const char *with_long_value(const char *fields, size_t length)
{
    free(long_text);
    long_text = malloc(strlen(fields) + length + 16);
    assert_non_null(long_text);
    int n = sprintf(long_text, "%s|x-long ", fields);
    for (size_t i = 0; i < length; i++) {
        long_text[(size_t)n + i] = (char)('!' + i * 31 % 90);
    }
    long_text[(size_t)n + length] = '\0';
    for (char *at = long_text + n; *at != '\0'; at++) {
        *at = *at == '|' ? '~' : *at;
    }
    return long_text;
}

static const char *with_many(const char *fields, size_t count)
{
    free(long_text);
    long_text = malloc(strlen(fields) + count * 8 + 1);
    assert_non_null(long_text);
    char *at = long_text + sprintf(long_text, "%s", fields);
    for (size_t i = 0; i < count; i++) {
        at += sprintf(at, "|a%zu b", i % 10);
    }
    return long_text;
}

static void answers(struct fixture *f)
{
    f->answer = ":status 200";
}

static void cut_in_five(struct fixture *f)
{
    peer_headers_cut(f, 1, GET_FIELDS "|accept text/html|user-agent some-agent/1.0", END, 5);
    peer_headers_cut(f, 3, GET_FIELDS "|accept text/html|user-agent some-agent/1.0", END, 2);
}

static void padded_with_priority(struct fixture *f)
{
    /* pad 2, dependency 0 exclusive, weight 16; :method GET, :scheme https, :path /, authority */
    peer_raw(f, "000010 01 2d 00000001 02 80000000 0f 82 87 84 410361 2e62 0000");
}

static void too_large(struct fixture *f)
{
    peer_headers_cut(f, 1, with_long_value(GET_FIELDS, 65536), END, 5);
    peer_headers(f, 3, GET_FIELDS, END);
}

static void too_many(struct fixture *f)
{
    peer_headers(f, 1, with_many(GET_FIELDS, 125), END);
    peer_headers(f, 3, with_many(GET_FIELDS, 124), END);
}

#define REQUEST " :method=GET :scheme=https :authority=a.example :path=/"
#define RESPONSE(id) "> HEADERS " id " END_STREAM|END_HEADERS :status=200\n"
#define CLOSED(id) "end " id "\nclosed " id " NO_ERROR NONE remote\n"

/* rfc: 9113#6.10 rfc: 9113#10.5.1 */
static const struct scenario SCENARIOS[] = {
    {"CONTINUATION", H2SESSION_SERVER, answers, cut_in_five,
     "request 1 end" REQUEST " accept=text/html user-agent=some-agent/1.0\n" CLOSED(
         "1") "request 3 end" REQUEST " accept=text/html user-agent=some-agent/1.0\n" CLOSED("3")
         RESPONSE("1") RESPONSE("3"),
     NULL, 0},
    {"padding and priority", H2SESSION_SERVER, answers, padded_with_priority,
     "request 1 end :method=GET :scheme=https :path=/ :authority=a.b\n" CLOSED("1") RESPONSE("1"),
     NULL, 0},
    {"section too large", H2SESSION_SERVER, answers, too_large,
     "fault stream 1 ENHANCE_YOUR_CALM LIMIT_FIELD_SECTION\n"
     "request 3 end" REQUEST "\n" CLOSED("3") "> RST_STREAM 1 ENHANCE_YOUR_CALM\n" RESPONSE("3"),
     NULL, 0},
    {"too many fields", H2SESSION_SERVER, answers, too_many,
     "fault stream 1 ENHANCE_YOUR_CALM LIMIT_FIELD_COUNT\n"
     "request 3 end" REQUEST
     " a0=b a1=b a2=b a3=b (128)\n" CLOSED("3") "> RST_STREAM 1 ENHANCE_YOUR_CALM\n" RESPONSE("3"),
     NULL, 0},
};

static void sections_go_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++) {
        if (i != 2) { /* its 64 KiB octet by octet take long; checked whole below */
            scenario_run(&SCENARIOS[i]);
        }
    }
}

static void section_beyond_the_limit_leaves_the_table_in_step(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    answers(&f);
    too_large(&f);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, SCENARIOS[2].expect);
    assert_true(f.alloc->peak_bytes < 300000);
    fixture_end(&f);
}

/* The state of the stream is the reason that counts, not the size; a dropped section has none. */
static void oversized_section_on_an_ended_stream_has_one_fault(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    peer_headers(&f, 1, GET_FIELDS, END);
    peer_headers(&f, 1, with_many("x-a b", 200), END);
    peer_headers(&f, 1, with_many("x-a b", 200), END);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "request 1 end" REQUEST "\nend 1\n"
                       "fault stream 1 STREAM_CLOSED STREAM_HALF_CLOSED\n"
                       "closed 1 STREAM_CLOSED STREAM_HALF_CLOSED\n"
                       "> RST_STREAM 1 STREAM_CLOSED\n");
    fixture_end(&f);
}

/* rfc: 9113#4.2 rfc: 9113#4.3 */
static void large_sections_are_cut_to_the_frame_size_of_the_peer(void **state)
{
    (void)state;
    static const size_t lengths[] = {16200, 16384, 16385, 40000, 100000};
    static const uint32_t sizes[] = {16384, 16385, 65536};
    for (size_t i = 0; i < 15; i++) {
        struct fixture f;
        size_t length = lengths[i % 5];
        uint32_t size = sizes[i / 5];
        fixture_init(&f, H2SESSION_CLIENT, NULL);
        assert_int_equal(fixture_start(&f), 0);
        fixture_greet(&f);
        peer_settings(&f, H2FRAME_SETTING_MAX_FRAME_SIZE, size);
        assert_int_equal(fixture_turn(&f), 0);
        fixture_clear(&f);
        f.output.length = 0;
        const char *fields = with_long_value(GET_FIELDS, length);
        assert_int_equal(app_request(&f, fields, NULL, NULL), 0);
        fixture_drain(&f); /* decoded by the fixture */
        assert_non_null(strstr(fixture_text(&f), ":method=GET"));
        size_t frames = 0;
        for (size_t at = 0; at < f.output.length; frames++) {
            const uint8_t *head = f.output.data + at;
            size_t payload = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
            at += H2FRAME_HEAD_LENGTH + payload;
            assert_true(payload == size || (payload < size && at == f.output.length));
        }
        assert_int_equal(frames, (f.output.length - 9 * frames + size - 1) / size);
        fixture_end(&f);
    }
}

static void section_larger_than_the_peer_accepts_is_refused(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_CLIENT);
    peer_settings(&f, H2FRAME_SETTING_MAX_HEADER_LIST_SIZE, 174);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), H2SESSION_ERR_SECTION_LIMIT);
    peer_settings(&f, H2FRAME_SETTING_MAX_HEADER_LIST_SIZE, 175);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(app_request(&f, GET_FIELDS, NULL, NULL), 0);
    fixture_end(&f);
}

/* rfc: 9113#4.3.1 */
static void smaller_table_of_the_peer_is_announced(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_CLIENT);
    peer_settings(&f, H2FRAME_SETTING_HEADER_TABLE_SIZE, 0);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(hpack_decoder_set_table_limit(f.out_decoder, 0), 0);
    assert_int_equal(app_request(&f, GET_FIELDS "|x-a b", NULL, NULL), 0);
    fixture_drain(&f); /* the fixture's decoder asks for the update */
    assert_non_null(strstr(fixture_text(&f), "> HEADERS 1"));
    fixture_end(&f);
}

/* Also when it has grown again before the first block. rfc: 9113#4.3.1 */
static void lowest_size_of_the_peers_table_is_announced(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_CLIENT);
    peer_settings(&f, H2FRAME_SETTING_HEADER_TABLE_SIZE, 64);
    peer_settings(&f, H2FRAME_SETTING_HEADER_TABLE_SIZE, 4096);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(hpack_decoder_set_table_limit(f.out_decoder, 64), 0);
    assert_int_equal(hpack_decoder_set_table_limit(f.out_decoder, 4096), 0);
    assert_int_equal(app_request(&f, GET_FIELDS "|x-a b", NULL, NULL), 0);
    fixture_drain(&f); /* the fixture's decoder asks for the lowest one */
    assert_non_null(strstr(fixture_text(&f), "> HEADERS 1"));
    fixture_end(&f);
}

static void own_smaller_table_must_be_announced_by_the_peer(void **state)
{
    (void)state;
    for (uint32_t obeys = 0; obeys <= 1; obeys++) {
        struct fixture f;
        fixture_init(&f, H2SESSION_SERVER, NULL);
        f.config.header_table_size = 100;
        assert_int_equal(fixture_start(&f), 0);
        fixture_greet(&f);
        if (obeys) {
            hpack_encoder_set_table_limit(f.encoder, 100);
        }
        peer_headers(&f, 1, GET_FIELDS, END);
        assert_int_equal(fixture_turn(&f), obeys ? 0 : H2SESSION_ERR_PEER);
        assert_int_equal(fixture_has(&f, "fault connection 0 COMPRESSION_ERROR COMPRESSION"),
                         !obeys);
        fixture_end(&f);
    }
}

static int free_long_text(void **state)
{
    (void)state;
    free(long_text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_go_as_written),
        cmocka_unit_test(section_beyond_the_limit_leaves_the_table_in_step),
        cmocka_unit_test(oversized_section_on_an_ended_stream_has_one_fault),
        cmocka_unit_test(large_sections_are_cut_to_the_frame_size_of_the_peer),
        cmocka_unit_test(section_larger_than_the_peer_accepts_is_refused),
        cmocka_unit_test(smaller_table_of_the_peer_is_announced),
        cmocka_unit_test(lowest_size_of_the_peers_table_is_announced),
        cmocka_unit_test(own_smaller_table_must_be_announced_by_the_peer),
    };
    return cmocka_run_group_tests_name("session_headers", tests, NULL, free_long_text);
}
