/* SPDX-License-Identifier: PostgreSQL */
/* What was judged: findings, what was not checked, stages, checks, objectives, recommendations. */
#include "base/str.h"
#include "report/html.h"
#include "report/say.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* " · name value", when there is a value. */
static void write_meta(const struct html *h, const char *name, const char *value)
{
    if (*say_text(value) == '\0')
        return;
    html_raw(h, " &middot; ");
    html_raw(h, name);
    html_raw(h, " <span class=\"mono\">");
    html_text(h, value);
    html_raw(h, "</span>");
}

static void write_finding(const struct html *h, const struct finding *f)
{
    const char *severity = severity_words[f->severity];
    buf_printf(h->out, "<div class=\"finding %s\">", severity);
    html_badge(h, severity);
    html_raw(h, "<span class=\"code\">");
    html_text(h, f->code);
    html_raw(h, "</span><p>");
    html_text(h, say_finding(h->a, f));
    html_raw(h, "</p>");
    if (f->recommendation != NULL) {
        html_raw(h, "<p class=\"advice-line\"><span>");
        html_text(h, f->recommendation);
        html_raw(h, "</span></p>");
    }
    buf_printf(h->out, "<p class=\"meta\">to be mended in: %s &middot; found by: %s",
               blame_words[f->blame], stage_words[f->stage]);
    write_meta(h, "check", f->check);
    write_meta(h, "SQLSTATE", f->sqlstate);
    if (f->offset.known)
        write_meta(h, "SQL byte", str_count(h->a, f->offset.value));
    html_raw(h, "</p></div>\n");
}

void html_findings(const struct html *h)
{
    if (h->r->findings.n == 0)
        html_raw(h, "<p class=\"none\">Nothing was found to be wrong.</p>");
    for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_NOTE; severity--)
        VEC_EACH (const struct finding, f, &h->r->findings)
            if ((int)f->severity == severity)
                write_finding(h, f);
}

void html_unchecked(const struct html *h)
{
    if (h->r->coverage.n == 0) {
        html_raw(h, "<p class=\"none\">No gap is known.</p>");
        return;
    }
    html_raw(h, "<ul class=\"gaps\">");
    VEC_EACH (const struct gap, g, &h->r->coverage) {
        html_raw(h, "<li>");
        html_text(h, g->what);
        html_raw(h, " <span class=\"soft\">&mdash; ");
        html_text(h, g->why);
        html_raw(h, "</span></li>");
    }
    html_raw(h, "</ul>");
}

/* Where the bars begin and how long the whole track is, in microseconds. */
struct span {
    double begin, length;
};

static struct span span_of(const struct record *r)
{
    double begin = 0, end = 0;
    VEC_EACH (const struct stage_facts, s, &r->stages) {
        double from = (double)s->began, to = from + (double)s->took_us;
        if (s->began == 0)
            continue;
        begin = begin == 0 || from < begin ? from : begin;
        end = to > end ? to : end;
    }
    return (struct span){begin, end > begin ? end - begin : 1};
}

static void write_bar(const struct html *h, const struct stage_facts *s, struct span span)
{
    html_raw(h, "<span class=\"track\" aria-hidden=\"true\">");
    if (s->began != 0) {
        double left = fmin(fmax(((double)s->began - span.begin) * 100 / span.length, 0), 100);
        double width = fmin(fmax((double)s->took_us * 100 / span.length, 0), 100 - left);
        buf_printf(h->out,
                   "<i class=\"%s\" style=\"left:min(%.2f%%,calc(100%% - 3px));width:%.2f%%\"></i>",
                   outcome_words[s->outcome], left, width);
    }
    html_raw(h, "</span>");
}

