/* SPDX-License-Identifier: MIT */
#include "failing_malloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { LIVE_MAX = 16384 };

static struct {
    int is_on;
    size_t calls;
    size_t fail_at;
    void *live[LIVE_MAX];
    size_t live_count;
} book;

/* What --wrap makes of the calls, and the functions themselves. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *ptr);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);
void __wrap_free(void *ptr);

static int must_fail(void)
{
    return book.is_on && ++book.calls == book.fail_at;
}

static void *note(void *ptr)
{
    if (book.is_on && ptr != NULL) {
        assert_true(book.live_count < LIVE_MAX);
        book.live[book.live_count++] = ptr;
    }
    return ptr;
}

/* What was allocated before is not known, and not looked for. */
static void forget(const void *ptr)
{
    for (size_t i = book.live_count; i-- > 0;) {
        if (book.live[i] == ptr) {
            book.live[i] = book.live[--book.live_count];
            return;
        }
    }
}

void *__wrap_malloc(size_t size)
{
    return must_fail() ? NULL : note(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : note(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    if (must_fail()) {
        return NULL;
    }
    forget(old);
    return note(__real_realloc(old, size));
}

char *__wrap_strndup(const char *text, size_t most)
{
    size_t length = strnlen(text, most);
    char *copy = __wrap_malloc(length + 1);

    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *__wrap_strdup(const char *text)
{
    return __wrap_strndup(text, SIZE_MAX);
}

void __wrap_free(void *ptr)
{
    forget(ptr);
    __real_free(ptr);
}

void *failing_malloc(size_t size)
{
    return __wrap_malloc(size);
}

void failing_free(void *ptr)
{
    __wrap_free(ptr);
}

size_t failing_malloc_each(int (*scenario)(void))
{
    /* What libraries make at their first use is theirs. */
    assert_int_equal(scenario(), 0);
    for (size_t fail_at = 1;; fail_at++) {
        book.calls = 0;
        book.live_count = 0;
        book.fail_at = fail_at;
        book.is_on = 1;
        int result = scenario();

        book.is_on = 0;
        if (book.live_count != 0) {
            fail_msg("%zu blocks are left when allocation %zu fails", book.live_count, fail_at);
        }
        if (book.calls < fail_at) {
            assert_int_equal(result, 0);
            return book.calls;
        }
        if (result != -1) {
            fail_msg("nobody tells that allocation %zu has failed", fail_at);
        }
    }
}
