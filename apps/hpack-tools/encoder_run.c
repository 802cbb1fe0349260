/* SPDX-License-Identifier: MIT */
#include "encoder_run.h"

int encoder_run_new(hpack_encoder **out, uint32_t table_size, uint32_t own_size,
                    encoder_configure configure)
{
    hpack_encoder_config config;
    int result = hpack_encoder_config_init(&config, sizeof config);

    if (result != 0) {
        return result;
    }
    config.table_size_limit = own_size;
    if (configure != NULL) {
        configure(&config);
    }
    result = hpack_encoder_new(out, &config);
    if (result == 0 && table_size != config.peer_table_limit) {
        hpack_encoder_set_table_limit(*out, table_size);
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
