/* SPDX-License-Identifier: MIT */
/* Frames of other documents: ALTSVC (RFC 7838), ORIGIN (RFC 8336). */
#include "fixture.h"

#include <string.h>

enum { END = H2FRAME_FLAG_END_STREAM };

static h2frame_bytes bytes(const char *text)
{
    return (h2frame_bytes){(const uint8_t *)text, strlen(text)};
}

/* By hand, because the writer refuses what makes no sense. */
static void peer_altsvc(struct fixture *f, uint32_t stream_id, const char *origin,
                        const char *value)
{
    uint8_t head[H2FRAME_HEAD_LENGTH + 2];
    size_t length = strlen(origin);
    h2frame_write_head(head, (uint32_t)(2 + length + strlen(value)), H2FRAME_TYPE_ALTSVC, 0,
                       stream_id);
    head[H2FRAME_HEAD_LENGTH] = (uint8_t)(length >> 8);
    head[H2FRAME_HEAD_LENGTH + 1] = (uint8_t)length;
    octets_add(&f->in, head, sizeof head);
    octets_add(&f->in, origin, length);
    octets_add(&f->in, value, strlen(value));
}

/* Origins are separated by spaces. `more` is added to the length of the last entry. */
static void peer_origin(struct fixture *f, uint32_t stream_id, uint32_t flags, const char *origins,
                        uint32_t more)
{
    uint8_t payload[6000];
    size_t length = 0;
    while (*origins != '\0') {
        size_t n = strcspn(origins, " ");
        size_t said = n + (origins[n] == '\0' ? more : 0);
        payload[length++] = (uint8_t)(said >> 8);
        payload[length++] = (uint8_t)said;
        memcpy(payload + length, origins, n);
        length += n;
        origins += n + (origins[n] == ' ' ? 1 : 0);
    }
    uint8_t head[H2FRAME_HEAD_LENGTH];
    h2frame_write_head(head, (uint32_t)length, H2FRAME_TYPE_ORIGIN, flags, stream_id);
    octets_add(&f->in, head, sizeof head);
    octets_add(&f->in, payload, length);
}

static void one_request(struct fixture *f)
{
    (void)app_request(f, GET_FIELDS, NULL, NULL);
    fixture_drain(f);
    fixture_clear(f);
    f->output.length = 0;
}

static void altsvc_input(struct fixture *f)
{
    peer_altsvc(f, 0, "https://a.example", "h2=\":8443\"");
    peer_altsvc(f, 0, "", "clear");                    /* no origin */
    peer_altsvc(f, 1, "", "h2=\"b.example:1\"; ma=9"); /* the origin of the request */
    peer_altsvc(f, 1, "https://c.example", "clear");
    peer_altsvc(f, 5, "", "clear"); /* idle */
    peer_altsvc(f, 2, "", "clear");
    peer_headers(f, 1, ":status 200", END);
    peer_altsvc(f, 1, "", "clear"); /* closed */
}

/* rfc: 7838#4 */
static void client_hears_of_alternatives_that_make_sense(void **state)
{
    (void)state;
    scenario_run(&(struct scenario){
        .name = "altsvc",
        .role = H2SESSION_CLIENT,
        .before = one_request,
        .input = altsvc_input,
        .expect = "altsvc 0 origin=https://a.example value=h2=\":8443\"\n"
                  "altsvc 1 origin= value=h2=\"b.example:1\"; ma=9\n"
                  "response 1 end :status=200\nend 1\nclosed 1 NO_ERROR NONE remote\n",
    });
}

static void origin_input(struct fixture *f)
{
    peer_origin(f, 0, 0, "https://a.example http://b.example:81 https://[::1]", 0);
    peer_origin(f, 0, 0, "", 0);
    peer_origin(f, 0, 0, "null https://a.example/ a.example https:// 1s://a https://u@a https://b",
                0);
    peer_origin(f, 0, 0, "https://c https://cut", 1);
    peer_origin(f, 1, 0, "https://a.example", 0);
    peer_origin(f, 0, 1, "https://a.example", 0);
    peer_origin(f, 0, 2, "https://a.example", 0);
    peer_origin(f, 0, 4, "https://a.example", 0);
    peer_origin(f, 0, 8, "https://a.example", 0);
    peer_origin(f, 0, 0xf0, "https://d", 0);
}

/* rfc: 8336#2.1 rfc: 8336#2.2 */
static void client_hears_of_origins_that_are_some(void **state)
{
    (void)state;
    scenario_run(&(struct scenario){
        .name = "origin",
        .role = H2SESSION_CLIENT,
        .before = one_request,
        .input = origin_input,
        .expect = "origins 3\norigin https://a.example\norigin http://b.example:81\n"
                  "origin https://[::1]\n"
                  "origins 0\n"
                  "origins 1\norigin https://b\n"
                  "origins 1\norigin https://c\n"
                  "origins 1\norigin https://d\n",
    });
}

