/* SPDX-License-Identifier: MIT */
#include "file_answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "conditional.h"
#include "range.h"

enum { OK = 200, PARTIAL = 206, NOT_MODIFIED = 304, UNAVAILABLE = 503 };

static const char BYTES[] = "bytes";
static const char VARIES[] = "accept-encoding";

static uint64_t length_of(const struct representation *file)
{
    return file->stored.cached != NULL ? file->stored.cached->length
                                       : file->stored.facts->identity.size;
}

/* A field whose value is one of the facts. Those of a file in memory stand as long as the body holds
 * it. */
static void add_fact(const struct answer *a, enum response_name name, const char *value,
                     size_t length)
{
    if (a->body->cached != NULL) {
        response_put(a->response, name, value, length);
    } else {
        response_keep(a->response, name, value, length);
    }
}

/* The fields that 200, 206 and 304 have in common (RFC 9110 15.4.5). */
static void add_validators(const struct answer *a, const struct representation *file)
{
    add_fact(a, RESPONSE_ETAG, file->etag, strlen(file->etag));
    if (file->varies) {
        response_put(a->response, RESPONSE_VARY, VARIES, sizeof VARIES - 1);
    }
}

/* What describes the octets, but for their type. */
static void add_description(const struct answer *a, const struct representation *file)
{
    add_validators(a, file);
    add_fact(a, RESPONSE_LAST_MODIFIED, file->stored.facts->modified, HTTP_DATE_SIZE - 1);
    if (file->coding != NULL) {
        response_add(a->response, "content-encoding", file->coding);
    }
    if (a->options->nosniff) {
        response_add(a->response, "x-content-type-options", "nosniff");
    }
}

/* rfc: 9110#15.4.5 */
static void answer_not_modified(const struct answer *a, const struct representation *file)
{
    response_init(a->response, NOT_MODIFIED, a->asked->date);
    add_validators(a, file);
}

/* Compressed while it is sent, so that nobody knows how long it will be. */
static void answer_compressed(const struct answer *a, const struct file_answer *f)
{
    struct representation *file = f->file;
    response_init(a->response, OK, a->asked->date);
    response_add(a->response, "content-type", file->mime);
    add_description(a, file);
    if (a->asked->method == METHOD_HEAD) {
        return;
    }
    const struct body_file whole = body_slice(&file->stored, 0, length_of(file));
    struct gzip_body *gzip = gzip_body_new(&f->store->gzip_pool, &whole, f->gzip_level);
    if (gzip == NULL) {
        answer_status(a, UNAVAILABLE);
        return;
    }
    body_hold(a->body, &file->stored);
    body_set_gzip(a->body, gzip);
}

static void answer_whole(const struct answer *a, struct representation *file)
{
    const struct body_file whole = body_slice(&file->stored, 0, length_of(file));
    const struct file_facts *facts = file->stored.facts;
    body_hold(a->body, &file->stored);
    response_init(a->response, OK, a->asked->date);
    response_put(a->response, RESPONSE_CONTENT_TYPE, file->mime, strlen(file->mime));
    add_fact(a, RESPONSE_CONTENT_LENGTH, facts->length, strlen(facts->length));
    add_description(a, file);
    response_put(a->response, RESPONSE_ACCEPT_RANGES, BYTES, sizeof BYTES - 1);
    if (a->asked->method != METHOD_HEAD) {
        body_set_file(a->body, &whole);
    }
}

/* rfc: 9110#15.3.7.1 */
static void answer_range(const struct answer *a, struct representation *file,
                         const struct byte_range *range)
{
    const struct body_file slice = body_slice(&file->stored, range->first, range->length);
    response_init(a->response, PARTIAL, a->asked->date);
    response_add(a->response, "content-type", file->mime);
    response_add_length(a->response, range->length);
    response_print(a->response, "content-range", "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
                   range->first, range->first + range->length - 1, length_of(file));
    add_description(a, file);
    body_hold(a->body, &file->stored);
    body_set_file(a->body, &slice);
}

/* rfc: 9110#15.3.7.2 */
static void answer_ranges(const struct answer *a, const struct file_answer *f,
                          const struct range_set *ranges)
{
    struct representation *file = f->file;
    char boundary[MULTIPART_BOUNDARY_SIZE];
    /* No two answers have the same, and nobody can have put it into a file before. */
    (void)snprintf(boundary, sizeof boundary, "%016" PRIx64 "%08" PRIx32, f->boundaries[0],
                   (uint32_t)f->boundaries[1]++);
    const struct multipart_source source = {
        .file = body_slice(&file->stored, 0, 0),
        .size = length_of(file),
        .mime = file->mime,
        .boundary = boundary,
    };
    struct multipart *parts = multipart_new(&source, ranges);
    if (parts == NULL) {
        answer_status(a, UNAVAILABLE);
        return;
    }
    response_init(a->response, PARTIAL, a->asked->date);
    response_print(a->response, "content-type", "multipart/byteranges; boundary=%s", boundary);
    response_add_length(a->response, multipart_length(parts));
    add_description(a, file);
    body_hold(a->body, &file->stored);
    body_set_multipart(a->body, parts);
}

/* What the field Range comes to. */
static enum range_verdict find_ranges(const struct answer *a, const struct file_answer *f,
                                      const struct validators *validators, struct range_set *ranges)
{
    const hpack_field *field = asked_only(a->asked, HPACK_TOKEN_RANGE);
    if (field == NULL || a->asked->method != METHOD_GET || f->most_ranges == 0 ||
        !conditional_range(a->asked, validators)) {
        return RANGE_WHOLE;
    }
    return range_parse(field->value, field->value_length, length_of(f->file), f->most_ranges,
                       ranges);
}

static void answer_as_asked(const struct answer *a, const struct file_answer *f,
                            const struct validators *validators)
{
    struct range_set ranges;
    const enum range_verdict verdict = find_ranges(a, f, validators, &ranges);
    if (f->file->compress) {
        answer_compressed(a, f);
    } else if (verdict == RANGE_UNSATISFIABLE) {
        answer_unsatisfiable(a, length_of(f->file));
    } else if (verdict == RANGE_PARTS && ranges.count == 1) {
        answer_range(a, f->file, &ranges.ranges[0]);
    } else if (verdict == RANGE_PARTS) {
        answer_ranges(a, f, &ranges);
    } else {
        answer_whole(a, f->file);
    }
}

void answer_file(const struct answer *a, const struct file_answer *f)
{
    const struct validators validators = {
        .etag = f->file->etag,
        .modified = f->file->stored.facts->identity.modified.tv_sec,
    };
    const int status = conditional_status(a->asked, &validators);
    if (status == NOT_MODIFIED) {
        answer_not_modified(a, f->file);
    } else if (status != 0) {
        answer_status(a, status);
    } else {
        answer_as_asked(a, f, &validators);
    }
    /* What was not handed on to the body. */
    stored_release(&f->file->stored);
}
