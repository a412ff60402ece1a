/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/str.h"
#include "base/utf8.h"
#include "report/formats.h"
#include "report/say.h"
#include "report/terminal.h"

#include <stdlib.h>
#include <string.h>

enum { TABLES_SHOWN = 50, NAME_COLUMNS = 40, FIGURE_COLUMNS = 14 };

static void heading(struct buf *out, const char *text)
{
    buf_printf(out, "\n%s\n", text);
    for (size_t i = 0; text[i] != '\0'; i++)
        buf_putc(out, '-');
    buf_putc(out, '\n');
}

/* "  name      text", wrapped; nothing without a text. */
static void entry(struct buf *out, const char *name, const char *text)
{
    enum { COLUMNS = 16 };
    if (*say_text(text) == '\0')
        return;
    buf_puts(out, "  ");
    terminal_cell(out, name, COLUMNS);
    buf_puts(out, "  ");
    terminal_wrap(out, text, COLUMNS + 4, COLUMNS + 4);
}

static void write_identification(struct buf *out, const struct record *r)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    char began[CLOCK_ISO_BYTES], taken[CLOCK_ISO_BYTES];
    const struct backup_facts *b = &r->backup;
    if (r->run.began != 0)
        entry(out, "began",
              arena_printf(a, "%s, took %s", clock_iso(r->run.began, began),
                           str_duration(a, r->run.took_us)));
    entry(out, "scenario", r->run.scenario);
    entry(out, "host", r->run.host);
    entry(out, "backup", b->path);
    entry(out, "", say_backup(a, b));
    entry(out, "sha256", b->sha256);
    if (b->taken != 0)
        entry(out, "taken", clock_iso(b->taken, taken));
    entry(out, "target", say_server(a, &r->target));
    entry(out, "exit status", str_count(a, r->exit_code));
}

static void write_checks(struct buf *out, const struct record *r)
{
    if (r->checks.n == 0)
        return;
    heading(out, "Checks");
    terminal_checks(out, r, false);
}

static void right(struct buf *out, const char *text)
{
    buf_printf(out, "%*s", FIGURE_COLUMNS, text);
}

static void write_table_row(struct buf *out, struct arena *a, const struct table_facts *t)
{
    buf_putc(out, ' ');
    terminal_mark(out, t->outcome, false);
    buf_puts(out, "  ");
    terminal_cell(out, arena_printf(a, "%s.%s", say_text(t->schema), say_text(t->name)),
                  NAME_COLUMNS);
    right(out, say_maybe(a, t->source_rows));
    right(out, say_maybe(a, t->dump_rows));
    right(out, say_maybe(a, t->restored_rows));
    buf_putc(out, '\n');
    if (t->reason != NULL) {
        buf_puts(out, "       ");
        terminal_wrap(out, t->reason, 7, 7);
    }
}

/* Tables that differ come first: the list may end before the last table. */
static void write_tables(struct buf *out, const struct record *r)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    size_t shown = 0;
    if (r->tables.n == 0)
        return;
    heading(out, "Rows");
    buf_printf(out, "       %-*s%*s%*s%*s\n", NAME_COLUMNS, "table", FIGURE_COLUMNS, "source",
               FIGURE_COLUMNS, "dump", FIGURE_COLUMNS, "restored");
    for (int sound = 0; sound <= 1; sound++)
        VEC_EACH (const struct table_facts, t, &r->tables)
            if ((t->outcome == OUTCOME_PASSED) == sound && shown < TABLES_SHOWN) {
                write_table_row(out, a, t);
                shown++;
            }
    if (r->tables.n > shown)
        buf_printf(out, "       and %zu more\n", r->tables.n - shown);
}

static void write_timings(struct buf *out, const char *title, const struct vec *timings)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    VEC_EACH (const struct timing, t, timings) {
        entry(out, t == timings->items ? title : "",
              arena_printf(a, "%s  %s%s%s%s", str_duration(a, t->took_us), say_text(t->name),
                           t->elapsed_us.known
                               ? arena_printf(a, " in %s", str_duration(a, t->elapsed_us.value))
                               : "",
                           t->rows.known ? arena_printf(a, ", %s rows", say_maybe(a, t->rows)) : "",
                           t->bytes.known
                               ? arena_printf(a, ", %s", str_bytes(a, (uint64_t)t->bytes.value))
                               : ""));
    }
}

static void write_errors(struct buf *out, const struct restore_facts *restore)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    VEC_EACH (const struct statement_error, e, &restore->errors)
        entry(out, e == restore->errors.items ? "errors" : "",
              arena_printf(a, "%s  %s%s%s", say_text(e->sqlstate), say_text(e->object),
                           e->object == NULL ? "" : ": ", say_text(e->message)));
    if (restore->n_errors > (int64_t)restore->errors.n)
        entry(out, "",
              arena_printf(a, "and %s more",
                           str_count(a, restore->n_errors - (int64_t)restore->errors.n)));
}

static void write_restore(struct buf *out, const struct record *r)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const struct restore_facts *x = &r->restore;
    if (x->statements == 0 && x->copies == 0)
        return;
    heading(out, "Restore");
    entry(out, "took", str_duration(a, x->took_us));
    if (x->recovery_us.known)
        entry(out, "recovery", str_duration(a, x->recovery_us.value));
    entry(out, "executed",
          arena_printf(a, "%s, %s with %s, %s, %s",
                       str_number_of(a, x->statements, "statement", "statements"),
                       str_number_of(a, x->copies, "COPY block", "COPY blocks"),
                       str_number_of(a, x->rows, "row", "rows"),
                       str_number_of(a, x->n_errors, "error", "errors"),
                       str_number_of(a, x->jobs, "job", "jobs")));
    write_timings(out, "phases", &x->phases);
    entry(out, "analyze", str_duration(a, x->analyze_us));
    write_timings(out, "slowest", &x->slowest);
    write_errors(out, x);
}

