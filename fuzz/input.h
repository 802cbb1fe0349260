/* SPDX-License-Identifier: MIT */
/* An input as a source of small numbers, for targets that act by it. At its end all numbers are 0. */
#ifndef H2KIT_FUZZ_INPUT_H
#define H2KIT_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct input {
    const uint8_t *data;
    size_t size;
    size_t at;
};

static inline int input_left(const struct input *in)
{
    return in->at < in->size;
}

static inline uint32_t input_octet(struct input *in)
{
    return in->at < in->size ? in->data[in->at++] : 0;
}

/* A number below `below`, which is not 0. */
static inline uint32_t input_below(struct input *in, uint32_t below)
{
    uint32_t n = input_octet(in);
    n = below > 256 ? n << 8 | input_octet(in) : n;
    return n % below;
}

/* So many octets as they stand, fewer at the end. */
static inline const uint8_t *input_octets(struct input *in, size_t *count)
{
    const uint8_t *octets = in->data + in->at;
    *count = *count < in->size - in->at ? *count : in->size - in->at;
    in->at += *count;
    return octets;
}

#endif
