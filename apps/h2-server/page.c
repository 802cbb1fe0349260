/* SPDX-License-Identifier: MIT */
#include "page.h"

#include "http_status.h"

static const char WELCOME[] =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<head><meta charset=\"utf-8\"><title>h2-server</title>\n"
    "<style>body{font-family:sans-serif;max-width:40em;margin:3em auto;padding:0 1em}</style>\n"
    "</head>\n"
    "<body>\n"
    "<h1>It works</h1>\n"
    "<p>This page came over HTTP/2. It is built into <code>h2-server</code>; start the server "
    "with\n"
    "<code>-d FOLDER</code> to serve files of your own.</p>\n"
    "</body>\n"
    "</html>\n";

#define PAGE_HTML_(status, phrase)                                                                 \
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" #status " " phrase  \
    "</title></head><body><h1>" #status " " phrase "</h1></body></html>\n"

static const struct {
    int status;
    struct page page;
} PAGES[] = {
#define PAGE_ENTRY_(status, phrase)                                                                \
    {status, {PAGE_HTML_(status, phrase), sizeof(PAGE_HTML_(status, phrase)) - 1}},
    HTTP_STATUS_WITH_CONTENT_LIST(PAGE_ENTRY_)
#undef PAGE_ENTRY_
};

struct page page_welcome(void)
{
    const struct page page = {WELCOME, sizeof WELCOME - 1};
    return page;
}

struct page page_of_status(int status)
{
    const struct page none = {NULL, 0};
    for (size_t i = 0; i < sizeof PAGES / sizeof PAGES[0]; i++) {
        if (PAGES[i].status == status) {
            return PAGES[i].page;
        }
    }
    return none;
}
