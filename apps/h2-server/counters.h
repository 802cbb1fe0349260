/* SPDX-License-Identifier: MIT */
/*
 * What one thread has done so far, in numbers that any thread may read (counter.h). metrics.h adds them
 * up and says what each is called.
 *
 * Invariant: nothing here is ever set back, but for the octets in the cache.
 */
#ifndef H2KIT_APPS_COUNTERS_H
#define H2KIT_APPS_COUNTERS_H

#include "access_line.h"
#include "conn.h"
#include "counter.h"
#include "file_cache.h"

#include <h2session/h2session.h>

/* X(upper bound in ns, the same in seconds) */
#define DURATION_BUCKET_LIST(X)                                                                    \
    X(100000, "0.0001")                                                                            \
    X(250000, "0.00025")                                                                           \
    X(500000, "0.0005")                                                                            \
    X(1000000, "0.001")                                                                            \
    X(2500000, "0.0025")                                                                           \
    X(5000000, "0.005")                                                                            \
    X(10000000, "0.01")                                                                            \
    X(25000000, "0.025")                                                                           \
    X(50000000, "0.05")                                                                            \
    X(100000000, "0.1")                                                                            \
    X(250000000, "0.25")                                                                           \
    X(500000000, "0.5")                                                                            \
    X(1000000000, "1.0")                                                                           \
    X(2500000000, "2.5")                                                                           \
    X(5000000000, "5.0")                                                                           \
    X(10000000000, "10.0")                                                                         \
    X(60000000000, "60.0")

/* X(name) in the order in which they are counted: of libh2frame, then of libh2session. */
#define COUNTED_REASON_LIST(X) H2FRAME_REASON_LIST(X) H2SESSION_REASON_LIST(X)

enum {
    COUNT_CAUSES = CONN_MEMORY + 1,
    COUNT_PROTOCOLS = 3, /* HTTP/2.0, HTTP/1.1, HTTP/1.0 */
    COUNT_CLASSES = 6,   /* by the first digit of the status; 0: no answer */
    COUNT_CODES = H2FRAME_CODE_HTTP_1_1_REQUIRED + 2, /* of resets; the last: others */
#define COUNTED_ONE_(...) +1
    COUNT_REASONS = 0 COUNTED_REASON_LIST(COUNTED_ONE_),
    COUNT_BUCKETS = 1 DURATION_BUCKET_LIST(COUNTED_ONE_) /* the last: longer ones */
#undef COUNTED_ONE_
};

enum count_scope { COUNT_STREAM, COUNT_CONNECTION, COUNT_SCOPES };
enum count_limit { COUNT_CLIENT_CONNECTIONS, COUNT_MEMORY, COUNT_LIMITS };

struct counters {
    counter accepted;
    counter refused[COUNT_LIMITS];
    counter closed[COUNT_CAUSES];
    counter handshakes;
    counter handshakes_failed;
    counter kernel_sends; /* connections whose records are the kernel's */
    counter kernel_receives;
    counter octets_in; /* inside of TLS */
    counter octets_out;
    counter requests[COUNT_PROTOCOLS][COUNT_CLASSES];
    counter resets[2][COUNT_CODES]; /* 1: by the client */
    counter shutdowns;              /* GOAWAY without a fault */
    counter faults[COUNT_SCOPES][COUNT_REASONS];
    counter forgiven;
    counter durations[COUNT_BUCKETS]; /* each up to its bound and above the one before */
    counter duration_ns;
    struct file_cache_counters cache;
};

void counters_request(struct counters *counters, const struct access_entry *entry);
void counters_handshake(struct counters *counters, const struct tls_info *tls);
void counters_fault(struct counters *counters, const h2session_fault_event *event);

#endif
