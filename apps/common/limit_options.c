/* SPDX-License-Identifier: MIT */
#include "limit_options.h"

#include <assert.h>
#include <string.h>

enum { DEFAULT_REQUEST_LINE = 8192 };

static const uint64_t SECOND_NS = UINT64_C(1000000000);
static const uint64_t DEFAULT_MEMORY_IN_ALL = UINT64_C(1) << 30;

#define AT(member) offsetof(struct limits, member)
#define LONGEST UINT64_C(86400000000000) /* a day */
#define MOST UINT64_C(1000000000)

const struct option_spec LIMIT_OPTIONS[] = {
    {"max-connections-per-client", 0, OPTION_NUMBER, AT(client_connections), "N",
     "Connections of one IPv4 address, or one IPv6 network of 64 bits; more are closed at once. "
     "Default: 0, no limit, because many people can share an address.",
     "Limits", 0, MOST},
    {"max-requests", 0, OPTION_NUMBER, AT(requests), "N",
     "Requests after which a connection is ended in order. Default: 0, no limit.", NULL, 0, MOST},
    {"handshake-timeout", 0, OPTION_DURATION, AT(handshake_timeout_ns), "TIME",
     "From the connection to the end of the TLS handshake. Default: 10s. As with the other times, "
     "0 is no limit.",
     NULL, 0, LONGEST},
    {"first-request-timeout", 0, OPTION_DURATION, AT(first_request_timeout_ns), "TIME",
     "From there to the first request. Default: 10s. 0: that of --idle-timeout.", NULL, 0, LONGEST},
    {"header-timeout", 0, OPTION_DURATION, AT(field_block_timeout_ns), "TIME",
     "From the first octet of a header section to its last. Default: 10s.", NULL, 0, LONGEST},
    {"settings-timeout", 0, OPTION_DURATION, AT(settings_ack_timeout_ns), "TIME",
     "Until the client acknowledges the SETTINGS. Default: 10s.", NULL, 0, LONGEST},
    {"idle-timeout", 0, OPTION_DURATION, AT(idle_timeout_ns), "TIME",
     "Without a request. Default: 60s.", NULL, 0, LONGEST},
    {"write-timeout", 0, OPTION_DURATION, AT(write_timeout_ns), "TIME",
     "While nothing at all of what is sent is taken. Default: 30s.", NULL, 0, LONGEST},
    {"close-timeout", 0, OPTION_DURATION, AT(close_timeout_ns), "TIME",
     "Until a client takes the end of a connection that was given up. Default: 5s.", NULL, 0,
     LONGEST},
    {"min-rate", 0, OPTION_SIZE, AT(progress_rate), "SIZE",
     "Octets a second that a client must send or take where it is waited for. Default: 500. 0: "
     "any rate will do.",
     NULL, 0, MOST},
    {"min-rate-grace", 0, OPTION_DURATION, AT(progress_grace_ns), "TIME",
     "Time before that rate counts. Default: 10s.", NULL, 0, LONGEST},
    {"min-rate-pause", 0, OPTION_DURATION, AT(progress_max_ns), "TIME",
     "Longest pause that having been faster allows. Default: 60s.", NULL, 0, LONGEST},
    {"max-memory", 0, OPTION_SIZE, AT(memory_in_all), "SIZE",
     "Memory of the HTTP/2 sessions of all connections; one that needs more ends. TLS and bodies "
     "that "
     "are on their way come on top. Default: 1g. 0: no limit.",
     NULL, 0, UINT64_C(1) << 44},
    {"max-connection-memory", 0, OPTION_SIZE, AT(memory), "SIZE",
     "Memory of the session of a connection. Default: 0, which is 1m and 64k for each request that "
     "runs.",
     NULL, 0, UINT64_C(1) << 40},
    {"max-header-size", 0, OPTION_SIZE, AT(header_list), "SIZE",
     "Header section, where a field costs its octets and 32 more. HTTP/1.1: the head. Default: "
     "64k.",
     NULL, 1, UINT64_C(1) << 24},
    {"max-header-fields", 0, OPTION_NUMBER, AT(fields), "N", "Fields in it. Default: 128.", NULL, 1,
     100000},
    {"max-request-line", 0, OPTION_SIZE, AT(request_line), "SIZE",
     "Request line of HTTP/1.1. Default: 8k.", NULL, 1, UINT64_C(1) << 24},
    {"max-frame-size", 0, OPTION_SIZE, AT(frame_size), "SIZE",
     "Payload of a frame. Default: 16k, which is also the least.", NULL, H2FRAME_MIN_MAX_FRAME_SIZE,
     H2FRAME_MAX_MAX_FRAME_SIZE},
    {"max-continuations", 0, OPTION_NUMBER, AT(continuations), "N",
     "CONTINUATION frames of a header section. Default: 8.", NULL, 1, 100000},
    {"max-field-block", 0, OPTION_SIZE, AT(field_block), "SIZE",
     "Compressed header section of several frames. Default: 0, as much as --max-header-size.", NULL,
     0, UINT64_C(1) << 24},
    {"max-settings-entries", 0, OPTION_NUMBER, AT(settings_entries), "N",
     "Entries of a SETTINGS frame. Default: 32.", NULL, 1, 100000},
    {"max-queued-acks", 0, OPTION_NUMBER, AT(acks), "N",
     "Acknowledgements of PING and SETTINGS that are not taken. Default: 100.", NULL, 1, MOST},
    {"max-output", 0, OPTION_SIZE, AT(output), "SIZE",
     "Output that waits for a client; nothing more of it is read meanwhile. Default: 256k.", NULL,
     1, UINT64_C(1) << 30},
    {"max-output-frames", 0, OPTION_NUMBER, AT(output_frames), "N",
     "The same in frames; with as many again the connection ends. Default: 1000. 0: no limit.",
     NULL, 0, MOST},
    {"max-unconsumed", 0, OPTION_SIZE, AT(unconsumed), "SIZE",
     "Octets of bodies that wait here before the window of the connection closes. Default: 4m.",
     NULL, 0, UINT64_C(1) << 30},
    {"max-refused-streams", 0, OPTION_NUMBER, AT(refused), "N",
     "Streams in a row beyond --max-concurrent-streams before the connection ends. Default: 100.",
     NULL, 1, MOST},
    {"new-stream-factor", 0, OPTION_NUMBER, AT(new_stream_factor), "N",
     "Streams at once, in multiples of --max-concurrent-streams. Default: 2. 0: no limit.", NULL, 0,
     1000},
    {"max-empty-frames", 0, OPTION_NUMBER, AT(empty_frames), "N",
     "Frames in a row without content. Default: 4. 0: no limit.", NULL, 0, MOST},
    {"reset-burst", 0, OPTION_NUMBER, AT(reset_burst), "N",
     "Streams that a client may reset, or make the server reset, at once. Default: 200.", NULL, 1,
     MOST},
    {"reset-rate", 0, OPTION_NUMBER, AT(reset_rate), "N",
     "And how many of them are given back each second. Default: 20.", NULL, 0, MOST},
    {"glitch-burst", 0, OPTION_NUMBER, AT(glitch_burst), "N",
     "Frames that are legal and useless, at once. Default: 1000.", NULL, 1, MOST},
    {"glitch-rate", 0, OPTION_NUMBER, AT(glitch_rate), "N",
     "And how many of them are given back each second. Default: 50.", NULL, 0, MOST},
    {"window-update-free", 0, OPTION_NUMBER, AT(window_update_free), "N",
     "WINDOW_UPDATE frames of a connection. Default: 5. 0: no limit.", NULL, 0, MOST},
    {"window-update-per-stream", 0, OPTION_NUMBER, AT(window_update_per_stream), "N",
     "And for each stream. Default: 2.", NULL, 0, MOST},
    {"window-update-per-data", 0, OPTION_NUMBER, AT(window_update_per_data), "N",
     "And for each DATA frame sent. Default: 20.", NULL, 0, MOST},
    {"priority-free", 0, OPTION_NUMBER, AT(priority_free), "N",
     "PRIORITY and PRIORITY_UPDATE frames that are no glitches. Default: 100.", NULL, 0, MOST},
    {"priority-per-stream", 0, OPTION_NUMBER, AT(priority_per_stream), "N",
     "And for each stream. Default: 10.", NULL, 0, MOST},
    {"extension-free", 0, OPTION_NUMBER, AT(extension_free), "N",
     "Frames of unknown types that are no glitches. Default: 100.", NULL, 0, MOST},
    {"extension-per-stream", 0, OPTION_NUMBER, AT(extension_per_stream), "N",
     "And for each stream. Default: 10.", NULL, 0, MOST},
};

