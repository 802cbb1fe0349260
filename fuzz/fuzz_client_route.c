/* SPDX-License-Identifier: MIT */
/*
 * --connect-to, --resolve and --proxy: what is accepted leads to a host and a port.
 *
 * Input: lines; the first letter of each says the option, the rest is its value.
 */
#include <string.h>

#include "h1_text.h"
#include "input.h"
#include "require.h"
#include "route.h"
#include "tcp.h"

enum { MOST = 4 };

static void add(struct option_list *list, const char *text)
{
    if (list->count < MOST) {
        list->items[list->count++] = text;
    }
}

static void read_lines(struct client_options *options, char *text)
{
    for (char *next = text; next != NULL;) {
        char *line = next;

        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        if (line[0] == 'c') {
            add(&options->connect_to, line + 1);
        } else if (line[0] == 'r') {
            add(&options->resolve, line + 1);
        } else if (line[0] == 'p') {
            options->proxy = line + 1;
        }
    }
}

static void require_request(const struct client_options *options, const struct route *route)
{
    char *credentials;
    int is_refused;

    require(route_credentials(options, &credentials) == 0);
    char *text = h1_text_connect(route->tunnel, credentials, &is_refused);

    require(text != NULL && !is_refused);
    require(strstr(text, "\r\n\r\n") == text + strlen(text) - 4);
    free(text);
    free(credentials);
}

static void require_route(const struct client_options *options, const char *origin)
{
    struct tcp_addresses addresses;
    struct route route;
    struct uri uri;
    const char *why;

    require(uri_parse(&uri, origin, &why) == 0);
    require(route_find(&route, options, &uri) == 0);
    require(route.host[0] != '\0' && route.port != 0);
    require((route.tunnel[0] != '\0') == (options->proxy != NULL));
    if (route.addresses != NULL) {
        require(tcp_addresses_read(&addresses, route.addresses, route.port) == 0);
        require(addresses.count > 0 && addresses.count <= TCP_ADDRESSES);
    }
    if (options->proxy != NULL) {
        require_request(options, &route);
    }
    uri_clear(&uri);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *connects[MOST];
    const char *resolves[MOST];
    struct client_options options = {.connect_to = {.items = connects},
                                     .resolve = {.items = resolves}};
    char error[OPTIONS_ERROR_SIZE] = "";
    char *text = malloc(size + 1);

    require(text != NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    read_lines(&options, text);
    if (route_check(&options, error) == 0) {
        require_route(&options, "https://host/");
        require_route(&options, "http://[2001:db8::1]:81/");
    } else {
        require(error[0] == '-');
    }
    free(text);
    return 0;
}
