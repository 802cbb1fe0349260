/* SPDX-License-Identifier: MIT */
#include "tls_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NO_VERSION = -1, TLS_1_2 = 12, TLS_1_3 = 13 };

static int version_of(const char *text, int otherwise)
{
    if (text == NULL) {
        return otherwise;
    }
    if (strcmp(text, "1.2") == 0) {
        return TLS_1_2;
    }
    return strcmp(text, "1.3") == 0 ? TLS_1_3 : NO_VERSION;
}

static int read_versions(struct tls_server_config *config, const struct tls_options *o, char *error)
{
    config->least_version = version_of(o->least_version, TLS_1_2);
    config->greatest_version = version_of(o->greatest_version, TLS_1_3);
    if (config->least_version == NO_VERSION || config->greatest_version == NO_VERSION) {
        const int is_min = config->least_version == NO_VERSION;
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "%s: '%.50s' is neither 1.2 nor 1.3",
                       is_min ? "--tls-min" : "--tls-max",
                       is_min ? o->least_version : o->greatest_version);
        return -1;
    }
    if (config->least_version > config->greatest_version) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--tls-min: it is above --tls-max");
        return -1;
    }
    return 0;
}

/* One pair; its texts go to *room, which is moved on. Returns 0 or -1. */
static int read_pair(struct tls_key_pair *pair, const char *text, char **room)
{
    const char *colon = strchr(text, ':');
    if (colon == NULL || colon == text || colon[1] == '\0' || strchr(colon + 1, ':') != NULL) {
        return -1;
    }
    const size_t size = strlen(text) + 1;
    memcpy(*room, text, size);
    (*room)[colon - text] = '\0';
    pair->key_file = *room;
    pair->certificate_file = *room + (colon - text) + 1;
    *room += size;
    return 0;
}

static int read_pairs(struct tls_server_config *config, const struct option_list *list,
                      const struct tls_key_pair *first, char *error)
{
    size_t size = (list->count + 1) * sizeof *first;
    for (size_t i = 0; i < list->count; i++) {
        size += strlen(list->items[i]) + 1;
    }
    /* The pairs, and behind them their texts. */
    struct tls_key_pair *pairs = malloc(size);
    if (pairs == NULL) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "out of memory");
        return -1;
    }
    char *room = (char *)(pairs + list->count + 1);
    config->pairs = pairs;
    if (first != NULL) {
        pairs[config->pair_count++] = *first;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (read_pair(&pairs[config->pair_count++], list->items[i], &room) != 0) {
            (void)snprintf(error, OPTIONS_ERROR_SIZE, "--certificate: '%.100s' is not KEY:CERT",
                           list->items[i]);
            return -1;
        }
    }
    return 0;
}

int tls_options_read(struct tls_server_config *config, const struct tls_options *o,
                     const struct tls_key_pair *first, char error[OPTIONS_ERROR_SIZE])
{
    config->asks_client = o->verify_client || o->client_ca != NULL;
    config->client_ca_file = o->client_ca;
    config->groups = o->groups;
    config->dh_file = o->dh_file;
    config->on_socket = o->ktls;
    if (read_versions(config, o, error) != 0) {
        return -1;
    }
    return read_pairs(config, &o->certificates, first, error);
}

void tls_options_clear(struct tls_server_config *config)
{
    free((void *)(uintptr_t)config->pairs);
    config->pairs = NULL;
    config->pair_count = 0;
}

int tls_options_given(const struct tls_options *o)
{
    return o->certificates.count > 0 || o->verify_client || o->client_ca != NULL ||
           o->groups != NULL || o->dh_file != NULL || o->least_version != NULL ||
           o->greatest_version != NULL || o->ktls;
}
