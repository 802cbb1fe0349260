/* SPDX-License-Identifier: MIT */
/* Recorded connections: JSON files with "cases", each with "headers", one connection a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <dirent.h>

#include "corpus.h"

enum { LARGEST_FILE = 1 << 23, LONGEST_PATH = 4096 };

static int is_story(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

static void add_cases(struct corpus *c, const cJSON *cases)
{
    int starts = 1;
    const cJSON *item;
    cJSON_ArrayForEach(item, cases)
    {
        const cJSON *line;
        corpus_begin_list(c, starts);
        starts = 0;
        cJSON_ArrayForEach(line, cJSON_GetObjectItemCaseSensitive(item, "headers"))
        {
            const cJSON *pair = line->child;
            bench_require(cJSON_IsString(pair), "a story has a field that is no string");
            corpus_add(c, pair->string, pair->valuestring);
        }
    }
}

static void add_story(struct corpus *c, const char *path)
{
    char *text = malloc(LARGEST_FILE);
    FILE *file = fopen(path, "rb");
    bench_require(text != NULL && file != NULL, path);
    size_t length = fread(text, 1, LARGEST_FILE, file);
    (void)fclose(file);
    cJSON *story = cJSON_ParseWithLength(text, length);
    bench_require(story != NULL, path);
    add_cases(c, cJSON_GetObjectItemCaseSensitive(story, "cases"));
    cJSON_Delete(story);
    free(text);
}

void corpus_add_stories(struct corpus *c, const char *folder, size_t limit)
{
    char path[LONGEST_PATH];
    struct dirent **entries;
    (void)snprintf(path, sizeof path, "%s/raw-data", folder);
    int count = scandir(path, &entries, is_story, alphasort);
    bench_require(count > 0, "no stories in raw-data below the folder of --cases");
    for (int i = 0; i < count; i++) {
        if ((size_t)i < limit) {
            (void)snprintf(path, sizeof path, "%s/raw-data/%s", folder, entries[i]->d_name);
            add_story(c, path);
        }
        free(entries[i]);
    }
    free(entries);
}
