/* SPDX-License-Identifier: PostgreSQL */
#include "golden/render.h"

#include "report/report.h"

#include <assert.h>

static void on_terminal(const struct record *r, struct buf *out)
{
    report_head_line(r, out);
    buf_putc(out, '\n');
    VEC_EACH (const struct stage_facts, s, &r->stages)
        report_stage_line(s, true, out);
    report_conclusion(r, true, out);
}

static void by_verify(const struct record *r, struct buf *out)
{
    report_verify(r, false, out);
}

static void schema(const struct record *r, struct buf *out)
{
    (void)r;
    report_json_schema(out);
}

static const struct {
    const char *suffix;
    void (*render)(const struct record *r, struct buf *out);
} shows[] = {{"terminal", on_terminal}, {"verify", by_verify}};

size_t golden_renderings(struct arena *a, struct rendering out[RENDERINGS_MAX])
{
    size_t n = 0;
    out[n++] = (struct rendering){"reports/report.schema.json", NULL, schema};
    for (const struct golden *g = golden_records; g->name != NULL; g++) {
        for (const struct report_format *f = report_formats; f->name != NULL; f++) {
            assert(n < RENDERINGS_MAX);
            out[n++] = (struct rendering){
                arena_printf(a, "tests/golden/expected/%s.%s", g->name, f->suffix), g, f->render};
        }
        for (size_t i = 0; i < COUNT_OF(shows); i++) {
            assert(n < RENDERINGS_MAX);
            out[n++] = (struct rendering){
                arena_printf(a, "tests/golden/expected/%s.%s", g->name, shows[i].suffix), g,
                shows[i].render};
        }
    }
    return n;
}

void golden_render(const struct rendering *what, struct buf *out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    what->render(what->golden == NULL ? NULL : what->golden->make(a), out);
}
