/* SPDX-License-Identifier: MIT */
/*
 * The files below one folder. Whatever a path says, and whatever links lie in the folder, nothing
 * outside of it is opened: the kernel resolves beneath the root (openat2 on Linux); where it cannot,
 * each component is opened by itself. Symbolic links are not followed at all, unless the root was
 * opened so that those which stay inside are.
 *
 * Invariants:
 * - Only regular files and folders are handed out; opening never waits for a pipe or a device.
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
    uint32_t follows_links;
    uint32_t most_descriptors; /* a file with such a number, or more, is given up: 503 */
};

/* What tells one state of a file from another without reading it. */
struct file_identity {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    struct timespec modified;
    struct timespec changed; /* name, owner or permissions too */
};

struct static_file {
    int fd;
    uint32_t is_folder;
    struct file_identity identity;
};

/* Returns 0 or an errno value; ENOSYS: links are to be followed and the kernel lacks what that
 * takes. */
int static_root_open(struct static_root *root, const char *folder, int follow_links);
void static_root_close(struct static_root *root);

/* Opens a name that static_path_parse() accepted, or one made of such by adding to it. Returns 0,
 * or the status to answer with, and fd is -1 then: 403, 404 or 503. */
int static_open(const struct static_root *root, const char *name, struct static_file *file);
/* 1 when the name now stands for a file in exactly this state. Costs one look at the file system. */
int static_is_still(const struct static_root *root, const char *name,
                    const struct file_identity *identity);
int file_identity_equal(const struct file_identity *a, const struct file_identity *b);

#endif
