/* SPDX-License-Identifier: PostgreSQL */
/* The data: tables, restore, migrations, and what identifies all of it. */
#include "base/clock.h"
#include "base/str.h"
#include "report/html.h"
#include "report/say.h"

#include <string.h>

enum { TABLES_SHOWN = 1000 };

static const char *bytes_text(const struct html *h, struct maybe bytes)
{
    return bytes.known && bytes.value >= 0 ? str_bytes(h->a, (uint64_t)bytes.value) : "-";
}

static const char *time_text(const struct html *h, struct maybe us)
{
    return us.known ? str_duration(h->a, us.value) : "-";
}

static void write_table(const struct html *h, const struct table_facts *t)
{
    html_raw(h, t->outcome == OUTCOME_FAILED ? "<tr class=\"failed\">" : "<tr>");
    html_badge_cell(h, outcome_words[t->outcome]);
    html_raw(h, "<td class=\"name\"><span class=\"soft\">");
    html_text(h, t->schema);
    html_raw(h, ".</span>");
    html_text(h, t->name);
    if (t->reason != NULL) {
        html_raw(h, "<span class=\"detail\">");
        html_text(h, t->reason);
        html_raw(h, "</span>");
    }
    html_raw(h, "</td>");
    html_cell(h, "n", say_maybe(h->a, t->source_rows));
    html_cell(h, "n", say_maybe(h->a, t->dump_rows));
    html_cell(h, "n", say_maybe(h->a, t->restored_rows));
    html_cell(h, "n", bytes_text(h, t->dump_bytes));
    html_cell(h, "n", bytes_text(h, t->restored_bytes));
    html_cell(h, "n", time_text(h, t->restore_us));
    html_raw(h, "</tr>\n");
}

/* Tables that did not pass stand first. */
void html_tables(const struct html *h)
{
    size_t shown = 0;
    if (h->r->tables.n == 0) {
        html_nothing(h, STAGE_verify, "The dump has no table.");
        return;
    }
    html_table_begin(h, "Tables",
                     "Result Table #Source_rows #Dump_rows #Restored_rows #In_the_dump #Restored "
                     "#COPY_took");
    for (int passed = 0; passed <= 1; passed++)
        VEC_EACH (const struct table_facts, t, &h->r->tables)
            if ((t->outcome == OUTCOME_PASSED) == passed && shown < TABLES_SHOWN) {
                write_table(h, t);
                shown++;
            }
    html_table_end(h);
    if (h->r->tables.n > shown)
        buf_printf(h->out, "<p class=\"soft\">And %zu more, in report.json.</p>",
                   h->r->tables.n - shown);
}

enum { PHASE_COLOURS = 4 };

static void write_phases(const struct html *h, const struct vec *phases)
{
    html_raw(h, "<div class=\"phases\" aria-hidden=\"true\">");
    for (size_t i = 0; i < phases->n; i++) {
        const struct timing *t = vec_at(phases, i);
        buf_printf(h->out, "<i class=\"phase-%zu\" style=\"flex-grow:%lld\"></i>",
                   i % PHASE_COLOURS, (long long)(t->took_us > 0 ? t->took_us : 0));
    }
    html_raw(h, "</div><ul class=\"legend\">");
    for (size_t i = 0; i < phases->n; i++) {
        const struct timing *t = vec_at(phases, i);
        buf_printf(h->out, "<li><i class=\"phase-%zu\"></i>", i % PHASE_COLOURS);
        html_text(h, t->name);
        html_raw(h, " <strong>");
        html_text(h, str_duration(h->a, t->took_us));
        html_raw(h, "</strong>");
        if (t->elapsed_us.known)
            html_text(h, arena_printf(h->a, " in %s", str_duration(h->a, t->elapsed_us.value)));
        html_raw(h, "</li>");
    }
    html_raw(h, "</ul>");
}

