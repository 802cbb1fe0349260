/* SPDX-License-Identifier: MIT */
#include "tls_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tls_link.h"

struct tls_socket {
    struct tls_link link;
};

int tls_socket_new(struct tls_socket **out, struct tls_context *context, const char *host, int fd)
{
    struct tls_socket *tls = calloc(1, sizeof *tls);
    if (tls == NULL) {
        return -1;
    }
    if (tls__link_open(&tls->link, context, host, BIO_new_socket(fd, BIO_NOCLOSE)) != 0) {
        tls_socket_free(tls);
        return -1;
    }
    /* HTTP says itself what is complete: an end without close_notify is an end. */
    (void)SSL_set_options(tls->link.ssl, SSL_OP_ENABLE_KTLS | SSL_OP_IGNORE_UNEXPECTED_EOF);
    *out = tls;
    return 0;
}

void tls_socket_free(struct tls_socket *tls)
{
    if (tls != NULL) {
        tls__link_close(&tls->link);
        free(tls);
    }
}

static void note_kernel(struct tls_link *link)
{
    static const char *const WHAT[2][2] = {{"none", "receive"}, {"send", "both"}};
    const int sends = BIO_get_ktls_send(SSL_get_wbio(link->ssl));
    const int receives = BIO_get_ktls_recv(SSL_get_rbio(link->ssl));
    link->info.kernel = WHAT[sends != 0][receives != 0];
}

/* RFC 8446 4.6.3: a peer that asks for it gets nothing more under the old keys. OpenSSL would take new
 * ones with the next write, but the kernel would go on with those it has. */
static int check_keys(struct tls_link *link)
{
    if (!BIO_get_ktls_send(SSL_get_wbio(link->ssl)) ||
        SSL_get_key_update_type(link->ssl) == SSL_KEY_UPDATE_NONE) {
        return 0;
    }
    tls__link_say(link, "TLS: the %s asks for new keys, which the kernel cannot be given",
                  link->context->is_server ? "client" : "server");
    link->failed = 1;
    return TLS_FAILED;
}

int tls_socket_read(struct tls_socket *tls, void *buffer, size_t capacity, size_t *length)
{
    const int status = tls__link_read(&tls->link, buffer, capacity, length);
    if (status == TLS_READY) {
        note_kernel(&tls->link);
    }
    if ((status == TLS_DATA || status == TLS_MORE) && check_keys(&tls->link) != 0) {
        return TLS_FAILED;
    }
    return status;
}

int tls_socket_write(struct tls_socket *tls, const void *data, size_t length, size_t *taken)
{
    return tls__link_write(&tls->link, data, length, taken);
}

int tls_socket_end(struct tls_socket *tls)
{
    return tls__link_end(&tls->link);
}

const struct tls_info *tls_socket_info(const struct tls_socket *tls)
{
    return tls->link.ready ? &tls->link.info : NULL;
}

const char *tls_socket_error(const struct tls_socket *tls)
{
    return tls__link_error(&tls->link);
}

int tls_socket_error_number(const struct tls_socket *tls)
{
    return tls->link.error_number == 0 ? -ECONNRESET : -tls->link.error_number;
}

const char *tls_socket_kernel_lacks(void)
{
#if defined(TCP_ULP) && !defined(OPENSSL_NO_KTLS)
    static const char NAME[] = "tls";
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* A kernel that has TLS says that this socket is not connected; another one does not know it. */
    const int status = fd < 0 ? -1 : setsockopt(fd, IPPROTO_TCP, TCP_ULP, NAME, sizeof NAME - 1);
    const int has = status == 0 || errno == ENOTCONN;
    if (fd >= 0) {
        (void)close(fd);
    }
    return has ? NULL : "this kernel has no TLS (module tls): OpenSSL makes and reads the records";
#else
    return "this build leaves no records to the kernel: OpenSSL makes and reads them";
#endif
}
