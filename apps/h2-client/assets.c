/* SPDX-License-Identifier: MIT */
#include "assets.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "field_find.h"
#include "links.h"
#include "reference.h"
#include "submit.h"

struct page {
    struct fetch *fetch;
    struct request *request;
    struct links *links;
    struct uri base;
    size_t octets;     /* of the page, that were read */
    uint32_t has_more; /* requests were added that are not submitted yet */
    uint32_t is_broken;
};

/* That something is missing must not pass for success. */
static void lack_memory(struct fetch *fetch, const struct request *request)
{
    log_error(fetch->log, "%s: not all that the page needs is fetched: out of memory",
              request->text);
    fetch->stop_result = EXIT_CODE_LOCAL;
}

static void break_page(struct page *page)
{
    if (!page->is_broken) {
        page->is_broken = 1;
        lack_memory(page->fetch, page->request);
    }
}

static int is_known(const struct fetch *fetch, const char *text)
{
    for (size_t i = 0; i < fetch->list.count; i++) {
        if (strcmp(fetch->list.items[i]->text, text) == 0) {
            return 1;
        }
    }
    return 0;
}

static void add(struct page *page, enum link_kind kind, const char *text)
{
    struct fetch *fetch = page->fetch;
    struct uri uri;
    const char *why;

    if (fetch->asset_count >= ASSETS_LIMIT || is_known(fetch, text)) {
        return;
    }
    if (uri_parse(&uri, text, &why) != 0) {
        break_page(page); /* it has been looked at before */
        return;
    }
    int is_same = uri_same_origin(&uri, &page->request->uri);

    uri_clear(&uri);
    struct request *request = is_same ? requests_add(&fetch->list, fetch->book, text, &why) : NULL;

    if (request == NULL) {
        if (is_same) {
            break_page(page);
        }
        return;
    }
    request->priority = links_priority(kind);
    request->as_get = 1;
    request->is_asset = 1;
    request->number = page->request->number;
    request->is_foreign = page->request->is_foreign;
    request->output = &fetch->nowhere;
    if (fetch->options->remote_name) {
        output_init_remote(&request->own_output, request->uri.path, fetch->options->null_out);
        request->output = &request->own_output;
    }
    fetch->asset_count++;
    page->has_more = 1;
}

static void on_link(enum link_kind kind, const char *text, void *user)
{
    struct page *page = user;
    char *resolved;
    struct uri base;
    const char *why;

    if (reference_resolve(&page->base, text, strlen(text), &resolved) != 0) {
        break_page(page);
    }
    if (resolved == NULL) {
        return;
    }
    if (kind != LINK_BASE) {
        add(page, kind, resolved);
    } else if (uri_parse(&base, resolved, &why) == 0) {
        uri_clear(&page->base);
        page->base = base;
    } else {
        break_page(page);
    }
    free(resolved);
}

static int is_page(const h2session_headers_event *event)
{
    static const char html[] = "text/html";
    static const char xhtml[] = "application/xhtml+xml";
    const hpack_field *type =
        event->status == 200 ? field_find(event->fields, event->field_count, "content-type") : NULL;

    return type != NULL && ((type->value_length >= sizeof html - 1 &&
                             strncasecmp(type->value, html, sizeof html - 1) == 0) ||
                            (type->value_length >= sizeof xhtml - 1 &&
                             strncasecmp(type->value, xhtml, sizeof xhtml - 1) == 0));
}

void assets_begin(struct fetch *fetch, struct request *request,
                  const h2session_headers_event *event)
{
    const char *why;

    assets_end(request);
    if (!fetch->options->get_assets || request->is_aside || request->is_asset || !is_page(event)) {
        return;
    }
    struct page *page = calloc(1, sizeof *page);
    struct links *links = page == NULL ? NULL : links_new(on_link, page);

    if (links == NULL || uri_parse(&page->base, request->text, &why) != 0) {
        lack_memory(fetch, request);
        links_free(links);
        free(page);
        return;
    }
    page->fetch = fetch;
    page->request = request;
    page->links = links;
    request->page = page;
}

void assets_feed(struct request *request, const uint8_t *data, size_t length)
{
    struct page *page = request->page;
    size_t room = LINKS_PAGE - page->octets;
    size_t taken = length < room ? length : room;

    page->octets += taken;
    if (links_feed(page->links, (const char *)data, taken) != 0) {
        break_page(page);
    }
    if (page->has_more && page->fetch->session != NULL) {
        page->has_more = 0;
        submit_waiting(page->fetch);
    }
}

void assets_finish(struct request *request)
{
    struct page *page = request->page;

    if (page != NULL) {
        if (links_end(page->links) != 0) {
            break_page(page);
        }
        assets_end(request);
    }
}

void assets_end(struct request *request)
{
    struct page *page = request->page;

    if (page != NULL) {
        links_free(page->links);
        uri_clear(&page->base);
        free(page);
        request->page = NULL;
    }
}
