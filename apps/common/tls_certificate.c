/* SPDX-License-Identifier: MIT */
#include "tls_certificate.h"

#include <stdio.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "self_signed.h"
#include "tls_internal.h"

static void tell_file(const char *what, const char *file, char error[TLS_TEXT_SIZE])
{
    char text[TLS_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "%s %.150s", what, file);
    tls__error_text(text, error);
}

/* Where a passphrase would be asked for. */
static int no_passphrase(char *buffer, int capacity, int for_writing, void *user)
{
    (void)buffer;
    (void)capacity;
    (void)for_writing;
    (void)user;
    return -1;
}

static EVP_PKEY *read_key(const char *path)
{
    BIO *file = BIO_new_file(path, "r");
    EVP_PKEY *key = file == NULL ? NULL : PEM_read_bio_PrivateKey(file, NULL, no_passphrase, NULL);
    BIO_free(file);
    return key;
}

int tls_certificate_load(SSL_CTX *ssl, const struct tls_key_pair *pair, char error[TLS_TEXT_SIZE])
{
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(ssl, pair->certificate_file) != 1) {
        tell_file("certificate", pair->certificate_file, error);
        return TLS_PROBLEM_FILE;
    }
    EVP_PKEY *key = read_key(pair->key_file);
    if (key == NULL) {
        tell_file("private key", pair->key_file, error);
        return TLS_PROBLEM_FILE;
    }
    int status = 0;
    if (X509_check_private_key(SSL_CTX_get0_certificate(ssl), key) != 1) {
        (void)snprintf(error, TLS_TEXT_SIZE, "private key %.100s is not that of certificate %.100s",
                       pair->key_file, pair->certificate_file);
        ERR_clear_error();
        status = TLS_PROBLEM_MISMATCH;
    } else if (SSL_CTX_use_PrivateKey(ssl, key) != 1) {
        tell_file("private key", pair->key_file, error);
        status = TLS_PROBLEM_FILE;
    }
    EVP_PKEY_free(key);
    return status;
}

int tls_certificate_make(SSL_CTX *ssl, char error[TLS_TEXT_SIZE])
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
        status = TLS_PROBLEM;
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
    return status;
}
