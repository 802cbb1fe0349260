/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "pem_files.h"
#include "support.h"
#include "tls_context.h"
#include "tls_stream.h"

/* ---- Files --------------------------------------------------------------------------------- */

static char key_file[] = "/tmp/h2kit-key-XXXXXX";
static char certificate_file[] = "/tmp/h2kit-cert-XXXXXX";
static char expired_file[] = "/tmp/h2kit-expired-XXXXXX";

static int make_files(void **state)
{
    (void)state;
    EVP_PKEY *key = NULL;
    X509 *certificate = NULL;
    pem_files_make(key_file, certificate_file, 1, &key, &certificate);
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), -60));
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    pem_files_write(expired_file, certificate, 1);
    EVP_PKEY_free(key);
    X509_free(certificate);
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    (void)unlink(key_file);
    (void)unlink(certificate_file);
    (void)unlink(expired_file);
    return 0;
}

/* ---- Two streams, back to back ------------------------------------------------------------- */

struct side {
    struct tls_stream *tls;
    int status; /* of the last read */
    int ready;
    uint8_t *received;
    size_t received_length;
};

struct pair {
    struct buffer_pool pool;
    struct side client;
    struct side server;
};

static struct tls_context *server_context(const char *certificate)
{
    const struct tls_key_pair files = {key_file, certificate};
    const struct tls_server_config config = {
        .pairs = &files,
        .pair_count = certificate == NULL ? 0 : 1,
    };
    struct tls_context *context = NULL;
    char error[TLS_TEXT_SIZE] = "";
    const int status = tls_context_new_server(&context, &config, error);
    assert_string_equal(error, "");
    assert_int_equal(status, 0);
    return context;
}

static struct tls_context *client_context(const char *ca_file, uint32_t insecure)
{
    const struct tls_client_config config = {.insecure = insecure, .ca_file = ca_file};
    struct tls_context *context = NULL;
    char error[TLS_TEXT_SIZE] = "";
    const int status = tls_context_new_client(&context, &config, error);
    assert_string_equal(error, "");
    assert_int_equal(status, 0);
    return context;
}

/* Takes both contexts. */
static void pair_open(struct pair *pair, struct tls_context *client, struct tls_context *server,
                      const char *host)
{
    memset(pair, 0, sizeof *pair);
    assert_int_equal(tls_stream_new(&pair->client.tls, client, host, &pair->pool), 0);
    assert_int_equal(tls_stream_new(&pair->server.tls, server, NULL, &pair->pool), 0);
    tls_context_free(client);
    tls_context_free(server);
}

static void pair_close(struct pair *pair)
{
    tls_stream_free(pair->client.tls);
    tls_stream_free(pair->server.tls);
    free(pair->client.received);
    free(pair->server.received);
    assert_int_equal(pair->pool.out_count, 0);
    buffer_pool_clear(&pair->pool);
}

static void receive(struct side *side, const uint8_t *data, size_t length)
{
    side->received = realloc(side->received, side->received_length + length + 1);
    assert_non_null(side->received);
    memcpy(side->received + side->received_length, data, length);
    side->received_length += length;
}

/* Hands over octets from a block of exactly their length. */
static void feed(struct side *side, const uint8_t *data, size_t length)
{
    uint8_t plain[500];
    size_t got = 0;
    uint8_t *exact = malloc(length);
    assert_non_null(exact);
    memcpy(exact, data, length);
    tls_stream_feed(side->tls, exact, length);
    do {
        side->status = tls_stream_read(side->tls, plain, sizeof plain, &got);
        side->ready |= side->status == TLS_READY;
        if (got > 0) {
            receive(side, plain, got);
        }
    } while (side->status == TLS_DATA || side->status == TLS_READY);
    free(exact);
}

/* Moves what one side has to send, in chunks; 0: at random. Returns how much that was. */
static size_t move(struct side *from, struct side *to, size_t chunk, uint32_t *seed)
{
    const uint8_t *data = NULL;
    size_t length = 0;
    tls_stream_output(from->tls, &data, &length);
    size_t part = chunk == 0 ? 1 + test_rand(seed) % 2000 : chunk;
    if (part > length) {
        part = length;
    }
    if (part > 0) {
        if (to->status != TLS_FAILED) {
            feed(to, data, part);
        }
        tls_stream_output_taken(from->tls, part);
    }
    return part;
}

