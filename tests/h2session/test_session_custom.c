/* SPDX-License-Identifier: MIT */
/* Frames and settings of the application's making (RFC 9113 5.5, 6.5.2). */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM, TYPE = 0x42, OTHER = 0xff };

static void peer_custom(struct fixture *f, uint32_t type, uint32_t flags, uint32_t stream_id,
                        size_t length)
{
    static uint8_t octets[16384];
    for (size_t i = 0; i < length; i++) {
        octets[i] = body_octet(i);
    }
    peer_frame(
        f, &(h2frame_frame){
               .type = type, .flags = flags, .stream_id = stream_id, .payload = {octets, length}});
}

/* ---- Receiving ---- */

static void accepts(struct fixture *f)
{
    int result = h2session_accept_extension(f->s, TYPE);
    result = result != 0 ? result : h2session_accept_extension(f->s, OTHER);
    f->saw_nomem |= result == H2SESSION_ERR_NOMEM;
}

static void custom_input(struct fixture *f)
{
    peer_custom(f, TYPE, 0xff, 0, 0);
    peer_custom(f, TYPE, 0, 1, 10);
    peer_custom(f, OTHER, 0x08, 0x7fffffff, 4096);
    peer_custom(f, 0x43, 0, 1, 10); /* not asked for */
    peer_custom(f, TYPE, 0, 2, 4097);
    peer_headers(f, 1, GET_FIELDS, END);
    peer_custom(f, TYPE, 0, 1, 1);
    peer_custom(f, OTHER, 0, 1, 16384);
}

/* rfc: 9113#5.5 */
static void frames_that_were_asked_for_are_told(void **state)
{
    (void)state;
    scenario_run(&(struct scenario){
        .name = "custom frames",
        .role = H2SESSION_SERVER,
        .before = accepts,
        .input = custom_input,
        .expect = "extension 42 0 flags=ff 0\n"
                  "extension 42 1 flags=00 10\n"
                  "extension ff 2147483647 flags=08 4096\n"
                  "extension 42 2 flags=00 4097\n"
                  "request 1 end :method=GET :scheme=https :authority=a.example :path=/\nend 1\n"
                  "extension 42 1 flags=00 1\n"
                  "extension ff 1 flags=00 16384\n",
    });
}

struct parts {
    uint32_t whole; /* events with both bits */
    uint32_t events;
};

static int count_parts(h2session *s, const h2session_extension_event *event, void *user)
{
    struct parts *parts = user;
    parts->events++;
    parts->whole += event->part == (H2FRAME_PART_FIRST | H2FRAME_PART_LAST);
    for (size_t i = 0; event->part & H2FRAME_PART_FIRST && i < event->payload.length; i++) {
        assert_int_equal(event->payload.data[i], body_octet(i));
    }
    assert_null(event->stream_user);
    (void)s;
    return 0;
}

/* Octet by octet: whole up to the limit, in parts beyond it. */
static void limit_decides_between_whole_and_parts(void **state)
{
    (void)state;
    static const struct {
        uint32_t limit;
        size_t length;
        uint32_t whole;
        uint32_t events;
    } cases[] = {{0, 4096, 1, 1},
                 {0, 4097, 0, 4097},
                 {100, 100, 1, 1},
                 {100, 101, 0, 101},
                 {1 << 24, 16384, 1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture f; /* builds what the peer sends */
        struct parts parts = {0};
        h2session_config config;
        h2session *s = NULL;
        const h2session_callbacks callbacks = {.size = sizeof callbacks,
                                               .on_extension = count_parts};
        fixture_init(&f, H2SESSION_CLIENT, NULL);
        assert_int_equal(h2session_config_init(&config, sizeof config, H2SESSION_CLIENT), 0);
        config.extension_limit_bytes = cases[i].limit;
        assert_int_equal(h2session_new(&s, &config, &callbacks, &parts), 0);
        assert_int_equal(h2session_accept_extension(s, TYPE), 0);
        peer_settings(&f, 0, 0);
        peer_custom(&f, TYPE, 0, 0, cases[i].length);
        for (size_t k = 0; k < f.in.length; k++) {
            size_t consumed = 0;
            assert_int_equal(h2session_recv(s, f.in.data + k, 1, 1, &consumed), 0);
        }
        assert_int_equal(parts.whole, cases[i].whole);
        assert_int_equal(parts.events, cases[i].events);
        h2session_free(s);
        fixture_end(&f);
    }
}

static void only_free_types_are_accepted(void **state)
{
    (void)state;
    static const uint32_t known[] = {H2FRAME_TYPE_DATA,
                                     H2FRAME_TYPE_CONTINUATION,
                                     H2FRAME_TYPE_ALTSVC,
                                     H2FRAME_TYPE_ORIGIN,
                                     0x100,
                                     H2FRAME_TYPE_PRIORITY_UPDATE};
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(h2session_accept_extension(f.s, known[i]), H2SESSION_ERR_USAGE);
    }
    assert_int_equal(h2session_accept_extension(NULL, TYPE), H2SESSION_ERR_USAGE);
    for (uint32_t i = 0; i < 16; i++) {
        assert_int_equal(h2session_accept_extension(f.s, 0x80 + i), 0);
        assert_int_equal(h2session_accept_extension(f.s, 0x80 + i), 0);
    }
    assert_int_equal(h2session_accept_extension(f.s, 0x90), H2SESSION_ERR_USAGE);
    fixture_end(&f);
}

