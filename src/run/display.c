/* SPDX-License-Identifier: PostgreSQL */
#include "run/display.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "report/report.h"
#include "report/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    LIVE_EVERY_US = 100000,    /* redraws of the live line */
    PLAIN_EVERY_US = 60000000, /* progress lines where there is no terminal */
    PLAIN_LEAST_US = 10000000, /* and sooner, but not sooner than this, at the next tenth */
    STILL_US = 3000000,        /* without another byte read: they no longer tell the time left */
    BAR_CELLS = 24,
    COLUMNS_DEFAULT = 100,
};

static void write_out(const char *text, size_t n)
{
    while (n > 0) {
        ssize_t put = write(STDOUT_FILENO, text, n);
        if (put <= 0)
            return; /* a reader that went away must not stop a rehearsal */
        text += put;
        n -= (size_t)put;
    }
}

static void erase_live(struct display *d)
{
    if (d->live)
        write_out("\r\033[K", 4);
    d->live = false;
}

static void emit(struct display *d, const struct buf *text)
{
    if (d->quiet) {
        buf_append(&d->held, text->p, text->n);
        return;
    }
    erase_live(d);
    write_out(text->p, text->n);
}

/* "512 MB  73 MB/s  4 s left  1,204,331 rows  public.orders, public.lines"; while no byte is read,
 * as indexes are built, "1.2 GB  12.4 s  8,123,004 rows  public.orders_pkey" */
static void describe(const struct display *d, const struct progress_state *s, struct buf *out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    int64_t now = clock_mono_us(), took_us = now - d->began_us;
    bool moves = s->bytes > 0 && now - d->moved_us < STILL_US;
    if (s->bytes > 0)
        buf_printf(out, "%s  ", str_bytes(a, s->bytes));
    buf_puts(out,
             moves ? str_rate(a, s->bytes, took_us) : str_duration(a, took_us / 100000 * 100000));
    if (moves && s->bytes < s->total_bytes) {
        double left = (double)(s->total_bytes - s->bytes) / (double)s->bytes * (double)took_us;
        buf_printf(out, "  %s left",
                   str_duration(a, ((int64_t)left / CLOCK_SECOND_US + 1) * CLOCK_SECOND_US));
    }
    if (s->rows > 0)
        buf_printf(out, "  %s rows", str_count(a, (int64_t)s->rows));
    if (s->what != NULL)
        buf_printf(out, "  %s", s->what);
}

static size_t terminal_columns(void)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
        return COLUMNS_DEFAULT;
    return size.ws_col;
}

static void put_bar(const struct progress_state *s, struct buf *out)
{
    if (s->total_bytes == 0)
        return;
    double share = (double)s->bytes / (double)s->total_bytes;
    size_t cells = share >= 1 ? BAR_CELLS : (size_t)(share * BAR_CELLS);
    buf_putc(out, '[');
    for (size_t i = 0; i < BAR_CELLS; i++)
        buf_putc(out, i < cells ? '#' : '.');
    buf_printf(out, "] %3.0f %%  ", share >= 1 ? 100.0 : share * 100);
}

/* Names are the dump's: nothing in them may steer a terminal. */
static void make_harmless(struct buf *text, size_t columns)
{
    if (text->n >= columns) {
        text->n = columns - 1;
        while (text->n > 0 && (text->p[text->n] & 0xC0) == 0x80) /* not inside a character */
            text->n--;
    }
    for (size_t i = 0; i < text->n; i++)
        if ((unsigned char)text->p[i] < 0x20 || text->p[i] == 0x7f)
            text->p[i] = '?';
}

static void draw_live(struct display *d, const struct progress_state *s)
{
    CLEANUP(buf_cleanup) struct buf line = {0};
    buf_printf(&line, " ..    %-10s ", stage_words[d->stage]);
    put_bar(s, &line);
    describe(d, s, &line);
    make_harmless(&line, terminal_columns());
    CLEANUP(buf_cleanup) struct buf all = {0};
    buf_puts(&all, "\r\033[K");
    buf_append(&all, line.p, line.n);
    write_out(all.p, all.n);
    d->live = true;
}

static void tell_plain(struct display *d, const struct progress_state *s)
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    describe(d, s, &text);
    make_harmless(&text, 300);
    if (d->json) {
        log_line(LOG_INFO, "%s: %.*s", stage_words[d->stage], (int)text.n, text.p);
        return;
    }
    CLEANUP(buf_cleanup) struct buf line = {0};
    buf_printf(&line, " ..    %-10s %.*s\n", stage_words[d->stage], (int)text.n, text.p);
    emit(d, &line);
}

/* How far, in tenths; 0 where that is not known. */
static unsigned tenths(const struct progress_state *s)
{
    if (s->total_bytes == 0)
        return 0;
    return (unsigned)((double)s->bytes / (double)s->total_bytes * 10);
}

/* Is it time for another line of progress? */
static bool is_due(const struct display *d, const struct progress_state *s, int64_t since_us)
{
    if (d->terminal)
        return since_us >= LIVE_EVERY_US;
    return since_us >= PLAIN_EVERY_US || (since_us >= PLAIN_LEAST_US && tenths(s) > d->tenths);
}

