/* SPDX-License-Identifier: PostgreSQL */
/* The load: its two charts, its distributions, its pool. */
#include "base/str.h"
#include "report/html.h"
#include "report/say.h"

#include <math.h>

enum { POINTS_MAX = 300, WIDTH = 1000, HEIGHT = 100 };

/* One curve over the seconds of the load. */
struct chart {
    const char *title, *unit;
    double (*value)(const struct second_facts *s);
    const char *(*label)(const struct html *h, double value);
};

/* A chart with many seconds shows the largest or smallest of each group, never the mean: what is
 * wrong must stay visible. */
struct curve {
    double y[POINTS_MAX];
    int64_t second[POINTS_MAX];
    size_t n;
    double top;
};

/* The next of 1, 2, 5, 10, 20, 50 … */
static double round_up(double value)
{
    if (!(value > 0) || !isfinite(value))
        return 1;
    double decade = pow(10, floor(log10(value)));
    double steps[] = {1, 2, 2.5, 5, 10};
    for (size_t i = 0; i < COUNT_OF(steps); i++)
        if (value <= steps[i] * decade)
            return steps[i] * decade;
    return 10 * decade;
}

static struct curve curve_of(const struct vec *seconds, const struct chart *chart, bool largest)
{
    struct curve c = {.n = 0};
    size_t group = (seconds->n + POINTS_MAX - 1) / POINTS_MAX;
    for (size_t i = 0; i < seconds->n; i++) {
        const struct second_facts *s = vec_at(seconds, i);
        double y = chart->value(s);
        if (i % group == 0) {
            c.second[c.n] = s->second;
            c.y[c.n++] = y;
        } else if (largest ? y > c.y[c.n - 1] : y < c.y[c.n - 1]) {
            c.y[c.n - 1] = y;
        }
    }
    double most = 0;
    for (size_t i = 0; i < c.n; i++)
        most = fmax(most, c.y[i]);
    c.top = round_up(most);
    return c;
}

static double x_of(const struct curve *c, size_t i)
{
    return c->n < 2 ? WIDTH / 2.0 : (double)i * WIDTH / (double)(c->n - 1);
}

static void write_path(const struct html *h, const struct curve *c)
{
    for (size_t i = 0; i < c->n; i++)
        buf_printf(h->out, "%s%.1f %.2f", i == 0 ? "" : "L", x_of(c, i),
                   HEIGHT - c->y[i] / c->top * HEIGHT);
}

/* Hovering over a second tells its figure, without any script. */
static void write_hits(const struct html *h, const struct chart *chart, const struct curve *c)
{
    double width = WIDTH / (double)c->n;
    for (size_t i = 0; i < c->n; i++) {
        buf_printf(h->out,
                   "<rect class=\"hit\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%d\"><title>",
                   x_of(c, i) - width / 2, width, HEIGHT);
        html_text(h, arena_printf(h->a, "second %s: %s", str_count(h->a, c->second[i]),
                                  chart->label(h, c->y[i])));
        html_raw(h, "</title></rect>");
    }
}

static void write_axis(const struct html *h, const struct chart *chart, const struct curve *c)
{
    enum { LINES = 4 };
    html_raw(h, "<div class=\"plot\"><div class=\"y\" aria-hidden=\"true\">");
    for (int i = LINES; i >= 0; i--) {
        html_raw(h, "<span>");
        html_text(h, chart->label(h, c->top * i / LINES));
        html_raw(h, "</span>");
    }
    buf_printf(h->out,
               "</div><svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" ", WIDTH,
               HEIGHT);
    double least = c->y[0], most = c->y[0];
    for (size_t i = 1; i < c->n; i++) {
        least = fmin(least, c->y[i]);
        most = fmax(most, c->y[i]);
    }
    html_raw(h, "aria-label=\"");
    html_text(h, arena_printf(h->a, "%s: between %s and %s", chart->title, chart->label(h, least),
                              chart->label(h, most)));
    html_raw(h, "\">");
    for (int i = 0; i <= LINES; i++)
        buf_printf(h->out, "<path class=\"grid\" d=\"M0 %d H%d\"/>", HEIGHT * i / LINES, WIDTH);
}

static void write_chart(const struct html *h, const struct chart *chart, bool largest)
{
    const struct vec *seconds = &h->r->load.seconds;
    struct curve c = curve_of(seconds, chart, largest);
    buf_printf(h->out, "<figure><figcaption>%s <span>%s</span></figcaption>", chart->title,
               chart->unit);
    write_axis(h, chart, &c);
    html_raw(h, "<path class=\"area\" d=\"M0 100L");
    write_path(h, &c);
    buf_printf(h->out, "L%d %dZ\"/><path class=\"line\" d=\"M", WIDTH, HEIGHT);
    write_path(h, &c);
    html_raw(h, "\"/>");
    write_hits(h, chart, &c);
    html_raw(h, "</svg><div class=\"x\"><span>0 s</span><span>seconds from the end of the "
                "warm-up</span><span>");
    const struct second_facts *last = vec_at(seconds, seconds->n - 1);
    html_text(h, arena_printf(h->a, "%.0f s", (double)last->second + 1));
    html_raw(h, "</span></div></div></figure>\n");
}

static double tps_of(const struct second_facts *s)
{
    return (double)s->transactions;
}

static double p99_of(const struct second_facts *s)
{
    return (double)s->p99_us;
}

static const char *count_label(const struct html *h, double value)
{
    return say_rate(h->a, value);
}