static_assert(sizeof LIMIT_OPTIONS / sizeof LIMIT_OPTIONS[0] == LIMIT_OPTION_COUNT,
              "as the header says");

/* ---- What the library keeps ---------------------------------------------------------------- */

/* Sizes tell members of 32 bits from those of 64. */
#define KEPT(ours, its)                                                                            \
    {                                                                                              \
        AT(ours), offsetof(h2session_config, its), sizeof(((h2session_config *)0)->its)            \
    }

static const struct {
    size_t ours;
    size_t its;
    size_t size;
} KEPT_BY_LIBRARY[] = {
    KEPT(first_request_timeout_ns, first_request_timeout_ns),
    KEPT(field_block_timeout_ns, field_block_timeout_ns),
    KEPT(settings_ack_timeout_ns, settings_ack_timeout_ns),
    KEPT(idle_timeout_ns, idle_timeout_ns),
    KEPT(close_timeout_ns, close_timeout_ns),
    KEPT(progress_rate, progress_rate),
    KEPT(progress_grace_ns, progress_grace_ns),
    KEPT(progress_max_ns, progress_max_ns),
    KEPT(memory, memory_limit_bytes),
    KEPT(header_list, max_header_list_size),
    KEPT(fields, field_count_limit),
    KEPT(frame_size, max_frame_size),
    KEPT(continuations, continuation_limit),
    KEPT(field_block, field_block_limit_bytes),
    KEPT(settings_entries, settings_entry_limit),
    KEPT(acks, ack_queue_limit),
    KEPT(output, output_limit_bytes),
    KEPT(output_frames, output_frame_limit),
    KEPT(unconsumed, unconsumed_limit_bytes),
    KEPT(refused, refused_limit),
    KEPT(new_stream_factor, new_stream_factor),
    KEPT(empty_frames, empty_frame_limit),
    KEPT(reset_burst, reset_burst),
    KEPT(reset_rate, reset_rate),
    KEPT(glitch_burst, glitch_burst),
    KEPT(glitch_rate, glitch_rate),
    KEPT(window_update_free, window_update_free),
    KEPT(window_update_per_stream, window_update_per_stream),
    KEPT(window_update_per_data, window_update_per_data),
    KEPT(priority_free, priority_free),
    KEPT(priority_per_stream, priority_per_stream),
    KEPT(extension_free, extension_free),
    KEPT(extension_per_stream, extension_per_stream),
};

