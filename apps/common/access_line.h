/* SPDX-License-Identifier: MIT */
/*
 * One line of an access log: what a request was and how it ended, in one of three formats. "common" and
 * "combined" are those of other servers; docs/access-log.md has them and the third.
 *
 * Invariant: a line is printable ASCII with one end of line, whatever a peer sent: in the first two
 * formats other octets, the quote and the backslash are \x0a, in JSON it is as json_text.h says.
 */
#ifndef H2KIT_APPS_ACCESS_LINE_H
#define H2KIT_APPS_ACCESS_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "text_buffer.h"

/* X(name, value of --log-format) */
#define ACCESS_FORMAT_LIST(X)                                                                      \
    X(COMMON, "common")                                                                            \
    X(COMBINED, "combined")                                                                        \
    X(JSON, "json")

enum access_format {
#define ACCESS_FORMAT_VALUE_(name, text) ACCESS_##name,
    ACCESS_FORMAT_LIST(ACCESS_FORMAT_VALUE_)
#undef ACCESS_FORMAT_VALUE_
};

enum access_text {
    ACCESS_METHOD,
    ACCESS_AUTHORITY,
    ACCESS_PATH,
    ACCESS_REFERER,
    ACCESS_USER_AGENT,
    ACCESS_TEXTS
};

enum access_end {
    ACCESS_COMPLETE,
    ACCESS_RESET, /* by one of the two, with a code */
    ACCESS_LOST   /* with the connection */
};

struct access_entry {
    uint64_t begun_ns; /* wall clock, since 1970 */
    uint64_t duration_ns;
    uint64_t connection_id;
    uint32_t stream_id;
    uint32_t status;                 /* 0: no answer */
    uint64_t body_octets;            /* of the answer, handed to the connection */
    const char *peer;                /* "127.0.0.1:8080", "[::1]:8080" */
    const char *tls;                 /* "TLSv1.3"; NULL: cleartext */
    const char *protocol;            /* "HTTP/2.0"; NULL: not known */
    const char *texts[ACCESS_TEXTS]; /* NULL: none */
    size_t lengths[ACCESS_TEXTS];
    enum access_end end;
    uint32_t by_peer; /* of a reset */
    uint32_t code;    /* H2FRAME_CODE_ of a reset */
    uint32_t refused; /* before it was looked at as a request */
};

enum { ACCESS_TIME_SIZE = 48 };

/* Who writes lines: a format, and the last time as text, for the next line may have the same. Zero but
 * for the format at first. */
struct access_writer {
    enum access_format format;
    uint32_t has_time;
    uint64_t second;
    size_t time_length;
    char time[ACCESS_TIME_SIZE];
};

/* Returns 0, or -1 when there is no such format. NULL is "combined". */
int access_format_read(enum access_format *format, const char *name);
void access_line(struct text_buffer *text, struct access_writer *writer,
                 const struct access_entry *entry);

#endif