static void settle(struct pair *pair, size_t chunk)
{
    uint32_t seed = 5;
    size_t moved = 1;
    while (moved > 0) {
        moved = move(&pair->client, &pair->server, chunk, &seed);
        moved += move(&pair->server, &pair->client, chunk, &seed);
    }
}

static const size_t CHUNKS[] = {SIZE_MAX, 1, 0};

/* ---- Tests --------------------------------------------------------------------------------- */

/* rfc: 9113#3.3 */
static void handshake_agrees_on_h2(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CHUNKS / sizeof CHUNKS[0]; i++) {
        struct pair pair;
        pair_open(&pair, client_context(NULL, 1), server_context(NULL), "localhost");
        assert_null(tls_stream_info(pair.client.tls));
        settle(&pair, CHUNKS[i]);
        assert_int_equal(pair.client.ready, 1);
        assert_int_equal(pair.server.ready, 1);
        assert_string_equal(tls_stream_info(pair.client.tls)->protocol, "h2");
        assert_string_equal(tls_stream_info(pair.server.tls)->version, "TLSv1.3");
        assert_string_equal(tls_stream_info(pair.server.tls)->cipher, "TLS_AES_128_GCM_SHA256");
        /* Nothing to send: no buffer is held. */
        assert_int_equal(pair.pool.out_count, 0);
        pair_close(&pair);
    }
}

enum { BIG = 100000 };

/* Sends BIG octets in odd pieces. */
static void send_big(struct pair *pair, struct side *from, const uint8_t *data, size_t chunk)
{
    size_t done = 0;
    while (done < BIG) {
        uv_buf_t pieces[3];
        size_t count = 0;
        static const size_t sizes[3] = {9, 40000, 1};
        for (size_t at = done; count < 3 && at < BIG; count++) {
            const size_t left = BIG - at;
            const size_t size = sizes[count] < left ? sizes[count] : left;
            pieces[count] = uv_buf_init((char *)(uintptr_t)(data + at), (unsigned)size);
            at += size;
        }
        size_t taken = 0;
        assert_int_equal(tls_stream_write(from->tls, pieces, count, &taken), 0);
        assert_true(taken > 0);
        done += taken;
        settle(pair, chunk);
    }
}

static void data_survives_any_cut(void **state)
{
    (void)state;
    uint8_t *data = malloc(BIG);
    assert_non_null(data);
    uint32_t seed = 3;
    for (size_t i = 0; i < BIG; i++) {
        data[i] = (uint8_t)test_rand(&seed);
    }
    for (size_t i = 0; i < sizeof CHUNKS / sizeof CHUNKS[0]; i++) {
        struct pair pair;
        pair_open(&pair, client_context(NULL, 1), server_context(NULL), "localhost");
        settle(&pair, CHUNKS[i]);
        send_big(&pair, &pair.client, data, CHUNKS[i]);
        send_big(&pair, &pair.server, data, CHUNKS[i]);
        assert_int_equal(pair.server.received_length, BIG);
        assert_memory_equal(pair.server.received, data, BIG);
        assert_int_equal(pair.client.received_length, BIG);
        assert_memory_equal(pair.client.received, data, BIG);
        assert_int_equal(pair.pool.out_count, 0);
        pair_close(&pair);
    }
    free(data);
}

static void output_is_bounded_by_one_buffer(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair, client_context(NULL, 1), server_context(NULL), "localhost");
    settle(&pair, SIZE_MAX);
    static char data[4 * BUFFER_SIZE];
    size_t taken = 0;
    size_t total = 0;
    do {
        const uv_buf_t piece = uv_buf_init(data, sizeof data);
        assert_int_equal(tls_stream_write(pair.client.tls, &piece, 1, &taken), 0);
        total += taken;
    } while (taken > 0);
    assert_int_equal(total, 3 * 16384);
    const uint8_t *output = NULL;
    size_t length = 0;
    tls_stream_output(pair.client.tls, &output, &length);
    assert_true(length <= BUFFER_SIZE);
    settle(&pair, SIZE_MAX);
    assert_int_equal(pair.server.received_length, total);
    pair_close(&pair);
}

