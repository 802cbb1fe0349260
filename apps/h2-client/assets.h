/* SPDX-License-Identifier: MIT */
/*
 * --get-assets: what the pages of the command line need is fetched as well, over their connection, with
 * priorities by kind.
 *
 * Invariants:
 * - Only from the origin of the page, once each, at most ASSETS_LIMIT of them; assets of assets are not
 *   looked for.
 * - What there is no memory for is told, and decides the exit status.
 * - Their bodies go nowhere, or with --remote-name to files. They go out as GET, without the body and
 *   method of the command line.
 */
#ifndef H2KIT_CLIENT_ASSETS_H
#define H2KIT_CLIENT_ASSETS_H

#include "fetch.h"

enum { ASSETS_LIMIT = 512 };

/* The final response has come: is it a page? */
void assets_begin(struct fetch *fetch, struct request *request,
                  const h2session_headers_event *event);
/* Octets of its body, decoded; only of a request that has a page. */
void assets_feed(struct request *request, const uint8_t *data, size_t length);
/* The whole body has come. Nothing happens when there is no page, nor does with the next. */
void assets_finish(struct request *request);
/* Forgets the page. */
void assets_end(struct request *request);

#endif
