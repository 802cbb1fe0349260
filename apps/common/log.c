/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <poll.h>
#include <stdarg.h>
#include <string.h>

#include "escape.h"

/* A line is shorter than what a pipe has room for when it says that it has any (POSIX: PIPE_BUF). */
static int would_wait(const struct log *log)
{
    struct pollfd room = {.fd = fileno(log->out), .events = POLLOUT};
    return log->never_waits && room.fd >= 0 && poll(&room, 1, 0) == 0;
}

static void write_line(const struct log *log, const char *level, const char *format, va_list args)
{
    char text[LOG_LINE_SIZE];
    char line[2 * LOG_LINE_SIZE];

    if (vsnprintf(text, sizeof text, format, args) < 0) {
        return;
    }
    int head = snprintf(line, LOG_LINE_SIZE, "%s: %s", log->program, level);

    if (head < 0 || head >= LOG_LINE_SIZE) {
        return;
    }
    size_t length = (size_t)head;

    length += escape_copy(line + length, sizeof line - length - 1, text, strlen(text));
    line[length++] = '\n';
    if (would_wait(log)) {
        return;
    }
    fwrite(line, 1, length, log->out);
    fflush(log->out);
}

void log_error(const struct log *log, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_line(log, "", format, args);
    va_end(args);
}

void log_warning(const struct log *log, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_line(log, "warning: ", format, args);
    va_end(args);
}