struct verify_case {
    const char *host;
    int trusted;
    int expired;
    const char *error; /* NULL: accepted */
};

#define OTHER_NAMES "it is not for this host but for localhost, 127.0.0.1, ::1"

static const struct verify_case VERIFY_CASES[] = {
    {"localhost", 1, 0, NULL},
    {"127.0.0.1", 1, 0, NULL},
    {"::1", 1, 0, NULL},
    {"localhost", 0, 0,
     "certificate of localhost: it is signed by itself and not among those that are trusted "
     "(--cacert)"},
    {"localhost", 1, 1,
     "certificate of localhost: a certificate of its chain has expired: it was valid until 20"},
    {"example.com", 1, 0, "certificate of example.com: " OTHER_NAMES},
    {"sub.localhost", 1, 0, "certificate of sub.localhost: " OTHER_NAMES},
    {"h2-server self-signed", 1, 0, "certificate of h2-server self-signed: " OTHER_NAMES},
    {"127.0.0.2", 1, 0, "certificate of 127.0.0.2: " OTHER_NAMES},
    {"::2", 1, 0, "certificate of ::2: " OTHER_NAMES},
};

static void certificate_is_verified(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VERIFY_CASES / sizeof VERIFY_CASES[0]; i++) {
        const struct verify_case *c = &VERIFY_CASES[i];
        const char *file = c->expired ? expired_file : certificate_file;
        struct pair pair;
        pair_open(&pair, client_context(c->trusted ? file : NULL, 0), server_context(file),
                  c->host);
        settle(&pair, SIZE_MAX);
        const char *said = tls_stream_error(pair.client.tls);
        if (c->expired) {
            assert_memory_equal(said, c->error, strlen(c->error)); /* and when it was */
        } else {
            assert_string_equal(said, c->error == NULL ? "" : c->error);
        }
        assert_int_equal(pair.client.ready, c->error == NULL);
        /* The alert has arrived. */
        assert_int_equal(pair.server.status, c->error == NULL ? TLS_MORE : TLS_FAILED);
        pair_close(&pair);
    }
}

static void a_client_that_verifies_nothing_tells_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        const char *skipped;
    } ROWS[] = {{"localhost", NULL}, {"example.com", "certificate of example.com: " OTHER_NAMES}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct pair pair;
        pair_open(&pair, client_context(certificate_file, 1), server_context(certificate_file),
                  ROWS[i].host);
        settle(&pair, SIZE_MAX);
        assert_int_equal(pair.client.ready, 1);
        const struct tls_info *info = tls_stream_info(pair.client.tls);
        if (ROWS[i].skipped == NULL) {
            assert_null(info->skipped);
        } else {
            assert_string_equal(info->skipped, ROWS[i].skipped);
        }
        pair_close(&pair);
    }
}

static void only_close_notify_is_an_end(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair, client_context(NULL, 1), server_context(NULL), "localhost");
    settle(&pair, SIZE_MAX);
    const uv_buf_t piece = uv_buf_init((char *)(uintptr_t) "bye", 3);
    size_t taken = 0;
    assert_int_equal(tls_stream_write(pair.server.tls, &piece, 1, &taken), 0);
    settle(&pair, SIZE_MAX);
    assert_int_equal(pair.client.status, TLS_MORE);
    tls_stream_end(pair.server.tls);
    settle(&pair, SIZE_MAX);
    assert_int_equal(pair.client.status, TLS_END);
    assert_int_equal(pair.client.received_length, 3);
    assert_int_equal(tls_stream_write(pair.server.tls, &piece, 1, &taken), TLS_FAILED);
    pair_close(&pair);
}

static void garbage_fails_and_stays_failed(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair, client_context(NULL, 1), server_context(NULL), "localhost");
    static const uint8_t request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    feed(&pair.server, request, sizeof request - 1);
    assert_int_equal(pair.server.status, TLS_FAILED);
    assert_string_equal(tls_stream_error(pair.server.tls), "TLS handshake: http request");
    feed(&pair.server, request, sizeof request - 1);
    assert_int_equal(pair.server.status, TLS_FAILED);
    pair_close(&pair);
}

