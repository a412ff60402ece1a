/* SPDX-License-Identifier: PostgreSQL */
/* The page: its parts, and what they are written with. Nothing of the record reaches the page but
 * through html_text() and html_lines(). */
#ifndef PGR_REPORT_HTML_H
#define PGR_REPORT_HTML_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/record.h"

struct html {
    const struct record *r;
    struct buf *out;
    struct arena *a; /* for figures; lives as long as the rendering */
};

#define PART(name) void html_##name(const struct html *h);
#include "report/html_parts.def"
#undef PART

/* `text` made safe to show (utf8_show) and escaped for content and quoted attributes; NULL is "".
 */
void html_text(const struct html *h, const char *text);

/* The same, but line feeds stay: for the words of a server, in an element that keeps them. */
void html_lines(const struct html *h, const char *text);

/* Markup, as it is: literals only. */
void html_raw(const struct html *h, const char *markup);

/* <span class="badge WORD">WORD</span>; the word is one of the enums. */
void html_badge(const struct html *h, const char *word);

/* Opens a table that may be scrolled sideways. `columns` are blank-separated titles with "_" for a
 * blank; one that begins with "#" is set right. */
void html_table_begin(const struct html *h, const char *label, const char *columns);
void html_table_end(const struct html *h);

/* <td class="style">text</td>; no class when `style` is NULL. */
void html_cell(const struct html *h, const char *style, const char *text);

/* A cell with a badge. */
void html_badge_cell(const struct html *h, const char *word);

/* <p class="none">…</p>: why a section has nothing to show, taken from the stage's own words. */
void html_nothing(const struct html *h, enum stage stage, const char *otherwise);

/* Did the stage come so far that its figures mean something? */
bool html_stage_ran(const struct html *h, enum stage stage);

#endif
