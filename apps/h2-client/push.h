/* SPDX-License-Identifier: MIT */
/*
 * What a server pushes: it is taken, counted and reported, and its body goes nowhere.
 *
 * Invariants:
 * - A push is no request of the plan: it has no turn, is not sent again, and how it ends decides
 *   nothing. It keeps the connection open until it has ended.
 * - A server may push as often as it likes: of one run at most PUSH_LIMIT are taken, and none whose URI
 *   is longer than PUSH_URI_LIMIT. Others are refused and not reported; the session counts refusals.
 * - Its request lives until the end of the fetch, its record until that of the book.
 */
#ifndef H2KIT_CLIENT_PUSH_H
#define H2KIT_CLIENT_PUSH_H

#include "fetch.h"

enum { PUSH_LIMIT = 512, PUSH_URI_LIMIT = 2048 };

/* A promise (on_headers of kind PUSH). Returns what the callback is to return. */
int push_promised(struct fetch *fetch, const h2session_headers_event *event);
/* The stream of a push is closed. */
void push_closed(struct request *push);
/* The connection is gone: pushes that had not ended have now. */
void push_lost(struct fetch *fetch);

#endif
