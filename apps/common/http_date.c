/* SPDX-License-Identifier: MIT */
#include "http_date.h"

#include <stdio.h>
#include <string.h>

static const char DAYS[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char MONTHS[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void http_date_text(time_t when, char out[HTTP_DATE_SIZE])
{
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

/* ---- Reading ------------------------------------------------------------------------------- */

struct date_parts {
    int day, month, year, hour, minute, second;
    int two_digits; /* of the year */
};

struct cursor {
    const char *at;
    const char *end;
};

/* So many digits, as a number not above most; -1 when they are not there. */
static int digits(struct cursor *c, int count, int most)
{
    int number = 0;
    if (c->end - c->at < count) {
        return -1;
    }
    for (; count > 0; count--, c->at++) {
        if (*c->at < '0' || *c->at > '9') {
            return -1;
        }
        number = number * 10 + (*c->at - '0');
    }
    return number > most ? -1 : number;
}

/* The place of a name of three letters in a list, or -1. */
static int name(struct cursor *c, const char (*names)[4], int count)
{
    if (c->end - c->at < 3) {
        return -1;
    }
    for (int i = 0; i < count; i++) {
        if (memcmp(c->at, names[i], 3) == 0) {
            c->at += 3;
            return i;
        }
    }
    return -1;
}

/* "Sunday": the name of a day in full. */
static int long_day(struct cursor *c)
{
    static const char *const ENDS[7] = {"day", "day", "sday", "nesday", "rsday", "day", "urday"};
    const int day = name(c, DAYS, 7);
    const size_t length = day < 0 ? 0 : strlen(ENDS[day]);
    if (day < 0 || (size_t)(c->end - c->at) < length || memcmp(c->at, ENDS[day], length) != 0) {
        return -1;
    }
    c->at += length;
    return day;
}

/* A day of one or two digits, in two places. */
static int padded_day(struct cursor *c)
{
    if (c->at < c->end && *c->at == ' ') {
        c->at++;
        return digits(c, 1, 9);
    }
    return digits(c, 2, 31);
}

/* One directive of the forms below; -1 when the text does not have it. */
static int read_part(struct cursor *c, char directive, struct date_parts *out)
{
    switch (directive) {
    case 'a':
        return name(c, DAYS, 7);
    case 'A':
        return long_day(c);
    case 'd':
        return out->day = digits(c, 2, 31);
    case 'e':
        return out->day = padded_day(c);
    case 'b':
        return out->month = name(c, MONTHS, 12);
    case 'Y':
        return out->year = digits(c, 4, 9999);
    case 'y':
        out->two_digits = 1;
        return out->year = digits(c, 2, 99);
    case 'H':
        return out->hour = digits(c, 2, 23);
    case 'M':
        return out->minute = digits(c, 2, 59);
    default:
        return out->second = digits(c, 2, 60); /* a leap second has a name of its own */
    }
}

/* A letter after "%" is a directive, all else stands for itself. */
static int read_form(const char *form, struct cursor c, struct date_parts *out)
{
    memset(out, 0, sizeof *out);
    for (; *form != '\0'; form++) {
        if (*form == '%') {
            form++;
            if (read_part(&c, *form, out) < 0) {
                return -1;
            }
        } else if (c.at == c.end || *c.at++ != *form) {
            return -1;
        }
    }
    return c.at == c.end ? 0 : -1;
}

static int to_time(const struct date_parts *parts, time_t *when)
{
    struct tm t;
    memset(&t, 0, sizeof t);
    t.tm_year = parts->year - 1900;
    t.tm_mon = parts->month;
    t.tm_mday = parts->day;
    t.tm_hour = parts->hour;
    t.tm_min = parts->minute;
    t.tm_sec = parts->second;
    *when = timegm(&t);
    /* A day that the month does not have would have become one of the next month. */
    return t.tm_mon == parts->month || parts->second == 60 ? 0 : -1;
}

/* rfc: 9110#5.6.7 */
int http_date_parse(const char *text, size_t length, time_t now, time_t *when)
{
    static const char *const FORMS[] = {
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    };
    const struct cursor whole = {text, text + length};
    struct date_parts parts;
    size_t i = 0;
    while (i < 3 && read_form(FORMS[i], whole, &parts) != 0) {
        i++;
    }
    if (i == 3 || parts.day == 0) {
        return -1;
    }
    if (parts.two_digits) {
        struct tm t;
        const int this_year = gmtime_r(&now, &t) == NULL ? 1970 : t.tm_year + 1900;
        parts.year += this_year / 100 * 100;
        if (parts.year > this_year + 50) {
            parts.year -= 100;
        }
    }
    return to_time(&parts, when);
}