static void at_server(struct fixture *f)
{
    peer_headers(f, 1, POST_FIELDS, 0);
    peer_altsvc(f, 0, "https://a.example", "clear");
    peer_altsvc(f, 1, "", "clear");
    peer_origin(f, 0, 0, "https://a.example", 0);
    /* Also when nothing could be made of it: empty, of one octet, longer inside than outside. */
    peer_raw(f, "000000 0a 00 00000000");
    peer_raw(f, "000001 0a 00 00000001 00");
    peer_raw(f, "000003 0a ff 00000000 ffff78");
    peer_raw(f, "000003 0c 00 00000000 ffff78");
}

/* rfc: 7838#4 rfc: 8336#2.2 */
static void server_ignores_what_is_for_clients(void **state)
{
    (void)state;
    scenario_run(&(struct scenario){
        .name = "at a server",
        .role = H2SESSION_SERVER,
        .input = at_server,
        .expect = "request 1 :method=POST :scheme=https :authority=a.example :path=/\n",
    });
}

static void long_input(struct fixture *f)
{
    static char value[4200];
    memset(value, 'v', sizeof value - 1);
    peer_altsvc(f, 0, "https://a.example", value + 4199 - 4096 + 2 + 17);
    peer_altsvc(f, 0, "https://a.example", value + 4199 - 4096 + 2 + 16);
    static char origins[5000];
    for (size_t i = 0; i + 8 < sizeof origins; i += 8) {
        memcpy(origins + i, "a://b:1 ", 8);
    }
    origins[sizeof origins - 100] = '\0';
    peer_origin(f, 0, 0, origins, 0);
}

static uint32_t told;

static int count_told(struct fixture *f, const char *event, uint32_t stream_id)
{
    (void)f;
    (void)stream_id;
    told += strcmp(event, "altsvc") == 0 || strcmp(event, "origin") == 0;
    return 0;
}

static void frames_beyond_4096_octets_are_not_told(void **state)
{
    (void)state;
    struct fixture f;
    fixture_begin(&f, H2SESSION_CLIENT);
    f.hook = count_told;
    told = 0;
    long_input(&f);
    assert_int_equal(fixture_turn(&f), 0);
    assert_int_equal(told, 1);
    fixture_end(&f);
}

static void flood(uint32_t role, const char *origin, int origins, uint32_t allowed)
{
    struct fixture f;
    fixture_begin(&f, role);
    for (uint32_t i = 0; i < allowed; i++) {
        if (origins) {
            peer_origin(&f, origin[0] == '\0', 0, "https://a", 0);
        } else {
            peer_altsvc(&f, 0, origin, "clear");
        }
    }
    assert_int_equal(fixture_turn(&f), 0);
    peer_altsvc(&f, 0, origin, "clear");
    assert_int_equal(fixture_turn(&f), H2SESSION_ERR_LIMIT);
    assert_true(fixture_has(&f, "fault connection 0 ENHANCE_YOUR_CALM LIMIT_GLITCHES"));
    fixture_end(&f);
}

/* Frames that make no sense have the budget of glitches, the others one that grows with requests,
 * and then that one. */
static void frames_without_end_have_a_limit(void **state)
{
    (void)state;
    for (int origins = 0; origins <= 1; origins++) {
        flood(H2SESSION_CLIENT, "https://a", origins, 1100);
        flood(H2SESSION_CLIENT, "", origins, 1000);
        flood(H2SESSION_SERVER, "https://a", origins, 1000);
    }
}

/* ---- Sending ---- */

/* rfc: 7838#4 */
static void server_names_alternatives(void **state)
{
    (void)state;
    struct fixture f;
    const h2frame_bytes origin = bytes("https://a.example");
    const h2frame_bytes value = bytes("h2=\":8443\"");
    const h2frame_bytes empty = bytes("");
    const h2frame_bytes bad = bytes("h2=\n");
    fixture_begin(&f, H2SESSION_SERVER);
    assert_int_equal(h2session_submit_altsvc(f.s, 0, &origin, &value), 0);
    assert_int_equal(h2session_submit_altsvc(f.s, 1, NULL, &value), H2SESSION_ERR_STREAM_UNKNOWN);
    peer_headers(&f, 1, GET_FIELDS, END);
    assert_int_equal(fixture_feed(&f), 0);
    assert_int_equal(h2session_submit_altsvc(f.s, 1, NULL, &value), 0);
    assert_int_equal(h2session_submit_altsvc(f.s, 0, NULL, &value), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_altsvc(f.s, 0, &empty, &value), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_altsvc(f.s, 1, &origin, &value), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_altsvc(f.s, 0, &value, &value), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_altsvc(f.s, 0, &origin, &bad), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_altsvc(f.s, 0, &origin, &empty), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_altsvc(f.s, 0, &origin, NULL), H2SESSION_ERR_USAGE);
    fixture_clear(&f);
    fixture_drain(&f);
    fixture_expect(&f, "> ALTSVC 0 https://a.example: h2=\":8443\"\n> ALTSVC 1 : h2=\":8443\"\n");
    static char longest[16385];
    memset(longest, 'v', sizeof longest);
    h2frame_bytes large = {(const uint8_t *)longest, 16384 - 2 - origin.length};
    assert_int_equal(h2session_submit_altsvc(f.s, 0, &origin, &large), 0);
    large.length++;
    assert_int_equal(h2session_submit_altsvc(f.s, 0, &origin, &large), H2SESSION_ERR_FRAME_SIZE);
    large.length = 16385;
    assert_int_equal(h2session_submit_altsvc(f.s, 1, NULL, &large), H2SESSION_ERR_FRAME_SIZE);
    fixture_end(&f);
}

