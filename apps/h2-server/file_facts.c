/* SPDX-License-Identifier: MIT */
#include "file_facts.h"

#include <inttypes.h>
#include <stdio.h>

void file_facts_make(struct file_facts *facts, const struct file_identity *identity,
                     const char *mime)
{
    facts->identity = *identity;
    facts->mime = mime;
    etag_make(facts->etag, identity, NULL, 0);
    http_date_text(identity->modified.tv_sec, facts->modified);
    (void)snprintf(facts->length, sizeof facts->length, "%" PRIu64, identity->size);
}
