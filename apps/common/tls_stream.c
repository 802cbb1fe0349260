/* SPDX-License-Identifier: MIT */
#include "tls_stream.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "tls_gather.h"
#include "tls_link.h"

enum {
    RECORD_ROOM = TLS_RECORD_PLAIN + 256 + 5 /* most octets a record becomes (RFC 8446 5.2) */
};

struct tls_stream {
    struct tls_link link;
    struct buffer_pool *buffers;
    const uint8_t *input; /* lent by tls_stream_feed() */
    size_t input_length;
    uint8_t *output; /* NULL while there is none */
    size_t output_start;
    size_t output_end;
    uint8_t overflow; /* output did not fit */
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
        tls->output_start = TLS_OUT_OF_STEP;
        tls->output_end = TLS_OUT_OF_STEP;
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

static BIO *new_bio(struct tls_stream *tls, const struct tls_context *context)
{
    BIO *bio = BIO_new(context->bio_method);
    if (bio != NULL) {
        BIO_set_data(bio, tls);
        BIO_set_init(bio, 1);
    }
    return bio;
}

static int set_up(struct tls_stream *tls, struct tls_context *context, const char *host)
{
    if (tls__link_open(&tls->link, context, host, new_bio(tls, context)) != 0) {
        return -1;
    }
    if (context->is_server) {
        return 0;
    }
    (void)SSL_do_handshake(tls->link.ssl);
    return tls->output == NULL ? -1 : 0;
}

int tls_stream_new(struct tls_stream **out, struct tls_context *context, const char *host,
                   struct buffer_pool *buffers)
{
    struct tls_stream *tls = calloc(1, sizeof *tls);
    if (tls == NULL) {
        return -1;
    }
    tls->buffers = buffers;
    const int status = set_up(tls, context, host);
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
    tls__link_close(&tls->link);
    buffer_pool_put(tls->buffers, tls->output);
    free(tls);
}

/* ---- Errors -------------------------------------------------------------------------------- */

static int fail(struct tls_stream *tls, const char *why)
{
    if (why != NULL) {
        tls__link_say(&tls->link, "%s", why);
    }
    tls->link.failed = 1;
    tls->input_length = 0;
    return TLS_FAILED;
}

/* Why output was not taken; NULL: it was. */
static const char *why_not_taken(const struct tls_stream *tls)
{
    if (!tls->overflow) {
        return NULL;
    }
    return tls->output == NULL ? "out of memory" : "too much TLS output waits for the peer";
}

/* What came of a step, for the user of the filter. */
static int settle(struct tls_stream *tls, int status)
{
    switch (status) {
    case TLS_FAILED:
    case TLS_BROKEN:
        return fail(tls, why_not_taken(tls));
    case TLS_MORE:
        /* It takes all there is before it asks for more. */
        assert(tls->input_length == 0);
        return TLS_MORE;
    case TLS_END:
        tls->input_length = 0;
        return TLS_END;
    default:
        return status;
    }
}

/* ---- In ------------------------------------------------------------------------------------ */

void tls_stream_feed(struct tls_stream *tls, const uint8_t *data, size_t length)
{
    assert(tls->input_length == 0);
    tls->input = data;
    tls->input_length = length;
}

int tls_stream_read(struct tls_stream *tls, uint8_t *buffer, size_t capacity, size_t *length)
{
    return settle(tls, tls__link_read(&tls->link, buffer, capacity, length));
}

const struct tls_info *tls_stream_info(const struct tls_stream *tls)
{
    return tls->link.ready ? &tls->link.info : NULL;
}

const char *tls_stream_error(const struct tls_stream *tls)
{
    return tls__link_error(&tls->link);
}

/* ---- Out ----------------------------------------------------------------------------------- */

static int has_room(const struct tls_stream *tls)
{
    return tls->output == NULL || BUFFER_SIZE - tls->output_end >= RECORD_ROOM;
}

int tls_stream_write(struct tls_stream *tls, const uv_buf_t *pieces, size_t count, size_t *taken)
{
    *taken = 0;
    if (tls->link.failed || tls->link.ended || !tls->link.ready) {
        return TLS_FAILED;
    }
    uint8_t *staging = buffer_pool_get(tls->buffers);
    if (staging == NULL) {
        return fail(tls, "out of memory");
    }
    struct tls_cursor at = {pieces, count, 0};
    int status = TLS_DATA;
    while (has_room(tls) && status == TLS_DATA) {
        size_t length = 0;
        const uint8_t *plain = tls__gather(&at, staging + TLS_OUT_OF_STEP, &length);
        if (length == 0) {
            break;
        }
        size_t written = 0;
        status = settle(tls, tls__link_write(&tls->link, plain, length, &written));
        *taken += written;
        tls__advance(&at, written);
    }
    buffer_pool_put(tls->buffers, staging);
    return status == TLS_DATA ? 0 : TLS_FAILED;
}

void tls_stream_end(struct tls_stream *tls)
{
    (void)tls__link_end(&tls->link);
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
