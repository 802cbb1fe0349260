/* SPDX-License-Identifier: MIT */
#include "tls_context.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

#include "self_signed.h"
#include "tls_internal.h"

/* RFC 9113 9.2.2: TLS 1.2 only with ephemeral keys and an AEAD; the suite every implementation has
 * to have, ECDHE_RSA_AES_128_GCM_SHA256 with P-256, is among them. rfc: 9113#9.2.2 */
static const char TLS12_CIPHERS[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
static const char TLS_GROUPS[] = "X25519:P-256:P-384:P-521";

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

/* A line of key material for SSLKEYLOGFILE. */
static void on_keylog(const SSL *ssl, const char *line)
{
    const struct tls_context *context = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    (void)fprintf(context->keylog, "%s\n", line);
    (void)fflush(context->keylog);
}

static int open_keylog(struct tls_context *context, const char *path, char error[TLS_TEXT_SIZE])
{
    if (path == NULL || path[0] == '\0') {
        return 0;
    }
    const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    context->keylog = fd < 0 ? NULL : fdopen(fd, "a");
    if (context->keylog == NULL) {
        (void)snprintf(error, TLS_TEXT_SIZE, "key log file %.150s: %s", path, strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return -1;
    }
    SSL_CTX_set_keylog_callback(context->ssl, on_keylog);
    return 0;
}

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
           SSL_CTX_set_cipher_list(ssl, TLS12_CIPHERS) == 1 &&
           SSL_CTX_set1_groups_list(ssl, TLS_GROUPS) == 1;
}

static struct tls_context *new_context(const SSL_METHOD *method, const char *keylog_file,
                                       char error[TLS_TEXT_SIZE])
{
    struct tls_context *context = calloc(1, sizeof *context);
    if (context == NULL) {
        (void)snprintf(error, TLS_TEXT_SIZE, "out of memory");
        return NULL;
    }
    atomic_init(&context->references, 1);
    context->bio_method = tls__stream_bio_method();
    context->ssl = SSL_CTX_new(method);
    if (context->bio_method == NULL || context->ssl == NULL || !set_rules(context->ssl)) {
        tls__error_text("cannot set up TLS", error);
        tls_context_free(context);
        return NULL;
    }
    SSL_CTX_set_app_data(context->ssl, context);
    if (open_keylog(context, keylog_file, error) != 0) {
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
    BIO_meth_free(context->bio_method);
    if (context->keylog != NULL) {
        (void)fclose(context->keylog);
    }
    free(context);
}

static int use_files(SSL_CTX *ssl, const char *key_file, const char *certificate_file,
                     char error[TLS_TEXT_SIZE])
{
    char what[TLS_TEXT_SIZE];
    if (SSL_CTX_use_certificate_chain_file(ssl, certificate_file) != 1) {
        (void)snprintf(what, sizeof what, "certificate %.150s", certificate_file);
        tls__error_text(what, error);
        return -1;
    }
    if (SSL_CTX_use_PrivateKey_file(ssl, key_file, SSL_FILETYPE_PEM) != 1) {
        (void)snprintf(what, sizeof what, "private key %.150s", key_file);
        tls__error_text(what, error);
        return -1;
    }
    return 0;
}

static int set_trust(SSL_CTX *ssl, const struct tls_client_config *config,
                     char error[TLS_TEXT_SIZE])
{
    if (config->insecure) {
        SSL_CTX_set_verify(ssl, SSL_VERIFY_NONE, NULL);
        return 0;
    }
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    if (config->ca_file == NULL) {
        if (SSL_CTX_set_default_verify_paths(ssl) != 1) {
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

int tls_context_new_client(struct tls_context **out, const struct tls_client_config *config,
                           char error[TLS_TEXT_SIZE])
{
    struct tls_context *context = new_context(TLS_client_method(), config->keylog_file, error);
    if (context == NULL) {
        return -1;
    }
    context->verifies = !config->insecure;
    /* Returns 0 on success, unlike its neighbours. */
    if (SSL_CTX_set_alpn_protos(context->ssl, tls__alpn_h2, sizeof tls__alpn_h2) != 0) {
        tls__error_text("cannot set up ALPN", error);
        tls_context_free(context);
        return -1;
    }
    if (set_trust(context->ssl, config, error) != 0 ||
        (config->key_file != NULL &&
         use_files(context->ssl, config->key_file, config->certificate_file, error) != 0)) {
        tls_context_free(context);
        return -1;
    }
    *out = context;
    return 0;
}

/* RFC 7301 3.2: without a protocol in common the handshake ends. rfc: 9113#3.2 */
static int on_select_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_length,
                          const unsigned char *offered, unsigned int offered_length, void *arg)
{
    static const unsigned char BOTH[] = "\x02h2\x08http/1.1";
    (void)ssl;
    const struct tls_context *context = arg;
    const unsigned char *ours = context->http1 ? BOTH : tls__alpn_h2;
    const unsigned ours_length = context->http1 ? sizeof BOTH - 1 : sizeof tls__alpn_h2;
    unsigned char *selected = NULL;
    if (SSL_select_next_proto(&selected, out_length, ours, ours_length, offered, offered_length) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = selected;
    return SSL_TLSEXT_ERR_OK;
}

/* A client that offers nothing by ALPN does not mean HTTP/2. */
static int on_client_hello(SSL *ssl, int *alert, void *arg)
{
    (void)arg;
    const unsigned char *extension = NULL;
    size_t length = 0;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation,
                                  &extension, &length) != 1) {
        *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
        return SSL_CLIENT_HELLO_ERROR;
    }
    return SSL_CLIENT_HELLO_SUCCESS;
}

static int use_self_signed(SSL_CTX *ssl, char error[TLS_TEXT_SIZE])
{
    EVP_PKEY *key = NULL;
    X509 *certificate = NULL;
    int status = self_signed_new(&key, &certificate);
    if (status == 0 &&
        (SSL_CTX_use_certificate(ssl, certificate) != 1 || SSL_CTX_use_PrivateKey(ssl, key) != 1)) {
        status = -1;
    }
    if (status != 0) {
        tls__error_text("cannot make a certificate", error);
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    return status;
}

int tls_context_new_server(struct tls_context **out, const struct tls_server_config *config,
                           char error[TLS_TEXT_SIZE])
{
    struct tls_context *context = new_context(TLS_server_method(), config->keylog_file, error);
    if (context == NULL) {
        return -1;
    }
    context->is_server = 1;
    context->http1 = config->http1;
    SSL_CTX_set_alpn_select_cb(context->ssl, on_select_alpn, context);
    if (!config->http1) {
        SSL_CTX_set_client_hello_cb(context->ssl, on_client_hello, NULL);
    }
    const int status = config->key_file == NULL ? use_self_signed(context->ssl, error)
                                                : use_files(context->ssl, config->key_file,
                                                            config->certificate_file, error);
    if (status != 0) {
        tls_context_free(context);
        return -1;
    }
    *out = context;
    return 0;
}
