/* SPDX-License-Identifier: PostgreSQL */
#include "report/html.h"

#include "base/embed.h"
#include "base/str.h"
#include "base/utf8.h"
#include "report/formats.h"
#include "report/say.h"

#include <assert.h>
#include <string.h>

EMBED(html_template, "reports/template.html");

static const struct {
    const char *name;
    void (*write)(const struct html *h);
} parts[] = {
#define PART(name) {#name, html_##name},
#include "report/html_parts.def"
#undef PART
};

void html_raw(const struct html *h, const char *markup)
{
    buf_puts(h->out, markup);
}

static void escape(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '&')
            buf_puts(out, "&amp;");
        else if (*text == '<')
            buf_puts(out, "&lt;");
        else if (*text == '>')
            buf_puts(out, "&gt;");
        else if (*text == '"')
            buf_puts(out, "&quot;");
        else if (*text == '\'')
            buf_puts(out, "&#39;");
        else
            buf_putc(out, *text);
    }
}

void html_text(const struct html *h, const char *text)
{
    CLEANUP(buf_cleanup) struct buf safe = {0};
    utf8_show(&safe, say_text(text));
    escape(h->out, buf_text(&safe));
}

void html_lines(const struct html *h, const char *text)
{
    for (const char *line = say_text(text); line != NULL;) {
        const char *end = strchr(line, '\n');
        html_text(h, end == NULL ? line : arena_strndup(h->a, line, (size_t)(end - line)));
        html_raw(h, end == NULL ? "" : "\n");
        line = end == NULL ? NULL : end + 1;
    }
}

void html_badge(const struct html *h, const char *word)
{
    buf_printf(h->out, "<span class=\"badge %s\">%s</span>", word, word);
}

void html_table_begin(const struct html *h, const char *label, const char *columns)
{
    buf_printf(h->out,
               "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">"
               "<table><thead><tr>",
               label);
    while (*columns != '\0') {
        bool right = *columns == '#';
        columns += right;
        html_raw(h, right ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
        for (; *columns != '\0' && *columns != ' '; columns++)
            buf_putc(h->out, *columns == '_' ? ' ' : *columns);
        html_raw(h, "</th>");
        columns += *columns == ' ';
    }
    html_raw(h, "</tr></thead><tbody>\n");
}

void html_table_end(const struct html *h)
{
    html_raw(h, "</tbody></table></div>\n");
}

void html_cell(const struct html *h, const char *style, const char *text)
{
    if (style == NULL)
        html_raw(h, "<td>");
    else
        buf_printf(h->out, "<td class=\"%s\">", style);
    html_text(h, text);
    html_raw(h, "</td>");
}

void html_badge_cell(const struct html *h, const char *word)
{
    html_raw(h, "<td class=\"badge-cell\">");
    html_badge(h, word);
    html_raw(h, "</td>");
}

bool html_stage_ran(const struct html *h, enum stage stage)
{
    const struct stage_facts *s = vec_at(&h->r->stages, (size_t)stage);
    return s->outcome == OUTCOME_PASSED || s->outcome == OUTCOME_WARNED ||
           s->outcome == OUTCOME_FAILED;
}

void html_nothing(const struct html *h, enum stage stage, const char *otherwise)
{
    const struct stage_facts *s = vec_at(&h->r->stages, (size_t)stage);
    html_raw(h, "<p class=\"none\">");
    if (html_stage_ran(h, stage)) {
        html_text(h, otherwise);
    } else {
        html_badge(h, outcome_words[s->outcome]);
        html_raw(h, " ");
        html_text(h, *say_text(s->reason) == '\0' ? "The stage was not reached." : s->reason);
    }
    html_raw(h, "</p>");
}

/* Writes the part whose name stands at `name`. */
static void write_part(const struct html *h, struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (slice_eq(name, parts[i].name)) {
            parts[i].write(h);
            return;
        }
    assert(false && "a part of the template that no row names");
}

void report_html(const struct record *r, struct buf *out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const struct html h = {.r = r, .out = out, .a = a};
    const char *rest = html_template;
    for (const char *mark = strstr(rest, "{{"); mark != NULL; mark = strstr(rest, "{{")) {
        const char *end = strstr(mark, "}}");
        assert(end != NULL);
        buf_append(out, rest, (size_t)(mark - rest));
        write_part(&h, (struct slice){mark + 2, (size_t)(end - mark - 2)});
        rest = end + 2;
    }
    buf_puts(out, rest);
}
