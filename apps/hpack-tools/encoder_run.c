/* SPDX-License-Identifier: MIT */
#include "encoder_run.h"

#include <string.h>

int encoder_run_find_policy(const char *name, uint32_t *policy)
{
    static const struct {
        const char *name;
        uint32_t policy;
    } policies[] = {
        {"adaptive", HPACK_POLICY_ADAPTIVE},
        {"all", HPACK_POLICY_ALL},
        {"static", HPACK_POLICY_STATIC},
    };

    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        if (strcmp(policies[i].name, name) == 0) {
            *policy = policies[i].policy;
            return 0;
        }
    }
    return -1;
}

int encoder_run_new(hpack_encoder **out, const struct encoder_run_config *wanted)
{
    hpack_encoder_config config;
    int result = hpack_encoder_config_init(&config, sizeof config);

    if (result != 0) {
        return result;
    }
    config.table_size_limit = wanted->own_size;
    config.policy = wanted->policy;
    config.huffman = wanted->huffman;
    result = hpack_encoder_new(out, &config);
    if (result == 0 && wanted->table_size != config.peer_table_limit) {
        hpack_encoder_set_table_limit(*out, wanted->table_size);
    }
    return result;
}

int encoder_run(hpack_encoder *encoder, const struct field_set *set, struct bytes *wire)
{
    size_t bound = hpack_encoder_bound(encoder, set->fields, set->count);

    wire->length = 0;
    if (bytes_reserve(wire, bound) != 0) {
        return HPACK_ERR_NOMEM;
    }
    hpack_buffer buffer = {wire->data, wire->capacity, 0};
    int result = hpack_encoder_encode(encoder, set->fields, set->count, &buffer);

    wire->length = buffer.length;
    return result;
}