/* ---- Peers that are not ours --------------------------------------------------------------- */

/* A plain OpenSSL peer over memory BIOs, against one of our streams. */
static void talk(SSL *peer, struct side *side)
{
    BIO *in = BIO_new(BIO_s_mem());
    BIO *out = BIO_new(BIO_s_mem());
    SSL_set_bio(peer, in, out);
    for (int round = 0; round < 10 && side->status != TLS_FAILED; round++) {
        uint8_t data[20000];
        (void)SSL_do_handshake(peer);
        const int made = BIO_read(out, data, sizeof data);
        if (made > 0) {
            feed(side, data, (size_t)made);
        }
        const uint8_t *answer = NULL;
        size_t length = 0;
        tls_stream_output(side->tls, &answer, &length);
        if (length > 0) {
            assert_int_equal(BIO_write(in, answer, (int)length), (int)length);
            tls_stream_output_taken(side->tls, length);
        }
    }
}

struct foreign_client {
    const unsigned char *alpn;
    unsigned alpn_length;
    const char *tls12_cipher; /* NULL: any */
    const char *error;        /* NULL: accepted */
};

static const struct foreign_client FOREIGN_CLIENTS[] = {
    {(const unsigned char *)"\2h2", 3, NULL, NULL},
    {(const unsigned char *)"\10http/1.1\2h2", 12, NULL, NULL},
    {(const unsigned char *)"\2h2", 3, "ECDHE-ECDSA-AES128-GCM-SHA256", NULL},
    {NULL, 0, NULL, "the client does not speak HTTP/2 (it did not offer ALPN \"h2\")"},
    {(const unsigned char *)"\10http/1.1", 9, NULL,
     "the client does not speak HTTP/2 (it did not offer ALPN \"h2\")"},
    {(const unsigned char *)"\3h2c", 4, NULL,
     "the client does not speak HTTP/2 (it did not offer ALPN \"h2\")"},
    {(const unsigned char *)"\2h2", 3, "ECDHE-ECDSA-AES128-SHA", "TLS handshake: no shared cipher"},
};

/* rfc: 9113#3.2 rfc: 9113#9.2.2 */
static void server_takes_only_clients_of_http2(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FOREIGN_CLIENTS / sizeof FOREIGN_CLIENTS[0]; i++) {
        const struct foreign_client *c = &FOREIGN_CLIENTS[i];
        struct buffer_pool pool = {0};
        struct side server = {0};
        struct tls_context *context = server_context(NULL);
        assert_int_equal(tls_stream_new(&server.tls, context, NULL, &pool), 0);
        SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
        SSL *client = SSL_new(ctx);
        SSL_set_connect_state(client);
        if (c->tls12_cipher != NULL) {
            assert_int_equal(SSL_set_cipher_list(client, c->tls12_cipher), 1);
            assert_int_equal(SSL_set_max_proto_version(client, TLS1_2_VERSION), 1);
        }
        if (c->alpn != NULL) {
            assert_int_equal(SSL_set_alpn_protos(client, c->alpn, c->alpn_length), 0);
        }
        talk(client, &server);
        assert_string_equal(tls_stream_error(server.tls), c->error == NULL ? "" : c->error);
        assert_int_equal(server.ready, c->error == NULL);
        SSL_free(client);
        SSL_CTX_free(ctx);
        tls_stream_free(server.tls);
        tls_context_free(context);
        buffer_pool_clear(&pool);
        free(server.received);
    }
}

static int choose_http1(SSL *ssl, const unsigned char **out, unsigned char *out_length,
                        const unsigned char *in, unsigned in_length, void *arg)
{
    (void)ssl;
    (void)in;
    (void)in_length;
    if (arg == NULL) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = (const unsigned char *)arg;
    *out_length = 8;
    return SSL_TLSEXT_ERR_OK;
}

