/* SPDX-License-Identifier: MIT */
#include "tls_names.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/x509v3.h>

enum { NAME_SIZE = 256 }; /* RFC 1035 3.1: no name is longer */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Copies in lower case. Returns 0, or -1 when it is no name: empty, too long, or with a NUL. */
static int copy_name(char out[NAME_SIZE], const char *text, size_t length)
{
    if (length == 0 || length >= NAME_SIZE || memchr(text, '\0', length) != NULL) {
        return -1;
    }
    for (size_t i = 0; i < length; i++) {
        out[i] = lower(text[i]);
    }
    out[length] = '\0';
    return 0;
}

static int add_name(struct tls_names *names, const char *text, size_t number)
{
    struct tls_name *grown = realloc(names->items, (names->count + 1) * sizeof *grown);
    if (grown == NULL) {
        return -1;
    }
    names->items = grown;
    char *copy = strdup(text);
    if (copy == NULL) {
        return -1;
    }
    names->items[names->count].text = copy;
    names->items[names->count].certificate = number;
    names->count++;
    return 0;
}

int tls_names_add(struct tls_names *names, const X509 *certificate, size_t number)
{
    GENERAL_NAMES *all = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int status = 0;
    for (int i = 0; i < sk_GENERAL_NAME_num(all) && status == 0; i++) {
        const GENERAL_NAME *one = sk_GENERAL_NAME_value(all, i);
        char name[NAME_SIZE];
        if (one->type == GEN_DNS &&
            copy_name(name, (const char *)ASN1_STRING_get0_data(one->d.dNSName),
                      (size_t)ASN1_STRING_length(one->d.dNSName)) == 0) {
            status = add_name(names, name, number);
        }
    }
    GENERAL_NAMES_free(all);
    return status;
}

static int compare(const void *a, const void *b)
{
    const struct tls_name *x = a;
    const struct tls_name *y = b;
    const int order = strcmp(x->text, y->text);
    return order != 0 ? order
                      : (x->certificate > y->certificate) - (x->certificate < y->certificate);
}

void tls_names_sort(struct tls_names *names)
{
    if (names->count > 1) {
        qsort(names->items, names->count, sizeof *names->items, compare);
    }
}

/* The first of those with this text. */
static int look_up(const struct tls_names *names, const char *text, size_t *number)
{
    size_t from = 0;
    size_t to = names->count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (strcmp(names->items[middle].text, text) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    if (from == names->count || strcmp(names->items[from].text, text) != 0) {
        return 0;
    }
    *number = names->items[from].certificate;
    return 1;
}

int tls_names_find(const struct tls_names *names, const char *host, size_t *number)
{
    char name[NAME_SIZE];
    if (copy_name(name, host, strlen(host)) != 0 || name[0] == '*') {
        return 0;
    }
    if (look_up(names, name, number)) {
        return 1;
    }
    /* "*" in place of the first label. */
    char *dot = strchr(name, '.');
    if (dot == NULL || dot == name || strchr(dot + 1, '.') == NULL) {
        return 0;
    }
    dot[-1] = '*';
    return look_up(names, dot - 1, number);
}

void tls_names_clear(struct tls_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        free(names->items[i].text);
    }
    free(names->items);
    names->items = NULL;
    names->count = 0;
}
