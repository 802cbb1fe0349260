/* SPDX-License-Identifier: MIT */
/*
 * What the fields of an answer say about a file, as texts, so that they are made once for a file
 * that is asked for often. Nothing in here changes after file_facts_make(), and it can be copied.
 */
#ifndef H2KIT_APPS_FILE_FACTS_H
#define H2KIT_APPS_FILE_FACTS_H

#include "etag.h"
#include "http_date.h"
#include "static_files.h"

enum { FILE_LENGTH_SIZE = 24 };

struct file_facts {
    struct file_identity identity;
    const char *mime; /* borrowed */
    char etag[ETAG_SIZE];
    char modified[HTTP_DATE_SIZE];
    char length[FILE_LENGTH_SIZE];
};

void file_facts_make(struct file_facts *facts, const struct file_identity *identity,
                     const char *mime);

#endif
