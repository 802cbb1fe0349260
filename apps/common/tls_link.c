/* SPDX-License-Identifier: MIT */
#include "tls_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "tls_verdict.h"

/* ---- Life ---------------------------------------------------------------------------------- */

/* RFC 9110 4.3.4: the certificate must be for the name, or for the IP address as such; the common
 * name counts for nothing. SNI carries names only (RFC 6066 3). rfc: 9113#9.2 */
static int set_host(struct tls_link *link)
{
    unsigned char address[sizeof(struct in6_addr)];
    X509_VERIFY_PARAM *param = SSL_get0_param(link->ssl);
    if (inet_pton(AF_INET, link->host, address) == 1 ||
        inet_pton(AF_INET6, link->host, address) == 1) {
        return X509_VERIFY_PARAM_set1_ip_asc(param, link->host) == 1;
    }
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return SSL_set1_host(link->ssl, link->host) == 1 &&
           SSL_set_tlsext_host_name(link->ssl, link->host) == 1;
}

/* Takes down what is wrong, while the certificate is at hand. Decides nothing. */
static int on_verdict(int ok, X509_STORE_CTX *store)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls_link *link = SSL_get_app_data(ssl);
    char text[TLS_TEXT_SIZE];
    if (!ok && link->verdict == NULL) {
        tls__verdict_text(X509_STORE_CTX_get_current_cert(store), link->host,
                          X509_STORE_CTX_get_error(store), text);
        /* Without memory it is told in general words. */
        link->verdict = strdup(text);
    }
    return ok;
}

int tls__link_open(struct tls_link *link, struct tls_context *context, const char *host, BIO *bio)
{
    tls_context_hold(context);
    link->context = context;
    link->ssl = SSL_new(context->ssl);
    if (link->ssl == NULL || bio == NULL) {
        BIO_free(bio);
        return -1;
    }
    SSL_set_bio(link->ssl, bio, bio);
    if (context->is_server) {
        SSL_set_accept_state(link->ssl);
        return 0;
    }
    SSL_set_connect_state(link->ssl);
    link->host = strdup(host);
    if (link->host == NULL || !set_host(link)) {
        return -1;
    }
    SSL_set_app_data(link->ssl, link);
    SSL_set_verify(link->ssl, SSL_get_verify_mode(link->ssl), on_verdict);
    return 0;
}

void tls__link_close(struct tls_link *link)
{
    SSL_free(link->ssl);
    tls_context_free(link->context);
    free(link->host);
    OPENSSL_free(link->client);
    free(link->verdict);
    free(link->error);
}

/* ---- Errors -------------------------------------------------------------------------------- */

void tls__link_say(struct tls_link *link, const char *format, ...)
{
    char text[TLS_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    free(link->error);
    link->error = strdup(text);
}

const char *tls__link_error(const struct tls_link *link)
{
    if (link->error != NULL) {
        return link->error;
    }
    return link->failed ? "out of memory" : "";
}

static void explain(struct tls_link *link)
{
    char text[TLS_TEXT_SIZE];
    const int reason = ERR_GET_REASON(ERR_peek_error());
    const long verdict = SSL_get_verify_result(link->ssl);
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && link->verdict != NULL) {
        tls__link_say(link, "%s", link->verdict);
    } else if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && verdict != X509_V_OK) {
        tls__link_say(link, "certificate of %.100s: %s",
                      link->host == NULL ? "the client" : link->host,
                      X509_verify_cert_error_string(verdict));
    } else if (reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL) {
        tls__link_say(link, "the server does not speak HTTP/2 (it refused ALPN \"h2\")");
    } else if (reason == SSL_R_NO_APPLICATION_PROTOCOL || reason == SSL_R_CALLBACK_FAILED) {
        tls__link_say(link, "the client does not speak HTTP/2 (it did not offer ALPN \"h2\")");
    } else {
        tls__error_text(link->ready ? "TLS" : "TLS handshake", text);
        tls__link_say(link, "%s", text);
    }
    ERR_clear_error();
}

