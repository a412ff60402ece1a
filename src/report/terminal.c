/* SPDX-License-Identifier: PostgreSQL */
#include "report/terminal.h"

#include "base/str.h"
#include "base/utf8.h"
#include "report/report.h"
#include "report/say.h"

#include <assert.h>
#include <string.h>

enum { FINDINGS_SHOWN = 20 };

#define STYLE_OFF "\033[0m"

struct mark {
    const char *text, *style;
};

static struct mark mark_of(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_PASSED:
        return (struct mark){"ok  ", "\033[32m"};
    case OUTCOME_WARNED:
        return (struct mark){"WARN", "\033[1;33m"};
    case OUTCOME_FAILED:
        return (struct mark){"FAIL", "\033[1;31m"};
    case OUTCOME_UNKNOWN:
        return (struct mark){"UNKN", "\033[1;35m"};
    case OUTCOME_SKIPPED:
        return (struct mark){"skip", "\033[2m"};
    case OUTCOME_PENDING:
    case OUTCOME_WORDS:
        break;
    }
    return (struct mark){"--  ", "\033[2m"};
}

static void styled(struct buf *out, const char *text, const char *style, bool color)
{
    buf_puts(out, color ? style : "");
    buf_puts(out, text);
    buf_puts(out, color ? STYLE_OFF : "");
}

void terminal_mark(struct buf *out, enum outcome outcome, bool color)
{
    struct mark mark = mark_of(outcome);
    styled(out, mark.text, mark.style, color);
}

void terminal_took(struct buf *out, int64_t us)
{
    double s = (double)us / 1e6;
    if (s < 599.95)
        buf_printf(out, "%.1f s", s);
    else if (s < 7200)
        buf_printf(out, "%.1f min", s / 60);
    else
        buf_printf(out, "%.1f h", s / 3600);
}

void terminal_cell(struct buf *out, const char *text, size_t columns)
{
    size_t start = out->n;
    utf8_show(out, text);
    size_t width = utf8_columns(out->p + start, out->n - start);
    if (width > columns) {
        size_t keep = start;
        for (size_t i = 0; i + 2 < columns; i++)
            for (keep++; ((unsigned char)out->p[keep] & 0xc0U) == 0x80;)
                keep++;
        out->n = keep;
        buf_puts(out, "..");
        return;
    }
    buf_printf(out, "%*s", (int)(columns - width), "");
}

void terminal_wrap(struct buf *out, const char *text, size_t at, size_t indent)
{
    CLEANUP(buf_cleanup) struct buf safe = {0};
    utf8_show(&safe, text);
    const char *rest = buf_text(&safe);
    bool first = true;
    while (*rest != '\0') {
        size_t gap = strspn(rest, " ");
        size_t n = strcspn(rest + gap, " ");
        size_t width = utf8_columns(rest + gap, n);
        bool breaks = !first && at + gap + width > TERMINAL_COLUMNS;
        if (breaks)
            buf_printf(out, "\n%*s", (int)indent, "");
        else
            buf_append(out, rest, n == 0 ? 0 : gap);
        buf_append(out, rest + gap, n);
        at = breaks ? indent + width : at + gap + width;
        rest += gap + n;
        first = false;
    }
    buf_putc(out, '\n');
}

void report_head_line(const struct record *r, struct buf *out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    buf_puts(out, "pg_rehearse");
    const char *parts[] = {
        r->tool.version == NULL ? NULL : arena_printf(a, " %s", r->tool.version),
        r->run.id == NULL ? NULL : arena_printf(a, "  run %s", r->run.id),
        r->run.name == NULL ? NULL : arena_printf(a, "  %s", r->run.name),
        *say_server(a, &r->source) == '\0'
            ? NULL
            : arena_printf(a, "  source %s", say_server(a, &r->source)),
        *say_server(a, &r->source) != '\0' || r->backup.path == NULL
            ? NULL
            : arena_printf(a, "  backup %s", r->backup.path),
    };
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (parts[i] != NULL)
            utf8_show(out, parts[i]);
    buf_putc(out, '\n');
}

void report_stage_line(const struct stage_facts *stage, bool color, struct buf *out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf took = {0};
    bool ran = stage->outcome != OUTCOME_PENDING && stage->outcome != OUTCOME_SKIPPED &&
               (stage->outcome != OUTCOME_UNKNOWN || stage->took_us > 0);
    if (ran)
        terminal_took(&took, stage->took_us);
    buf_putc(out, ' ');
    terminal_mark(out, stage->outcome, color);
    buf_printf(out, "  %-9s%9s", stage_words[stage->name], buf_text(&took));
    const char *text = say_stage(a, stage);
    if (*text == '\0' && stage->outcome == OUTCOME_PENDING)
        text = "not reached";
    buf_puts(out, *text == '\0' ? "" : "  ");
    utf8_show(out, text);
    while (out->p[out->n - 1] == ' ')
        out->n--;
    buf_putc(out, '\n');
}

static size_t code_columns(const struct record *r)
{
    enum { MOST = 32 };
    size_t widest = 0;
    VEC_EACH (const struct finding, f, &r->findings) {
        size_t n = f->severity >= SEVERITY_WARNING ? strlen(say_text(f->code)) : 0;
        widest = n > widest && n <= MOST ? n : widest;
    }
    return widest;
}

static void write_finding(struct buf *out, const struct finding *f, size_t columns, bool color)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf code = {0};
    size_t indent = 2 + columns + 2;
    terminal_cell(&code, say_text(f->code), columns);
    buf_puts(out, "  ");
    styled(out, buf_text(&code), f->severity == SEVERITY_CRITICAL ? "\033[1;31m" : "\033[1;33m",
           color);
    buf_puts(out, "  ");
    terminal_wrap(out, say_finding(a, f), indent, indent);
}

