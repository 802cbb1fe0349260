/* SPDX-License-Identifier: MIT */
#include "session_setup.h"

#include "loop.h"

enum {
    STREAM_WINDOW = 256 * 1024,
    WIDE_WINDOW = 32 * STREAM_WINDOW,
    CONNECTION_WINDOW = 64 * STREAM_WINDOW
};

static uint32_t window(uint64_t bits, uint32_t otherwise)
{
    return bits == 0 ? otherwise : (uint32_t)(((uint64_t)1 << bits) - 1);
}

static uint64_t table_size(const struct client_options *options, size_t at)
{
    static const struct option_spec any = {.kind = OPTION_SIZE, .max = UINT32_MAX, .name = ""};
    char error[OPTIONS_ERROR_SIZE];
    uint64_t size = 0;

    /* The values have been looked at when the command line was read. */
    (void)options_read_number(&any, options->table_sizes.items[at], &size, error);
    return size;
}

/* From none to `most` octets, each as likely as the others. */
static uint32_t draw_padding(void *ctx, uint32_t type, uint32_t length, uint32_t most)
{
    struct session_padding *padding = ctx;
    uint32_t limit = padding->most < most ? padding->most : most;

    (void)type;
    (void)length;
    padding->state = padding->state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(padding->state >> 33) % (limit + 1);
}

int session_setup(h2session_config *config, const struct client_options *options,
                  struct session_padding *padding)
{
    int result = h2session_config_init(config, sizeof *config, H2SESSION_CLIENT);

    if (result != 0) {
        return result;
    }
    config->flags = H2SESSION_MANUAL_CONSUME;
    config->initial_window_size = window(options->window_bits, STREAM_WINDOW);
    config->connection_window_size = window(options->connection_window_bits, CONNECTION_WINDOW);
    config->enable_push = options->no_push ? 0 : 1;
    config->max_concurrent_streams = (uint32_t)options->push_streams;
    if (options->peer_streams != 0) {
        config->assumed_peer_streams = (uint32_t)options->peer_streams;
    }
    if (options->table_sizes.count > 0) {
        config->header_table_size = (uint32_t)table_size(options, 0);
    }
    if (options->encoder_table_size != UINT64_MAX) {
        config->encoder_table_size = (uint32_t)options->encoder_table_size;
    }
    if (options->weights.count > 0 || options->dependencies.count > 0) {
        config->priority_scheme = H2SESSION_PRIORITIES_RFC7540;
    }
    if (options->padding > 0) {
        padding->state = loop_now_ns();
        padding->most = (uint32_t)options->padding;
        config->padding = draw_padding;
        config->padding_ctx = padding;
    }
    return 0;
}

int session_setup_open(h2session *session, const struct client_options *options)
{
    int result = 0;

    for (size_t i = 1; i < options->table_sizes.count && result == 0; i++) {
        const h2frame_setting setting = {.id = H2FRAME_SETTING_HEADER_TABLE_SIZE,
                                         .value = (uint32_t)table_size(options, i)};

        result = h2session_submit_settings(session, &setting, 1);
    }
    return result;
}

uint32_t session_setup_wide_window(const struct client_options *options)
{
    uint32_t most = window(options->connection_window_bits, CONNECTION_WINDOW);

    if (options->window_bits != 0 || most <= STREAM_WINDOW) {
        return 0;
    }
    return most < WIDE_WINDOW ? most : WIDE_WINDOW;
}

uint32_t session_setup_streams(const struct client_options *options, uint32_t most)
{
    uint32_t fit = window(options->connection_window_bits, CONNECTION_WINDOW) /
                   window(options->window_bits, STREAM_WINDOW);

    return fit < 1 ? 1 : fit < most ? fit : most;
}
