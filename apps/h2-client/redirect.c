/* SPDX-License-Identifier: MIT */
#include "redirect.h"

#include <stdlib.h>
#include <string.h>

#include "field_find.h"
#include "reference.h"

static int is_redirect(uint32_t status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

void redirect_consider(struct fetch *fetch, struct request *request,
                       const h2session_headers_event *event)
{
    const hpack_field *location = field_find(event->fields, event->field_count, "location");

    if (!fetch->options->location || request->is_aside || location == NULL ||
        !is_redirect(event->status)) {
        return;
    }
    request->is_next_lost = reference_resolve(&request->uri, location->value,
                                              location->value_length, &request->next_text) != 0;
    request->is_redirected = 1;
}

/* 1, 0, or -1 when out of memory. */
static int has_origin(const char *text, const struct uri *uri)
{
    struct uri other;
    const char *why = NULL;

    if (uri_parse(&other, text, &why) != 0) {
        return why == uri_no_memory ? -1 : 0;
    }
    int is_same = uri_same_origin(&other, uri);

    uri_clear(&other);
    return is_same;
}

int redirect_is_named(const struct fetch *fetch, const struct uri *uri)
{
    int is_named = 0;

    for (size_t i = 0; is_named == 0 && i < fetch->options->uris.count; i++) {
        is_named = has_origin(fetch->options->uris.items[i], uri);
    }
    return is_named;
}

/* Why it cannot go on there; NULL: it can. */
static const char *why_not(const struct fetch *fetch, const struct request *request,
                           const struct uri *next)
{
    uint32_t status = request->status;
    int keeps_body = (status == 307 || status == 308) && fetch->source != NULL && !request->as_get;

    if (request->redirects >= fetch->options->redirects) {
        return "more redirects than --max-redirs allows";
    }
    if (request->uri.is_https && !next->is_https) {
        return "a redirect from https to http is not followed";
    }
    if (keeps_body && fetch->source->read_any) {
        return "a redirect wants the body again, which cannot be read twice";
    }
    return NULL;
}

/* The request begins anew with this URI, which it takes. */
static int begin_again(struct fetch *fetch, struct request *request, struct uri *next)
{
    int is_own = request->number == 0
                     ? 0
                     : has_origin(fetch->options->uris.items[request->number - 1], next);
    struct record *record = is_own < 0 ? NULL : record_new(fetch->book, request->next_text);
    uint32_t status = request->status;

    if (record == NULL) {
        return -1;
    }
    request->as_get |= status == 303 || ((status == 301 || status == 302) && fetch->source != NULL);
    request_end(request, EXIT_CODE_OK);
    record->queued_ns = loop_now_ns();
    request->record = record;
    uri_clear(&request->uri);
    request->uri = *next;
    free(request->text);
    request->text = request->next_text;
    request->next_text = NULL;
    request->redirects++;
    request_restart(request);
    request->is_foreign = !is_own;
    fetch->done_count++;
    fetch->total_count++;
    return 0;
}

int redirect_follow(struct fetch *fetch, struct request *request)
{
    struct uri next;
    const char *why = request->is_next_lost ? uri_no_memory : "";

    if (!request->is_redirected) {
        return 0;
    }
    if (request->next_text == NULL || uri_parse(&next, request->next_text, &why) != 0) {
        if (why == uri_no_memory) {
            fetch_fail(fetch, request, EXIT_CODE_LOCAL, "%s", why);
            return 1;
        }
        fetch_fail(fetch, request, EXIT_CODE_PROTOCOL,
                   "the redirect leads to no http or https URI");
        return 1;
    }
    why = why_not(fetch, request, &next);
    if (why != NULL) {
        fetch_fail(fetch, request, EXIT_CODE_PROTOCOL, "%s: %s", why, request->next_text);
        uri_clear(&next);
    } else if (begin_again(fetch, request, &next) != 0) {
        fetch_fail(fetch, request, EXIT_CODE_LOCAL, "out of memory");
        uri_clear(&next);
    }
    return 1;
}
