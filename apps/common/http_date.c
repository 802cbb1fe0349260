/* SPDX-License-Identifier: MIT */
#include "http_date.h"

#include <stdio.h>
#include <string.h>

void http_date_text(time_t when, char out[HTTP_DATE_SIZE])
{
    static const char DAYS[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char MONTHS[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm t;
    if (gmtime_r(&when, &t) == NULL || t.tm_year < 1 - 1900 || t.tm_year > 9999 - 1900) {
        const time_t zero = 0;
        (void)gmtime_r(&zero, &t);
    }
    char text[80];
    (void)snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", DAYS[t.tm_wday],
                   t.tm_mday, MONTHS[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
    memcpy(out, text, HTTP_DATE_SIZE - 1);
    out[HTTP_DATE_SIZE - 1] = '\0';
}
