/* SPDX-License-Identifier: MIT */
/*
 * --waterfall: the requests as bars over time, in the order in which they were wanted. Each bar has
 * three parts: waiting to be sent, waiting for the answer, receiving it.
 *
 * Invariants:
 * - The SVG, alone or in an HTML page, needs nothing but itself: no script, no other file.
 * - Text of the peer is escaped; lines of the text form have at most `width` columns.
 */
#ifndef H2KIT_CLIENT_WATERFALL_H
#define H2KIT_CLIENT_WATERFALL_H

#include <stdio.h>

#include "record.h"

void waterfall_svg(FILE *out, const struct record_book *book);
void waterfall_html(FILE *out, const struct record_book *book);
void waterfall_text(FILE *out, const struct record_book *book, unsigned width);

#endif
