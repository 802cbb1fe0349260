/* SPDX-License-Identifier: MIT */
#include "admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_buffer.h"

enum { STATUS_OK = 200, NOT_FOUND = 404, NOT_ALLOWED = 405, UNAVAILABLE = 503 };

#define PLAIN "text/plain; charset=utf-8"

/* ---- The address --------------------------------------------------------------------------- */

static int read_port(const char *text, uint16_t *port)
{
    char *end = NULL;
    const unsigned long number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || number > UINT16_MAX) {
        return -1;
    }
    *port = (uint16_t)number;
    return 0;
}

int admin_address_read(struct admin_address *address, const char *text,
                       char error[OPTIONS_ERROR_SIZE])
{
    const char *colon = strrchr(text, ':');
    const char *host = colon == NULL ? "127.0.0.1" : text;
    size_t length = colon == NULL ? strlen(host) : (size_t)(colon - text);
    if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    } else if (memchr(host, ':', length) != NULL || memchr(host, '[', length) != NULL) {
        length = 0; /* of an IPv6 address without brackets, which colon is the last? */
    }
    if (length == 0 || length >= ADMIN_HOST_SIZE ||
        read_port(colon == NULL ? text : colon + 1, &address->port) != 0) {
        (void)snprintf(error, OPTIONS_ERROR_SIZE, "--admin: '%.50s' is not [ADDR:]PORT", text);
        return -1;
    }
    memcpy(address->host, host, length);
    address->host[length] = '\0';
    return 0;
}

/* ---- Answers ------------------------------------------------------------------------------- */

static void begin(const struct answer *a, int status, const char *type, size_t length)
{
    response_init(a->response, status, a->asked->date);
    response_add(a->response, "content-type", type);
    response_add(a->response, "cache-control", "no-store");
    response_add_length(a->response, length);
}

static void answer_text(const struct answer *a, int status, const char *text)
{
    begin(a, status, PLAIN, strlen(text));
    if (a->asked->method != METHOD_HEAD) {
        body_set_text(a->body, text, strlen(text));
    }
}

static void answer_metrics(const struct admin *admin, const struct answer *a)
{
    struct text_buffer text = {.data = NULL};
    size_t length = 0;
    metrics_write(&text, &admin->metrics);
    char *memory = text_take(&text, &length);
    if (memory == NULL) {
        answer_status(a, UNAVAILABLE);
        return;
    }
    begin(a, STATUS_OK, METRICS_TYPE, length);
    if (a->asked->method == METHOD_HEAD) {
        free(memory);
    } else {
        body_set_memory(a->body, memory, length);
    }
}

static void answer_health(const struct admin *admin, const struct answer *a)
{
    (void)admin;
    answer_text(a, STATUS_OK, "ok\n");
}

static void answer_readiness(const struct admin *admin, const struct answer *a)
{
    if (atomic_load(&admin->draining) > 0) {
        answer_text(a, UNAVAILABLE, "draining\n");
    } else {
        answer_text(a, STATUS_OK, "ready\n");
    }
}

static const struct {
    const char *path;
    void (*answer)(const struct admin *admin, const struct answer *a);
} PLACES[] = {
    {"/metrics", answer_metrics},
    {"/healthz", answer_health},
    {"/readyz", answer_readiness},
};

void admin_answer(const struct admin *admin, const struct answer *a)
{
    const char *path = a->asked->path;
    size_t length = a->asked->path_length;
    const char *query = path == NULL ? NULL : memchr(path, '?', length);
    if (query != NULL) {
        length = (size_t)(query - path);
    }
    for (size_t i = 0; path != NULL && i < sizeof PLACES / sizeof PLACES[0]; i++) {
        if (length == strlen(PLACES[i].path) && memcmp(path, PLACES[i].path, length) == 0) {
            if (a->asked->method == METHOD_GET || a->asked->method == METHOD_HEAD) {
                PLACES[i].answer(admin, a);
            } else {
                answer_status(a, NOT_ALLOWED);
            }
            return;
        }
    }
    answer_status(a, NOT_FOUND);
}