static void write_migrations(struct buf *out, const struct record *r)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    if (r->migrations.n == 0)
        return;
    heading(out, "Migrations");
    VEC_EACH (const struct migration_facts, m, &r->migrations) {
        buf_putc(out, ' ');
        terminal_mark(out, m->outcome, false);
        buf_puts(out, "  ");
        terminal_cell(out, say_text(m->file), NAME_COLUMNS);
        right(out, str_duration(a, m->took_us));
        right(out, str_number_of(a, m->statements, "statement", "statements"));
        buf_putc(out, '\n');
        if (m->error == NULL)
            continue;
        buf_puts(out, "       ");
        terminal_wrap(out, arena_printf(a, "%s  %s", say_text(m->sqlstate), m->error), 7, 7);
    }
}

static void write_latency(struct buf *out, struct arena *a, const char *name,
                          const struct latency *l)
{
    entry(out, name,
          arena_printf(a, "p50 %s, p90 %s, p95 %s, p99 %s, max %s", str_duration(a, l->p50_us),
                       str_duration(a, l->p90_us), str_duration(a, l->p95_us),
                       str_duration(a, l->p99_us), str_duration(a, l->max_us)));
}

static void write_pool(struct buf *out, struct arena *a, const struct pool_facts *p)
{
    entry(out, "pool",
          arena_printf(a,
                       "%s to %s connections, at most %s in use, %.1f %% busy, above 80 %% for "
                       "%.1f %% of the time",
                       str_count(a, p->min), str_count(a, p->max), str_count(a, p->peak),
                       p->utilization_percent, p->over_80_percent));
    entry(out, "queue",
          arena_printf(a, "%s of %s taken after waiting, longest queue %s, %s, %s turned away",
                       str_count(a, p->queued), str_count(a, p->takes), str_count(a, p->peak_queue),
                       str_number_of(a, p->timeouts, "timeout", "timeouts"),
                       str_count(a, p->rejected)));
    write_latency(out, a, "wait", &p->wait);
    for (size_t i = 0; i < p->warnings.n; i++)
        entry(out, "warning", say_item(&p->warnings, i));
}

static void write_load(struct buf *out, const struct record *r)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const struct load_facts *l = &r->load;
    if (l->transactions == 0 && l->n_errors == 0)
        return;
    heading(out, "Load");
    entry(out, "users",
          arena_printf(a, "%s for %s, mean think time %s, seed %lld", str_count(a, l->users),
                       str_duration(a, l->duration_us), str_duration(a, l->think_us),
                       (long long)l->seed));
    entry(out, "transactions",
          arena_printf(a, "%s committed, %s a second, %s", str_count(a, l->transactions),
                       say_rate(a, l->tps), str_number_of(a, l->n_errors, "error", "errors")));
    write_latency(out, a, "response", &l->response);
    write_latency(out, a, "service", &l->service);
    write_pool(out, a, &l->pool);
    VEC_EACH (const struct script_facts, s, &l->scripts)
        write_latency(out, a, say_text(s->name), &s->response);
    VEC_EACH (const struct error_count, e, &l->errors)
        entry(out, "errors",
              arena_printf(a, "%s times %s: %s", str_count(a, e->n), say_text(e->sqlstate),
                           say_text(e->example)));
}

static void write_recommendations(struct buf *out, const struct record *r)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    if (r->recommendations.n == 0)
        return;
    heading(out, "Recommendations");
    VEC_EACH (const struct recommendation, x, &r->recommendations) {
        buf_puts(out, "  ");
        terminal_wrap(out, arena_printf(a, "%s  %s", say_text(x->code), say_text(x->text)), 2, 4);
        buf_puts(out, "    because ");
        terminal_wrap(out, say_text(x->evidence), 12, 12);
    }
}

static void write_machine(struct buf *out, const struct record *r)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const struct environment_facts *m = &r->environment;
    heading(out, "Machine");
    entry(out, "system", m->os);
    entry(out, "kernel", m->kernel);
    if (m->cores > 0)
        entry(out, "cores",
              arena_printf(a, "%s, %s of memory", str_count(a, m->cores),
                           str_bytes(a, (uint64_t)llabs(m->memory_bytes))));
    entry(out, "pg_dump", r->tool.pg_dump);
    entry(out, "libpq", r->tool.libpq);
    for (size_t i = 0; i < r->target.isolation.n; i++)
        entry(out, "isolation", say_item(&r->target.isolation, i));
}

void report_text(const struct record *r, struct buf *out)
{
    report_head_line(r, out);
    buf_putc(out, '\n');
    write_identification(out, r);
    buf_putc(out, '\n');
    VEC_EACH (const struct stage_facts, s, &r->stages)
        report_stage_line(s, false, out);
    report_conclusion(r, false, out);
    write_recommendations(out, r);
    write_checks(out, r);
    write_tables(out, r);
    write_restore(out, r);
    write_migrations(out, r);
    write_load(out, r);
    write_machine(out, r);
}
