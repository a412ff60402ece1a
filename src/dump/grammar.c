/* SPDX-License-Identifier: PostgreSQL */
#include "dump/grammar.h"

#include "dump/utf8.h"

#include <pg_query.h>

#include <string.h>

void grammar_begin(struct grammar *g, struct arena *a)
{
    *g = (struct grammar){.refusals = vec_new(a, sizeof(struct refusal))};
}

void grammar_cleanup(struct grammar *g)
{
    buf_cleanup(&g->text);
}

static bool is_readable(struct slice text)
{
    struct utf8 utf8 = {0};
    size_t bad;
    if (memchr(text.p, '\0', text.n) != NULL)
        return false;
    utf8_add(&utf8, text.p, text.n, &bad);
    return utf8_end(&utf8) && utf8.n_bad == 0;
}

static bool is_within_limits(const struct grammar *g, struct slice text)
{
    return text.n <= GRAMMAR_STATEMENT_BYTES_MAX &&
           g->n_parsed + g->n_refused < GRAMMAR_STATEMENTS_MAX && g->bytes < GRAMMAR_BYTES_MAX;
}

static void note_refusal(struct grammar *g, const struct statement *s, const char *message)
{
    if (g->n_refused++ >= GRAMMAR_REFUSALS_MAX)
        return;
    struct arena *a = g->refusals.arena;
    *(struct refusal *)vec_push(&g->refusals) = (struct refusal){
        .object = s->object == NULL ? NULL : arena_strdup(a, s->object),
        .text = arena_strdup(a, message),
        .offset = s->offset,
    };
}

void grammar_statement(struct grammar *g, const struct statement *s, bool standard_strings)
{
    if (!standard_strings || !is_within_limits(g, s->text) || !is_readable(s->text)) {
        g->n_passed_over++;
        return;
    }
    g->bytes += s->text.n;
    buf_clear(&g->text);
    buf_append(&g->text, s->text.p, s->text.n);
    /* Of the library's ways to parse, splitting is the one that prints no tree. */
    PgQuerySplitResult result = pg_query_split_with_parser(buf_text(&g->text));
    if (result.error == NULL)
        g->n_parsed++;
    else
        note_refusal(g, s, result.error->message);
    pg_query_free_split_result(result);
}
