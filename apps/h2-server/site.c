/* SPDX-License-Identifier: MIT */
#include "site.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "endpoints.h"
#include "file_answer.h"
#include "listing.h"
#include "page.h"
#include "static_path.h"
#include "text_buffer.h"

enum { MOVED = 301, MOVED_AS_IT_IS = 308, NOT_FOUND = 404, NOT_ALLOWED = 405, UNAVAILABLE = 503 };

/* ---- Life ---------------------------------------------------------------------------------- */

int site_open(struct site *site, const struct site_options *options, char error[SITE_ERROR_SIZE])
{
    memset(site, 0, sizeof *site);
    site->options = options;
    site->store.root.fd = -1;
    if (getrandom(site->boundaries, sizeof site->boundaries, 0) !=
        (ssize_t)sizeof site->boundaries) {
        site->boundaries[0] = (uint64_t)time(NULL);
    }
    if (options->store.folder == NULL) {
        return 0;
    }
    if (store_open(&site->store, &options->store, error) != 0) {
        return -1;
    }
    site->has_folder = 1;
    return 0;
}

void site_close(struct site *site)
{
    if (site->has_folder) {
        store_close(&site->store);
        site->has_folder = 0;
    }
}

/* ---- Files --------------------------------------------------------------------------------- */

static struct store_moment moment_of(const struct asked *asked)
{
    const struct store_moment moment = {asked->now, asked->turn};
    return moment;
}

/* The answer to a request for a file that is open; file->stored has it. */
static void answer_stored(struct site *site, const struct answer *a, const char *name,
                          struct representation *file)
{
    const struct site_options *o = site->options;
    const int status =
        representation_choose(&site->store, &o->representation, a->asked, name, file);
    if (status != 0) {
        answer_status(a, status);
        return;
    }
    const struct file_answer f = {
        .file = file,
        .store = &site->store,
        .gzip_level = (int)o->representation.gzip_level,
        .most_ranges = o->most_ranges,
        .boundaries = site->boundaries,
    };
    answer_file(a, &f);
}

/* ---- Folders ------------------------------------------------------------------------------- */

/* The folder's own path, made from its name: what the client wrote could, with two slashes at the
 * beginning, name another host. The query stays as it is. */
static void answer_with_slash(const struct answer *a, const struct static_path *path)
{
    struct text_buffer location = {.data = NULL};
    size_t length = 0;
    const char *query = memchr(a->asked->path, '?', a->asked->path_length);
    text_add_string(&location, "/");
    text_add_path(&location, path->name);
    text_add_string(&location, "/");
    if (query != NULL) {
        text_add(&location, query, (size_t)(a->asked->path + a->asked->path_length - query));
    }
    char *text = text_take(&location, &length);
    if (text == NULL) {
        answer_status(a, UNAVAILABLE);
        return;
    }
    /* With 301 an upload would come back as a GET (RFC 9110 15.4.2). */
    answer_location(a, a->asked->method == METHOD_UPLOAD ? MOVED_AS_IT_IS : MOVED, text);
}

static void answer_listing(const struct site *site, const struct answer *a,
                           const struct static_path *path)
{
    struct static_file folder;
    const int status = static_open(&site->store.root, path->name, &folder);
    if (status != 0 || !folder.is_folder) {
        answer_status(a, status != 0 ? status : NOT_FOUND);
        return;
    }
    const struct listing listing = {path->name, site->options->store.follow_links};
    size_t length = 0;
    char *html = listing_make(folder.fd, &listing, &length);
    (void)close(folder.fd);
    answer_made_page(a, html, length);
}

/* The first of the index files that is there. */
static void answer_folder(struct site *site, const struct answer *a, const struct static_path *path)
{
    const struct store_moment moment = moment_of(a->asked);
    char name[STATIC_PATH_SIZE + SITE_INDEX_SIZE];
    struct representation file;
    for (size_t i = 0; i < site->options->index_count; i++) {
        (void)snprintf(name, sizeof name, "%s/%s", path->name, site->options->index_names[i]);
        const int status = store_get(&site->store, name, &moment, &file.stored);
        if (status == 0 && !file.stored.is_folder) {
            answer_stored(site, a, name, &file);
            return;
        }
        if (status == 0) {
            stored_release(&file.stored);
        } else if (status != NOT_FOUND) {
            answer_status(a, status);
            return;
        }
    }
    if (site->options->lists) {
        answer_listing(site, a, path);
    } else {
        answer_status(a, NOT_FOUND);
    }
}

/* ---- Requests ------------------------------------------------------------------------------ */

static void answer_from_folder(struct site *site, const struct answer *a,
                               const struct static_path *path)
{
    const struct store_moment moment = moment_of(a->asked);
    struct representation file;
    if (path->is_folder) {
        answer_folder(site, a, path);
        return;
    }
    const int status = store_get(&site->store, path->name, &moment, &file.stored);
    if (status != 0) {
        answer_status(a, status);
    } else if (file.stored.is_folder) {
        stored_release(&file.stored);
        answer_with_slash(a, path);
    } else {
        answer_stored(site, a, path->name, &file);
        ready_answers_keep(&site->ready, a);
    }
}

void site_answer(struct site *site, const struct asked *asked, struct response *response,
                 struct body *body)
{
    const struct answer a = {&site->options->answer, asked, response, body};
    struct static_path path;
    int status = NOT_ALLOWED;
    if (site->has_folder && ready_answers_use(&site->ready, &site->store, &a)) {
        return;
    }
    if (asked->method != METHOD_OTHER && asked->path != NULL) {
        if (site->options->test_endpoints && answer_endpoint(&a)) {
            return;
        }
        status = static_path_parse(asked->path, asked->path_length, &path);
    }
    if (status == 0 && site->has_folder) {
        answer_from_folder(site, &a, &path);
    } else if (status == 0 && strcmp(path.name, ".") == 0) {
        const struct page page = page_welcome();
        answer_page(&a, &page);
    } else {
        answer_status(&a, status == 0 ? NOT_FOUND : status);
    }
}