enum { KEPT_COUNT = sizeof KEPT_BY_LIBRARY / sizeof KEPT_BY_LIBRARY[0] };

void limits_init(struct limits *limits)
{
    h2session_config config;
    memset(limits, 0, sizeof *limits);
    if (h2session_config_init(&config, sizeof config, H2SESSION_SERVER) != 0) {
        return; /* cannot be, with these arguments */
    }
    for (size_t i = 0; i < KEPT_COUNT; i++) {
        const char *from = (const char *)&config + KEPT_BY_LIBRARY[i].its;
        uint64_t value = 0;
        if (KEPT_BY_LIBRARY[i].size == sizeof value) {
            memcpy(&value, from, sizeof value);
        } else {
            uint32_t small = 0;
            memcpy(&small, from, sizeof small);
            value = small;
        }
        memcpy((char *)limits + KEPT_BY_LIBRARY[i].ours, &value, sizeof value);
    }
    limits->handshake_timeout_ns = 10 * SECOND_NS;
    limits->write_timeout_ns = 30 * SECOND_NS;
    limits->memory_in_all = DEFAULT_MEMORY_IN_ALL;
    limits->request_line = DEFAULT_REQUEST_LINE;
}

void limits_apply(const struct limits *limits, h2session_config *config)
{
    for (size_t i = 0; i < KEPT_COUNT; i++) {
        char *to = (char *)config + KEPT_BY_LIBRARY[i].its;
        uint64_t value = 0;
        memcpy(&value, (const char *)limits + KEPT_BY_LIBRARY[i].ours, sizeof value);
        if (KEPT_BY_LIBRARY[i].size == sizeof value) {
            memcpy(to, &value, sizeof value);
        } else {
            const uint32_t small = (uint32_t)value;
            memcpy(to, &small, sizeof small);
        }
    }
}