/* rfc: 9113#5.5 rfc: 9113#4.3 */
static void none_may_interrupt_a_field_block(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    accepts(&f);
    peer_raw(&f, "000001 01 00 00000001 82");
    peer_custom(&f, TYPE, 0, 1, 5);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_PEER);
    assert_true(fixture_has(&f, "fault connection 0 PROTOCOL_ERROR BLOCK_INTERRUPTED"));
    fixture_end(&f);
}

static void empty_ones_have_a_limit(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    accepts(&f);
    for (int i = 0; i < 2000; i++) {
        peer_custom(&f, TYPE, 0, 0, 1);
    }
    for (int i = 0; i < 1100; i++) {
        peer_custom(&f, TYPE, 0, 0, 0);
    }
    assert_int_equal(fixture_turn(&f), 0);
    peer_custom(&f, TYPE, 0, 0, 0);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_LIMIT);
    assert_true(fixture_has(&f, "fault connection 0 ENHANCE_YOUR_CALM LIMIT_GLITCHES"));
    fixture_end(&f);
}

static int accept_late(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)stream_id;
    if (strcmp(event, "ping") == 0) {
        assert_int_equal(h2session_accept_extension(f->s, TYPE), 0);
    }
    return strcmp(event, "extension") == 0 ? (int)(uintptr_t)f->hook_data : 0;
}

/* The type is accepted when half of such a frame has come: the next one is the first. */
static void accept_in_the_middle(struct fixture *f, uint32_t type)
{
    peer_custom(f, type, 0, 0, 20);
    const size_t half[] = {f->in.length / 2};
    size_t length = f->in.length;
    assert_int_equal(fixture_feed_cut(f, half, 1), 0);
    assert_int_equal(h2session_accept_extension(f->s, type), 0);
    memmove(f->in.data, f->in.data + half[0], length - half[0]);
    f->in.length = length - half[0];
    assert_int_equal(fixture_turn(f), 0);
    fixture_expect(f, "");
    peer_custom(f, type, 0, 3, 20);
    assert_int_equal(fixture_turn(f), 0);
    assert_true(strstr(fixture_text(f), " 3 flags=00 20\n") != NULL);
    fixture_clear(f);
}

static void type_may_be_accepted_at_any_time(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    accept_in_the_middle(&f, TYPE);
    accept_in_the_middle(&f, OTHER);
    fixture_end(&f);
}

static void application_may_abort(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    f.hook = accept_late;
    f.hook_data = (void *)(uintptr_t)H2SESSION_ABORT;
    peer_ping(&f, 0);
    peer_custom(&f, TYPE, 0, 0, 20);
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_CALLBACK);
    fixture_end(&f);
}

/* ---- Sending ---- */

/* rfc: 9113#5.5 */
static void frames_of_free_types_are_sent(void **state)
{
    (void)state;
    static uint8_t octets[16385];
    struct fixture f;
    h2frame_frame frame = {.size = sizeof frame, .type = TYPE, .flags = 0xa5, .stream_id = 99};
    fixture_begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_submit_extension(f.s, &frame), 0);
    frame.type = 0x0a;
    assert_int_equal(h2session_submit_extension(f.s, &frame), H2SESSION_ERR_USAGE);
    frame.type = 0x0b;
    frame.payload = (h2frame_bytes){octets, 16384};
    assert_int_equal(h2session_submit_extension(f.s, &frame), 0);
    frame.payload.length++;
    assert_int_equal(h2session_submit_extension(f.s, &frame), H2SESSION_ERR_FRAME_SIZE);
    frame.payload = (h2frame_bytes){NULL, 1};
    assert_int_equal(h2session_submit_extension(f.s, &frame), H2SESSION_ERR_USAGE);
    frame.payload = (h2frame_bytes){NULL, 0};
    frame.flags = 0x100;
    assert_int_equal(h2session_submit_extension(f.s, &frame), H2SESSION_ERR_USAGE);
    frame.flags = 0;
    frame.stream_id = UINT32_C(0x80000000);
    assert_int_equal(h2session_submit_extension(f.s, &frame), H2SESSION_ERR_USAGE);
    frame.size = 8;
    assert_int_equal(h2session_submit_extension(f.s, &frame), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_extension(f.s, NULL), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_extension(NULL, &frame), H2SESSION_ERR_USAGE);
    fixture_drain(&f);
    fixture_expect(&f, "> UNKNOWN 99 type=42 flags=a5 0\n> UNKNOWN 99 type=0b flags=a5 16384\n");
    assert_int_equal(h2session_terminate(f.s, 0), 0);
    frame = (h2frame_frame){.size = sizeof frame, .type = TYPE};
    assert_int_equal(h2session_submit_extension(f.s, &frame), H2SESSION_ERR_CLOSED);
    fixture_end(&f);
}

