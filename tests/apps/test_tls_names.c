/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <openssl/x509v3.h>

#include "support.h"
#include "tls_names.h"

/* A certificate with nothing but names, as OpenSSL writes them: "DNS:a,DNS:b"; NULL: without. */
static void add(struct tls_names *names, const char *text, size_t number)
{
    X509 *certificate = X509_new();
    assert_non_null(certificate);
    if (text != NULL) {
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, text);
        assert_non_null(extension);
        assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
        X509_EXTENSION_free(extension);
    }
    assert_int_equal(tls_names_add(names, certificate, number), 0);
    X509_free(certificate);
}

/* -1: none. */
static int found(const struct tls_names *names, const char *host)
{
    size_t number = 0;
    return tls_names_find(names, host, &number) ? (int)number : -1;
}

static void names_lead_to_their_certificate(void **state)
{
    (void)state;
    struct tls_names names = {NULL, 0};
    add(&names, "DNS:*.example.org,DNS:Z.example,IP:127.0.0.1", 0);
    add(&names, "DNS:www.example.org,DNS:b.example", 1);
    add(&names, NULL, 2);
    add(&names, "email:a@mail.example,URI:https://uri.example", 3);
    tls_names_sort(&names);
    assert_int_equal(found(&names, "z.example"), 0);
    assert_int_equal(found(&names, "Z.EXAMPLE"), 0);
    assert_int_equal(found(&names, "b.example"), 1);
    assert_int_equal(found(&names, "www.example.org"), 1);
    assert_int_equal(found(&names, "WWW.example.org"), 1);
    assert_int_equal(found(&names, "w.example.org"), 0);
    assert_int_equal(found(&names, "127.0.0.1"), -1);
    assert_int_equal(found(&names, "mail.example"), -1);
    assert_int_equal(found(&names, "uri.example"), -1);
    assert_int_equal(found(&names, "other"), -1);
    tls_names_clear(&names);
    assert_int_equal(found(&names, "z.example"), -1);
}

static void wildcards_stand_for_one_whole_label(void **state)
{
    (void)state;
    struct tls_names names = {NULL, 0};
    add(&names, "DNS:*.example.org,DNS:*.org,DNS:w*.example.net,DNS:a.*.example.net,DNS:*", 0);
    tls_names_sort(&names);
    assert_int_equal(found(&names, "a.example.org"), 0);
    assert_int_equal(found(&names, "a.b.example.org"), -1);
    assert_int_equal(found(&names, "example.org"), -1);
    assert_int_equal(found(&names, ".example.org"), -1);
    assert_int_equal(found(&names, "www.example.net"), -1);
    assert_int_equal(found(&names, "a.b.example.net"), -1);
    assert_int_equal(found(&names, "org"), -1);
    assert_int_equal(found(&names, ""), -1);
    assert_int_equal(found(&names, "."), -1);
    assert_int_equal(found(&names, ".."), -1);
    /* Not to be asked for as such. */
    assert_int_equal(found(&names, "*.example.org"), -1);
    tls_names_clear(&names);
}

static void of_equal_names_the_first_certificate_counts(void **state)
{
    (void)state;
    struct tls_names names = {NULL, 0};
    add(&names, "DNS:other.example", 0);
    add(&names, "DNS:a.example,DNS:*.a.example", 1);
    add(&names, "DNS:a.example,DNS:*.a.example", 2);
    tls_names_sort(&names);
    assert_int_equal(found(&names, "a.example"), 1);
    assert_int_equal(found(&names, "b.a.example"), 1);
    tls_names_clear(&names);
}

static void names_that_are_too_long_are_none(void **state)
{
    (void)state;
    struct tls_names names = {NULL, 0};
    char text[4 + 300] = "DNS:";
    memset(text + 4, 'a', 256);
    add(&names, text, 0);
    text[4 + 255] = '\0';
    add(&names, text, 1);
    tls_names_sort(&names);
    assert_int_equal(names.count, 1);
    assert_int_equal(found(&names, text + 4), 1);
    text[4 + 255] = 'a';
    assert_int_equal(found(&names, text + 4), -1);
    tls_names_clear(&names);
}

/* A NUL in a name must not make it look like a shorter one. */
static void names_with_a_nul_are_none(void **state)
{
    (void)state;
    struct tls_names names = {NULL, 0};
    GENERAL_NAMES *all = GENERAL_NAMES_new();
    GENERAL_NAME *one = GENERAL_NAME_new();
    ASN1_IA5STRING *text = ASN1_IA5STRING_new();
    X509 *certificate = X509_new();
    assert_int_equal(ASN1_STRING_set(text, "a.example\0.evil.example", 23), 1);
    GENERAL_NAME_set0_value(one, GEN_DNS, text);
    assert_true(sk_GENERAL_NAME_push(all, one) > 0);
    assert_int_equal(X509_add1_ext_i2d(certificate, NID_subject_alt_name, all, 0, 0), 1);
    assert_int_equal(tls_names_add(&names, certificate, 0), 0);
    assert_int_equal(names.count, 0);
    GENERAL_NAMES_free(all);
    X509_free(certificate);
    tls_names_clear(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_lead_to_their_certificate),
        cmocka_unit_test(wildcards_stand_for_one_whole_label),
        cmocka_unit_test(of_equal_names_the_first_certificate_counts),
        cmocka_unit_test(names_that_are_too_long_are_none),
        cmocka_unit_test(names_with_a_nul_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