/* rfc: 8336#2.1 */
static void server_names_its_origins(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0, 0, 18,  0x0c, 0,   0,   0,   0,   0,
                                       0, 7, 'a', ':',  '/', '/', 'b', ':', '1',
                                       0, 7, 'c', ':',  '/', '/', 'd', ':', '2'};
    struct fixture f;
    const h2frame_bytes origins[] = {bytes("a://b:1"), bytes("c://d:2")};
    const h2frame_bytes bad[] = {bytes("a://b:1"), bytes("null")};
    fixture_begin(&f, H2SESSION_SERVER);
    assert_int_equal(h2session_submit_origin(f.s, bad, 2), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_origin(f.s, NULL, 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_origin(f.s, origins, 2), 0);
    assert_int_equal(h2session_submit_origin(f.s, NULL, 0), 0);
    fixture_drain(&f);
    fixture_expect(&f, "> ORIGIN 0 18\n> ORIGIN 0 0\n");
    assert_memory_equal(f.output.data, expected, sizeof expected);
    fixture_end(&f);
}

static void many_origins_go_into_several_frames(void **state)
{
    (void)state;
    static h2frame_bytes origins[1000];
    static char longest[4095];
    struct fixture f;
    fixture_begin(&f, H2SESSION_SERVER);
    for (size_t i = 0; i < 1000; i++) {
        origins[i] = bytes("https://a.example");
    }
    assert_int_equal(h2session_submit_origin(f.s, origins, 1000), 0);
    fixture_drain(&f);
    /* 215 entries of 19 octets a frame */
    fixture_expect(&f, "> ORIGIN 0 4085\n> ORIGIN 0 4085\n> ORIGIN 0 4085\n> ORIGIN 0 4085\n"
                       "> ORIGIN 0 2660\n");
    memset(longest, 'a', sizeof longest);
    memcpy(longest, "a://", 4);
    origins[0] = (h2frame_bytes){(const uint8_t *)longest, 4094};
    assert_int_equal(h2session_submit_origin(f.s, origins, 1), 0);
    origins[0].length = 4095;
    assert_int_equal(h2session_submit_origin(f.s, origins, 1), H2SESSION_ERR_USAGE);
    fixture_end(&f);
}

static void only_a_server_that_is_not_closing_submits(void **state)
{
    (void)state;
    struct fixture f;
    const h2frame_bytes origin = bytes("https://a.example");
    fixture_begin(&f, H2SESSION_CLIENT);
    assert_int_equal(h2session_submit_origin(f.s, &origin, 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_altsvc(f.s, 0, &origin, &origin), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_origin(NULL, &origin, 1), H2SESSION_ERR_USAGE);
    assert_int_equal(h2session_submit_altsvc(NULL, 0, &origin, &origin), H2SESSION_ERR_USAGE);
    fixture_end(&f);
    fixture_begin(&f, H2SESSION_SERVER);
    assert_int_equal(h2session_terminate(f.s, 0), 0);
    assert_int_equal(h2session_submit_origin(f.s, &origin, 1), H2SESSION_ERR_CLOSED);
    assert_int_equal(h2session_submit_altsvc(f.s, 0, &origin, &origin), H2SESSION_ERR_CLOSED);
    fixture_end(&f);
}

static int submit_failing(struct test_alloc *a, void *arg)
{
    (void)arg;
    struct fixture f;
    const h2frame_bytes origin = bytes("https://a.example");
    fixture_init(&f, H2SESSION_SERVER, a);
    int result = fixture_start(&f);
    if (result == 0) {
        result = h2session_submit_origin(f.s, &origin, 1);
        f.saw_nomem |= result == H2SESSION_ERR_NOMEM;
        result = h2session_submit_altsvc(f.s, 0, &origin, &origin);
        fixture_drain(&f);
    }
    int failed = f.saw_nomem || result == H2SESSION_ERR_NOMEM;
    fixture_end(&f);
    return failed;
}

static void submits_survive_every_failing_allocation(void **state)
{
    (void)state;
    test_each_failing_alloc(submit_failing, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_hears_of_alternatives_that_make_sense),
        cmocka_unit_test(client_hears_of_origins_that_are_some),
        cmocka_unit_test(server_ignores_what_is_for_clients),
        cmocka_unit_test(frames_beyond_4096_octets_are_not_told),
        cmocka_unit_test(frames_without_end_have_a_limit),
        cmocka_unit_test(server_names_alternatives),
        cmocka_unit_test(server_names_its_origins),
        cmocka_unit_test(many_origins_go_into_several_frames),
        cmocka_unit_test(only_a_server_that_is_not_closing_submits),
        cmocka_unit_test(submits_survive_every_failing_allocation),
    };
    return cmocka_run_group_tests_name("session_extensions", tests, NULL, NULL);
}
