/* SPDX-License-Identifier: MIT */
/*
 * To be preloaded: the H2KIT_FAIL_AT-th allocation of the program fails. What libraries allocate for
 * themselves does not count, since some of them end the process when they have no memory. When it has
 * come so far, the file H2KIT_FAIL_MARK is made.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EARLY = 4096 };

static struct {
    void *(*malloc)(size_t size);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *old, size_t size);
} real;

static uintptr_t start;
static uintptr_t end;
static unsigned long fail_at;
static unsigned long calls;

/* The program is the first object. */
static int note_program(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    (void)data;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];

        if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0) {
            start = info->dlpi_addr + part->p_vaddr;
            end = start + part->p_memsz;
        }
    }
    return 1;
}

/* The address of a function, which ISO C has no cast for. */
static void find(void *function, const char *name)
{
    void *address = dlsym(RTLD_NEXT, name);

    memcpy(function, &address, sizeof address);
}

static void set_up(void)
{
    if (real.malloc == NULL) {
        find(&real.malloc, "malloc");
        find(&real.calloc, "calloc");
        find(&real.realloc, "realloc");
    }
}

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("H2KIT_FAIL_AT");

    set_up();
    (void)dl_iterate_phdr(note_program, NULL);
    fail_at = number == NULL ? 0 : strtoul(number, NULL, 10);
}

static int must_fail(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;

    if (fail_at == 0 || at < start || at >= end || ++calls != fail_at) {
        return 0;
    }
    const char *mark = getenv("H2KIT_FAIL_MARK");
    int fd = mark == NULL ? -1 : open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

    if (fd >= 0) {
        (void)close(fd);
    }
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    set_up();
    return must_fail(__builtin_return_address(0)) ? NULL : real.malloc(size);
}

void *calloc(size_t count, size_t size)
{
    static union {
        max_align_t align;
        char octets[EARLY];
    } early;

    if (real.calloc == NULL) { /* asked for by the search for it */
        return count * size <= EARLY ? &early : NULL;
    }
    return must_fail(__builtin_return_address(0)) ? NULL : real.calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    set_up();
    return must_fail(__builtin_return_address(0)) ? NULL : real.realloc(old, size);
}

char *strndup(const char *text, size_t most)
{
    size_t length = strnlen(text, most);

    set_up();
    char *copy = must_fail(__builtin_return_address(0)) ? NULL : real.malloc(length + 1);

    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;

    set_up();
    char *copy = must_fail(__builtin_return_address(0)) ? NULL : real.malloc(size);

    return copy == NULL ? NULL : memcpy(copy, text, size);
}
