/* SPDX-License-Identifier: MIT */
#include "http_status.h"

#include <stddef.h>

const char *http_status_phrase(unsigned status)
{
    static const struct {
        unsigned status;
        const char *phrase;
    } PHRASES[] = {
#define HTTP_STATUS_ENTRY_(status, phrase) {(status), (phrase)},
        HTTP_STATUS_WITH_CONTENT_LIST(HTTP_STATUS_ENTRY_)
            HTTP_STATUS_WITHOUT_CONTENT_LIST(HTTP_STATUS_ENTRY_)
#undef HTTP_STATUS_ENTRY_
    };
    for (size_t i = 0; i < sizeof PHRASES / sizeof PHRASES[0]; i++) {
        if (PHRASES[i].status == status) {
            return PHRASES[i].phrase;
        }
    }
    return "";
}
