/* SPDX-License-Identifier: MIT */
/*
 * The files below one folder. Whatever a path says, and whatever links lie in the folder, nothing
 * outside of it is opened: the kernel resolves beneath the root (openat2 on Linux); where it cannot,
 * each component is opened by itself and symbolic links are not followed at all.
 *
 * Invariants:
 * - Only regular files are handed out; opening never waits for a pipe or a device.
 * - The descriptor of a found file is the caller's.
 */
#ifndef H2KIT_APPS_STATIC_FILES_H
#define H2KIT_APPS_STATIC_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "static_path.h"

struct static_root {
    int fd;
    uint32_t kernel_resolves; /* openat2 works */
};

struct static_file {
    int fd;
    uint64_t size;
    time_t modified;
    const char *mime;
};

/* Returns 0 or an errno value. */
int static_root_open(struct static_root *root, const char *folder);
void static_root_close(struct static_root *root);

/* Finds what a path stands for, index.html for a folder. Returns the status to answer with: 200
 * with the file open; 301 for a folder whose path lacks the "/"; 400, 403, 404 or 503. */
int static_files_find(const struct static_root *root, const struct static_path *path,
                      struct static_file *file);

#endif
