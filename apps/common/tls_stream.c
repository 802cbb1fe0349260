/* SPDX-License-Identifier: MIT */
#include "tls_stream.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "tls_internal.h"
#include "tls_verdict.h"

enum {
    RECORD_PLAIN = 16384,          /* most plaintext of one record */
    RECORD_ROOM = 16384 + 256 + 5, /* most octets it becomes (RFC 8446 5.2) */
    /* Buffers of the allocator begin where a page does, those of OpenSSL as well. A copy from the one
     * to the other is slow when both have the same place in their pages, since a processor compares
     * no more of two addresses to see whether a load has to wait for a store. So ours are used from
     * the middle of a page on. */
    OUT_OF_STEP = 2048
};

struct tls_stream {
    SSL *ssl;
    struct tls_context *context;
    struct buffer_pool *buffers;
    const uint8_t *input; /* lent by tls_stream_feed() */
    size_t input_length;
    uint8_t *output; /* NULL while there is none */
    size_t output_start;
    size_t output_end;
    char *host;
    char *verdict; /* client: what is wrong with the certificate, NULL: nothing */
    char *client;  /* of OpenSSL's memory */
    uint8_t ready;
    uint8_t failed;
    uint8_t ended;
    uint8_t overflow; /* output did not fit */
    struct tls_info info;
    char error[TLS_TEXT_SIZE];
};

/* ---- The BIO between OpenSSL and the two byte ports ---------------------------------------- */

static int bio_write(BIO *bio, const char *data, int length)
{
    struct tls_stream *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (length <= 0) {
        return 0;
    }
    if (tls->output == NULL) {
        tls->output = buffer_pool_get(tls->buffers);
        tls->output_start = OUT_OF_STEP;
        tls->output_end = OUT_OF_STEP;
    }
    const size_t size = (size_t)length;
    if (tls->output == NULL || size > BUFFER_SIZE - tls->output_end) {
        tls->overflow = 1;
        return -1;
    }
    memcpy(tls->output + tls->output_end, data, size);
    tls->output_end += size;
    return length;
}

static int bio_read(BIO *bio, char *data, int capacity)
{
    struct tls_stream *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (capacity <= 0) {
        return 0;
    }
    if (tls->input_length == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t length = (size_t)capacity;
    if (length > tls->input_length) {
        length = tls->input_length;
    }
    memcpy(data, tls->input, length);
    tls->input += length;
    tls->input_length -= length;
    return (int)length;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD *tls__stream_bio_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "h2kit stream");
    if (method != NULL &&
        (BIO_meth_set_write(method, bio_write) != 1 || BIO_meth_set_read(method, bio_read) != 1 ||
         BIO_meth_set_ctrl(method, bio_control) != 1)) {
        BIO_meth_free(method);
        method = NULL;
    }
    return method;
}

/* ---- Life ---------------------------------------------------------------------------------- */

/* RFC 9110 4.3.4: the certificate must be for the name, or for the IP address as such; the common
 * name counts for nothing. SNI carries names only (RFC 6066 3). rfc: 9113#9.2 */
static int set_host(struct tls_stream *tls)
{
    unsigned char address[sizeof(struct in6_addr)];
    X509_VERIFY_PARAM *param = SSL_get0_param(tls->ssl);
    if (inet_pton(AF_INET, tls->host, address) == 1 ||
        inet_pton(AF_INET6, tls->host, address) == 1) {
        return X509_VERIFY_PARAM_set1_ip_asc(param, tls->host) == 1;
    }
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return SSL_set1_host(tls->ssl, tls->host) == 1 &&
           SSL_set_tlsext_host_name(tls->ssl, tls->host) == 1;
}

/* Takes down what is wrong, while the certificate is at hand. Decides nothing. */
static int on_verdict(int ok, X509_STORE_CTX *store)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls_stream *tls = SSL_get_app_data(ssl);
    char text[TLS_TEXT_SIZE];
    if (!ok && tls->verdict == NULL) {
        tls__verdict_text(X509_STORE_CTX_get_current_cert(store), tls->host,
                          X509_STORE_CTX_get_error(store), text);
        /* Without memory it is told in general words. */
        tls->verdict = strdup(text);
    }
    return ok;
}

static int set_up(struct tls_stream *tls, const char *host)
{
    tls->ssl = SSL_new(tls->context->ssl);
    BIO *bio = BIO_new(tls->context->bio_method);
    if (tls->ssl == NULL || bio == NULL) {
        BIO_free(bio);
        return -1;
    }
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls->ssl, bio, bio);
    if (tls->context->is_server) {
        SSL_set_accept_state(tls->ssl);
        return 0;
    }
    SSL_set_connect_state(tls->ssl);
    tls->host = strdup(host);
    if (tls->host == NULL || !set_host(tls)) {
        return -1;
    }
    SSL_set_app_data(tls->ssl, tls);
    SSL_set_verify(tls->ssl, SSL_get_verify_mode(tls->ssl), on_verdict);
    (void)SSL_do_handshake(tls->ssl);
    return tls->output == NULL ? -1 : 0;
}

