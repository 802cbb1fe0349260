/* SPDX-License-Identifier: MIT */
#include "waterfall.h"

#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "report_table.h"

enum { ROW = 20, LABEL = 340, BARS = 760, MARGIN = 10, LABEL_LETTERS = 44, WIDTH_LEAST = 40 };

/* Where a bar stands: the times of its parts, from the earliest of all on. */
struct bar {
    uint64_t queued_ns;
    uint64_t sent_ns;
    uint64_t first_ns;
    uint64_t done_ns;
};

struct span {
    uint64_t start_ns;
    uint64_t length_ns; /* not 0 */
    size_t count;
};

static int is_shown(const struct record *record)
{
    return record->queued_ns != 0 && record->done_ns >= record->queued_ns;
}

static struct span span_of(const struct record_book *book)
{
    struct span span = {UINT64_MAX, 0, 0};
    uint64_t end_ns = 0;

    for (const struct record *record = book->first; record != NULL; record = record->next) {
        if (is_shown(record)) {
            span.start_ns = record->queued_ns < span.start_ns ? record->queued_ns : span.start_ns;
            end_ns = record->done_ns > end_ns ? record->done_ns : end_ns;
            span.count++;
        }
    }
    span.length_ns = end_ns > span.start_ns ? end_ns - span.start_ns : 1;
    return span;
}

/* What did not happen has no length. */
static struct bar bar_of(const struct record *record, const struct span *span)
{
    uint64_t done_ns = record->done_ns;
    uint64_t first_ns =
        record->first_ns != 0 && record->first_ns < done_ns ? record->first_ns : done_ns;
    uint64_t sent_ns =
        record->sent_ns != 0 && record->sent_ns < first_ns ? record->sent_ns : first_ns;
    uint64_t queued_ns = record->queued_ns < sent_ns ? record->queued_ns : sent_ns;

    return (struct bar){queued_ns - span->start_ns, sent_ns - span->start_ns,
                        first_ns - span->start_ns, done_ns - span->start_ns};
}

static uint64_t scale(uint64_t time_ns, const struct span *span, uint64_t width)
{
    return (uint64_t)((double)time_ns / (double)span->length_ns * (double)width);
}

/* ---- SVG ---------------------------------------------------------------------------------- */

/* Printable ASCII with the five characters of XML as references; `most` letters of the end. */
static void print_xml(FILE *out, const char *text, size_t most)
{
    size_t length = strlen(text);

    if (length > most) {
        fputs("...", out);
        text += length - most;
    }
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text >= ' ' && *text < 0x7f ? *text : '?', out);
        }
    }
}

static void print_part(FILE *out, const char *kind, uint64_t from, uint64_t to, size_t row)
{
    uint64_t width = to > from ? to - from : 1;

    fprintf(out,
            "<rect class=\"%s\" x=\"%" PRIu64 "\" y=\"%zu\" width=\"%" PRIu64
            "\" height=\"%d\"/>\n",
            kind, LABEL + from, row * ROW + 4, width, ROW - 8);
}

static void print_row(FILE *out, const struct record *record, const struct span *span, size_t row)
{
    struct bar bar = bar_of(record, span);
    uint64_t at[] = {scale(bar.queued_ns, span, BARS), scale(bar.sent_ns, span, BARS),
                     scale(bar.first_ns, span, BARS), scale(bar.done_ns, span, BARS)};
    char took[REPORT_TIME_SIZE];
    char size[REPORT_COUNT_SIZE];

    report_time_text(record->done_ns - record->queued_ns, took);
    report_size_text(record->response_body, size);
    fputs("<g><title>", out);
    print_xml(out, record->uri, SIZE_MAX);
    fprintf(out, " - stream %" PRIu32 ", status %" PRIu32 ", %s octets, %s</title>\n",
            record->stream_id, record->status, size, took);
    fprintf(out, "<text x=\"4\" y=\"%zu\"%s>%s", row * ROW + 14,
            record->end == RECORD_COMPLETE ? "" : " class=\"failed\"",
            record->parent_id != 0 ? "* " : "");
    print_xml(out, record->uri, LABEL_LETTERS);
    fputs("</text>\n", out);
    print_part(out, "queued", at[0], at[1], row);
    print_part(out, "waiting", at[1], at[2], row);
    print_part(out, "receiving", at[2], at[3], row);
    fprintf(out, "<text x=\"%" PRIu64 "\" y=\"%zu\">%s</text></g>\n", LABEL + at[3] + 4,
            row * ROW + 14, took);
}

void waterfall_svg(FILE *out, const struct record_book *book)
{
    struct span span = span_of(book);
    size_t row = 1;

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%zu\" "
            "font-family=\"monospace\" font-size=\"11\">\n"
            "<style>.queued{fill:#c8c8c8}.waiting{fill:#8ab4f8}.receiving{fill:#34a853}"
            ".failed{fill:#c5221f}</style>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
            "<text x=\"4\" y=\"14\">grey: waits to be sent, blue: for the answer, green: is "
            "received</text>\n",
            LABEL + BARS + 80 + MARGIN, (span.count + 1) * ROW + MARGIN);
    for (const struct record *record = book->first; record != NULL; record = record->next) {
        if (is_shown(record)) {
            print_row(out, record, &span, row++);
        }
    }
    fputs("</svg>\n", out);
}

void waterfall_html(FILE *out, const struct record_book *book)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>h2-client "
          "waterfall</title>\n<body>\n",
          out);
    waterfall_svg(out, book);
    fputs("</body></html>\n", out);
}

/* ---- Text --------------------------------------------------------------------------------- */

static void print_letters(FILE *out, char letter, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        fputc(letter, out);
    }
}

static void print_text_row(FILE *out, const struct record *record, const struct span *span,
                           unsigned width)
{
    struct bar bar = bar_of(record, span);
    unsigned label = width / 3;
    uint64_t bars = width - label - 14;
    uint64_t at[] = {scale(bar.queued_ns, span, bars), scale(bar.sent_ns, span, bars),
                     scale(bar.first_ns, span, bars), scale(bar.done_ns, span, bars)};
    size_t length = strlen(record->uri);
    size_t cut = length > label ? length - label : 0;
    char took[REPORT_TIME_SIZE];

    report_time_text(record->done_ns - record->queued_ns, took);
    escape_print(out, record->uri + cut, length - cut);
    print_letters(out, ' ', label - (length - cut) + 1 + at[0]);
    print_letters(out, '.', at[1] - at[0]);
    print_letters(out, '-', at[2] - at[1]);
    print_letters(out, '=', at[3] - at[2]);
    fprintf(out, "%s %s%s\n", at[3] == at[0] ? "|" : "", took, record->parent_id != 0 ? " *" : "");
}

void waterfall_text(FILE *out, const struct record_book *book, unsigned width)
{
    struct span span = span_of(book);

    fputs("\n. waits to be sent  - for the answer  = is received  * was pushed\n", out);
    for (const struct record *record = book->first; record != NULL; record = record->next) {
        if (is_shown(record)) {
            print_text_row(out, record, &span, width < WIDTH_LEAST ? WIDTH_LEAST : width);
        }
    }
}
