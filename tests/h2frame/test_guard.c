/* SPDX-License-Identifier: MIT */
/* No octet in front of or behind what the caller gave is read or written: the memory on both sides
 * cannot be touched. Works without sanitizers, and sees hand-written over-reads they miss. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS */
#endif
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <h2frame/h2frame.h>

#include "support.h"

struct guarded {
    uint8_t *pages; /* three, the outer ones without access */
    size_t page;
};

static struct guarded guarded_new(void)
{
    struct guarded memory = {.page = (size_t)sysconf(_SC_PAGESIZE)};
    void *pages = mmap(NULL, 3 * memory.page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    memory.pages = pages;
    assert_int_equal(mprotect(memory.pages + memory.page, memory.page, PROT_READ | PROT_WRITE), 0);
    return memory;
}

static void guarded_free(struct guarded *memory)
{
    assert_int_equal(munmap(memory->pages, 3 * memory->page), 0);
}

static void parse_all(const uint8_t *data, size_t length)
{
    h2frame_parser *parser;
    assert_int_equal(h2frame_parser_new(&parser, NULL), 0);
    const h2frame_event *event = NULL;
    size_t at = 0;
    do {
        size_t consumed;
        assert_int_equal(h2frame_parser_next(parser, data + at, length - at, &consumed, &event), 0);
        at += consumed;
    } while (event != NULL);
    h2frame_parser_free(parser);
}

/* Heads of every type with random flags and short lengths, the input cut at every place. */
static void parser_reads_only_what_it_is_given(void **state)
{
    (void)state;
    struct guarded memory = guarded_new();
    uint8_t *begin = memory.pages + memory.page;
    uint8_t *end = begin + memory.page;
    uint32_t seed = 42;
    for (uint32_t i = 0; i < 20000; i++) {
        size_t length = test_rand(&seed) % 32;
        uint8_t frame[32];
        for (size_t k = 0; k < sizeof frame; k++) {
            frame[k] = (uint8_t)test_rand(&seed);
        }
        h2frame_write_head(frame, test_rand(&seed) % 24, i % 0x12, test_rand(&seed) & 0xff,
                           test_rand(&seed) % 2);
        memcpy(end - length, frame, length);
        parse_all(end - length, length);
        memcpy(begin, frame, length);
        parse_all(begin, length);
    }
    guarded_free(&memory);
}

/* Writes one frame so that it ends where the memory does. */
static void write_at_the_end(uint8_t *end, uint32_t type, uint32_t flags)
{
    static const uint8_t payload[] = {0, 1, 'a', 0, 1, 'b'};
    static const h2frame_setting settings[] = {{3, 100}, {4, 65535}};
    h2frame_frame frame = {.size = sizeof frame,
                           .type = type,
                           .flags = flags,
                           .stream_id = type < 4 || type == 5 || type == 9,
                           .pad_length = flags * 4,
                           .payload = {payload, sizeof payload},
                           .origin = {payload, 3},
                           .settings = settings,
                           .settings_count = type == 4 && (flags & 1) == 0 ? 2 : 0,
                           .weight = 16,
                           .promised_stream_id = 2,
                           .increment = 1,
                           .prioritized_stream_id = 1};
    size_t size = h2frame_write_size(&frame);
    assert_true(size > 0);
    h2frame_buffer out = {.data = end - size, .capacity = size};
    assert_int_equal(h2frame_write(&frame, &out), 0);
    assert_int_equal(out.length, size);
}

static void writer_writes_only_where_it_may(void **state)
{
    (void)state;
    struct guarded memory = guarded_new();
    for (uint32_t type = 0; type < 0x12; type++) {
        for (uint32_t flags = 0; flags < 0x40; flags++) {
            write_at_the_end(memory.pages + 2 * memory.page, type, flags);
        }
    }
    guarded_free(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parser_reads_only_what_it_is_given),
        cmocka_unit_test(writer_writes_only_where_it_may),
    };
    return cmocka_run_group_tests_name("h2frame.guard", tests, NULL, NULL);
}
