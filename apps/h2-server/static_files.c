/* SPDX-License-Identifier: MIT */
#include "static_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#if defined(SYS_openat2)
#include <linux/openat2.h>
#endif
#endif

#include "mime.h"

enum { OK = 200, MOVED = 301, FORBIDDEN = 403, NOT_FOUND = 404, UNAVAILABLE = 503 };

static const int FILE_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

/* Opens beneath the root by the kernel's own rules: links may be followed as long as they stay
 * inside. */
static int open_by_kernel(int root, const char *name)
{
#if defined(SYS_openat2)
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (unsigned)FILE_FLAGS;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    return (int)syscall(SYS_openat2, root, name, &how, sizeof how);
#else
    (void)root;
    (void)name;
    errno = ENOSYS;
    return -1;
#endif
}

/* Opens one component after the other; the name has no "..", so without links there is no way out
 * of the root. */
static int open_by_steps(int root, const char *name)
{
    char step[STATIC_PATH_SIZE];
    int folder = root;
    for (;;) {
        const char *slash = strchr(name, '/');
        const size_t length = slash == NULL ? strlen(name) : (size_t)(slash - name);
        memcpy(step, name, length);
        step[length] = '\0';
        const int flags = FILE_FLAGS | O_NOFOLLOW | (slash == NULL ? 0 : O_DIRECTORY);
        const int next = openat(folder, step, flags);
        const int reason = errno;
        if (folder != root) {
            (void)close(folder);
        }
        errno = reason;
        if (next < 0 || slash == NULL) {
            return next;
        }
        folder = next;
        name = slash + 1;
    }
}

static int open_beneath(const struct static_root *root, const char *name)
{
    return root->kernel_resolves ? open_by_kernel(root->fd, name) : open_by_steps(root->fd, name);
}

int static_root_open(struct static_root *root, const char *folder)
{
    root->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root->fd < 0) {
        return errno;
    }
    /* Old kernels do not know the call, some sandboxes forbid it. */
    const int probe = open_by_kernel(root->fd, ".");
    root->kernel_resolves = probe >= 0;
    if (probe >= 0) {
        (void)close(probe);
    }
    return 0;
}

void static_root_close(struct static_root *root)
{
    if (root->fd >= 0) {
        (void)close(root->fd);
        root->fd = -1;
    }
}

static int status_of_errno(int reason)
{
    switch (reason) {
    case EACCES:
    case EPERM:
        return FORBIDDEN;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
        return UNAVAILABLE;
    default:
        /* Not there, or a link that leads out, which is nobody's business. */
        return NOT_FOUND;
    }
}

/* Opens a name and tells what it is. Returns OK with file->fd open, or a status. */
static int open_name(const struct static_root *root, const char *name, struct static_file *file,
                     mode_t *mode)
{
    const int fd = open_beneath(root, name);
    if (fd < 0) {
        return status_of_errno(errno);
    }
    struct stat info;
    if (fstat(fd, &info) != 0) {
        (void)close(fd);
        return NOT_FOUND;
    }
    *mode = info.st_mode;
    file->fd = fd;
    file->size = (uint64_t)info.st_size;
    file->modified = info.st_mtime;
    file->mime = mime_type(name);
    return OK;
}

int static_files_find(const struct static_root *root, const struct static_path *path,
                      struct static_file *file)
{
    mode_t mode = 0;
    int status = 0;
    if (path->is_folder) {
        char index[STATIC_PATH_SIZE + 16];
        (void)snprintf(index, sizeof index, "%s/index.html", path->name);
        status = open_name(root, index, file, &mode);
    } else {
        status = open_name(root, path->name, file, &mode);
    }
    if (status != OK || S_ISREG(mode)) {
        return status;
    }
    (void)close(file->fd);
    file->fd = -1;
    return S_ISDIR(mode) && !path->is_folder ? MOVED : NOT_FOUND;
}
