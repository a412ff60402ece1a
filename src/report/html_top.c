/* SPDX-License-Identifier: PostgreSQL */
/* The top of the page: which run, its verdict, its key figures; and the footer. */
#include "base/clock.h"
#include "base/str.h"
#include "report/html.h"
#include "report/say.h"

#include <math.h>
#include <string.h>

/* "shop", else the name of the file, else the name of the rehearsal. */
static const char *subject_of(const struct record *r)
{
    if (r->source.database != NULL)
        return r->source.database;
    if (r->backup.path == NULL)
        return say_text(r->run.name);
    const char *slash = strrchr(r->backup.path, '/');
    return slash == NULL ? r->backup.path : slash + 1;
}

void html_title(const struct html *h)
{
    html_text(h, arena_printf(h->a, "%s: %s", say_verdict(h->a, h->r), subject_of(h->r)));
}

/* "2026-11-23 02:00:01 UTC" */
static const char *time_text(const struct html *h, int64_t us)
{
    char iso[CLOCK_ISO_BYTES];
    (void)clock_iso(us, iso);
    return arena_printf(h->a, "%.10s %.8s UTC", iso, iso + 11);
}

void html_heading(const struct html *h)
{
    const struct run_facts *run = &h->r->run;
    html_raw(h, "<h1><span class=\"brand\">pg_rehearse</span>Restore rehearsal");
    if (*subject_of(h->r) != '\0') {
        html_raw(h, " of ");
        html_text(h, subject_of(h->r));
    }
    html_raw(h, "</h1><div class=\"when\">");
    if (run->began != 0)
        html_text(h, arena_printf(h->a, "%s, took %s", time_text(h, run->began),
                                  str_duration(h->a, run->took_us)));
    html_raw(h, "<br>");
    if (run->name != NULL)
        html_text(h, arena_printf(h->a, "%s, ", run->name));
    html_raw(h, "run <span class=\"mono\">");
    html_text(h, run->id);
    html_raw(h, "</span></div>");
}

/* A tick, a cross or a question mark in a disc. */
static const char *verdict_icon(enum verdict verdict)
{
    if (verdict == VERDICT_PASSED)
        return "<path d=\"M14 25l7 7 14-15\"/>";
    if (verdict == VERDICT_FAILED)
        return "<path d=\"M16 16l16 16M32 16l-16 16\"/>";
    return "<path d=\"M18 19a6 6 0 1 1 9 5.200c-2 1.200-3 2.300-3 4.800M24 35v.1\"/>";
}

void html_verdict(const struct html *h)
{
    const struct record *r = h->r;
    buf_printf(h->out,
               "<div class=\"verdict %s\"><svg viewBox=\"0 0 48 48\" aria-hidden=\"true\">"
               "<circle cx=\"24\" cy=\"24\" r=\"22\" fill=\"none\" stroke=\"currentColor\" "
               "stroke-width=\"3\"/><g fill=\"none\" stroke=\"currentColor\" stroke-width=\"4\" "
               "stroke-linecap=\"round\" stroke-linejoin=\"round\">%s</g></svg><div>",
               verdict_words[r->verdict], verdict_icon(r->verdict));
    html_raw(h, "<p class=\"word\">");
    html_text(h, say_verdict(h->a, r));
    html_raw(h, "</p><p class=\"why\">");
    html_text(h, say_conclusion(h->a, r));
    html_raw(h, "</p><p class=\"exit\">");
    html_text(h, arena_printf(h->a, "Exit status %s. A check that could not run is never a pass.",
                              str_count(h->a, r->exit_code)));
    html_raw(h, "</p></div></div>");
}

/* A figure of the first row of cards. */
struct card {
    const char *title;
    const char *objective; /* how its name ends */
    const char *unit;
    double value; /* no number when not known */
};

static const struct objective *find_objective(const struct record *r, const char *suffix)
{
    VEC_EACH (const struct objective, o, &r->objectives)
        if (str_ends(say_text(o->name), suffix))
            return o;
    return NULL;
}

