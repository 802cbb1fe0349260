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
};

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
        return;
    }
    int is_same = uri_same_origin(&uri, &page->request->uri);

    uri_clear(&uri);
    struct request *request = is_same ? requests_add(&fetch->list, fetch->book, text, &why) : NULL;

    /* What there is no memory for is not fetched. */
    if (request == NULL) {
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
    char *resolved = reference_resolve(&page->base, text, strlen(text));
    struct uri base;
    const char *why;

    if (resolved == NULL) {
        return;
    }
    if (kind != LINK_BASE) {
        add(page, kind, resolved);
    } else if (uri_parse(&base, resolved, &why) == 0) {
        uri_clear(&page->base);
        page->base = base;
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

    if (page == NULL) {
        return;
    }
    page->fetch = fetch;
    page->request = request;
    page->links = links_new(on_link, page);
    if (page->links == NULL || uri_parse(&page->base, request->text, &why) != 0) {
        links_free(page->links);
        free(page);
        return;
    }
    request->page = page;
}

void assets_feed(struct request *request, const uint8_t *data, size_t length)
{
    struct page *page = request->page;
    size_t room = LINKS_PAGE - page->octets;
    size_t taken = length < room ? length : room;

    page->octets += taken;
    links_feed(page->links, (const char *)data, taken);
    if (page->has_more && page->fetch->session != NULL) {
        page->has_more = 0;
        submit_waiting(page->fetch);
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