static const char *time_label(const struct html *h, double us)
{
    if (us < 1e6)
        return arena_printf(h->a, "%.3g ms", us / 1e3);
    return arena_printf(h->a, "%.3g s", us / 1e6);
}

static void write_charts(const struct html *h)
{
    static const struct chart tps = {"Throughput", "committed transactions in each second", tps_of,
                                     count_label};
    static const struct chart p99 = {"Response time", "99th percentile of each second", p99_of,
                                     time_label};
    if (h->r->load.seconds.n == 0)
        return;
    html_raw(h, "<div class=\"charts\">");
    write_chart(h, &tps, false);
    write_chart(h, &p99, true);
    html_raw(h, "</div>");
}

static void write_latency(const struct html *h, const char *name, const struct latency *l)
{
    const int64_t times[] = {l->p50_us, l->p90_us, l->p95_us, l->p99_us, l->max_us};
    html_raw(h, "<tr>");
    html_cell(h, "wide", name);
    html_cell(h, "n", str_count(h->a, l->n));
    for (size_t i = 0; i < COUNT_OF(times); i++)
        html_cell(h, "n", str_duration(h->a, times[i]));
    html_cell(h, "n", isfinite(l->mean_us) ? say_figure(h->a, l->mean_us, "us") : "-");
    html_raw(h, "</tr>\n");
}

static void write_latencies(const struct html *h)
{
    const struct load_facts *l = &h->r->load;
    html_raw(h, "<h3>Times</h3>");
    html_table_begin(h, "Times", "What #Measured #p50 #p90 #p95 #p99 #Max #Mean");
    write_latency(h, "transaction, from its intended start", &l->response);
    write_latency(h, "transaction, from getting its connection", &l->service);
    write_latency(h, "wait for a connection", &l->pool.wait);
    VEC_EACH (const struct script_facts, s, &l->scripts)
        write_latency(h,
                      arena_printf(h->a, "script %s, weight %s", say_text(s->name),
                                   str_count(h->a, s->weight)),
                      &s->response);
    html_table_end(h);
}

static void small_card(const struct html *h, const char *title, const char *figure,
                       const char *detail)
{
    buf_printf(h->out, "<div class=\"card\"><dt>%s</dt><dd class=\"figure\">", title);
    html_text(h, figure);
    html_raw(h, "</dd><dd class=\"limit\">");
    html_text(h, detail);
    html_raw(h, "</dd></div>");
}

static void write_pool(const struct html *h)
{
    const struct pool_facts *p = &h->r->load.pool;
    html_raw(h, "<h3>Connection pool</h3><dl class=\"cards\">");
    small_card(h, "Busy", arena_printf(h->a, "%.1f %%", p->utilization_percent),
               arena_printf(h->a, "above 80 %% for %.1f %% of the time", p->over_80_percent));
    small_card(h, "In use at the peak",
               arena_printf(h->a, "%s of %s", str_count(h->a, p->peak), str_count(h->a, p->max)),
               arena_printf(h->a, "at least %s are kept open", str_count(h->a, p->min)));
    small_card(h, "Had to wait", str_count(h->a, p->queued),
               arena_printf(h->a, "of %s taken, longest queue %s", str_count(h->a, p->takes),
                            str_count(h->a, p->peak_queue)));
    small_card(h, "Timeouts", str_count(h->a, p->timeouts),
               arena_printf(h->a, "%s turned away", str_count(h->a, p->rejected)));
    small_card(h, "Opened", str_count(h->a, p->connects),
               arena_printf(h->a, "%s retired, %s lost", str_count(h->a, p->retired),
                            str_count(h->a, p->lost)));
    html_raw(h, "</dl>");
    for (size_t i = 0; i < p->warnings.n; i++) {
        html_raw(h, "<div class=\"finding warning\">");
        html_text(h, say_item(&p->warnings, i));
        html_raw(h, "</div>");
    }
}

static void write_errors(const struct html *h)
{
    const struct load_facts *l = &h->r->load;
    if (l->errors.n == 0)
        return;
    html_raw(h, "<h3>Errors</h3>");
    html_table_begin(h, "Errors under load", "SQLSTATE #How_often The_first_one");
    VEC_EACH (const struct error_count, e, &l->errors) {
        html_raw(h, "<tr>");
        html_cell(h, "mono", e->sqlstate);
        html_cell(h, "n", str_count(h->a, e->n));
        html_raw(h, "<td class=\"wide lines\">");
        html_lines(h, e->example);
        html_raw(h, "</td></tr>\n");
    }
    html_table_end(h);
}

void html_load(const struct html *h)
{
    const struct load_facts *l = &h->r->load;
    if (l->transactions == 0 && l->n_errors == 0) {
        html_nothing(h, STAGE_load, "No transaction was carried out.");
        return;
    }
    html_raw(h, "<p>");
    html_text(h,
              arena_printf(h->a,
                           "%s for %s with %s of mean think time: %s transactions committed, "
                           "%s a second, %s. %s did the work.",
                           str_number_of(h->a, l->users, "user", "users"),
                           str_duration(h->a, l->duration_us), str_duration(h->a, l->think_us),
                           str_count(h->a, l->transactions), say_rate(h->a, l->tps),
                           str_number_of(h->a, l->n_errors, "error", "errors"),
                           str_number_of(h->a, l->backends, "server process", "server processes")));
    html_raw(h, "</p>");
    write_charts(h);
    write_latencies(h);
    write_pool(h);
    write_errors(h);
}