/* ---- Settings ---- */

/* rfc: 9113#6.5.2 */
static void first_settings_may_have_more_entries(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0x1a, 0x1a, 0, 0, 0, 7};
    struct fixture f;
    h2frame_setting extra[17] = {{0x1a1a, 7}};
    fixture_init(&f, H2SESSION_SERVER, NULL);
    f.config.extra_settings = extra;
    f.config.extra_settings_count = 1;
    assert_int_equal(fixture_start(&f), 0);
    memset(extra, 0, sizeof extra); /* they were borrowed */
    fixture_drain(&f);
    size_t end = H2FRAME_HEAD_LENGTH + (size_t)f.output.data[2];
    assert_memory_equal(f.output.data + end - sizeof expected, expected, sizeof expected);
    peer_preface(&f);
    peer_settings(&f, 0, 0);
    peer_ack(&f);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(h2session_local_setting(f.s, 0x1a1a), 0);
    assert_int_equal(h2session_local_setting(f.s, H2FRAME_SETTING_MAX_HEADER_LIST_SIZE), 65536);
    fixture_end(&f);
}

static void settings_with_a_meaning_are_no_extra_ones(void **state)
{
    (void)state;
    static const uint32_t bad[] = {0, H2FRAME_SETTING_ENABLE_PUSH,
                                   H2FRAME_SETTING_NO_RFC7540_PRIORITIES, 0x10000};
    h2frame_setting extra[17];
    h2session_config config;
    h2session *s = NULL;
    for (size_t i = 0; i < 17; i++) {
        extra[i] = (h2frame_setting){0x1000 + (uint32_t)i, 1};
    }
    assert_int_equal(h2session_config_init(&config, sizeof config, H2SESSION_CLIENT), 0);
    config.extra_settings_count = 1;
    assert_int_equal(h2session_new(&s, &config, NULL, NULL), H2SESSION_ERR_CONFIG);
    config.extra_settings = extra;
    config.extra_settings_count = 17;
    assert_int_equal(h2session_new(&s, &config, NULL, NULL), H2SESSION_ERR_CONFIG);
    config.extra_settings_count = 16;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        extra[15].id = bad[i];
        assert_int_equal(h2session_new(&s, &config, NULL, NULL), H2SESSION_ERR_CONFIG);
    }
    extra[15].id = 0xffff;
    assert_int_equal(h2session_new(&s, &config, NULL, NULL), 0);
    h2session_free(s);
}

static void more_settings_may_be_submitted(void **state)
{
    (void)state;
    struct fixture f;
    h2frame_setting entries[25];
    fixture_begin(&f, H2SESSION_SERVER);
    for (size_t i = 0; i < 25; i++) {
        entries[i] =
            (h2frame_setting){i < 8 ? H2FRAME_SETTING_MAX_CONCURRENT_STREAMS : 0x2000, (uint32_t)i};
    }
    assert_int_equal(h2session_submit_settings(f.s, entries, 25), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_settings(f.s, entries, 24), 0);
    entries[8].id = H2FRAME_SETTING_MAX_CONCURRENT_STREAMS;
    assert_int_equal(h2session_submit_settings(f.s, entries, 9), H2SESSION_ERR_USAGE);
    fixture_drain(&f);
    peer_ack(&f);
    assert_int_equal(fixture_turn(&f), 0);
    fixture_expect(&f, "> SETTINGS 0 n=24\nsettings ack\n");
    assert_int_equal(h2session_local_setting(f.s, H2FRAME_SETTING_MAX_CONCURRENT_STREAMS), 7);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_that_were_asked_for_are_told),
        cmocka_unit_test(limit_decides_between_whole_and_parts),
        cmocka_unit_test(only_free_types_are_accepted),
        cmocka_unit_test(none_may_interrupt_a_field_block),
        cmocka_unit_test(empty_ones_have_a_limit),
        cmocka_unit_test(type_may_be_accepted_at_any_time),
        cmocka_unit_test(application_may_abort),
        cmocka_unit_test(frames_of_free_types_are_sent),
        cmocka_unit_test(first_settings_may_have_more_entries),
        cmocka_unit_test(settings_with_a_meaning_are_no_extra_ones),
        cmocka_unit_test(more_settings_may_be_submitted),
    };
    return cmocka_run_group_tests_name("session_custom", tests, NULL, NULL);
}
