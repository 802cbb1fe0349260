/* SPDX-License-Identifier: MIT */
#include "tls_dh.h"

#include <stdio.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "tls_internal.h"

/* Behind those with curves, which cost less. rfc: 9113#9.2.2 */
static const char DHE_CIPHERS[] = "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:"
                                  "DHE-RSA-CHACHA20-POLY1305";

static int tell(const char *file, const char *why, char error[TLS_TEXT_SIZE])
{
    (void)snprintf(error, TLS_TEXT_SIZE, "DH parameters %.100s: %.100s", file, why);
    ERR_clear_error();
    return TLS_PROBLEM_FILE;
}

static int has_good_prime(EVP_PKEY *parameters)
{
    EVP_PKEY_CTX *check = EVP_PKEY_CTX_new_from_pkey(NULL, parameters, NULL);
    const int is_good = check != NULL && EVP_PKEY_param_check(check) == 1;
    EVP_PKEY_CTX_free(check);
    return is_good;
}

static int check(EVP_PKEY *parameters, const char *file, char error[TLS_TEXT_SIZE])
{
    char why[80];
    const int bits = EVP_PKEY_get_bits(parameters);
    if (!EVP_PKEY_is_a(parameters, "DH") && !EVP_PKEY_is_a(parameters, "DHX")) {
        return tell(file, "parameters of another kind", error);
    }
    if (bits < TLS_DH_LEAST || bits > TLS_DH_MOST) {
        (void)snprintf(why, sizeof why, "a prime of %d bits, where %d to %d are allowed", bits,
                       (int)TLS_DH_LEAST, (int)TLS_DH_MOST);
        return tell(file, why, error);
    }
    return has_good_prime(parameters) ? 0 : tell(file, "weak: its prime or generator", error);
}

int tls__dh_load(EVP_PKEY **out, const char *file, const EVP_PKEY *known, char error[TLS_TEXT_SIZE])
{
    char what[TLS_TEXT_SIZE];
    ERR_clear_error();
    BIO *bio = BIO_new_file(file, "r");
    EVP_PKEY *parameters = bio == NULL ? NULL : PEM_read_bio_Parameters(bio, NULL);
    BIO_free(bio);
    if (parameters == NULL) {
        (void)snprintf(what, sizeof what, "DH parameters %.150s", file);
        tls__error_text(what, error);
        return TLS_PROBLEM_FILE;
    }
    const int is_known = known != NULL && EVP_PKEY_parameters_eq(known, parameters) == 1;
    const int status = is_known ? 0 : check(parameters, file, error);
    if (status != 0) {
        EVP_PKEY_free(parameters);
        return status;
    }
    *out = parameters;
    return 0;
}

int tls__dh_use(SSL_CTX *ssl, EVP_PKEY *parameters, char error[TLS_TEXT_SIZE])
{
    char ciphers[512];
    (void)snprintf(ciphers, sizeof ciphers, "%s:%s", tls__ciphers, DHE_CIPHERS);
    if (EVP_PKEY_up_ref(parameters) != 1) {
        tls__error_text("cannot use DH parameters", error);
        return TLS_PROBLEM;
    }
    if (SSL_CTX_set0_tmp_dh_pkey(ssl, parameters) != 1) {
        EVP_PKEY_free(parameters);
        tls__error_text("cannot use DH parameters", error);
        return TLS_PROBLEM_FILE;
    }
    if (SSL_CTX_set_cipher_list(ssl, ciphers) != 1) {
        tls__error_text("cannot use DH parameters", error);
        return TLS_PROBLEM;
    }
    return 0;
}
