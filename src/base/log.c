/* SPDX-License-Identifier: PostgreSQL */
#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct log_how sink = {.fd = 2, .level = LOG_INFO}; /* the sink: see STYLE rule 28 */

static const char *const level_names[LOG_LEVELS] = {"debug", "info", "warning", "error"};

void log_set(struct log_how how)
{
    sink = how;
}

static void put_json_text(struct buf *b, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            buf_printf(b, "\\%c", *c);
        else if (*c < 0x20)
            buf_printf(b, "\\u%04x", (unsigned)*c);
        else
            buf_putc(b, (char)*c);
    }
}

/* A terminal must not be steered by a table name. */
static void put_visible_text(struct buf *b, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if ((*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f)
            buf_printf(b, "\\x%02x", (unsigned)*c);
        else
            buf_putc(b, (char)*c);
    }
}

void log_line(enum log_level level, const char *format, ...)
{
    if (level < sink.level)
        return;
    char text[2048];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    CLEANUP(buf_cleanup) struct buf line = {0};
    if (sink.format == LOG_JSON) {
        char time[CLOCK_ISO_BYTES];
        buf_printf(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"message\":\"",
                   clock_iso(clock_wall_us(), time), level_names[level]);
        put_json_text(&line, text);
        buf_puts(&line, "\"}");
    } else {
        buf_puts(&line, "pg_rehearse: ");
        if (level != LOG_INFO)
            buf_printf(&line, "%s: ", level_names[level]);
        put_visible_text(&line, text);
    }
    buf_putc(&line, '\n');
    ssize_t written = write(sink.fd, line.p, line.n);
    (void)written; /* a log that cannot be written has nowhere to say so */
}
