/* SPDX-License-Identifier: PostgreSQL */
#include "golden/render.h"

#include "base/fs.h"
#include "report/report.h"

#include <assert.h>
#include <stdio.h>

static const char example_path[] = "reports/example/report.json";
static const struct golden example = {"example", golden_example};

struct record *golden_example(struct arena *a)
{
    struct record *r = NULL;
    struct slice text = {0};
    struct err e = {0};
    bool read =
        fs_read_file(a, example_path, 16 << 20, &text, &e) && report_read_json(a, text, &r, &e);
    if (!read)
        (void)fprintf(stderr, "%s: %s\n", example_path, e.text);
    assert(read);
    return r;
}

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

/* One record in every report format, as FOLDER/NAME.SUFFIX. */
static size_t add_formats(struct arena *a, const struct golden *g, const char *base,
                          struct rendering *out)
{
    size_t n = 0;
    for (const struct report_format *f = report_formats; f->name != NULL; f++)
        out[n++] = (struct rendering){arena_printf(a, "%s.%s", base, f->suffix), g, f->render};
    return n;
}

size_t golden_renderings(struct arena *a, struct rendering out[RENDERINGS_MAX])
{
    size_t n = 0, n_formats = 0;
    while (report_formats[n_formats].name != NULL)
        n_formats++;
    out[n++] = (struct rendering){"reports/report.schema.json", NULL, schema};
    n += add_formats(a, &example, "reports/example/report", out + n);
    for (const struct golden *g = golden_records; g->name != NULL; g++) {
        const char *base = arena_printf(a, "tests/golden/expected/%s", g->name);
        assert(n + n_formats + COUNT_OF(shows) <= RENDERINGS_MAX);
        n += add_formats(a, g, base, out + n);
        for (size_t i = 0; i < COUNT_OF(shows); i++)
            out[n++] = (struct rendering){arena_printf(a, "%s.%s", base, shows[i].suffix), g,
                                          shows[i].render};
    }
    return n;
}

void golden_render(const struct rendering *what, struct buf *out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    what->render(what->golden == NULL ? NULL : what->golden->make(a), out);
}