static void write_recommendation(struct buf *out, const struct finding *f, size_t columns)
{
    size_t indent = 2 + columns + 2;
    if (f->recommendation == NULL)
        return;
    buf_printf(out, "%*s-> ", (int)indent, "");
    terminal_wrap(out, f->recommendation, indent + 3, indent + 3);
}

/* Pointers to the warnings and worse, worst first. */
static struct vec sorted_findings(struct arena *a, const struct record *r)
{
    struct vec sorted = vec_new(a, sizeof(const struct finding *));
    for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_WARNING; severity--)
        VEC_EACH (const struct finding, f, &r->findings)
            if ((int)f->severity == severity)
                *(const struct finding **)vec_push(&sorted) = f;
    return sorted;
}

void terminal_findings(struct buf *out, const struct record *r, size_t most, bool color)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const struct vec all = sorted_findings(a, r);
    size_t columns = code_columns(r), n = all.n < most ? all.n : most;
    for (size_t i = 0; i < n; i++) {
        const struct finding *f = *(const struct finding **)vec_at(&all, i);
        const struct finding *next = i + 1 < n ? *(const struct finding **)vec_at(&all, i + 1) : f;
        write_finding(out, f, columns, color);
        if (next == f || !str_eq(next->code, f->code) ||
            !str_eq(next->recommendation, f->recommendation))
            write_recommendation(out, f, columns);
    }
    if (all.n > n)
        buf_printf(out, "  and %zu more in the report\n", all.n - n);
}

void terminal_not_checked(struct buf *out, const struct record *r)
{
    VEC_EACH (const struct gap, g, &r->coverage) {
        CLEANUP(arena_cleanup) struct arena *a = arena_new();
        buf_puts(out, "  Not checked: ");
        terminal_wrap(out,
                      g->why == NULL ? say_text(g->what)
                                     : arena_printf(a, "%s (%s)", say_text(g->what), g->why),
                      strlen("  Not checked: "), strlen("  Not checked: "));
    }
}

static const char *verdict_style(enum verdict verdict)
{
    return verdict == VERDICT_PASSED   ? "\033[1;32m"
           : verdict == VERDICT_FAILED ? "\033[1;31m"
                                       : "\033[1;35m";
}

/* "PASSED with 1 warning.  Restore 11.4 s of 60 s." or "FAILED.  Why.  Restore …" */
static void write_verdict(struct buf *out, const struct record *r, const char *why, bool color)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf text = {0};
    const char *verdict = say_verdict(a, r);
    buf_putc(&text, '.');
    buf_printf(&text, "%s%s", *why == '\0' ? "" : "  ", why);
    const char *objectives = say_objectives(a, r);
    buf_printf(&text, "%s%s", *objectives == '\0' ? "" : "  ", objectives);
    styled(out, verdict, verdict_style(r->verdict), color);
    terminal_wrap(out, buf_text(&text), strlen(verdict), 0);
}

void report_conclusion(const struct record *r, bool color, struct buf *out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *why = r->verdict == VERDICT_PASSED ? "" : say_conclusion(a, r);
    buf_putc(out, '\n');
    write_verdict(out, r, why, color);
    terminal_findings(out, r, FINDINGS_SHOWN, color);
    terminal_not_checked(out, r);
}

static bool is_answered(const struct check_facts *c)
{
    return c->outcome != OUTCOME_PENDING;
}

static size_t name_columns(const struct record *r)
{
    enum { LEAST = 9, MOST = 24 };
    size_t widest = LEAST;
    VEC_EACH (const struct check_facts, c, &r->checks) {
        size_t n = is_answered(c) ? strlen(say_text(c->name)) : 0;
        widest = n > widest && n <= MOST ? n : widest;
    }
    return widest;
}

/* What a check says; what stops many is said once. */
static const char *check_text(const struct check_facts *c, const char *said_before)
{
    const char *detail = say_text(c->detail);
    if (*detail == '\0')
        return say_text(c->question);
    return c->outcome == OUTCOME_UNKNOWN && str_eq(detail, said_before) ? "for the same reason"
                                                                        : detail;
}

void terminal_checks(struct buf *out, const struct record *r, bool color)
{
    size_t columns = name_columns(r);
    const char *before = NULL;
    VEC_EACH (const struct check_facts, c, &r->checks) {
        if (!is_answered(c))
            continue;
        buf_putc(out, ' ');
        terminal_mark(out, c->outcome, color);
        buf_puts(out, "  ");
        terminal_cell(out, say_text(c->name), columns);
        buf_puts(out, "  ");
        terminal_wrap(out, check_text(c, before), 9 + columns, 9 + columns);
        before = c->detail;
    }
}

void report_verify(const struct record *r, bool color, struct buf *out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *file = say_text(r->backup.path), *slash = strrchr(file, '/');
    utf8_show(out, slash == NULL ? file : slash + 1);
    buf_puts(out, *file == '\0' ? "" : "  ");
    utf8_show(out, say_backup(a, &r->backup));
    buf_puts(out, *say_contents(a, &r->backup) == '\0' ? "" : "; ");
    buf_puts(out, say_contents(a, &r->backup));
    buf_putc(out, '\n');
    terminal_checks(out, r, color);
    const char *why = say_conclusion(a, r);
    write_verdict(
        out, r, arena_printf(a, "%s%sNothing was executed.", why, *why == '\0' ? "" : "  "), color);
    terminal_findings(out, r, FINDINGS_SHOWN, color);
    terminal_not_checked(out, r);
}
