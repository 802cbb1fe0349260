/* SPDX-License-Identifier: MIT */
#include "tls_context.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

#include "reopen.h"
#include "tls_certificate.h"
#include "tls_internal.h"
#include "tls_trust.h"

/* RFC 9113 9.2.2: TLS 1.2 only with ephemeral keys and an AEAD; the suite every implementation has
 * to have, ECDHE_RSA_AES_128_GCM_SHA256 with P-256, is among them. rfc: 9113#9.2.2 */
const char tls__ciphers[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                            "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                            "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
/* Nobody breaks either of them; 128 bits cost less for each octet. */
static const char TLS13_SUITES[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                   "TLS_CHACHA20_POLY1305_SHA256";
static const char TLS_GROUPS[] = "X25519:P-256:P-384:P-521";

enum { KEYLOG_MODE = 0600 };

const unsigned char tls__alpn_h2[3] = {2, 'h', '2'};

void tls__error_text(const char *what, char error[TLS_TEXT_SIZE])
{
    const unsigned long code = ERR_peek_error();
    const char *reason = code == 0 ? NULL : ERR_reason_error_string(code);
    if (code != 0 && ERR_GET_LIB(code) == ERR_LIB_SYS) {
        reason = strerror(ERR_GET_REASON(code));
    }
    (void)snprintf(error, TLS_TEXT_SIZE, "%.100s: %.150s", what,
                   reason == NULL ? "failed" : reason);
    ERR_clear_error();
}

/* ---- Key log ------------------------------------------------------------------------------- */

/* A line of key material for SSLKEYLOGFILE. */
static void on_keylog(const SSL *ssl, const char *line)
{
    const struct tls_context *context = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    (void)fprintf(context->keylog, "%s\n", line);
    (void)fflush(context->keylog);
}

int tls__open_keylog(struct tls_context *context, const char *path,
                     const struct tls_context *before, char error[TLS_TEXT_SIZE])
{
    if (path == NULL || path[0] == '\0') {
        return 0;
    }
    const int fd = before != NULL && before->keylog != NULL
                       ? fcntl(fileno(before->keylog), F_DUPFD_CLOEXEC, 0)
                       : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, KEYLOG_MODE);
    context->keylog = fd < 0 ? NULL : fdopen(fd, "a");
    if (context->keylog == NULL) {
        (void)snprintf(error, TLS_TEXT_SIZE, "key log file %.150s: %s", path, strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return -1;
    }
    return 0;
}

int tls_context_reopen_keylog(const struct tls_context *context, const char *path)
{
    return context == NULL || context->keylog == NULL
               ? 0
               : reopen_file(context->keylog, path, KEYLOG_MODE);
}

/* ---- Life ---------------------------------------------------------------------------------- */

/* The rules both sides keep. */
static int set_rules(SSL_CTX *ssl)
{
    /* rfc: 9113#9.2 (version), rfc: 9113#9.2.1 (no compression, no renegotiation) */
    SSL_CTX_set_options(ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    return SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(ssl, tls__ciphers) == 1 &&
           SSL_CTX_set_ciphersuites(ssl, TLS13_SUITES) == 1 &&
           SSL_CTX_set1_groups_list(ssl, TLS_GROUPS) == 1;
}

SSL_CTX *tls__new_ssl(struct tls_context *context, const SSL_METHOD *method)
{
    SSL_CTX *ssl = SSL_CTX_new(method);
    if (ssl == NULL || !set_rules(ssl)) {
        SSL_CTX_free(ssl);
        return NULL;
    }
    SSL_CTX_set_app_data(ssl, context);
    if (context->keylog != NULL) {
        SSL_CTX_set_keylog_callback(ssl, on_keylog);
    }
    return ssl;
}

struct tls_context *tls__new_context(char error[TLS_TEXT_SIZE])
{
    struct tls_context *context = calloc(1, sizeof *context);
    if (context == NULL) {
        (void)snprintf(error, TLS_TEXT_SIZE, "out of memory");
        return NULL;
    }
    atomic_init(&context->references, 1);
    context->bio_method = tls__stream_bio_method();
    if (context->bio_method == NULL) {
        tls__error_text("cannot set up TLS", error);
        tls_context_free(context);
        return NULL;
    }
    return context;
}

void tls_context_hold(struct tls_context *context)
{
    if (context != NULL) {
        (void)atomic_fetch_add(&context->references, 1);
    }
}

void tls_context_free(struct tls_context *context)
{
    if (context == NULL || atomic_fetch_sub(&context->references, 1) != 1) {
        return;
    }
    SSL_CTX_free(context->ssl);
    for (size_t i = 0; i < context->other_count; i++) {
        SSL_CTX_free(context->others[i]);
    }
    free(context->others);
    tls_names_clear(&context->names);
    EVP_PKEY_free(context->dh);
    BIO_meth_free(context->bio_method);
    if (context->keylog != NULL) {
        (void)fclose(context->keylog);
    }
    free(context);
}

int tls_context_is_on_socket(const struct tls_context *context)
{
    return context != NULL && context->on_socket;
}

/* ---- Client -------------------------------------------------------------------------------- */

static int set_trust(struct tls_context *context, const struct tls_client_config *config,
                     char error[TLS_TEXT_SIZE])
{
    SSL_CTX *ssl = context->ssl;
    if (config->insecure) {
        SSL_CTX_set_verify(ssl, SSL_VERIFY_NONE, NULL);
        /* Only to tell what was not held against the server: it need not be there. */
        if (config->ca_file == NULL) {
            (void)tls__trust_system(context);
        } else {
            (void)SSL_CTX_load_verify_file(ssl, config->ca_file);
        }
        ERR_clear_error();
        return 0;
    }
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    if (config->ca_file == NULL) {
        if (tls__trust_system(context) != 0) {
            tls__error_text("cannot use the system's trust store", error);
            return -1;
        }
    } else if (SSL_CTX_load_verify_file(ssl, config->ca_file) != 1) {
        char what[TLS_TEXT_SIZE];
        (void)snprintf(what, sizeof what, "CA file %.150s", config->ca_file);
        tls__error_text(what, error);
        return -1;
    }
    return 0;
}

static int set_up_client(struct tls_context *context, const struct tls_client_config *config,
                         char error[TLS_TEXT_SIZE])
{
    if (tls__open_keylog(context, config->keylog_file, NULL, error) != 0) {
        return -1;
    }
    context->verifies = !config->insecure;
    context->on_socket = config->on_socket;
    context->ssl = tls__new_ssl(context, TLS_client_method());
    /* Returns 0 on success, unlike its neighbours. */
    if (context->ssl == NULL ||
        SSL_CTX_set_alpn_protos(context->ssl, tls__alpn_h2, sizeof tls__alpn_h2) != 0) {
        tls__error_text("cannot set up TLS", error);
        return -1;
    }
    const struct tls_key_pair pair = {config->key_file, config->certificate_file};
    if (pair.key_file != NULL && tls_certificate_load(context->ssl, &pair, error) != 0) {
        return -1;
    }
    return set_trust(context, config, error);
}

int tls_context_new_client(struct tls_context **out, const struct tls_client_config *config,
                           char error[TLS_TEXT_SIZE])
{
    struct tls_context *context = tls__new_context(error);
    if (context == NULL || set_up_client(context, config, error) != 0) {
        tls_context_free(context);
        return -1;
    }
    *out = context;
    return 0;
}
