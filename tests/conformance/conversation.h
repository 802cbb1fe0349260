/* SPDX-License-Identifier: MIT */
/*
 * Conversations as text: what a peer sends, what the application does, and what must come of it.
 * README.md beside this file describes the notation. This unit reads files into cases; it knows
 * lines, not frames.
 *
 * A case owns nothing: its texts are views of the file, which is kept until book_free(). Text that
 * is no notation fails the test that reads it, with file and line.
 */
#ifndef H2KIT_TESTS_CONFORMANCE_CONVERSATION_H
#define H2KIT_TESTS_CONFORMANCE_CONVERSATION_H

#include <stddef.h>
#include <stdint.h>

enum {
    LINE_PEER = 1,   /* "< FRAME": octets of the peer */
    LINE_APP = 2,    /* "app CALL" */
    LINE_WAIT = 3,   /* "wait 5s" */
    LINE_STREAM = 4, /* "stream STATE": stream 1 gets there */
    LINE_LOG = 5,    /* "= LINE" of the log */
    LINE_FAULT = 6,  /* "! SCOPE [STREAM] CODE REASON" */
    LINE_SET = 7,    /* "set MEMBER VALUE" of the configuration */
    LINE_ANSWER = 8  /* "answer FIELDS": of the server, to every request */
};

enum { ROLE_CLIENT = 1, ROLE_SERVER = 2, ROLE_BOTH = 3 };

/* What is checked when the conversation is over. */
enum {
    AFTER_DEFAULT = 0, /* dead when a connection fault is expected, alive otherwise */
    AFTER_ALIVE = 1,   /* a request on another stream completes */
    AFTER_DEAD = 2,    /* nothing that comes changes anything */
    AFTER_OPEN = 3     /* neither, but the session has not failed */
};

struct line {
    uint32_t kind;
    uint32_t times; /* of a frame, 1 when not given */
    unsigned number;
    const char *text;
};

struct conversation {
    const char *file;
    unsigned number; /* of its first line */
    const char *name;
    uint32_t roles;
    uint32_t raw; /* not greeted */
    uint32_t after;
    struct line *lines;
    size_t count;
};

struct book {
    struct conversation *cases;
    size_t count;
    char **files;
    size_t file_count;
};

/* Appends the cases of one file. */
void book_read(struct book *b, const char *path);
void book_free(struct book *b);

#endif
