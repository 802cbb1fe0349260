/* SPDX-License-Identifier: MIT */
#include "route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tcp.h"

/* ---- Texts -------------------------------------------------------------------------------- */

/* It must be fit to stand in a request to a proxy. */
static int is_host(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] <= ' ' || text[i] >= 0x7f || strchr("/?#@[]", text[i]) != NULL) {
            return 0;
        }
    }
    return length < ROUTE_HOST_SIZE;
}

/* A host, perhaps in brackets, perhaps empty, up to a ":" or the end. NULL when it is none. */
static const char *read_host(const char *text, char out[ROUTE_HOST_SIZE])
{
    int is_bracketed = text[0] == '[';
    size_t length = strcspn(text + is_bracketed, is_bracketed ? "]" : ":");
    const char *end = text + is_bracketed + length;

    if (!is_host(text + is_bracketed, length) || (is_bracketed && *end++ != ']') ||
        (*end != ':' && *end != '\0')) {
        return NULL;
    }
    (void)snprintf(out, ROUTE_HOST_SIZE, "%.*s", (int)length, text + is_bracketed);
    return end;
}

/* ":PORT"; an empty one is 0. NULL when it is none. */
static const char *read_port(const char *text, uint16_t *port)
{
    unsigned long number = 0;
    size_t digits = *text == ':' ? strspn(text + 1, "0123456789") : 0;

    if (*text != ':' || digits > 5) {
        return NULL;
    }
    for (size_t i = 1; i <= digits; i++) {
        number = 10 * number + (unsigned long)(text[i] - '0');
    }
    if (number > UINT16_MAX || (digits > 0 && number == 0)) {
        return NULL;
    }
    *port = (uint16_t)number;
    return text + 1 + digits;
}

struct redirection {
    char from[ROUTE_HOST_SIZE];
    char to[ROUTE_HOST_SIZE];
    uint16_t from_port;
    uint16_t to_port;
};

static int read_connect_to(struct redirection *out, const char *text)
{
    const char *at = read_host(text, out->from);

    at = at == NULL ? NULL : read_port(at, &out->from_port);
    at = at == NULL || *at != ':' ? NULL : read_host(at + 1, out->to);
    at = at == NULL ? NULL : read_port(at, &out->to_port);
    return at != NULL && *at == '\0' ? 0 : -1;
}

struct resolution {
    char host[ROUTE_HOST_SIZE];
    uint16_t port;
    const char *addresses;
};

static int read_resolve(struct resolution *out, const char *text)
{
    struct tcp_addresses addresses;
    const char *at = read_host(text, out->host);

    at = at == NULL ? NULL : read_port(at, &out->port);
    if (at == NULL || *at != ':' || out->host[0] == '\0' || out->port == 0) {
        return -1;
    }
    out->addresses = at + 1;
    return tcp_addresses_read(&addresses, at + 1, out->port);
}

/* What stands before "@" is credentials; uri.h refuses them, so they are cut off before. */
static const char *after_credentials(const char *proxy, size_t *length)
{
    const char *at = strrchr(proxy, '@');
    const char *start = strncasecmp(proxy, "http://", 7) == 0 ? proxy + 7 : proxy;

    *length = at == NULL ? 0 : (size_t)(at - start);
    return at == NULL ? start : at + 1;
}

static int read_proxy(struct uri *out, const char *text, const char **why)
{
    char whole[2 * ROUTE_HOST_SIZE];
    size_t length;
    const char *host = after_credentials(text, &length);

    if (strstr(text, "://") != NULL && strncasecmp(text, "http://", 7) != 0) {
        *why = "only http proxies are known";
        return -1;
    }
    if ((size_t)snprintf(whole, sizeof whole, "http://%s", host) >= sizeof whole) {
        *why = "too long";
        return -1;
    }
    return uri_parse(out, whole, why);
}

/* ---- The options -------------------------------------------------------------------------- */

int route_check(const struct client_options *options, char error[OPTIONS_ERROR_SIZE])
{
    for (size_t i = 0; i < options->connect_to.count; i++) {
        struct redirection entry;

        if (read_connect_to(&entry, options->connect_to.items[i]) != 0) {
            snprintf(error, OPTIONS_ERROR_SIZE, "--connect-to: %.100s is not FROM:PORT:TO:PORT",
                     options->connect_to.items[i]);
            return -1;
        }
    }
    for (size_t i = 0; i < options->resolve.count; i++) {
        struct resolution entry;

        if (read_resolve(&entry, options->resolve.items[i]) != 0) {
            snprintf(error, OPTIONS_ERROR_SIZE,
                     "--resolve: %.100s is not HOST:PORT:ADDRESS, with at most %d addresses",
                     options->resolve.items[i], TCP_ADDRESSES);
            return -1;
        }
    }
    if (options->proxy != NULL) {
        struct uri proxy;
        const char *why;

        if (read_proxy(&proxy, options->proxy, &why) != 0) {
            snprintf(error, OPTIONS_ERROR_SIZE, "--proxy: %s", why);
            return -1;
        }
        uri_clear(&proxy);
    }
    return 0;
}

static void redirect(struct route *out, const struct client_options *options)
{
    for (size_t i = 0; i < options->connect_to.count; i++) {
        struct redirection entry;

        if (read_connect_to(&entry, options->connect_to.items[i]) == 0 &&
            (entry.from[0] == '\0' || strcasecmp(entry.from, out->host) == 0) &&
            (entry.from_port == 0 || entry.from_port == out->port)) {
            if (entry.to[0] != '\0') {
                (void)snprintf(out->host, sizeof out->host, "%s", entry.to);
            }
            out->port = entry.to_port != 0 ? entry.to_port : out->port;
            return;
        }
    }
}

/* Puts the proxy in the place of where the route went, which the proxy is to be asked for. */
static int go_by_proxy(struct route *out, const struct client_options *options)
{
    struct uri proxy;
    const char *why;

    if (options->proxy == NULL) {
        return 0;
    }
    /* Never past it: that would tell others what the proxy is for. */
    if (read_proxy(&proxy, options->proxy, &why) != 0) {
        return -1;
    }
    (void)snprintf(out->tunnel, sizeof out->tunnel,
                   strchr(out->host, ':') != NULL ? "[%.250s]:%u" : "%.250s:%u", out->host,
                   (unsigned)out->port);
    (void)snprintf(out->host, sizeof out->host, "%.255s", proxy.host);
    out->port = proxy.port;
    uri_clear(&proxy);
    return 0;
}

int route_find(struct route *out, const struct client_options *options, const struct uri *origin)
{
    memset(out, 0, sizeof *out);
    (void)snprintf(out->host, sizeof out->host, "%s", origin->host);
    out->port = origin->port;
    redirect(out, options);
    if (go_by_proxy(out, options) != 0) {
        return -1;
    }
    for (size_t i = 0; i < options->resolve.count && out->addresses == NULL; i++) {
        struct resolution entry;

        if (read_resolve(&entry, options->resolve.items[i]) == 0 && entry.port == out->port &&
            strcasecmp(entry.host, out->host) == 0) {
            out->addresses = entry.addresses;
        }
    }
    return 0;
}

int route_credentials(const struct client_options *options, char **out)
{
    size_t length = 0;
    const char *host = options->proxy == NULL ? NULL : after_credentials(options->proxy, &length);

    *out = length == 0 ? NULL : strndup(host - 1 - length, length);
    return length == 0 || *out != NULL ? 0 : -1;
}