static void tell(void *context, const struct progress_state *s)
{
    struct display *d = context;
    int64_t now = clock_mono_us();
    if (s->bytes != d->bytes)
        d->moved_us = now;
    d->bytes = s->bytes;
    if (d->quiet || !is_due(d, s, now - d->told_us))
        return;
    d->told_us = now;
    d->tenths = tenths(s);
    if (d->terminal)
        draw_live(d, s);
    else if (d->stage != STAGE_preflight) /* the head line is the first one */
        tell_plain(d, s);
}

void display_open(struct display *d, const struct config *config)
{
    bool terminal = isatty(STDOUT_FILENO) == 1;
    bool always = str_eq(config->color, "always"), never = str_eq(config->color, "never");
    bool json = str_eq(config->log_format, "json");
    *d = (struct display){
        .terminal = terminal && !never && !json,
        .color = always || (terminal && !never),
        .json = json,
        .quiet = config->quiet,
        .progress = {.context = d, .tell = tell},
    };
    log_set((struct log_how){.fd = STDERR_FILENO,
                             .format = d->json ? LOG_JSON : LOG_TEXT,
                             .level = d->quiet ? LOG_WARNING : LOG_INFO});
}

void display_cleanup(struct display *d)
{
    erase_live(d);
    buf_cleanup(&d->held);
}

void display_head(struct display *d, const struct record *r)
{
    CLEANUP(buf_cleanup) struct buf line = {0};
    report_head_line(r, &line);
    if (d->json)
        log_event(LOG_INFO, buf_text(&line), &(struct log_member){"run", r->run.id, 0}, 1);
    buf_putc(&line, '\n');
    if (!d->json)
        emit(d, &line);
}

void display_stage_begin(struct display *d, enum stage stage)
{
    d->stage = stage;
    d->began_us = clock_mono_us();
    d->told_us = d->terminal ? 0 : d->began_us;
    d->moved_us = d->began_us;
    d->bytes = 0;
    d->tenths = 0;
    tell(d, &(struct progress_state){0});
}

void display_stage_end(struct display *d, const struct stage_facts *facts)
{
    CLEANUP(buf_cleanup) struct buf line = {0};
    report_stage_line(facts, d->color, &line);
    if (!d->json) {
        emit(d, &line);
        return;
    }
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *stage = stage_words[facts->name], *outcome = outcome_words[facts->outcome];
    bool bad = facts->outcome == OUTCOME_FAILED || facts->outcome == OUTCOME_UNKNOWN;
    const struct log_member members[] = {
        {.name = "stage", .text = stage},
        {.name = "outcome", .text = outcome},
        {.name = "took_us", .number = facts->took_us},
    };
    const char *text = say_stage(a, facts);
    log_event(bad ? LOG_ERROR : LOG_INFO,
              arena_printf(a, "%s %s%s%s", stage, outcome, *text == '\0' ? "" : ": ", text),
              members, COUNT_OF(members));
}

/* ---- the conclusion ---------------------------------------------------------------------------
 */

static void log_findings(struct arena *a, const struct record *r)
{
    VEC_EACH (const struct finding, f, &r->findings) {
        const struct log_member members[] = {
            {.name = "code", .text = say_text(f->code)},
            {.name = "severity", .text = severity_words[f->severity]},
            {.name = "blame", .text = blame_words[f->blame]},
            {.name = "recommendation", .text = say_text(f->recommendation)},
        };
        if (f->severity >= SEVERITY_WARNING)
            log_event(f->severity == SEVERITY_CRITICAL ? LOG_ERROR : LOG_WARNING, say_finding(a, f),
                      members, COUNT_OF(members));
    }
}

static void log_objectives(struct arena *a, const struct record *r)
{
    VEC_EACH (const struct objective, o, &r->objectives) {
        const struct log_member members[] = {
            {.name = "objective", .text = say_text(o->name)},
            {.name = "outcome", .text = outcome_words[o->outcome]},
        };
        log_event(LOG_INFO, say_objective(a, o), members, COUNT_OF(members));
    }
}

static void log_conclusion(const struct record *r, const struct vec *paths)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const struct log_member members[] = {
        {.name = "verdict", .text = verdict_words[r->verdict]},
        {.name = "exit_code", .number = r->exit_code},
        {.name = "report", .text = paths->n == 0 ? "" : say_item(paths, 0)},
    };
    log_findings(a, r);
    log_objectives(a, r);
    log_event(r->exit_code == 0 ? LOG_INFO : LOG_ERROR, say_conclusion(a, r), members,
              COUNT_OF(members));
}

void display_conclusion(struct display *d, const struct record *r, const struct vec *paths)
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    if (d->json) {
        if (!d->quiet || r->exit_code != 0)
            log_conclusion(r, paths);
        return;
    }
    report_conclusion(r, d->color, &text);
    for (size_t i = 0; i < paths->n; i++)
        buf_printf(&text, "%s%s", i == 0 ? "Report  " : "  ", say_item(paths, i));
    buf_puts(&text, paths->n > 0 ? "\n" : "");
    emit(d, &text);
}

void display_note(struct display *d, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    erase_live(d);
    log_line(LOG_INFO, "%s", text);
}

void display_text(struct display *d, const char *text)
{
    CLEANUP(buf_cleanup) struct buf b = {0};
    buf_puts(&b, text);
    emit(d, &b);
}

void display_end(struct display *d, bool passed)
{
    erase_live(d);
    if (d->quiet && !passed)
        write_out(buf_text(&d->held), d->held.n);
    buf_clear(&d->held);
}
