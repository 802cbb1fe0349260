/* SPDX-License-Identifier: MIT */
/*
 * ^C and SIGTERM: the transfer stops, files that are half written are named, reports are still written,
 * and the program ends as the signal would have ended it.
 */
#ifndef H2KIT_CLIENT_INTERRUPT_H
#define H2KIT_CLIENT_INTERRUPT_H

#include "fetch.h"

/* On the loop of the fetch; handles are unreferenced. */
void interrupt_begin(struct fetch *fetch);
void interrupt_end(struct fetch *fetch);
/* Ends the program by the signal that came, if one did; last thing. */
void interrupt_finish(const struct fetch *fetch);

#endif
