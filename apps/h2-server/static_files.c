/* SPDX-License-Identifier: MIT */
#include "static_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/syscall.h>
#if defined(SYS_openat2)
#include <linux/openat2.h>
#endif
#endif

#include "descriptors.h"

enum { FORBIDDEN = 403, NOT_FOUND = 404, UNAVAILABLE = 503 };

static const int FILE_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

/* Opens beneath the root by the kernel's own rules. */
static int open_by_kernel(const struct static_root *root, const char *name)
{
#if defined(SYS_openat2)
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (unsigned)FILE_FLAGS;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    how.resolve |= root->follows_links ? 0U : RESOLVE_NO_SYMLINKS;
    return (int)syscall(SYS_openat2, root->fd, name, &how, sizeof how);
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
    return root->kernel_resolves ? open_by_kernel(root, name) : open_by_steps(root->fd, name);
}

int static_root_open(struct static_root *root, const char *folder, int follow_links)
{
    root->follows_links = follow_links != 0;
    root->most_descriptors = descriptors_for_files();
    root->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root->fd < 0) {
        return errno;
    }
    /* Old kernels do not know the call, some sandboxes forbid it. */
    const int probe = open_by_kernel(root, ".");
    root->kernel_resolves = probe >= 0;
    if (probe >= 0) {
        (void)close(probe);
    } else if (follow_links) {
        static_root_close(root);
        return ENOSYS;
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

static void identify(const struct stat *info, struct file_identity *identity)
{
    identity->device = (uint64_t)info->st_dev;
    identity->inode = (uint64_t)info->st_ino;
    identity->size = (uint64_t)info->st_size;
    identity->modified = info->st_mtim;
    identity->changed = info->st_ctim;
}

int static_open(const struct static_root *root, const char *name, struct static_file *file)
{
    struct stat info;
    file->fd = open_beneath(root, name);
    if (file->fd < 0) {
        return status_of_errno(errno);
    }
    if ((uint32_t)file->fd >= root->most_descriptors) {
        (void)close(file->fd);
        file->fd = -1;
        return UNAVAILABLE;
    }
    if (fstat(file->fd, &info) != 0 || !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode))) {
        (void)close(file->fd);
        file->fd = -1;
        return NOT_FOUND;
    }
    file->is_folder = S_ISDIR(info.st_mode) != 0;
    identify(&info, &file->identity);
    return 0;
}

static int same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

int file_identity_equal(const struct file_identity *a, const struct file_identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           same_time(&a->modified, &b->modified) && same_time(&a->changed, &b->changed);
}

int static_is_still(const struct static_root *root, const char *name,
                    const struct file_identity *identity)
{
    struct stat info;
    struct file_identity now;
    if (fstatat(root->fd, name, &info, root->follows_links ? 0 : AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(info.st_mode)) {
        return 0;
    }
    identify(&info, &now);
    return file_identity_equal(&now, identity);
}