int tls_stream_new(struct tls_stream **out, struct tls_context *context, const char *host,
                   struct buffer_pool *buffers)
{
    struct tls_stream *tls = calloc(1, sizeof *tls);
    if (tls == NULL) {
        return -1;
    }
    tls->context = context;
    tls->buffers = buffers;
    tls_context_hold(context);
    const int status = set_up(tls, host);
    ERR_clear_error();
    if (status != 0) {
        tls_stream_free(tls);
        return -1;
    }
    *out = tls;
    return 0;
}

void tls_stream_free(struct tls_stream *tls)
{
    if (tls == NULL) {
        return;
    }
    SSL_free(tls->ssl);
    buffer_pool_put(tls->buffers, tls->output);
    tls_context_free(tls->context);
    free(tls->host);
    OPENSSL_free(tls->client);
    free(tls->verdict);
    free(tls);
}

/* ---- Errors -------------------------------------------------------------------------------- */

static void explain(struct tls_stream *tls)
{
    const int reason = ERR_GET_REASON(ERR_peek_error());
    const long verdict = SSL_get_verify_result(tls->ssl);
    if (tls->overflow) {
        (void)snprintf(tls->error, sizeof tls->error, "too much TLS output waits for the peer");
    } else if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && tls->verdict != NULL) {
        (void)snprintf(tls->error, sizeof tls->error, "%s", tls->verdict);
    } else if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && verdict != X509_V_OK) {
        (void)snprintf(tls->error, sizeof tls->error, "certificate of %.100s: %s",
                       tls->host == NULL ? "the client" : tls->host,
                       X509_verify_cert_error_string(verdict));
    } else if (reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL) {
        (void)snprintf(tls->error, sizeof tls->error,
                       "the server does not speak HTTP/2 (it refused ALPN \"h2\")");
    } else if (reason == SSL_R_NO_APPLICATION_PROTOCOL || reason == SSL_R_CALLBACK_FAILED) {
        (void)snprintf(tls->error, sizeof tls->error,
                       "the client does not speak HTTP/2 (it did not offer ALPN \"h2\")");
    } else {
        tls__error_text(tls->ready ? "TLS" : "TLS handshake", tls->error);
    }
    ERR_clear_error();
}

static int fail(struct tls_stream *tls)
{
    tls->failed = 1;
    tls->input_length = 0;
    return TLS_FAILED;
}

