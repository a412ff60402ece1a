/* SPDX-License-Identifier: PostgreSQL */
#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/utf8.h"

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

/* Blanks for line breaks and tabs, one for each run of them, none at the end. */
static void put_one_line(struct buf *b, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\r\n\t");
        buf_append(b, text, n);
        text += n;
        n = strspn(text, "\r\n\t ");
        buf_puts(b, n > 0 && text[n] != '\0' ? " " : "");
        text += n;
    }
}

/* A string of JSON (RFC 8259, section 7) without a line break in it. */
static void put_json_text(struct buf *b, const char *text)
{
    CLEANUP(buf_cleanup) struct buf line = {0};
    CLEANUP(buf_cleanup) struct buf shown = {0};
    put_one_line(&line, text);
    utf8_show(&shown, buf_text(&line)); /* what is left needs two escapes only */
    buf_putc(b, '"');
    for (size_t i = 0; i < shown.n; i++) {
        if (shown.p[i] == '"' || shown.p[i] == '\\')
            buf_putc(b, '\\');
        buf_putc(b, shown.p[i]);
    }
    buf_putc(b, '"');
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

static void put_json(struct buf *line, enum log_level level, const char *message)
{
    char time[CLOCK_ISO_BYTES];
    buf_printf(line,
               "{\"time\":\"%s\",\"level\":\"%s\",\"message\":", clock_iso(clock_wall_us(), time),
               level_names[level]);
    put_json_text(line, message);
}

static void put_member(struct buf *line, const struct log_member *m)
{
    buf_printf(line, ",\"%s\":", m->name);
    if (m->text != NULL)
        put_json_text(line, m->text);
    else
        buf_printf(line, "%lld", (long long)m->number);
}

static void put_text(struct buf *line, enum log_level level, const char *message)
{
    buf_puts(line, "pg_rehearse: ");
    if (level != LOG_INFO)
        buf_printf(line, "%s: ", level_names[level]);
    put_visible_text(line, message);
}

void log_line(enum log_level level, const char *format, ...)
{
    char text[LOG_LINE_BYTES];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_event(level, text, NULL, 0);
}

void log_event(enum log_level level, const char *message, const struct log_member *members,
               size_t n)
{
    CLEANUP(buf_cleanup) struct buf line = {0};
    if (level < sink.level)
        return;
    if (sink.format == LOG_JSON) {
        put_json(&line, level, message);
        for (size_t i = 0; i < n; i++)
            put_member(&line, &members[i]);
        buf_putc(&line, '}');
    } else {
        put_text(&line, level, message);
    }
    buf_putc(&line, '\n');
    ssize_t written = write(sink.fd, line.p, line.n);
    (void)written; /* a log that cannot be written has nowhere to say so */
}
