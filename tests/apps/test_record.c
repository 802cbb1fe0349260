/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "support.h"

static hpack_field field(uint32_t token, const char *value, size_t length)
{
    const hpack_field f = {.name = "x",
                           .value = value,
                           .name_length = 1,
                           .value_length = (uint32_t)length,
                           .token = token};
    return f;
}

static void texts_are_copies(void **state)
{
    (void)state;
    char path[] = "/a";
    struct body body = {.read = NULL};
    const hpack_field fields[] = {
        field(HPACK_TOKEN_METHOD, "GET", 3), field(HPACK_TOKEN_PATH, path, 2),
        field(HPACK_TOKEN_PATH, "/second", 7), field(HPACK_TOKEN_USER_AGENT, "", 0)};
    struct record *r = record_new(fields, 4, &body, 1);
    assert_non_null(r);
    path[1] = 'b';
    assert_int_equal(r->lengths[ACCESS_PATH], 2);
    assert_memory_equal(r->texts[ACCESS_PATH], "/a", 2);
    assert_memory_equal(r->texts[ACCESS_METHOD], "GET", 3);
    assert_non_null(r->texts[ACCESS_USER_AGENT]);
    assert_int_equal(r->lengths[ACCESS_USER_AGENT], 0);
    assert_null(r->texts[ACCESS_REFERER]);
    free(r);
    r = record_new(fields, 4, &body, 0);
    assert_non_null(r);
    assert_null(r->texts[ACCESS_PATH]);
    free(r);
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    static char text[70000];
    struct body body = {.read = NULL};
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = "\xf0\x9f\x98\x80"[i % 4];
    }
    for (size_t shift = 0; shift < 4; shift++) {
        const hpack_field fields[] = {field(HPACK_TOKEN_PATH, text + shift, 60000),
                                      field(HPACK_TOKEN_METHOD, text, 60000),
                                      field(HPACK_TOKEN_REFERER, text, 60000)};
        struct record *r = record_new(fields, 3, &body, 1);
        assert_non_null(r);
        const size_t length = r->lengths[ACCESS_PATH];
        assert_true(length <= 4096 + 3 && length > 4096 - 3);
        assert_int_equal((length - 3 + shift) % 4, 0);
        assert_memory_equal(r->texts[ACCESS_PATH] + length - 3, "...", 3);
        assert_int_equal(r->lengths[ACCESS_METHOD], 32 + 3);
        assert_int_equal(r->lengths[ACCESS_REFERER], 2048 + 3);
        free(r);
    }
    memset(text, '\x80', sizeof text); /* no UTF-8 at all */
    const hpack_field fields[] = {field(HPACK_TOKEN_PATH, text, 60000)};
    struct record *r = record_new(fields, 1, &body, 1);
    assert_non_null(r);
    assert_true(r->lengths[ACCESS_PATH] > 4096 - 3);
    free(r);
}

static int read_five(h2session *session, h2session_read_event *event, void *user)
{
    (void)session;
    struct body_memory *memory = user;
    event->length = 5;
    return memory->length > 0 ? 0 : H2SESSION_DEFER;
}

static void octets_of_the_body_are_counted(void **state)
{
    (void)state;
    struct body body = {.read = read_five};
    h2session_read_event event = {.size = sizeof event};
    h2session_message message = {.size = sizeof message, .read = body.read};
    struct record *r = record_new(NULL, 0, &body, 1);
    assert_non_null(r);
    record_answer(r, 206, &message);
    assert_int_equal(r->status, 206);
    assert_int_equal(message.read(NULL, &event, message.read_user), H2SESSION_DEFER);
    assert_int_equal(r->body_octets, 0);
    body.as.memory.length = 1;
    assert_int_equal(message.read(NULL, &event, message.read_user), 0);
    assert_int_equal(message.read(NULL, &event, message.read_user), 0);
    assert_int_equal(r->body_octets, 10);
    message.read = NULL;
    record_answer(r, 204, &message);
    assert_null(message.read);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_copies),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(octets_of_the_body_are_counted),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
