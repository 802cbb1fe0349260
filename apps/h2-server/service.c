/* SPDX-License-Identifier: MIT */
#include "service.h"

#include <assert.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin_service.h"
#include "command_line.h"
#include "descriptors.h"
#include "exit_code.h"
#include "identity.h"
#include "listen_sockets.h"
#include "manager.h"
#include "pid_file.h"
#include "tls_socket.h"
#include "trace_option.h"
#include "worker.h"

/* Descriptors that are for no connection: of the process, and of each thread besides its sockets. */
enum { SPARE_DESCRIPTORS = 64, SPARE_IN_THREAD = 9 };

static const int SIGNALS[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1};
enum { SIGNAL_COUNT = sizeof SIGNALS / sizeof SIGNALS[0], URL_SIZE = TCP_ADDRESS_SIZE + 16 };

static_assert((int)MANAGER_ERROR_SIZE <= (int)TCP_TEXT_SIZE, "its errors are passed on");
static_assert((int)IDENTITY_ERROR_SIZE <= (int)SERVER_ERROR_SIZE, "its errors are passed on");

struct service {
    const struct server_options *options;
    const struct log *log;
    struct background *background;
    uint32_t has_pid_file;
    uint32_t stopping;
    struct server_shared shared;
    struct listen_sockets sockets;
    char address[TCP_ADDRESS_SIZE]; /* the first */
    struct tls_context *tls;
    const char *kernel_lacks; /* for --ktls; NULL: nothing */
    struct worker *workers;
    size_t worker_count;
    struct admin_service admin;
    /* On the loop of the first worker, whose thread is ours. */
    uv_signal_t signals[SIGNAL_COUNT];
    uv_async_t ended; /* a worker has ended */
    atomic_uint running;
};

/* ---- What is needed ------------------------------------------------------------------------ */

/* Raises the limit of descriptors as far as allowed, and keeps the number of connections so far
 * below it that each can have a file open too. */
static uint32_t fit_connections(const struct service *s)
{
    const uint32_t wanted = s->options->max_connections;
    const uint32_t limit = descriptors_raise();
    const uint64_t spare =
        SPARE_DESCRIPTORS +
        (uint64_t)s->options->threads * (SPARE_IN_THREAD + 2 * (uint64_t)s->sockets.address_count);
    const uint64_t usable = limit > 2 * spare ? limit - spare : 2;
    return usable / 2 < wanted ? (uint32_t)(usable / 2) : wanted;
}

static int set_up_tls(struct service *s, char error[SERVER_ERROR_SIZE])
{
    char reason[TLS_TEXT_SIZE] = "";
    /* While we are root, who may load the module. */
    s->kernel_lacks = s->options->tls.on_socket ? tls_socket_kernel_lacks() : NULL;
    const int status =
        s->options->no_tls ? 0 : tls_context_new_server(&s->tls, &s->options->tls, reason);
    (void)snprintf(error, SERVER_ERROR_SIZE, "%s", reason);
    switch (status) {
    case 0:
        return EXIT_CODE_OK;
    case TLS_PROBLEM_FILE:
        return EXIT_CODE_KEY_FILE;
    case TLS_PROBLEM_MISMATCH:
        return EXIT_CODE_KEY_MISMATCH;
    case TLS_PROBLEM_GROUPS:
        return EXIT_CODE_USAGE;
    default:
        return EXIT_CODE_LOCAL;
    }
}

/* Opens the sockets, or takes those that a service manager has opened. */
static int set_up_sockets(struct service *s, char error[SERVER_ERROR_SIZE])
{
    const struct listen_config config = {
        .addresses = s->options->addresses,
        .address_count = s->options->address_count,
        .port = s->options->port,
        .sets = s->options->threads,
    };
    int passed[LISTEN_ADDRESSES];
    char reason[TCP_TEXT_SIZE] = "";
    const int count = manager_take_sockets(passed, LISTEN_ADDRESSES, reason);
    int status = count < 0;
    if (count > 0) {
        status = listen_sockets_adopt(&s->sockets, passed, (size_t)count, config.sets, reason);
    } else if (count == 0) {
        status = listen_sockets_open(&s->sockets, &config, reason);
    }
    if (status != 0) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "%s", reason);
        return EXIT_CODE_ADDRESS;
    }
    if (count > 0 && (s->options->port != 0 || s->options->addresses_given)) {
        (void)snprintf(error, SERVER_ERROR_SIZE,
                       "sockets were passed by the service manager: no --address or PORT goes with "
                       "them");
        return EXIT_CODE_USAGE;
    }
    listen_sockets_text(&s->sockets, 0, s->address);
    return EXIT_CODE_OK;
}