/* The server of others: says nothing about ALPN, refuses "h2", or answers what was not offered. */
static void client_takes_only_servers_of_http2(void **state)
{
    (void)state;
    static char http1[] = "http/1.1";
    for (int kind = 0; kind < 3; kind++) {
        struct buffer_pool pool = {0};
        struct side client = {0};
        struct tls_context *context = client_context(NULL, 1);
        assert_int_equal(tls_stream_new(&client.tls, context, "localhost", &pool), 0);
        SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
        assert_int_equal(SSL_CTX_use_certificate_file(ctx, certificate_file, SSL_FILETYPE_PEM), 1);
        assert_int_equal(SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM), 1);
        if (kind > 0) {
            SSL_CTX_set_alpn_select_cb(ctx, choose_http1, kind == 1 ? NULL : http1);
        }
        SSL *server = SSL_new(ctx);
        SSL_set_accept_state(server);
        talk(server, &client);
        assert_int_equal(client.status, TLS_FAILED);
        assert_int_equal(client.ready, 0);
        assert_non_null(strstr(tls_stream_error(client.tls),
                               kind < 2 ? "does not speak HTTP/2" : "TLS handshake"));
        SSL_free(server);
        SSL_CTX_free(ctx);
        tls_stream_free(client.tls);
        tls_context_free(context);
        buffer_pool_clear(&pool);
        free(client.received);
    }
}

/* ---- Contexts ------------------------------------------------------------------------------ */

static void bad_files_are_named(void **state)
{
    (void)state;
    struct tls_context *context = NULL;
    char error[TLS_TEXT_SIZE] = "";
    struct tls_key_pair files = {key_file, "/none/cert.pem"};
    const struct tls_server_config server = {.pairs = &files, .pair_count = 1};
    assert_int_equal(tls_context_new_server(&context, &server, error), TLS_PROBLEM_FILE);
    assert_non_null(strstr(error, "certificate /none/cert.pem: "));
    files = (struct tls_key_pair){"/none/key.pem", certificate_file};
    assert_int_equal(tls_context_new_server(&context, &server, error), TLS_PROBLEM_FILE);
    assert_non_null(strstr(error, "private key /none/key.pem: "));
    const struct tls_client_config no_ca = {.ca_file = "/none/ca.pem"};
    assert_int_equal(tls_context_new_client(&context, &no_ca, error), -1);
    assert_non_null(strstr(error, "CA file /none/ca.pem: "));
    const struct tls_client_config no_log = {.insecure = 1, .keylog_file = "/none/keys.log"};
    assert_int_equal(tls_context_new_client(&context, &no_log, error), -1);
    assert_string_equal(error, "key log file /none/keys.log: No such file or directory");
    assert_null(context);
}

static void keys_are_logged_when_asked_for(void **state)
{
    (void)state;
    char name[] = "/tmp/h2kit-keys-XXXXXX";
    const int fd = mkstemp(name);
    assert_true(fd >= 0);
    const struct tls_client_config config = {.insecure = 1, .keylog_file = name};
    struct tls_context *client = NULL;
    char error[TLS_TEXT_SIZE] = "";
    assert_int_equal(tls_context_new_client(&client, &config, error), 0);
    struct pair pair;
    pair_open(&pair, client, server_context(NULL), "localhost");
    settle(&pair, SIZE_MAX);
    pair_close(&pair);
    char text[4096] = "";
    assert_true(read(fd, text, sizeof text - 1) > 0);
    assert_non_null(strstr(text, "CLIENT_TRAFFIC_SECRET_0 "));
    assert_int_equal(close(fd), 0);
    assert_int_equal(unlink(name), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshake_agrees_on_h2),
        cmocka_unit_test(data_survives_any_cut),
        cmocka_unit_test(output_is_bounded_by_one_buffer),
        cmocka_unit_test(certificate_is_verified),
        cmocka_unit_test(a_client_that_verifies_nothing_tells_what_is_wrong),
        cmocka_unit_test(only_close_notify_is_an_end),
        cmocka_unit_test(garbage_fails_and_stays_failed),
        cmocka_unit_test(server_takes_only_clients_of_http2),
        cmocka_unit_test(client_takes_only_servers_of_http2),
        cmocka_unit_test(bad_files_are_named),
        cmocka_unit_test(keys_are_logged_when_asked_for),
    };
    return cmocka_run_group_tests_name("tls", tests, make_files, remove_files);
}