static void write_stage(const struct html *h, const struct stage_facts *s, struct span span)
{
    bool ran = s->began != 0 || s->took_us > 0;
    html_raw(h, "<div class=\"stage\"><span class=\"name\">");
    html_raw(h, stage_words[s->name]);
    html_raw(h, "</span><span>");
    html_badge(h, outcome_words[s->outcome]);
    html_raw(h, "</span>");
    write_bar(h, s, span);
    html_raw(h, "<span class=\"took\">");
    if (ran)
        buf_printf(h->out, "%.1f s", (double)s->took_us / 1e6);
    html_raw(h, "</span>");
    if (*say_stage(h->a, s) != '\0') {
        html_raw(h, "<span class=\"text\">");
        html_text(h, say_stage(h->a, s));
        html_raw(h, "</span>");
    }
    html_raw(h, "</div>\n");
}

void html_stages(const struct html *h)
{
    struct span span = span_of(h->r);
    VEC_EACH (const struct stage_facts, s, &h->r->stages)
        write_stage(h, s, span);
}

static void write_check(const struct html *h, const struct check_facts *c)
{
    html_raw(h, "<tr>");
    html_badge_cell(h, outcome_words[c->outcome]);
    html_cell(h, "name", c->name);
    html_raw(h, "<td class=\"wide\">");
    html_text(h, c->question);
    html_raw(h, "<span class=\"detail\">");
    html_text(h, c->detail);
    html_raw(h, "</span></td>");
    html_cell(h, NULL, stage_words[c->stage]);
    html_cell(h, "word", c->required ? "required" : "optional");
    html_raw(h, "</tr>\n");
}

void html_checks(const struct html *h)
{
    if (h->r->checks.n == 0) {
        html_raw(h, "<p class=\"none\">No check was asked.</p>");
        return;
    }
    int64_t n[OUTCOME_WORDS] = {0};
    VEC_EACH (const struct check_facts, c, &h->r->checks)
        n[c->outcome]++;
    html_raw(h, "<p class=\"soft\">");
    const char *separator = "";
    for (int o = OUTCOME_PASSED; o < OUTCOME_WORDS; o++)
        if (n[o] > 0) {
            buf_printf(h->out, "%s%" PRId64 " %s", separator, n[o], outcome_words[o]);
            separator = ", ";
        }
    html_raw(h, ".</p>");
    html_table_begin(h, "Checks", "Result Check Question_and_answer Stage Verdict");
    VEC_EACH (const struct check_facts, c, &h->r->checks)
        write_check(h, c);
    html_table_end(h);
}

static void write_objective(const struct html *h, const struct objective *o)
{
    bool known = isfinite(o->measured);
    html_raw(h, "<tr>");
    html_badge_cell(h, outcome_words[o->outcome]);
    html_raw(h, "<td class=\"wide\">");
    html_text(h, say_objective_title(h->a, o));
    html_raw(h, "<span class=\"detail mono\">");
    html_text(h, o->name);
    html_raw(h, "</span></td>");
    html_cell(h, "n", say_figure(h->a, o->limit, o->unit));
    html_cell(h, "n", known ? say_figure(h->a, o->measured, o->unit) : "not measured");
    html_cell(h, "n",
              known && o->limit > 0 ? arena_printf(h->a, "%.0f %%", o->measured * 100 / o->limit)
                                    : "");
    html_raw(h, "</tr>\n");
}

void html_objectives(const struct html *h)
{
    if (h->r->objectives.n == 0) {
        html_raw(h, "<p class=\"none\">No limit is set.</p>");
        return;
    }
    html_table_begin(h, "Objectives", "Result Objective #Limit #Measured #Of_the_limit");
    VEC_EACH (const struct objective, o, &h->r->objectives)
        write_objective(h, o);
    html_table_end(h);
}

void html_advice(const struct html *h)
{
    if (h->r->recommendations.n == 0)
        html_nothing(h, STAGE_advise, "This run's figures give no reason for any.");
    VEC_EACH (const struct recommendation, x, &h->r->recommendations) {
        html_raw(h, "<div class=\"finding advice\"><span class=\"code\" style=\"margin:0\">");
        html_text(h, x->code);
        html_raw(h, "</span><p>");
        html_text(h, x->text);
        html_raw(h, "</p><p class=\"meta\">Because ");
        html_text(h, x->evidence);
        html_raw(h, "</p></div>\n");
    }
}
