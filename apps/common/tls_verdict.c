/* SPDX-License-Identifier: MIT */
#include "tls_verdict.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "escape.h"

struct line {
    char *text;
    size_t length;
};

static void add(struct line *line, const char *text, size_t length)
{
    if (line->length + 1 < TLS_TEXT_SIZE) {
        line->length +=
            escape_copy(line->text + line->length, TLS_TEXT_SIZE - line->length, text, length);
    }
}

static void add_text(struct line *line, const char *text)
{
    add(line, text, strlen(text));
}

/* ---- Names -------------------------------------------------------------------------------- */

static void add_address(struct line *line, const ASN1_OCTET_STRING *address)
{
    char text[INET6_ADDRSTRLEN];
    const int length = ASN1_STRING_length(address);
    const int family = length == 4 ? AF_INET : AF_INET6;

    if ((length == 4 || length == 16) &&
        inet_ntop(family, ASN1_STRING_get0_data(address), text, sizeof text) != NULL) {
        add_text(line, text);
    } else {
        add_text(line, "?");
    }
}

/* Names and addresses of the certificate. Returns how many; *has_nul says that a name holds a NUL. */
static int add_names(struct line *line, const X509 *certificate, int *has_nul)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int count = 0;

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

        if (name->type != GEN_DNS && name->type != GEN_IPADD) {
            continue;
        }
        add_text(line, count++ == 0 ? "" : ", ");
        if (name->type == GEN_IPADD) {
            add_address(line, name->d.iPAddress);
        } else {
            const char *text = (const char *)ASN1_STRING_get0_data(name->d.dNSName);
            const size_t length = (size_t)ASN1_STRING_length(name->d.dNSName);

            *has_nul |= memchr(text, '\0', length) != NULL;
            add(line, text, length);
        }
    }
    GENERAL_NAMES_free(names);
    return count;
}

static void add_wrong_name(struct line *line, const X509 *certificate)
{
    char names[TLS_TEXT_SIZE] = "";
    struct line list = {names, 0};
    int has_nul = 0;
    const int count = certificate == NULL ? 0 : add_names(&list, certificate, &has_nul);

    if (has_nul) {
        add_text(line, "a name in it has a NUL octet, as if to deceive: ");
        add_text(line, names);
    } else if (count == 0) {
        add_text(line, "it names no host (the common name does not count)");
    } else {
        add_text(line, "it is not for this host but for ");
        add_text(line, names);
    }
}

/* ---- Times -------------------------------------------------------------------------------- */

static void add_time(struct line *line, const ASN1_TIME *time)
{
    char text[32];
    struct tm parts;

    if (ASN1_TIME_to_tm(time, &parts) == 1 &&
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) > 0) {
        add_text(line, text);
    } else {
        add_text(line, "an unreadable time");
    }
}

/* ------------------------------------------------------------------------------------------- */

void tls__verdict_text(const X509 *certificate, const char *host, int verdict,
                       char out[TLS_TEXT_SIZE])
{
    struct line line = {out, 0};

    out[0] = '\0';
    add_text(&line, "certificate of ");
    add_text(&line, host);
    add_text(&line, ": ");
    switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        add_wrong_name(&line, certificate);
        break;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        add_text(&line, "a certificate of its chain has expired");
        if (certificate != NULL && X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
            add_text(&line, ": it was valid until ");
            add_time(&line, X509_get0_notAfter(certificate));
        }
        break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        add_text(&line, "a certificate of its chain is not valid yet");
        if (certificate != NULL && X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
            add_text(&line, ": it will be from ");
            add_time(&line, X509_get0_notBefore(certificate));
        }
        break;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        add_text(&line, "it is signed by itself and not among those that are trusted (--cacert)");
        break;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        add_text(&line, "its issuer is not among those that are trusted (--cacert)");
        break;
    default:
        add_text(&line, X509_verify_cert_error_string(verdict));
    }
}
