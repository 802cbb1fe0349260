/* SPDX-License-Identifier: MIT */
#include "uri.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PORT_SIZE = sizeof ":65535", HOST_LENGTH_MAX = 255 };

const char uri_no_memory[] = "out of memory";

/* A piece of the text. */
struct span {
    const char *start;
    size_t length;
};

struct parts {
    struct span host; /* without brackets */
    struct span port; /* without the colon, may be empty */
    struct span path; /* with query */
    int is_https;
    int is_ipv6;
};

static int is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* RFC 3986 2.2, 2.3: unreserved and sub-delims. */
static int is_plain(char c)
{
    return is_alpha(c) || is_digit(c) || (c != '\0' && strchr("-._~!$&'()*+,;=", c) != NULL);
}

/* Octets of path and query: pchar, "/", "?" (RFC 3986 3.3, 3.4), and brackets. */
static const char *check_path(struct span path)
{
    for (size_t i = 0; i < path.length; i++) {
        char c = path.start[i];

        if (c == '%') {
            if (path.length - i < 3 || !is_hex(path.start[i + 1]) || !is_hex(path.start[i + 2])) {
                return "\"%\" is not followed by two hexadecimal digits";
            }
        } else if (!is_plain(c) && strchr(":@/?[]", c) == NULL) {
            return "the path has a character that must be percent-encoded";
        }
    }
    return NULL;
}

static const char *check_ipv6(struct span host)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (host.length >= sizeof text) {
        return "the address in brackets is not IPv6";
    }
    memcpy(text, host.start, host.length);
    text[host.length] = '\0';
    return inet_pton(AF_INET6, text, &address) == 1 ? NULL : "the address in brackets is not IPv6";
}

static const char *check_host(const struct parts *parts)
{
    if (parts->is_ipv6) {
        return check_ipv6(parts->host);
    }
    if (parts->host.length == 0) {
        return "the host is missing";
    }
    if (parts->host.length > HOST_LENGTH_MAX) {
        return "the host name is too long";
    }
    for (size_t i = 0; i < parts->host.length; i++) {
        if (!is_plain(parts->host.start[i])) {
            return "the host name has a forbidden character";
        }
    }
    return NULL;
}

static const char *read_port(const struct parts *parts, uint16_t *port)
{
    uint32_t number = 0;

    for (size_t i = 0; i < parts->port.length; i++) {
        if (!is_digit(parts->port.start[i]) || number > UINT16_MAX) {
            return "the port is not a number from 1 to 65535";
        }
        number = 10 * number + (uint32_t)(parts->port.start[i] - '0');
    }
    if (parts->port.length == 0) {
        number = parts->is_https ? 443 : 80;
    }
    if (number == 0 || number > UINT16_MAX) {
        return "the port is not a number from 1 to 65535";
    }
    *port = (uint16_t)number;
    return NULL;
}

static const char *split_scheme(struct parts *parts, const char *text, const char **rest)
{
    if (strncasecmp(text, "http://", 7) == 0) {
        *rest = text + 7;
        return NULL;
    }
    if (strncasecmp(text, "https://", 8) == 0) {
        parts->is_https = 1;
        *rest = text + 8;
        return NULL;
    }
    return strstr(text, "://") != NULL ? "the scheme is neither http nor https"
                                       : "a URI begins with http:// or https://";
}

static const char *split_authority(struct parts *parts, struct span authority)
{
    const char *end = authority.start + authority.length;
    const char *host_end;

    if (memchr(authority.start, '@', authority.length) != NULL) {
        return "user names and passwords are not accepted in a URI";
    }
    if (authority.length > 0 && authority.start[0] == '[') {
        const char *close = memchr(authority.start, ']', authority.length);

        if (close == NULL) {
            return "\"]\" is missing after the IPv6 address";
        }
        parts->is_ipv6 = 1;
        parts->host = (struct span){authority.start + 1, (size_t)(close - authority.start) - 1};
        host_end = close + 1;
    } else {
        const char *colon = memchr(authority.start, ':', authority.length);

        host_end = colon == NULL ? end : colon;
        parts->host = (struct span){authority.start, (size_t)(host_end - authority.start)};
    }
    if (host_end < end && *host_end != ':') {
        return "the IPv6 address is followed by something else than a port";
    }
    parts->port = host_end == end ? (struct span){end, 0}
                                  : (struct span){host_end + 1, (size_t)(end - host_end) - 1};
    return check_host(parts);
}

static const char *split(struct parts *parts, const char *text)
{
    const char *rest = text;
    const char *why = split_scheme(parts, text, &rest);

    if (why != NULL) {
        return why;
    }
    size_t authority = strcspn(rest, "/?#");

    why = split_authority(parts, (struct span){rest, authority});
    if (why != NULL) {
        return why;
    }
    rest += authority;
    parts->path = (struct span){rest, strcspn(rest, "#")};
    return check_path(parts->path);
}

/* Storage holds "host\0" "[host]:port\0" "/path\0". */
static int store(struct uri *out, const struct parts *parts)
{
    size_t host = parts->host.length;
    size_t size = host + 1 + host + 2 + PORT_SIZE + 1 + parts->path.length + 1;
    char *at = malloc(size);

    if (at == NULL) {
        return -1;
    }
    out->storage = at;
    out->host = at;
    for (size_t i = 0; i < host; i++) {
        *at++ = to_lower(parts->host.start[i]);
    }
    *at++ = '\0';
    out->authority = at;
    at += snprintf(at, host + 3, out->is_ipv6 ? "[%s]" : "%s", out->host);
    if (out->port != (out->is_https ? 443 : 80)) {
        at += snprintf(at, PORT_SIZE, ":%u", (unsigned)out->port);
    }
    at++;
    out->path = at;
    if (parts->path.length == 0 || parts->path.start[0] != '/') {
        *at++ = '/';
    }
    memcpy(at, parts->path.start, parts->path.length);
    at[parts->path.length] = '\0';
    return 0;
}

int uri_parse(struct uri *out, const char *text, const char **why)
{
    struct parts parts = {0};
    uint16_t port = 0;

    memset(out, 0, sizeof *out);
    *why = split(&parts, text);
    if (*why == NULL) {
        *why = read_port(&parts, &port);
    }
    if (*why != NULL) {
        return -1;
    }
    out->scheme = parts.is_https ? "https" : "http";
    out->is_https = parts.is_https ? 1 : 0;
    out->is_ipv6 = parts.is_ipv6 ? 1 : 0;
    out->port = port;
    if (store(out, &parts) != 0) {
        *why = uri_no_memory;
        return -1;
    }
    return 0;
}

void uri_clear(struct uri *uri)
{
    free(uri->storage);
    memset(uri, 0, sizeof *uri);
}

int uri_same_origin(const struct uri *a, const struct uri *b)
{
    return a->is_https == b->is_https && a->port == b->port && strcmp(a->host, b->host) == 0;
}