/* On the thread of the worker. */
static void on_worker_end(void *user)
{
    struct service *s = user;
    (void)atomic_fetch_sub(&s->running, 1);
    (void)uv_async_send(&s->ended);
}

static int set_up_workers(struct service *s, char error[SERVER_ERROR_SIZE])
{
    const uint32_t count = s->options->threads;
    const uint32_t connections = fit_connections(s);
    s->workers = calloc(count, sizeof *s->workers);
    if (s->workers == NULL) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "out of memory");
        return -1;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct server_parts parts = {
            .shared = &s->shared,
            .sockets = s->sockets.sets[i].fds,
            .socket_count = s->sockets.address_count,
            .max_connections = (connections + count - 1) / count,
            .number = i,
            .tls = s->tls,
            .on_end = on_worker_end,
            .user = s,
        };
        const int status = worker_open(&s->workers[i], &parts, error);
        listen_sockets_take(&s->sockets, i);
        if (status != 0) {
            return -1;
        }
        s->worker_count++;
    }
    return 0;
}

static int write_pid_file(struct service *s, char error[SERVER_ERROR_SIZE])
{
    const char *path = s->options->pid_file;
    const int reason = path == NULL ? 0 : pid_file_write(path);
    if (reason != 0) {
        (void)snprintf(error, SERVER_ERROR_SIZE, "cannot write %.200s: %s", path, strerror(reason));
        return EXIT_CODE_LOCAL;
    }
    s->has_pid_file = path != NULL;
    return EXIT_CODE_OK;
}

/* What only root can do is done: ports and keys are had. */
static int become_user(const struct service *s, char error[SERVER_ERROR_SIZE])
{
    struct identity identity;
    const char *user = s->options->user;
    return user == NULL || (identity_read(&identity, user, error) == 0 &&
                            identity_become(&identity, error) == 0)
               ? EXIT_CODE_OK
               : EXIT_CODE_USER;
}

/* Returns an exit code. */
static int set_up(struct service *s, char error[SERVER_ERROR_SIZE])
{
    if (server_shared_init(&s->shared, s->options, error) != 0) {
        return EXIT_CODE_LOCAL;
    }
    s->shared.log = s->log;
    int result = set_up_tls(s, error);
    if (result == EXIT_CODE_OK) {
        result = set_up_sockets(s, error);
    }
    if (result == EXIT_CODE_OK) {
        result = write_pid_file(s, error);
    }
    if (result == EXIT_CODE_OK) {
        result = become_user(s, error);
    }
    if (result == EXIT_CODE_OK && set_up_workers(s, error) != 0) {
        result = EXIT_CODE_LOCAL;
    }
    if (result == EXIT_CODE_OK && s->options->has_admin &&
        admin_service_open(&s->admin, s->options, s->workers, s->log, error) != 0) {
        result = EXIT_CODE_ADDRESS;
    }
    return result;
}

static void clean_up(struct service *s)
{
    admin_service_stop(&s->admin);
    admin_service_close(&s->admin);
    for (size_t i = 0; i < s->worker_count; i++) {
        worker_free(&s->workers[i]);
    }
    free(s->workers);
    listen_sockets_close(&s->sockets);
    tls_context_free(s->tls);
    server_shared_clear(&s->shared);
    if (s->has_pid_file) {
        pid_file_remove(s->options->pid_file);
    }
}

/* ---- While it runs ------------------------------------------------------------------------- */

static void stop_all(struct service *s)
{
    s->stopping = 1;
    manager_note("STOPPING=1\nSTATUS=Waiting for requests to complete");
    admin_service_drain(&s->admin);
    for (size_t i = 0; i < s->worker_count; i++) {
        worker_tell_stop(&s->workers[i]);
    }
}

/* New connections get what the files have now. A certificate that we made ourselves stays. */
static void reload_certificates(struct service *s)
{
    struct tls_server_config config = s->options->tls;
    struct tls_context *tls = NULL;
    char reason[TLS_TEXT_SIZE] = "";
    if (s->tls == NULL || config.pair_count == 0) {
        return;
    }
    config.before = s->tls;
    if (tls_context_new_server(&tls, &config, reason) != 0) {
        log_error(s->log, "certificates stay as they were: %s", reason);
        return;
    }
    for (size_t i = 0; i < s->worker_count; i++) {
        worker_tell_tls(&s->workers[i], tls);
    }
    tls_context_free(s->tls);
    s->tls = tls;
}

static void reload(struct service *s)
{
    if (s->stopping) {
        return;
    }
    manager_note_reloading();
    reload_certificates(s);
    manager_note("READY=1");
}

static void tell_not_reopened(const struct service *s, const char *what, int reason)
{
    if (reason != 0) {
        log_error(s->log, "%s: cannot open it anew: %s", what, strerror(reason));
    }
}