/* What a call of OpenSSL that did not succeed means. */
static int judge(struct tls_stream *tls, int result)
{
    switch (SSL_get_error(tls->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        /* It takes all there is before it asks for more. */
        assert(tls->input_length == 0);
        return TLS_MORE;
    case SSL_ERROR_ZERO_RETURN:
        tls->input_length = 0;
        return TLS_END;
    default:
        explain(tls);
        return fail(tls);
    }
}

/* ---- In ------------------------------------------------------------------------------------ */

void tls_stream_feed(struct tls_stream *tls, const uint8_t *data, size_t length)
{
    assert(tls->input_length == 0);
    tls->input = data;
    tls->input_length = length;
}

static void note_client(struct tls_stream *tls)
{
    const X509 *shown = tls->context->is_server ? SSL_get0_peer_certificate(tls->ssl) : NULL;
    if (shown != NULL) {
        /* Without memory it goes unnamed. */
        tls->client = X509_NAME_oneline(X509_get_subject_name(shown), NULL, 0);
        tls->info.client = tls->client;
    }
}

/* RFC 9113 3.3: "h2" must have been selected; there is no other way to HTTP/2 inside TLS. Without it
 * this is HTTP/1.1, where that is welcome.
 * rfc: 9113#3.3 */
static int check_protocol(struct tls_stream *tls)
{
    const unsigned char *protocol = NULL;
    unsigned int length = 0;
    SSL_get0_alpn_selected(tls->ssl, &protocol, &length);
    const int is_h2 = length == 2 && memcmp(protocol, "h2", 2) == 0;
    const int is_http1 = length == 0 || (length == 8 && memcmp(protocol, "http/1.1", 8) == 0);
    if (!is_h2 && !(is_http1 && tls->context->http1)) {
        (void)snprintf(tls->error, sizeof tls->error,
                       "the %s does not speak HTTP/2 (no ALPN \"h2\")",
                       tls->context->is_server ? "client" : "server");
        return fail(tls);
    }
    tls->info.skipped = tls->context->verifies ? NULL : tls->verdict;
    tls->info.version = SSL_get_version(tls->ssl);
    tls->info.cipher = SSL_get_cipher_name(tls->ssl);
    tls->info.protocol = is_h2 ? "h2" : "http/1.1";
    note_client(tls);
    tls->ready = 1;
    return TLS_READY;
}

int tls_stream_read(struct tls_stream *tls, uint8_t *buffer, size_t capacity, size_t *length)
{
    *length = 0;
    if (tls->failed) {
        return TLS_FAILED;
    }
    ERR_clear_error();
    if (!tls->ready) {
        const int result = SSL_do_handshake(tls->ssl);
        return result == 1 ? check_protocol(tls) : judge(tls, result);
    }
    const int result = SSL_read_ex(tls->ssl, buffer, capacity, length);
    return result == 1 ? TLS_DATA : judge(tls, result);
}

const struct tls_info *tls_stream_info(const struct tls_stream *tls)
{
    return tls->ready ? &tls->info : NULL;
}

const char *tls_stream_error(const struct tls_stream *tls)
{
    return tls->error;
}

/* ---- Out ----------------------------------------------------------------------------------- */

/* A place in a list of pieces. */
struct cursor {
    const uv_buf_t *pieces;
    size_t count;
    size_t offset; /* in the first piece */
};

static void advance(struct cursor *at, size_t length)
{
    at->offset += length;
    while (at->count > 0 && at->offset >= at->pieces[0].len) {
        at->offset -= at->pieces[0].len;
        at->pieces++;
        at->count--;
    }
}

/* The next record's worth: where it lies when one piece has it all, else copied together, so that
 * a short frame header does not become a record of its own. */
static const uint8_t *gather(const struct cursor *at, uint8_t *staging, size_t *length)
{
    if (at->count > 0 && at->pieces[0].len - at->offset >= RECORD_PLAIN) {
        *length = RECORD_PLAIN;
        return (const uint8_t *)at->pieces[0].base + at->offset;
    }
    size_t filled = 0;
    size_t offset = at->offset;
    for (size_t i = 0; i < at->count && filled < RECORD_PLAIN; i++) {
        size_t part = at->pieces[i].len - offset;
        if (part > RECORD_PLAIN - filled) {
            part = RECORD_PLAIN - filled;
        }
        memcpy(staging + filled, at->pieces[i].base + offset, part);
        filled += part;
        offset = 0;
    }
    *length = filled;
    return staging;
}

static int has_room(const struct tls_stream *tls)
{
    return tls->output == NULL || BUFFER_SIZE - tls->output_end >= RECORD_ROOM;
}

int tls_stream_write(struct tls_stream *tls, const uv_buf_t *pieces, size_t count, size_t *taken)
{
    *taken = 0;
    if (tls->failed || tls->ended || !tls->ready) {
        return TLS_FAILED;
    }
    uint8_t *staging = buffer_pool_get(tls->buffers);
    if (staging == NULL) {
        (void)snprintf(tls->error, sizeof tls->error, "out of memory");
        return fail(tls);
    }
    struct cursor at = {pieces, count, 0};
    int status = 0;
    while (has_room(tls) && status == 0) {
        size_t length = 0;
        const uint8_t *plain = gather(&at, staging + OUT_OF_STEP, &length);
        if (length == 0) {
            break;
        }
        size_t written = 0;
        ERR_clear_error();
        const int result = SSL_write_ex(tls->ssl, plain, length, &written);
        if (result != 1) {
            explain(tls);
            status = fail(tls);
        }
        *taken += written;
        advance(&at, written);
    }
    buffer_pool_put(tls->buffers, staging);
    return status;
}

void tls_stream_end(struct tls_stream *tls)
{
    if (tls->ready && !tls->failed && !tls->ended) {
        tls->ended = 1;
        (void)SSL_shutdown(tls->ssl);
        ERR_clear_error();
    }
}

void tls_stream_output(const struct tls_stream *tls, const uint8_t **data, size_t *length)
{
    *data = tls->output == NULL ? NULL : tls->output + tls->output_start;
    *length = tls->output == NULL ? 0 : tls->output_end - tls->output_start;
}

void tls_stream_output_taken(struct tls_stream *tls, size_t length)
{
    assert(length <= tls->output_end - tls->output_start);
    tls->output_start += length;
    if (tls->output != NULL && tls->output_start == tls->output_end) {
        buffer_pool_put(tls->buffers, tls->output);
        tls->output = NULL;
        tls->output_start = 0;
        tls->output_end = 0;
    }
}
