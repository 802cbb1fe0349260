/* SPDX-License-Identifier: MIT */
#include "self_signed.h"

#include <openssl/bn.h>
#include <openssl/x509v3.h>

enum { SELF_SIGNED_SERIAL_BITS = 127, SELF_SIGNED_DAYS = 30 };

static const int DAY_SECONDS = 24 * 60 * 60;

/* A serial number no other certificate has (RFC 5280 4.1.2.2: positive, at most 20 octets). */
static int set_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    int ok = number != NULL &&
             BN_rand(number, SELF_SIGNED_SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
             BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return ok;
}

static int add_extension(X509 *certificate, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    int ok = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

static int set_names(X509 *certificate)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                      (const unsigned char *)"h2-server self-signed", -1, -1,
                                      0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1;
}

static int fill(X509 *certificate, EVP_PKEY *key)
{
    static const struct {
        int nid;
        const char *value;
    } extensions[] = {
        {NID_basic_constraints, "critical,CA:FALSE"},
        {NID_key_usage, "critical,digitalSignature"},
        {NID_ext_key_usage, "serverAuth"},
        {NID_subject_key_identifier, "hash"},
        {NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1"},
    };
    if (X509_set_version(certificate, X509_VERSION_3) != 1 || !set_serial(certificate) ||
        X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_SECONDS) == NULL ||
        X509_time_adj_ex(X509_getm_notAfter(certificate), SELF_SIGNED_DAYS, 0, NULL) == NULL ||
        X509_set_pubkey(certificate, key) != 1 || !set_names(certificate)) {
        return 0;
    }
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        if (!add_extension(certificate, extensions[i].nid, extensions[i].value)) {
            return 0;
        }
    }
    return X509_sign(certificate, key, EVP_sha256()) > 0;
}

int self_signed_new(EVP_PKEY **key, X509 **certificate)
{
    EVP_PKEY *new_key = EVP_EC_gen("P-256");
    X509 *new_certificate = X509_new();
    if (new_key == NULL || new_certificate == NULL || !fill(new_certificate, new_key)) {
        EVP_PKEY_free(new_key);
        X509_free(new_certificate);
        return -1;
    }
    *key = new_key;
    *certificate = new_certificate;
    return 0;
}
