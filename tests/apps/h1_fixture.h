/* SPDX-License-Identifier: MIT */
/*
 * The HTTP/1.1 machine with a small application on top. What it was told and what was sent are texts.
 *
 * Invariants:
 * - Each request ends with on_done, and all memory is given back when the fixture is closed.
 * - The answer to "/length" has five octets, that to "/chunks" too but not their number, that to
 *   "/status/nnn" no body; "/fail" gives up. An upload is answered at its end.
 */
#ifndef H2KIT_TESTS_H1_FIXTURE_H
#define H2KIT_TESTS_H1_FIXTURE_H

#include "h1_conn.h"
#include "support.h"

enum { TEXT = 8192 };

struct fixture {
    struct h1_config config;
    struct h1_conn *conn;
    struct test_alloc alloc;
    char told[TEXT];
    char sent[TEXT];
    size_t octets; /* of the body of the request that runs */
    size_t given;  /* octets of the answer so far */
    int running;
    enum h1_done how; /* the last one ended */
    int holds;        /* 1: nothing is consumed */
    int takes_upgrade;
    int upload;
    uint64_t now;
};

extern const struct h1_callbacks CALLBACKS;

/* Returns what h1_conn_new() does. Limits: a head of 300 octets, a line of 100, ten fields. */
int open_fixture(struct fixture *f);
void close_fixture(struct fixture *f);
void feed(struct fixture *f, const char *text, size_t length);
/* Takes what there is to send, in pieces of seven octets. */
void drain(struct fixture *f);

struct script {
    const char *in;
    const char *told;
    const char *sent;
    uint32_t closes;
};

/* For test_each_split() over a script's input. */
void run_cuts(const size_t *cuts, size_t count, void *arg);
/* A script cut in every way, and with each allocation failing. */
void run(const char *in, const char *told, const char *sent, uint32_t closes);

#define HOST "Host: a\r\n"
#define POST "POST / HTTP/1.1\r\n" HOST
#define LENGTH_SENT "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"

#endif
