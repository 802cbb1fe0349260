/* SPDX-License-Identifier: MIT */
/* The server's side of tls_context.h. */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "tls_certificate.h"
#include "tls_dh.h"
#include "tls_internal.h"

/* A client of HTTP/2 has one connection at a time, so one will do; each takes time to make. */
enum { TICKETS = 1 };

/* Where tickets are good: in any server of this kind that has the key of the ticket. */
static const unsigned char TICKET_SCOPE[] = "h2-server";

enum { TICKET_KEYS_SIZE = 256 };

/* ---- Handshakes ---------------------------------------------------------------------------- */

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

/* RFC 6066 3: an unknown name is no error; the first certificate may do. */
static int on_server_name(SSL *ssl, int *alert, void *arg)
{
    (void)alert;
    const struct tls_context *context = arg;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    size_t number = 0;
    if (name == NULL || !tls_names_find(&context->names, name, &number)) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    return number == 0 || SSL_set_SSL_CTX(ssl, context->others[number - 1]) != NULL
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* What a client shows is taken as it is. */
static int take_any(int good, X509_STORE_CTX *store)
{
    (void)good;
    (void)store;
    return 1;
}

/* ---- Set-up -------------------------------------------------------------------------------- */

static int ask_clients(SSL_CTX *ssl, const struct tls_server_config *config,
                       char error[TLS_TEXT_SIZE])
{
    if (config->client_ca_file == NULL) {
        if (config->asks_client) {
            SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, take_any);
        }
        return 0;
    }
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(config->client_ca_file);
    if (names == NULL || SSL_CTX_load_verify_file(ssl, config->client_ca_file) != 1) {
        char what[TLS_TEXT_SIZE];
        (void)snprintf(what, sizeof what, "CA file %.150s", config->client_ca_file);
        tls__error_text(what, error);
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        return TLS_PROBLEM_FILE;
    }
    SSL_CTX_set_client_CA_list(ssl, names);
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return 0;
}

static int protocol_version(int version)
{
    return version == 13 ? TLS1_3_VERSION : TLS1_2_VERSION;
}

/* Narrows the rules that always hold. */
static int set_wishes(SSL_CTX *ssl, const struct tls_server_config *config,
                      char error[TLS_TEXT_SIZE])
{
    if (config->groups != NULL && SSL_CTX_set1_groups_list(ssl, config->groups) != 1) {
        (void)snprintf(error, TLS_TEXT_SIZE, "groups '%.150s': OpenSSL knows no such list",
                       config->groups);
        ERR_clear_error();
        return TLS_PROBLEM_GROUPS;
    }
    if ((config->least_version != 0 &&
         SSL_CTX_set_min_proto_version(ssl, protocol_version(config->least_version)) != 1) ||
        (config->greatest_version != 0 &&
         SSL_CTX_set_max_proto_version(ssl, protocol_version(config->greatest_version)) != 1)) {
        tls__error_text("cannot set the version of TLS", error);
        return TLS_PROBLEM;
    }
    return 0;
}

/* All there is to a connection but the certificate: OpenSSL takes each of these from the SSL_CTX
 * that was chosen for the name. */
static int new_ssl(SSL_CTX **out, struct tls_context *context,
                   const struct tls_server_config *config, char error[TLS_TEXT_SIZE])
{
    SSL_CTX *ssl = tls__new_ssl(context, TLS_server_method());
    if (ssl == NULL ||
        SSL_CTX_set_session_id_context(ssl, TICKET_SCOPE, sizeof TICKET_SCOPE - 1) != 1 ||
        SSL_CTX_set_num_tickets(ssl, TICKETS) != 1) {
        tls__error_text("cannot set up TLS", error);
        SSL_CTX_free(ssl);
        return TLS_PROBLEM;
    }
    SSL_CTX_set_alpn_select_cb(ssl, on_select_alpn, context);
    if (!config->http1) {
        SSL_CTX_set_client_hello_cb(ssl, on_client_hello, NULL);
    }
    int status = ask_clients(ssl, config, error);
    if (status == 0) {
        status = set_wishes(ssl, config, error);
    }
    if (status == 0 && context->dh != NULL) {
        status = tls__dh_use(ssl, context->dh, error);
    }
    if (status != 0) {
        SSL_CTX_free(ssl);
        return status;
    }
    *out = ssl;
    return 0;
}

