/* SPDX-License-Identifier: MIT */
#include "answer.h"

#include <inttypes.h>

#include "coding.h"

enum { OK = 200, ERRORS = 400, NOT_ALLOWED = 405, UNSATISFIABLE = 416, UNAVAILABLE = 503 };

enum { PAGE_GZIP_LEVEL = 9 };

/* Compresses the page when that is wanted. */
static void compress_page(const struct answer *a, struct page *page)
{
    struct coding_order order;
    coding_accepted(a->asked, &order);
    response_add(a->response, "vary", "accept-encoding");
    size_t length = 0;
    uint8_t *compressed =
        !coding_accepts(&order, CODING_GZIP)
            ? NULL
            : gzip_whole((const uint8_t *)page->html, page->length, PAGE_GZIP_LEVEL, &length);
    if (compressed != NULL) {
        response_add(a->response, "content-encoding", "gzip");
        page->html = (const char *)compressed;
        page->length = length;
        a->body->memory = compressed;
    }
}

/* The end of an answer with a page, which stands or is held by the body. */
static void add_page(const struct answer *a, const struct page *page)
{
    if (page->html != NULL) {
        response_add(a->response, "content-type", "text/html; charset=utf-8");
    }
    response_add(a->response, "x-content-type-options", "nosniff");
    response_add_length(a->response, page->length);
    if (a->asked->method != METHOD_HEAD) {
        body_set_text(a->body, page->html, page->length);
    }
}

static void finish_status(const struct answer *a, int status)
{
    struct page page = page_of_status(status);
    if (a->options->error_gzip && status >= ERRORS && page.html != NULL) {
        compress_page(a, &page);
    }
    add_page(a, &page);
}

void answer_status(const struct answer *a, int status)
{
    response_init(a->response, status, a->asked->date);
    if (status == NOT_ALLOWED) {
        response_add(a->response, "allow", "GET, HEAD, POST, PUT");
    }
    finish_status(a, status);
}

void answer_location(const struct answer *a, int status, char *location)
{
    response_init(a->response, status, a->asked->date);
    response_own(a->response, location);
    response_add(a->response, "location", location);
    finish_status(a, status);
}

void answer_unsatisfiable(const struct answer *a, uint64_t length)
{
    response_init(a->response, UNSATISFIABLE, a->asked->date);
    response_print(a->response, "content-range", "bytes */%" PRIu64, length);
    finish_status(a, UNSATISFIABLE);
}

void answer_page(const struct answer *a, const struct page *page)
{
    response_init(a->response, OK, a->asked->date);
    add_page(a, page);
}

void answer_made_page(const struct answer *a, char *html, size_t length)
{
    if (html == NULL) {
        answer_status(a, UNAVAILABLE);
        return;
    }
    const struct page page = {html, length};
    a->body->memory = html;
    answer_page(a, &page);
}
