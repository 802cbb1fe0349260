/* SPDX-License-Identifier: MIT */
#include "tool_manual.h"

#include "tool_options.h"

static const struct manual_term exit_statuses[] = {
    {"0", "every case was worked"},
    {"1", "wrong options, broken input, or a case that has an error"},
    {"5", "a file cannot be read or written, or memory ran out"},
    {NULL, NULL},
};

static const struct manual_term encode_examples[] = {
    {"printf ':method: GET\\n:path: /\\n' | hpack-encode -t", "A set of fields, as text:"},
    {NULL, NULL},
};

static const struct manual_term decode_examples[] = {
    {"hpack-encode -t fields.txt | hpack-decode", "There and back:"},
    {NULL, NULL},
};

const struct manual encode_manual = {
    .program = &encode_options_program,
    .purpose = "compress HTTP fields by HPACK",
    .see_also = "hpack-decode(1)",
    .exit_statuses = exit_statuses,
    .examples = encode_examples,
};

const struct manual decode_manual = {
    .program = &decode_options_program,
    .purpose = "decompress HPACK field blocks",
    .see_also = "hpack-encode(1)",
    .exit_statuses = exit_statuses,
    .examples = decode_examples,
};
