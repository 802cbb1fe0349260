/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over stored inputs, without a fuzzing engine: each argument is a file or a
 * folder of files. The empty input always runs first, so that a target without a corpus is
 * exercised, too. Each input stands in memory of exactly its size, for sanitizers to see over-reads.
 *
 * Exit status: 0 when all inputs ran, 2 when one could not be read.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t inputs_run;

static int run_stream(FILE *file, const char *path)
{
    long size = -1;
    if (fseek(file, 0, SEEK_END) == 0) {
        size = ftell(file);
    }
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0) {
        fprintf(stderr, "%s: cannot tell its size\n", path);
        return 2;
    }
    size_t length = (size_t)size;
    uint8_t *data = malloc(length > 0 ? length : 1);
    if (data == NULL || fread(data, 1, length, file) != length) {
        fprintf(stderr, "%s: cannot be read\n", path);
        free(data);
        return 2;
    }
    (void)LLVMFuzzerTestOneInput(data, length);
    inputs_run++;
    free(data);
    return 0;
}

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 2;
    }
    int result = run_stream(file, path);
    (void)fclose(file);
    return result;
}

static int run_folder(DIR *folder, const char *path)
{
    int result = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        size_t size = strlen(path) + strlen(entry->d_name) + 2;
        char *file = malloc(size);
        if (file == NULL) {
            return 2;
        }
        (void)snprintf(file, size, "%s/%s", path, entry->d_name);
        result |= run_file(file);
        free(file);
    }
    return result;
}

int main(int argc, char **argv)
{
    static const uint8_t empty[1];
    (void)LLVMFuzzerTestOneInput(empty, 0);
    int result = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder != NULL) {
            result |= run_folder(folder, argv[i]);
            (void)closedir(folder);
        } else {
            result |= run_file(argv[i]);
        }
    }
    printf("%zu inputs\n", inputs_run);
    return result;
}