static void write_slowest(const struct html *h, const struct vec *slowest)
{
    if (slowest->n == 0)
        return;
    html_raw(h, "<h3>Slowest statements</h3>");
    html_table_begin(h, "Slowest statements", "Statement #Took #Rows #Size #Rate");
    VEC_EACH (const struct timing, t, slowest) {
        html_raw(h, "<tr>");
        html_cell(h, "name", t->name);
        html_cell(h, "n", str_duration(h->a, t->took_us));
        html_cell(h, "n", say_maybe(h->a, t->rows));
        html_cell(h, "n", bytes_text(h, t->bytes));
        html_cell(h, "n",
                  t->bytes.known && t->bytes.value > 0
                      ? str_rate(h->a, (uint64_t)t->bytes.value, t->took_us)
                      : "-");
        html_raw(h, "</tr>\n");
    }
    html_table_end(h);
}

static void write_errors(const struct html *h, const struct restore_facts *x)
{
    if (x->errors.n == 0)
        return;
    html_raw(h, "<h3>Rejected statements</h3>");
    html_table_begin(h, "Rejected statements", "SQLSTATE Object The_server_said #SQL_byte #Row");
    VEC_EACH (const struct statement_error, e, &x->errors) {
        html_raw(h, "<tr>");
        html_cell(h, "mono", e->sqlstate);
        html_cell(h, "name", e->object);
        html_raw(h, "<td class=\"wide lines\">");
        html_lines(h, e->message);
        html_raw(h, "<span class=\"detail mono\">");
        html_lines(h, e->statement);
        html_raw(h, "</span></td>");
        html_cell(h, "n", say_maybe(h->a, e->offset));
        html_cell(h, "n", say_maybe(h->a, e->row));
        html_raw(h, "</tr>\n");
    }
    html_table_end(h);
    if (x->n_errors > (int64_t)x->errors.n)
        buf_printf(h->out, "<p class=\"soft\">And %s more.</p>",
                   str_count(h->a, x->n_errors - (int64_t)x->errors.n));
}

void html_restore(const struct html *h)
{
    const struct restore_facts *x = &h->r->restore;
    bool done = x->statements > 0 || x->copies > 0;
    if (!done)
        html_nothing(h, STAGE_restore, "No statement was executed.");
    if (done) {
        html_raw(h, "<p>");
        html_text(h,
                  arena_printf(h->a, "%s and %s with %s in %s, %s, %s rejected; ANALYZE took %s.",
                               str_number_of(h->a, x->statements, "statement", "statements"),
                               str_number_of(h->a, x->copies, "COPY block", "COPY blocks"),
                               str_number_of(h->a, x->rows, "row", "rows"),
                               str_duration(h->a, x->took_us),
                               str_number_of(h->a, x->jobs, "job", "jobs"),
                               str_count(h->a, x->n_errors), str_duration(h->a, x->analyze_us)));
        html_raw(h, "</p>");
    }
    if (x->phases.n > 0)
        write_phases(h, &x->phases);
    write_slowest(h, &x->slowest);
    write_errors(h, x);
}

void html_migrations(const struct html *h)
{
    if (h->r->migrations.n == 0) {
        html_nothing(h, STAGE_migrate, "There is no migration.");
        return;
    }
    html_table_begin(h, "Migrations", "Result File Slowest_statement #Of_it #Took #Statements");
    VEC_EACH (const struct migration_facts, m, &h->r->migrations) {
        html_raw(h, m->outcome == OUTCOME_FAILED ? "<tr class=\"failed\">" : "<tr>");
        html_badge_cell(h, outcome_words[m->outcome]);
        html_cell(h, "name", m->file);
        html_raw(h, "<td class=\"wide lines\">");
        html_text(h, m->slowest);
        if (m->error != NULL) {
            html_raw(h, "<span class=\"detail\">");
            html_lines(h, arena_printf(h->a, "%s  %s", say_text(m->sqlstate), m->error));
            html_raw(h, "</span>");
        }
        html_raw(h, "</td>");
        html_cell(h, "n", m->slowest == NULL ? "" : str_duration(h->a, m->slowest_us));
        html_cell(h, "n", m->outcome == OUTCOME_SKIPPED ? "" : str_duration(h->a, m->took_us));
        html_cell(h, "n", m->outcome == OUTCOME_SKIPPED ? "" : str_count(h->a, m->statements));
        html_raw(h, "</tr>\n");
    }
    html_table_end(h);
}

/* A name and a text, when there is one. */
static void fact(const struct html *h, const char *name, const char *style, const char *text)
{
    if (*say_text(text) == '\0')
        return;
    buf_printf(h->out, "<dt>%s</dt><dd class=\"%s\">", name, style);
    html_text(h, text);
    html_raw(h, "</dd>");
}