/* What a call of OpenSSL that did not succeed means; number: errno after it. */
static int judge(struct tls_link *link, int result, int number)
{
    switch (SSL_get_error(link->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return TLS_MORE;
    case SSL_ERROR_WANT_WRITE:
        return TLS_BLOCKED;
    case SSL_ERROR_ZERO_RETURN:
        return TLS_END;
    case SSL_ERROR_SYSCALL:
        link->failed = 1;
        link->error_number = number;
        explain(link);
        return TLS_BROKEN;
    default:
        link->failed = 1;
        explain(link);
        return TLS_FAILED;
    }
}

/* ---- In ------------------------------------------------------------------------------------ */

static void note_client(struct tls_link *link)
{
    const X509 *shown = link->context->is_server ? SSL_get0_peer_certificate(link->ssl) : NULL;
    if (shown != NULL) {
        /* Without memory it goes unnamed. */
        link->client = X509_NAME_oneline(X509_get_subject_name(shown), NULL, 0);
        link->info.client = link->client;
    }
}

/* RFC 9113 3.3: "h2" must have been selected; there is no other way to HTTP/2 inside TLS. Without it
 * this is HTTP/1.1, where that is welcome.
 * rfc: 9113#3.3 */
static int check_protocol(struct tls_link *link)
{
    const unsigned char *protocol = NULL;
    unsigned int length = 0;
    SSL_get0_alpn_selected(link->ssl, &protocol, &length);
    const int is_h2 = length == 2 && memcmp(protocol, "h2", 2) == 0;
    const int is_http1 = length == 0 || (length == 8 && memcmp(protocol, "http/1.1", 8) == 0);
    if (!is_h2 && !(is_http1 && link->context->http1)) {
        tls__link_say(link, "the %s does not speak HTTP/2 (no ALPN \"h2\")",
                      link->context->is_server ? "client" : "server");
        link->failed = 1;
        return TLS_FAILED;
    }
    link->info.skipped = link->context->verifies ? NULL : link->verdict;
    link->info.version = SSL_get_version(link->ssl);
    link->info.cipher = SSL_get_cipher_name(link->ssl);
    link->info.protocol = is_h2 ? "h2" : "http/1.1";
    note_client(link);
    link->ready = 1;
    return TLS_READY;
}

int tls__link_read(struct tls_link *link, void *buffer, size_t capacity, size_t *length)
{
    *length = 0;
    if (link->failed) {
        return TLS_FAILED;
    }
    ERR_clear_error();
    if (!link->ready) {
        const int result = SSL_do_handshake(link->ssl);
        return result == 1 ? check_protocol(link) : judge(link, result, errno);
    }
    const int result = SSL_read_ex(link->ssl, buffer, capacity, length);
    return result == 1 ? TLS_DATA : judge(link, result, errno);
}

/* ---- Out ----------------------------------------------------------------------------------- */

int tls__link_write(struct tls_link *link, const void *data, size_t length, size_t *taken)
{
    *taken = 0;
    if (link->failed || link->ended || !link->ready) {
        return TLS_FAILED;
    }
    ERR_clear_error();
    const int result = SSL_write_ex(link->ssl, data, length, taken);
    return result == 1 ? TLS_DATA : judge(link, result, errno);
}

int tls__link_end(struct tls_link *link)
{
    if (!link->ready || link->failed || link->ended) {
        return TLS_DATA;
    }
    ERR_clear_error();
    const int result = SSL_shutdown(link->ssl);
    const int is_blocked = result < 0 && SSL_get_error(link->ssl, result) == SSL_ERROR_WANT_WRITE;
    ERR_clear_error();
    link->ended = !is_blocked;
    return is_blocked ? TLS_BLOCKED : TLS_DATA;
}