/* Every file that is written, but for the PID file. */
static void reopen_all(struct service *s)
{
    const struct server_options *o = s->options;
    tell_not_reopened(s, "frame log",
                      trace_option_reopen(&o->trace, o->trace_file, SERVER_PROGRAM.name));
    tell_not_reopened(s, "key log", tls_context_reopen_keylog(s->tls, o->tls.keylog_file));
    for (size_t i = 0; i < s->worker_count; i++) {
        worker_tell_reopen(&s->workers[i]);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    if (number == SIGHUP) {
        reload(handle->data);
    } else if (number == SIGUSR1) {
        reopen_all(handle->data);
    } else {
        stop_all(handle->data);
    }
}

/* The last one has ended: what keeps the loop of the first goes too. */
static void on_ended(uv_async_t *ended)
{
    struct service *s = ended->data;
    if (atomic_load(&s->running) > 0 || uv_is_closing((uv_handle_t *)ended)) {
        return;
    }
    /* Who told us may not be out of that call yet. */
    for (size_t i = 0; i < s->worker_count; i++) {
        worker_join(&s->workers[i]);
    }
    uv_close((uv_handle_t *)ended, NULL);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        uv_close((uv_handle_t *)&s->signals[i], NULL);
    }
}

static int start_handles(struct service *s)
{
    uv_loop_t *loop = &s->workers[0].loop.uv;
    const int status = uv_async_init(loop, &s->ended, on_ended);
    if (status != 0) {
        return status;
    }
    s->ended.data = s;
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        (void)uv_signal_init(loop, &s->signals[i]);
        s->signals[i].data = s;
        /* Without it the signal ends the process, just not in order. */
        (void)uv_signal_start(&s->signals[i], on_signal, SIGNALS[i]);
    }
    return 0;
}

/* Starts the threads. When one cannot be had, those that run are told to end. */
static int start_threads(struct service *s)
{
    atomic_store(&s->running, 1);
    for (size_t i = 1; i < s->worker_count; i++) {
        (void)atomic_fetch_add(&s->running, 1);
        const int status = worker_start(&s->workers[i]);
        if (status != 0) {
            (void)atomic_fetch_sub(&s->running, 1);
            stop_all(s);
            return status;
        }
    }
    return 0;
}

static int start_admin(struct service *s)
{
    const int status = admin_service_start(&s->admin);
    if (status != 0) {
        stop_all(s);
    }
    return status;
}

static void write_url(const struct service *s, char out[URL_SIZE])
{
    static const char ANY4[] = "0.0.0.0:";
    static const char ANY6[] = "[::]:";
    const char *scheme = s->options->no_tls ? "http" : "https";
    const char *address = s->address;
    const unsigned port = s->sockets.port;
    /* What listens everywhere is best reached on loopback, where the certificate is good. */
    if (strncmp(address, ANY4, sizeof ANY4 - 1) == 0) {
        (void)snprintf(out, URL_SIZE, "%s://127.0.0.1:%u/", scheme, port);
    } else if (strncmp(address, ANY6, sizeof ANY6 - 1) == 0) {
        (void)snprintf(out, URL_SIZE, "%s://[::1]:%u/", scheme, port);
    } else {
        (void)snprintf(out, URL_SIZE, "%s://%s/", scheme, address);
    }
}

/* The URL, and the head of the log that may follow it on stdout. */
static void announce(const struct service *s)
{
    char url[URL_SIZE];
    write_url(s, url);
    (void)printf("%s\n", url);
    if (s->options->has_admin) {
        (void)printf("http://%s/\n", s->admin.text);
    }
    (void)fflush(stdout);
    if (s->kernel_lacks != NULL) {
        log_warning(s->log, "--ktls: %s", s->kernel_lacks);
    }
    manager_note("READY=1\nSTATUS=Serving at %s", url);
    trace_option_begin(&s->options->trace, SERVER_PROGRAM.name);
}

static int serve(struct service *s)
{
    int status = start_handles(s);
    if (status == 0) {
        announce(s);
        status = start_threads(s);
        if (status == 0) {
            status = start_admin(s);
        }
        if (status == 0) {
            background_ready(s->background);
        }
        worker_run(&s->workers[0]);
    }
    if (status != 0) {
        log_error(s->log, "cannot start: %s", uv_strerror(status));
        return EXIT_CODE_LOCAL;
    }
    return EXIT_CODE_OK;
}

int service_run(const struct server_options *options, struct background *background,
                const struct log *log)
{
    struct service service = {.options = options, .background = background, .log = log};
    char error[SERVER_ERROR_SIZE] = "";
    int result = set_up(&service, error);
    if (result != EXIT_CODE_OK) {
        log_error(log, "%s", error);
    } else {
        result = serve(&service);
    }
    clean_up(&service);
    return result;
}
