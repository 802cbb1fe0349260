/* SPDX-License-Identifier: MIT */
#include "counters.h"

#include <string.h>

static size_t bucket_of(uint64_t duration_ns)
{
    static const uint64_t BOUNDS[] = {
#define DURATION_BOUND_(ns, seconds) UINT64_C(ns),
        DURATION_BUCKET_LIST(DURATION_BOUND_)
#undef DURATION_BOUND_
    };
    size_t i = 0;
    while (i < COUNT_BUCKETS - 1 && duration_ns > BOUNDS[i]) {
        i++;
    }
    return i;
}

/* 0, 1, 2 as in metrics.c; what is refused before it had a version counts as HTTP/1.1. */
static size_t protocol_of(const char *protocol)
{
    if (protocol == NULL || strcmp(protocol, "HTTP/1.1") == 0) {
        return 1;
    }
    return strcmp(protocol, "HTTP/2.0") == 0 ? 0 : 2;
}

void counters_request(struct counters *c, const struct access_entry *entry)
{
    const uint32_t digit = entry->status / 100;
    counter_add(&c->requests[protocol_of(entry->protocol)][digit < COUNT_CLASSES ? digit : 0], 1);
    counter_add(&c->durations[bucket_of(entry->duration_ns)], 1);
    counter_add(&c->duration_ns, entry->duration_ns);
    if (entry->end == ACCESS_RESET) {
        const uint32_t code = entry->code < COUNT_CODES ? entry->code : COUNT_CODES - 1;
        counter_add(&c->resets[entry->by_peer != 0][code], 1);
    }
}

void counters_handshake(struct counters *c, const struct tls_info *tls)
{
    counter_add(&c->handshakes, 1);
    if (tls->kernel != NULL) {
        const int is_both = strcmp(tls->kernel, "both") == 0;
        counter_add(&c->kernel_sends, is_both || strcmp(tls->kernel, "send") == 0);
        counter_add(&c->kernel_receives, is_both || strcmp(tls->kernel, "receive") == 0);
    }
}

static size_t index_of(uint32_t reason)
{
    static const uint32_t REASONS[] = {
#define COUNTED_ID_(name, id, where, text) (id),
        COUNTED_REASON_LIST(COUNTED_ID_)
#undef COUNTED_ID_
    };
    size_t i = 0;
    while (i < COUNT_REASONS - 1 && REASONS[i] != reason) {
        i++;
    }
    return i;
}

void counters_fault(struct counters *c, const h2session_fault_event *event)
{
    if (event->forgiven) {
        counter_add(&c->forgiven, 1);
        return;
    }
    const enum count_scope scope =
        event->scope == H2FRAME_SCOPE_CONNECTION ? COUNT_CONNECTION : COUNT_STREAM;
    counter_add(&c->faults[scope][index_of(event->reason)], 1);
}
