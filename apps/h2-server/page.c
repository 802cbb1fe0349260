/* SPDX-License-Identifier: MIT */
#include "page.h"

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

/* X(status, title) */
#define PAGE_LIST(X)                                                                               \
    X(200, "OK")                                                                                   \
    X(201, "Created")                                                                              \
    X(202, "Accepted")                                                                             \
    X(203, "Non-Authoritative Information")                                                        \
    X(206, "Partial Content")                                                                      \
    X(207, "Multi-Status")                                                                         \
    X(300, "Multiple Choices")                                                                     \
    X(301, "Moved Permanently")                                                                    \
    X(302, "Found")                                                                                \
    X(303, "See Other")                                                                            \
    X(307, "Temporary Redirect")                                                                   \
    X(308, "Permanent Redirect")                                                                   \
    X(400, "Bad Request")                                                                          \
    X(401, "Unauthorized")                                                                         \
    X(402, "Payment Required")                                                                     \
    X(403, "Forbidden")                                                                            \
    X(404, "Not Found")                                                                            \
    X(405, "Method Not Allowed")                                                                   \
    X(406, "Not Acceptable")                                                                       \
    X(407, "Proxy Authentication Required")                                                        \
    X(408, "Request Timeout")                                                                      \
    X(409, "Conflict")                                                                             \
    X(410, "Gone")                                                                                 \
    X(411, "Length Required")                                                                      \
    X(412, "Precondition Failed")                                                                  \
    X(413, "Content Too Large")                                                                    \
    X(414, "URI Too Long")                                                                         \
    X(415, "Unsupported Media Type")                                                               \
    X(416, "Range Not Satisfiable")                                                                \
    X(417, "Expectation Failed")                                                                   \
    X(421, "Misdirected Request")                                                                  \
    X(422, "Unprocessable Content")                                                                \
    X(423, "Locked")                                                                               \
    X(424, "Failed Dependency")                                                                    \
    X(425, "Too Early")                                                                            \
    X(426, "Upgrade Required")                                                                     \
    X(428, "Precondition Required")                                                                \
    X(429, "Too Many Requests")                                                                    \
    X(431, "Request Header Fields Too Large")                                                      \
    X(451, "Unavailable For Legal Reasons")                                                        \
    X(500, "Internal Server Error")                                                                \
    X(501, "Not Implemented")                                                                      \
    X(502, "Bad Gateway")                                                                          \
    X(503, "Service Unavailable")                                                                  \
    X(504, "Gateway Timeout")                                                                      \
    X(505, "HTTP Version Not Supported")                                                           \
    X(507, "Insufficient Storage")                                                                 \
    X(508, "Loop Detected")                                                                        \
    X(511, "Network Authentication Required")

#define PAGE_HTML_(status, title)                                                                  \
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" #status " " title   \
    "</title></head><body><h1>" #status " " title "</h1></body></html>\n"

static const struct {
    int status;
    struct page page;
} PAGES[] = {
#define PAGE_ENTRY_(status, title)                                                                 \
    {status, {PAGE_HTML_(status, title), sizeof(PAGE_HTML_(status, title)) - 1}},
    PAGE_LIST(PAGE_ENTRY_)
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
