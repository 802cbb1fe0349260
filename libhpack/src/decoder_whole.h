/* SPDX-License-Identifier: MIT */
/*
 * The short way through a field block: representations that lie whole in the input.
 *
 * Nearly all representations do. They are taken without the states that reading in pieces needs;
 * whatever is unusual is left, untouched, to the states of decoder.c, which know every case and
 * name every error: representations that are cut, size updates, large indexes, strings that may
 * exceed a limit, anything that is wrong. So the two ways have the same results.
 */
#ifndef HPACK_SRC_DECODER_WHOLE_H
#define HPACK_SRC_DECODER_WHOLE_H

#include "decoder.h"

/* Takes representations from the input, which stands at the start of one. Returns 0 when the
 * input is used up or the next one has to go through the states, or NOMEM. The section must not be
 * over a limit. */
int hpack__decode_whole(hpack_decoder *d, struct hpack__input *in);

/* The same for a section that is over a limit, where only the table matters: takes references, and
 * literals that go to no table and need no decoding. They are counted and dropped. */
void hpack__skip_whole(hpack_decoder *d, struct hpack__input *in);

#endif
