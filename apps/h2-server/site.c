/* SPDX-License-Identifier: MIT */
#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http_date.h"
#include "page.h"

enum { OK = 200, MOVED = 301, NOT_FOUND = 404, NOT_ALLOWED = 405, UNAVAILABLE = 503 };

/* ---- Life ---------------------------------------------------------------------------------- */

int site_open(struct site *site, const struct site_options *options, char error[SITE_ERROR_SIZE])
{
    memset(site, 0, sizeof *site);
    site->options = options;
    site->root.fd = -1;
    if (options->folder == NULL) {
        return 0;
    }
    const int reason = static_root_open(&site->root, options->folder);
    if (reason != 0) {
        (void)snprintf(error, SITE_ERROR_SIZE, "cannot open folder %.200s: %s", options->folder,
                       strerror(reason));
        return -1;
    }
    return 0;
}

void site_close(struct site *site)
{
    static_root_close(&site->root);
}

/* ---- Answers ------------------------------------------------------------------------------- */

static void add_content(struct response *response, const char *type, uint64_t length)
{
    response_add(response, "content-type", type);
    response_add_length(response, length);
}

/* The end of an answer that has a page as its body. */
static void add_page(const struct asked *asked, const struct page *page, struct response *response,
                     struct body *body)
{
    add_content(response, "text/html; charset=utf-8", page->length);
    body->as.memory.data = (const uint8_t *)page->html;
    body->as.memory.length = page->length;
    body->read = asked->method == METHOD_HEAD ? NULL : body_memory_read;
}

static void answer_status(const struct asked *asked, int status, struct response *response,
                          struct body *body)
{
    const struct page page = page_of_status(status);
    response_init(response, status, asked->date);
    if (status == NOT_ALLOWED) {
        response_add(response, "allow", "GET, HEAD, POST, PUT");
    }
    add_page(asked, &page, response, body);
}

static void close_file(struct body *body)
{
    (void)close(body->as.file.fd);
}

static void answer_file(const struct asked *asked, const struct static_file *file,
                        struct response *response, struct body *body)
{
    char modified[HTTP_DATE_SIZE];
    http_date_text(file->modified, modified);
    response_init(response, OK, asked->date);
    add_content(response, file->mime, file->size);
    response_print(response, "last-modified", "%s", modified);
    body->as.file.fd = file->fd;
    body->as.file.left = file->size;
    body->clear = close_file;
    body->read = asked->method == METHOD_HEAD || file->size == 0 ? NULL : body_file_read;
}

/* The folder's own path, made from its name: what the client wrote could, with two slashes at the
 * beginning, name another host. NULL when out of memory. */
static char *folder_location(const struct static_path *path)
{
    static const char HEX[] = "0123456789ABCDEF";
    char *location = malloc(3 * strlen(path->name) + 3);
    if (location == NULL) {
        return NULL;
    }
    size_t end = 0;
    location[end++] = '/';
    for (const char *c = path->name; *c != '\0'; c++) {
        const unsigned char octet = (unsigned char)*c;
        const int plain = (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
                          (octet >= '0' && octet <= '9') || strchr("-._~/", octet) != NULL;
        if (plain) {
            location[end++] = (char)octet;
        } else {
            location[end++] = '%';
            location[end++] = HEX[octet >> 4];
            location[end++] = HEX[octet & 15];
        }
    }
    location[end++] = '/';
    location[end] = '\0';
    return location;
}

static void answer_moved(const struct asked *asked, const struct static_path *path,
                         struct response *response, struct body *body)
{
    char *location = folder_location(path);
    if (location == NULL) {
        answer_status(asked, UNAVAILABLE, response, body);
        return;
    }
    const struct page page = page_of_status(MOVED);
    response_init(response, MOVED, asked->date);
    response_own(response, location);
    response_add(response, "location", location);
    add_page(asked, &page, response, body);
}

static void answer_from_folder(const struct site *site, const struct asked *asked,
                               const struct static_path *path, struct response *response,
                               struct body *body)
{
    struct static_file file = {.fd = -1};
    const int status = static_files_find(&site->root, path, &file);
    if (status == OK) {
        answer_file(asked, &file, response, body);
    } else if (status == MOVED) {
        answer_moved(asked, path, response, body);
    } else {
        answer_status(asked, status, response, body);
    }
}

void site_answer(struct site *site, const struct asked *asked, struct response *response,
                 struct body *body)
{
    struct static_path path;
    int status = NOT_ALLOWED;
    if (asked->method != METHOD_OTHER && asked->path != NULL) {
        status = static_path_parse(asked->path, asked->path_length, &path);
    }
    if (status == 0 && site->root.fd >= 0) {
        answer_from_folder(site, asked, &path, response, body);
    } else if (status == 0 && strcmp(path.name, ".") == 0) {
        const struct page page = page_welcome();
        response_init(response, OK, asked->date);
        add_page(asked, &page, response, body);
    } else {
        answer_status(asked, status == 0 ? NOT_FOUND : status, response, body);
    }
}