static void write_meter(const struct html *h, double share)
{
    double percent = share < 0 ? 0 : share > 1 ? 100 : share * 100;
    buf_printf(h->out,
               "<div class=\"meter\" aria-hidden=\"true\"><i style=\"width:%.1f%%\"></i></div>",
               percent);
}

static void begin_card(const struct html *h, const char *state, const char *title,
                       const char *figure)
{
    buf_printf(h->out, "<div class=\"card %s\"><dt>%s</dt><dd class=\"figure\">", state, title);
    html_text(h, figure);
    html_raw(h, "</dd>");
}

static void write_card(const struct html *h, const struct card *c)
{
    const struct objective *o = find_objective(h->r, c->objective);
    bool known = isfinite(c->value);
    const char *state = !known ? "unknown" : o == NULL ? "" : outcome_words[o->outcome];
    if (!known && o == NULL)
        return;
    begin_card(h, state, c->title, known ? say_figure(h->a, c->value, c->unit) : "not measured");
    if (o == NULL) {
        html_raw(h, "<dd class=\"limit\">no limit set</dd></div>");
        return;
    }
    html_raw(h, "<dd class=\"limit\">limit ");
    html_text(h, say_figure(h->a, o->limit, o->unit));
    html_raw(h, "</dd>");
    if (known && o->limit > 0)
        write_meter(h, c->value / o->limit);
    html_raw(h, "</div>");
}

/* Is the table proved to have come back whole, against the dump or the source? */
static bool is_proven(const struct table_facts *t)
{
    return t->outcome == OUTCOME_PASSED && t->restored_rows.known &&
           (t->dump_rows.known || t->source_rows.known);
}

static void write_rows_card(const struct html *h)
{
    int64_t rows = 0, proven = 0, counted = 0;
    VEC_EACH (const struct table_facts, t, &h->r->tables) {
        counted += t->outcome != OUTCOME_SKIPPED;
        if (!is_proven(t))
            continue;
        if (__builtin_add_overflow(rows, t->restored_rows.value, &rows))
            rows = INT64_MAX;
        proven++;
    }
    bool all = proven == counted;
    if (proven == 0)
        begin_card(h, "unknown", "Row counts equal", "none");
    else
        begin_card(h, all ? "" : "warned", "Row counts equal", str_count(h->a, rows));
    html_raw(h, "<dd class=\"limit\">");
    html_text(h, arena_printf(h->a, "in %s of %s", str_count(h->a, proven),
                              str_number_of(h->a, counted, "table", "tables")));
    html_raw(h, "</dd>");
    if (proven > 0)
        write_meter(h, (double)proven / (double)counted);
    html_raw(h, "</div>");
}

static double figure(bool known, double value)
{
    return known ? value : (double)NAN;
}

void html_cards(const struct html *h)
{
    const struct restore_facts *restore = &h->r->restore;
    const struct maybe recovery = restore->recovery_us, age = h->r->backup.age_us;
    const struct latency *response = &h->r->load.response;
    const struct pool_facts *pool = &h->r->load.pool;
    const struct card cards[] = {
        {"Restore time", "restore_time", "us",
         figure(html_stage_ran(h, STAGE_restore), (double)restore->took_us)},
        {"Recovery time", "recovery_time", "us", figure(recovery.known, (double)recovery.value)},
        {"Backup age", "backup_age", "us", figure(age.known, (double)age.value)},
        {"p99 under load", "load.p99", "us", figure(response->n > 0, (double)response->p99_us)},
        {"Pool utilisation", "pool.utilization", "percent",
         figure(pool->takes > 0, pool->utilization_percent)},
    };
    write_rows_card(h);
    for (size_t i = 0; i < COUNT_OF(cards); i++)
        write_card(h, &cards[i]);
}

void html_footer(const struct html *h)
{
    html_raw(h, "Written by ");
    html_text(h,
              arena_printf(h->a, "%s %s", say_text(h->r->tool.name), say_text(h->r->tool.version)));
    html_raw(h, " from the record of the run and from nothing else; the same record is in "
                "<span class=\"mono\">report.json</span> (");
    html_text(h, h->r->schema);
    html_raw(h, ").");
}