static int choose_by_name(struct tls_context *context, char error[TLS_TEXT_SIZE])
{
    for (size_t i = 0; i <= context->other_count; i++) {
        const SSL_CTX *ssl = i == 0 ? context->ssl : context->others[i - 1];
        if (tls_names_add(&context->names, SSL_CTX_get0_certificate(ssl), i) != 0) {
            (void)snprintf(error, TLS_TEXT_SIZE, "out of memory");
            return TLS_PROBLEM;
        }
    }
    tls_names_sort(&context->names);
    SSL_CTX_set_tlsext_servername_callback(context->ssl, on_server_name);
    SSL_CTX_set_tlsext_servername_arg(context->ssl, context);
    return 0;
}

/* The certificates behind the first one. */
static int add_others(struct tls_context *context, const struct tls_server_config *config,
                      char error[TLS_TEXT_SIZE])
{
    if (config->pair_count < 2) {
        return 0;
    }
    context->others = calloc(config->pair_count, sizeof(SSL_CTX *));
    if (context->others == NULL) {
        (void)snprintf(error, TLS_TEXT_SIZE, "out of memory");
        return TLS_PROBLEM;
    }
    int status = 0;
    for (size_t i = 1; i < config->pair_count && status == 0; i++) {
        SSL_CTX **place = &context->others[context->other_count];
        status = new_ssl(place, context, config, error);
        if (status == 0) {
            context->other_count++;
            status = tls_certificate_load(*place, &config->pairs[i], error);
        }
    }
    return status == 0 ? choose_by_name(context, error) : status;
}

/* A ticket says that a CA vouched for the client; the new one may not. */
static int keep_tickets(const struct tls_context *context, const struct tls_server_config *config,
                        char error[TLS_TEXT_SIZE])
{
    unsigned char keys[TICKET_KEYS_SIZE];
    if (config->before == NULL || config->client_ca_file != NULL) {
        return 0;
    }
    const long size = SSL_CTX_get_tlsext_ticket_keys(context->ssl, NULL, 0);
    if (size <= 0 || size > (long)sizeof keys ||
        SSL_CTX_get_tlsext_ticket_keys(config->before->ssl, keys, size) != 1 ||
        SSL_CTX_set_tlsext_ticket_keys(context->ssl, keys, size) != 1) {
        tls__error_text("cannot keep the keys of tickets", error);
        return TLS_PROBLEM;
    }
    OPENSSL_cleanse(keys, sizeof keys);
    return 0;
}

static int load_dh(struct tls_context *context, const struct tls_server_config *config,
                   char error[TLS_TEXT_SIZE])
{
    const EVP_PKEY *known = config->before == NULL ? NULL : config->before->dh;
    return config->dh_file == NULL ? 0 : tls__dh_load(&context->dh, config->dh_file, known, error);
}

static int set_up(struct tls_context *context, const struct tls_server_config *config,
                  char error[TLS_TEXT_SIZE])
{
    context->is_server = 1;
    context->http1 = config->http1;
    context->on_socket = config->on_socket;
    if (tls__open_keylog(context, config->keylog_file, config->before, error) != 0) {
        return TLS_PROBLEM;
    }
    int status = load_dh(context, config, error);
    if (status == 0) {
        status = new_ssl(&context->ssl, context, config, error);
    }
    if (status == 0) {
        status = config->pair_count == 0
                     ? tls_certificate_make(context->ssl, error)
                     : tls_certificate_load(context->ssl, &config->pairs[0], error);
    }
    if (status == 0) {
        status = add_others(context, config, error);
    }
    return status == 0 ? keep_tickets(context, config, error) : status;
}

int tls_context_new_server(struct tls_context **out, const struct tls_server_config *config,
                           char error[TLS_TEXT_SIZE])
{
    struct tls_context *context = tls__new_context(error);
    const int status = context == NULL ? TLS_PROBLEM : set_up(context, config, error);
    if (status != 0) {
        tls_context_free(context);
        return status;
    }
    *out = context;
    return 0;
}
