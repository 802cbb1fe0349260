/* SPDX-License-Identifier: MIT */
/*
 * What TLS connections of one kind have in common: certificates, trust, protocol rules.
 *
 * Both sides: TLS 1.2 or newer, ALPN "h2" and, for servers that want it, "http/1.1" or no ALPN at
 * all, no compression, no renegotiation (RFC 9113 9.2), and under TLS 1.2 only ephemeral key
 * exchange with AEAD ciphers, so that nothing of RFC 9113 appendix A is ever agreed on. Early data
 * is off.
 * rfc: 9113#9.2 rfc: 9113#9.2.1 rfc: 9113#9.2.2
 * A context of a server is immutable once made and may be used by several threads; that of a client, which
 * may read more of what the system trusts, by one. Either may outlive or be outlived by its streams.
 */
#ifndef H2KIT_APPS_TLS_CONTEXT_H
#define H2KIT_APPS_TLS_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

enum { TLS_TEXT_SIZE = 256 };

struct tls_context;

struct tls_client_config {
    uint32_t insecure;       /* 1: the server's certificate is not verified */
    const char *ca_file;     /* PEM; NULL: the system's trust store */
    const char *keylog_file; /* keys are appended for a protocol analyser; NULL: none */
    const char *key_file;    /* PEM; both NULL: there is no certificate to show to a server that */
    const char *certificate_file; /* asks for one; PEM chain */
    /* 1: TLS is done on the socket itself, and the kernel makes and reads records where it can. */
    uint32_t on_socket;
};

struct tls_key_pair {
    const char *key_file;         /* PEM, without a passphrase */
    const char *certificate_file; /* PEM chain */
};

struct tls_server_config {
    /* A client gets the first certificate that has the name it asks for (SNI), one that spells it
     * out before one with a wildcard, and the first of all when none has. With none given, one is
     * made for localhost, 127.0.0.1 and ::1. */
    const struct tls_key_pair *pairs;
    size_t pair_count;
    const char *keylog_file;
    uint32_t http1; /* 1: "http/1.1" is as good, and so is a client without ALPN */
    /* Clients are asked for a certificate. Without a CA file whatever they show is taken, also
     * nothing; with one (PEM) they must show a certificate that it vouches for. */
    uint32_t asks_client;
    const char *client_ca_file;
    /* PEM: parameters for DHE suites of TLS 1.2, beside those of curves; NULL: none */
    const char *dh_file;
    const char *groups;   /* for key exchange, as OpenSSL lists them; NULL: those of the house */
    int least_version;    /* of TLS, 12 or 13; 0: 12 */
    int greatest_version; /* 0: any */
    /* The context that this one takes the place of: its tickets stay good, unless a CA vouches for
     * clients, and it is the one that has opened the key log. NULL: none. */
    const struct tls_context *before;
    uint32_t on_socket; /* as for a client */
};

/* Why there is no context. */
enum tls_problem {
    TLS_PROBLEM = -1,
    /* of a key, a certificate, a CA or DH parameters: cannot be read, or is none, or weak */
    TLS_PROBLEM_FILE = -2,
    TLS_PROBLEM_MISMATCH = -3, /* a key is not that of its certificate */
    TLS_PROBLEM_GROUPS = -4
};

/* Return 0, or a tls_problem with one line written to error. */
int tls_context_new_client(struct tls_context **out, const struct tls_client_config *config,
                           char error[TLS_TEXT_SIZE]);
int tls_context_new_server(struct tls_context **out, const struct tls_server_config *config,
                           char error[TLS_TEXT_SIZE]);
/* One more holder, who calls tls_context_free() too; any thread may. NULL is fine for both. Streams
 * that use a context hold it. */
void tls_context_hold(struct tls_context *context);
void tls_context_free(struct tls_context *context);
/* Keys go to a new file of the same name (reopen.h), if they go anywhere. Returns 0 or an errno. NULL is
 * fine. */
int tls_context_reopen_keylog(const struct tls_context *context, const char *path);
/* Whether its connections are those of tls_socket.h, not of tls_stream.h. NULL: no. */
int tls_context_is_on_socket(const struct tls_context *context);

#endif