static const char *iso(const struct html *h, int64_t us)
{
    char text[CLOCK_ISO_BYTES];
    return us == 0 ? "" : arena_strdup(h->a, clock_iso(us, text));
}

static void fact_list(const struct html *h, const char *name, const struct vec *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        fact(h, i == 0 ? name : "", "", say_item(texts, i));
}

static void identify_backup(const struct html *h)
{
    const struct backup_facts *b = &h->r->backup;
    html_raw(h, "<div><h3>Backup</h3><dl>");
    fact(h, "file", "mono", b->path);
    fact(h, "kept", "", b->path == NULL ? "" : b->kept ? "yes" : "no, removed at the end");
    fact(h, "SHA-256", "mono", b->sha256);
    fact(h, "kind", "", say_backup(h->a, b));
    fact(h, "checksum", "", b->protection);
    if (b->sql_bytes > 0)
        fact(h, "decoded", "", str_bytes(h->a, (uint64_t)b->sql_bytes));
    fact(h, "taken", "mono", iso(h, b->taken));
    fact(h, "time is that of", "", b->taken == 0 ? "" : b->taken_from);
    fact(h, "snapshot", "mono", b->snapshot);
    html_raw(h, "</dl></div>");
}

static void identify_run(const struct html *h)
{
    const struct run_facts *run = &h->r->run;
    html_raw(h, "<div><h3>Run</h3><dl>");
    fact(h, "id", "mono", run->id);
    fact(h, "name", "", run->name);
    fact(h, "scenario", "mono", run->scenario);
    fact(h, "command", "", run->command);
    fact(h, "began", "mono", iso(h, run->began));
    fact(h, "ended", "mono", iso(h, run->ended));
    fact(h, "host", "", run->host);
    fact(h, "account", "", run->user);
    html_raw(h, "</dl></div>");
}

static void identify_server(const struct html *h, const char *title, const struct server_facts *s)
{
    if (s->version == NULL && s->dsn == NULL && s->database == NULL)
        return;
    buf_printf(h->out, "<div><h3>%s</h3><dl>", title);
    fact(h, "server", "", s->version);
    fact(h, "database", "", s->database);
    fact(h, "connection", "mono", s->dsn);
    fact(h, "role", "", s->user);
    fact(h, "encoding", "", s->encoding);
    fact(h, "collation", "", s->collate);
    fact(h, "provider", "", s->locale_provider);
    if (s->size_bytes.known)
        fact(h, "size", "", bytes_text(h, s->size_bytes));
    fact(h, "programs", "mono", s->bindir);
    fact_list(h, "isolation", &s->isolation);
    fact(h, "made", "", s->made);
    fact_list(h, "settings", &s->settings);
    fact(h, "then settings of", "", s->settings_from);
    fact_list(h, "in force then", &s->settings_later);
    html_raw(h, "</dl></div>");
}

static void identify_machine(const struct html *h)
{
    const struct environment_facts *m = &h->r->environment;
    html_raw(h, "<div><h3>Machine and tools</h3><dl>");
    fact(h, "pg_rehearse", "", h->r->tool.version);
    fact(h, "libpq", "", h->r->tool.libpq);
    fact(h, "pg_dump", "", h->r->tool.pg_dump);
    fact(h, "system", "", m->os);
    fact(h, "kernel", "", m->kernel);
    if (m->cores > 0)
        fact(h, "cores", "", str_count(h->a, m->cores));
    if (m->memory_bytes > 0)
        fact(h, "memory", "", str_bytes(h->a, (uint64_t)m->memory_bytes));
    if (m->free_bytes > 0)
        fact(h, "room", "",
             arena_printf(h->a, "%s in %s", str_bytes(h->a, (uint64_t)m->free_bytes),
                          say_text(m->work_dir)));
    html_raw(h, "</dl></div>");
}

void html_identification(const struct html *h)
{
    html_raw(h, "<div class=\"facts\">");
    identify_backup(h);
    identify_run(h);
    identify_server(h, "Source", &h->r->source);
    identify_server(h, "Target", &h->r->target);
    identify_machine(h);
    html_raw(h, "</div>");
}
