/* SPDX-License-Identifier: MIT */
/* The reader of links.h on libxml2: its HTML parser, fed piece by piece. */
#include "links.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/HTMLparser.h>

struct links {
    struct links_sink sink;
    htmlParserCtxtPtr parser;
    htmlSAXHandler handler;
    int is_broken; /* out of memory */
    size_t held;   /* octets of an unfinished tag */
    char tag[LINKS_TAG];
};

/* libxml2 passes names in lower case, and NULL for an attribute without a value. */
static void on_element(void *ctx, const xmlChar *name, const xmlChar **attributes)
{
    const struct links *links = ctx;
    const char *pairs[2 * LINKS_ATTRIBUTES + 1];
    size_t count = 0;

    for (size_t i = 0; attributes != NULL && attributes[i] != NULL && i < 2 * LINKS_ATTRIBUTES;
         i += 2) {
        pairs[count++] = (const char *)attributes[i];
        pairs[count++] = attributes[i + 1] == NULL ? "" : (const char *)attributes[i + 1];
    }
    pairs[count] = NULL;
    links__element(&links->sink, (const char *)name, pairs);
}

/* What goes wrong is told by us. */
static void say_nothing(void *ctx, const char *text, ...)
{
    (void)ctx;
    (void)text;
}

struct links *links_new(links_function found, void *user)
{
    struct links *links = calloc(1, sizeof *links);

    if (links == NULL) {
        return NULL;
    }
    links->sink = (struct links_sink){found, user};
    links->handler.startElement = on_element;
    xmlSetGenericErrorFunc(NULL, say_nothing);
    links->parser =
        htmlCreatePushParserCtxt(&links->handler, links, NULL, 0, NULL, XML_CHAR_ENCODING_NONE);
    if (links->parser == NULL) {
        xmlResetLastError();
        free(links);
        return NULL;
    }
    (void)htmlCtxtUseOptions(links->parser, HTML_PARSE_NONET | HTML_PARSE_NOERROR |
                                                HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER);
    return links;
}

static void parse_piece(struct links *links, const char *data, int length, int is_last)
{
    if (!links->is_broken) {
        (void)htmlParseChunk(links->parser, data, length, is_last);
        links->is_broken = links->parser->lastError.code == XML_ERR_NO_MEMORY;
    }
}

static void parse(struct links *links, const char *data, size_t length)
{
    while (length > 0) {
        int piece = length > INT_MAX / 2 ? INT_MAX / 2 : (int)length;

        parse_piece(links, data, piece, 0);
        data += piece;
        length -= (size_t)piece;
    }
}

static void flush_tag(struct links *links)
{
    parse(links, links->tag, links->held);
    links->held = 0;
}

/* libxml2 does not find the end of a script that is cut in two: tags are given to it as a whole. */
int links_feed(struct links *links, const char *data, size_t length)
{
    size_t start = 0; /* of what is outside of tags */

    for (size_t i = 0; i < length; i++) {
        if (links->held == 0 && data[i] != '<') {
            continue;
        }
        if (links->held == 0) {
            parse(links, data + start, i - start);
        }
        links->tag[links->held++] = data[i];
        start = i + 1;
        if (data[i] == '>' || links->held == sizeof links->tag) {
            flush_tag(links);
        }
    }
    if (start < length) {
        parse(links, data + start, length - start);
    }
    return links->is_broken ? -1 : 0;
}

int links_end(struct links *links)
{
    flush_tag(links);
    parse_piece(links, NULL, 0, 1);
    return links->is_broken ? -1 : 0;
}

void links_free(struct links *links)
{
    if (links == NULL) {
        return;
    }
    if (links->parser->myDoc != NULL) {
        xmlFreeDoc(links->parser->myDoc);
    }
    htmlFreeParserCtxt(links->parser);
    xmlResetLastError();
    free(links);
}
