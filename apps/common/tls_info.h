/* SPDX-License-Identifier: MIT */
/*
 * What TLS of a connection tells: what it agreed on, and what came of a step. The same for the filter
 * (tls_stream.h) and for TLS on the socket itself (tls_socket.h).
 */
#ifndef H2KIT_APPS_TLS_INFO_H
#define H2KIT_APPS_TLS_INFO_H

enum {
    TLS_DATA = 1,    /* octets were written to the buffer, or taken from it */
    TLS_MORE = 2,    /* nothing without more from the peer */
    TLS_END = 3,     /* the peer sent close_notify */
    TLS_READY = 4,   /* once: the handshake is complete, the protocol agreed on; read on */
    TLS_BLOCKED = 5, /* nothing before the socket takes more; not of the filter */
    TLS_FAILED = -1, /* the error is told in a line */
    TLS_BROKEN = -2  /* the socket broke; not of the filter */
};

/* What was agreed; strings live as long as the connection. */
struct tls_info {
    const char *version;  /* "TLSv1.3" */
    const char *cipher;   /* "TLS_AES_256_GCM_SHA384" */
    const char *protocol; /* by ALPN "h2"; "http/1.1" also without ALPN */
    const char *client; /* server: whose certificate the client has shown; NULL: none. Verified only
                             where the context has a CA */
    /* client that does not verify: what is wrong with the certificate, NULL: nothing is */
    const char *skipped;
    /* Which records are the kernel's: "none", "send", "receive" or "both", for good; NULL: it was not
     * asked. */
    const char *kernel;
};

#endif
