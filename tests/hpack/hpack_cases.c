/* SPDX-License-Identifier: MIT */
/*
 * usage: hpack_cases [DIR]
 *
 * Runs recorded stories, JSON files in folders below DIR. A story is a list of blocks of one
 * connection. Where a block has "wire", its octets must decode to "headers"; in the folder
 * raw-data there is none, and "headers" are encoded by us and decoded by us and by libnghttp2.
 * Exit status 77 without DIR.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#ifdef HPACK_TEST_NGHTTP2
#include <nghttp2/nghttp2.h>
#endif

#include "fields.h"

enum { MOST_FIELDS = 1024, MOST_OCTETS = 1 << 18 };

static unsigned long stories, blocks, raw_octets, wire_octets;

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t length = 0;
    size_t capacity = 1 << 22;
    char *text = malloc(capacity);
    assert_non_null(file);
    assert_non_null(text);
    length = fread(text, 1, capacity - 1, file);
    assert_true(length < capacity - 1);
    text[length] = '\0';
    (void)fclose(file);
    return text;
}

static size_t list_fields(const cJSON *headers, hpack_field *fields)
{
    size_t count = 0;
    const cJSON *line;
    cJSON_ArrayForEach(line, headers)
    {
        const cJSON *pair = line->child;
        assert_true(count < MOST_FIELDS && cJSON_IsString(pair));
        fields[count] = test_field(pair->string, pair->valuestring);
        count++;
    }
    return count;
}

static void decode_wire(hpack_decoder *d, const char *wire, const hpack_field *fields, size_t count)
{
    static uint8_t octets[MOST_OCTETS];
    size_t length = test_hex(wire, octets, sizeof octets);
    assert_int_equal(hpack_decoder_feed(d, octets, length, HPACK_FEED_LAST), 0);
    test_assert_fields(d, fields, count);
}

#ifdef HPACK_TEST_NGHTTP2
static void decode_by_nghttp2(nghttp2_hd_inflater *peer, const hpack_buffer *block,
                              const hpack_field *fields, size_t count)
{
    const uint8_t *at = block->data;
    size_t left = block->length;
    size_t seen = 0;
    for (;;) {
        nghttp2_nv nv;
        int flags = 0;
        ssize_t taken = nghttp2_hd_inflate_hd2(peer, &nv, &flags, at, left, 1);
        assert_true(taken >= 0);
        at += taken;
        left -= (size_t)taken;
        if (flags & NGHTTP2_HD_INFLATE_EMIT) {
            assert_true(seen < count);
            hpack_field got = {(const char *)nv.name,
                               (const char *)nv.value,
                               (uint32_t)nv.namelen,
                               (uint32_t)nv.valuelen,
                               hpack_token((const char *)nv.name, nv.namelen),
                               0};
            test_assert_field(&got, &fields[seen++]);
        }
        if (flags & NGHTTP2_HD_INFLATE_FINAL) {
            break;
        }
    }
    nghttp2_hd_inflate_end_headers(peer);
    assert_int_equal(seen, count);
}
#endif

static void encode_block(hpack_encoder *e, const hpack_field *fields, size_t count,
                         hpack_buffer *out)
{
    out->length = 0;
    assert_true(hpack_encoder_bound(e, fields, count) <= out->capacity);
    assert_int_equal(hpack_encoder_encode(e, fields, count, out), 0);
    wire_octets += out->length;
    for (size_t i = 0; i < count; i++) {
        raw_octets += fields[i].name_length + fields[i].value_length;
    }
}

static void run_cases(const cJSON *cases)
{
    static hpack_field fields[MOST_FIELDS];
    static uint8_t octets[MOST_OCTETS];
    hpack_decoder *d = test_decoder();
    hpack_encoder *e = test_encoder();
#ifdef HPACK_TEST_NGHTTP2
    nghttp2_hd_inflater *peer = NULL;
    assert_int_equal(nghttp2_hd_inflate_new(&peer), 0);
#endif
    const cJSON *item;
    cJSON_ArrayForEach(item, cases)
    {
        const cJSON *wire = cJSON_GetObjectItemCaseSensitive(item, "wire");
        const cJSON *size = cJSON_GetObjectItemCaseSensitive(item, "header_table_size");
        size_t count = list_fields(cJSON_GetObjectItemCaseSensitive(item, "headers"), fields);
        if (cJSON_IsNumber(size)) {
            assert_int_equal(hpack_decoder_set_table_limit(d, (uint32_t)size->valuedouble), 0);
        }
        if (cJSON_IsString(wire)) {
            decode_wire(d, wire->valuestring, fields, count);
        } else {
            hpack_buffer block = {octets, sizeof octets, 0};
            encode_block(e, fields, count, &block);
            assert_int_equal(hpack_decoder_feed(d, octets, block.length, HPACK_FEED_LAST), 0);
            const uint32_t no_flags = 0;
            size_t got_count = 0;
            const hpack_field *got = hpack_decoder_fields(d, &got_count);
            assert_int_equal(got_count, count);
            for (size_t i = 0; i < count; i++) {
                hpack_field plain = got[i];
                plain.flags = no_flags;
                test_assert_field(&plain, &fields[i]);
            }
#ifdef HPACK_TEST_NGHTTP2
            decode_by_nghttp2(peer, &block, fields, count);
#endif
        }
        blocks++;
    }
#ifdef HPACK_TEST_NGHTTP2
    nghttp2_hd_inflate_del(peer);
#endif
    hpack_encoder_free(e);
    hpack_decoder_free(d);
}

static void run_story(const char *path)
{
    char *text = read_all(path);
    cJSON *story = cJSON_Parse(text);
    assert_non_null(story);
    run_cases(cJSON_GetObjectItemCaseSensitive(story, "cases"));
    stories++;
    cJSON_Delete(story);
    free(text);
}

static void run_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return; /* a file beside the folders */
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char file[4096];
        size_t length = strlen(entry->d_name);
        (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0) {
            run_story(file);
        }
    }
    (void)closedir(folder);
}

static const char *cases_folder = "";

static void stories_decode_and_encode(void **state)
{
    (void)state;
    DIR *folder = opendir(cases_folder);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[2048];
        if (entry->d_name[0] != '.') {
            (void)snprintf(path, sizeof path, "%s/%s", cases_folder, entry->d_name);
            run_folder(path);
        }
    }
    (void)closedir(folder);
    assert_true(stories > 0);
    printf("%lu stories, %lu blocks; encoded to %lu of %lu octets read\n", stories, blocks,
           wire_octets, raw_octets);
}

int main(int argc, char **argv)
{
    if (argc < 2 || argv[1][0] == '\0') {
        printf("skipped: no folder of stories; configure with -DH2KIT_HPACK_CASES=DIR\n");
        return 77;
    }
    cases_folder = argv[1];
    const struct CMUnitTest tests[] = {cmocka_unit_test(stories_decode_and_encode)};
    return cmocka_run_group_tests_name("hpack_cases", tests, NULL, NULL);
}
