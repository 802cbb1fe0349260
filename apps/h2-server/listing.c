/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "text_buffer.h"

struct item {
    char *name;
    uint64_t size;
    time_t modified;
    int is_folder;
};

struct items {
    struct item *items;
    size_t count;
    int is_cut;
};

static void clear_items(struct items *all)
{
    for (size_t i = 0; i < all->count; i++) {
        free(all->items[i].name);
    }
    free(all->items);
}

/* Adds what stands in the folder under this name, if it is to be shown. Returns 0 or -1. */
static int add_item(int fd, const struct listing *listing, const char *name, struct items *all)
{
    struct stat info;
    if (name[0] == '.' ||
        fstatat(fd, name, &info, listing->follow_links ? 0 : AT_SYMLINK_NOFOLLOW) != 0 ||
        !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode))) {
        return 0;
    }
    if (all->count == LISTING_SHOWN) {
        all->is_cut = 1;
        return 0;
    }
    struct item *item = &all->items[all->count];
    item->name = strdup(name);
    if (item->name == NULL) {
        return -1;
    }
    item->size = (uint64_t)info.st_size;
    item->modified = info.st_mtime;
    item->is_folder = S_ISDIR(info.st_mode);
    all->count++;
    return 0;
}

static int read_folder(int fd, const struct listing *listing, struct items *all)
{
    /* fdopendir() takes its descriptor, and moves its position. */
    const int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = own < 0 ? NULL : fdopendir(own);
    if (folder == NULL) {
        if (own >= 0) {
            (void)close(own);
        }
        return -1;
    }
    int result = 0;
    size_t looked_at = 0;
    for (const struct dirent *entry = readdir(folder); entry != NULL && result == 0 && !all->is_cut;
         entry = readdir(folder)) {
        if (++looked_at > LISTING_LOOKED_AT) {
            all->is_cut = 1;
        } else {
            result = add_item(fd, listing, entry->d_name, all);
        }
    }
    (void)closedir(folder);
    return result;
}

static int compare(const void *a, const void *b)
{
    const struct item *first = a;
    const struct item *second = b;
    if (first->is_folder != second->is_folder) {
        return second->is_folder - first->is_folder;
    }
    return strcmp(first->name, second->name);
}

static void write_size(struct text_buffer *page, uint64_t size)
{
    static const char *const UNITS[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    const size_t last = sizeof UNITS / sizeof UNITS[0] - 1;
    size_t unit = 0;
    uint64_t tenths = size < UINT64_MAX / 10 ? size * 10 : UINT64_MAX;
    while (tenths >= 10240 && unit < last) {
        tenths /= 1024;
        unit++;
    }
    if (unit == 0) {
        text_printf(page, "%u B", (unsigned)(tenths / 10));
    } else {
        text_printf(page, "%llu.%u %s", (unsigned long long)(tenths / 10), (unsigned)(tenths % 10),
                    UNITS[unit]);
    }
}

static void write_item(struct text_buffer *page, const struct item *item)
{
    const char *slash = item->is_folder ? "/" : "";
    struct tm t;
    text_add_string(page, "<tr><td><a href=\"./");
    text_add_path(page, item->name);
    text_printf(page, "%s\">", slash);
    text_add_html(page, item->name);
    text_printf(page, "%s</a></td><td>", slash);
    if (!item->is_folder) {
        write_size(page, item->size);
    }
    text_add_string(page, "</td><td>");
    if (gmtime_r(&item->modified, &t) != NULL) {
        text_printf(page, "%04d-%02d-%02d %02d:%02d", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
                    t.tm_hour, t.tm_min);
    }
    text_add_string(page, "</td></tr>\n");
}

static void write_page(struct text_buffer *page, const struct listing *listing,
                       const struct items *all)
{
    const int is_root = strcmp(listing->name, ".") == 0;
    text_add_string(page, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                          "<title>/");
    text_add_html(page, is_root ? "" : listing->name);
    text_add_string(page, "</title>\n<style>body{font-family:sans-serif;margin:2em}"
                          "td{padding:0 2em 0 0}td+td{text-align:right}</style></head>\n"
                          "<body><h1>/");
    text_add_html(page, is_root ? "" : listing->name);
    text_add_string(page, "</h1>\n<table>\n");
    if (!is_root) {
        text_add_string(page, "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
    }
    for (size_t i = 0; i < all->count; i++) {
        write_item(page, &all->items[i]);
    }
    text_add_string(page, "</table>\n");
    if (all->is_cut) {
        text_add_string(page, "<p>There is more, which is not shown.</p>\n");
    }
    text_add_string(page, "</body></html>\n");
}

char *listing_make(int fd, const struct listing *listing, size_t *length)
{
    struct items all = {.items = calloc(LISTING_SHOWN, sizeof *all.items)};
    struct text_buffer page = {.data = NULL};
    char *result = NULL;
    if (all.items != NULL && read_folder(fd, listing, &all) == 0) {
        qsort(all.items, all.count, sizeof *all.items, compare);
        write_page(&page, listing, &all);
        result = text_take(&page, length);
    }
    clear_items(&all);
    return result;
}
