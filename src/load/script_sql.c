/* SPDX-License-Identifier: PostgreSQL */
/* SQL inside load scripts: where a statement ends, and which :name in it are variables. */
#include "base/buf.h"
#include "load/script.h"

#include <ctype.h>
#include <string.h>

enum { COMMENT_DEPTH_MAX = 100 };

static char at(const struct script_reader *r, size_t ahead)
{
    return (size_t)(r->end - r->p) > ahead ? r->p[ahead] : '\0';
}

static void advance(struct script_reader *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        r->line += *r->p++ == '\n';
}

static void skip_line(struct script_reader *r)
{
    while (r->p < r->end && *r->p != '\n')
        r->p++;
}

static bool skip_block_comment(struct script_reader *r)
{
    int depth = 0;
    do {
        if (at(r, 0) == '/' && at(r, 1) == '*') {
            if (++depth > COMMENT_DEPTH_MAX)
                return script_fail(r, "comments are nested too deeply");
            advance(r, 2);
        } else if (at(r, 0) == '*' && at(r, 1) == '/') {
            depth--;
            advance(r, 2);
        } else if (r->p < r->end) {
            advance(r, 1);
        } else {
            return script_fail(r, "a comment does not end");
        }
    } while (depth > 0);
    return true;
}

bool script_skip(struct script_reader *r)
{
    while (r->p < r->end) {
        if (isspace((unsigned char)*r->p))
            advance(r, 1);
        else if (at(r, 0) == '-' && at(r, 1) == '-')
            skip_line(r);
        else if (at(r, 0) != '/' || at(r, 1) != '*')
            return true;
        else if (!skip_block_comment(r))
            return false;
    }
    return true;
}

/* ---- quotes ---- */

/* '…' and "…"; a doubled quote needs no care, it reads as two quoted parts. */
static bool skip_quoted(struct script_reader *r, bool escapes)
{
    char quote = *r->p;
    advance(r, 1);
    while (r->p < r->end && *r->p != quote)
        advance(r, escapes && *r->p == '\\' && r->p + 1 < r->end ? 2 : 1);
    if (r->p == r->end)
        return script_fail(r, quote == '"' ? "a quoted name does not end"
                                           : "a quoted text does not end");
    advance(r, 1);
    return true;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Length of "$tag$" here, 0 when there is none. */
static size_t dollar_tag(const struct script_reader *r)
{
    size_t n = 1;
    if (isdigit((unsigned char)at(r, 1)))
        return 0;
    while (is_word(at(r, n)))
        n++;
    return at(r, n) == '$' ? n + 1 : 0;
}

static bool skip_dollar_quoted(struct script_reader *r, size_t tag)
{
    const char *open = r->p;
    advance(r, tag);
    const char *close = memmem(r->p, (size_t)(r->end - r->p), open, tag);
    if (close == NULL)
        return script_fail(r, "a dollar-quoted text does not end");
    advance(r, (size_t)(close - r->p) + tag);
    return true;
}

/* ---- a statement ---- */

struct statement {
    struct buf sql;
    int params[SCRIPT_PARAMS_MAX];
    int n_params;
    int brackets;
};

static void statement_cleanup(struct statement *s)
{
    buf_cleanup(&s->sql);
}

static bool take_param(struct script_reader *r, struct statement *s)
{
    const char *from = r->p + 1;
    advance(r, 1);
    while (r->p < r->end && (isalnum((unsigned char)*r->p) || *r->p == '_'))
        advance(r, 1);
    struct slice name = {from, (size_t)(r->p - from)};
    int variable = -1;
    for (size_t i = 0; i < r->script->variables.n; i++)
        if (slice_eq(name, *(const char *const *)vec_at(&r->script->variables, i)))
            variable = (int)i;
    if (variable < 0)
        return err_set(r->e, ERR_USAGE, "%s:%d: no line above sets the variable \"%.*s\"",
                       r->script->name, r->line, (int)(name.n < 63 ? name.n : 63), name.p);
    if (s->n_params == SCRIPT_PARAMS_MAX)
        return script_fail(r, "more than 64 variables in one statement");
    s->params[s->n_params++] = variable;
    /* A blank in front: "1:a" must not become "1$1". */
    buf_printf(&s->sql, " $%d ", s->n_params);
    return true;
}

static bool is_param(const struct script_reader *r)
{
    char next = at(r, 1);
    return at(r, 0) == ':' && (isalpha((unsigned char)next) || next == '_');
}

/* Copies a part that needs no look inside: a word, a quoted text, a comment, "::". */
static bool take_part(struct script_reader *r, struct statement *s)
{
    const char *from = r->p;
    char c = at(r, 0), next = at(r, 1);
    size_t tag = c == '$' ? dollar_tag(r) : 0;
    bool ok = true;
    if (c == '\'' || c == '"')
        ok = skip_quoted(r, false);
    else if ((c == 'e' || c == 'E') && next == '\'') {
        advance(r, 1);
        ok = skip_quoted(r, true);
    } else if (tag > 0)
        ok = skip_dollar_quoted(r, tag);
    else if (c == '$' && isdigit((unsigned char)next))
        return script_fail(r, "$1 and the like have no value here; use :name");
    else if (c == '-' && next == '-')
        skip_line(r);
    else if (c == '/' && next == '*')
        ok = skip_block_comment(r);
    else if (is_word(c))
        while (is_word(at(r, 0)) || at(r, 0) == '$')
            advance(r, 1);
    else
        advance(r, c == ':' && next == ':' ? 2 : 1);
    buf_append(&s->sql, from, (size_t)(r->p - from));
    return ok;
}

bool script_sql(struct script_reader *r, struct command *c)
{
    CLEANUP(statement_cleanup) struct statement s = {0};
    while (r->p < r->end) {
        char next = *r->p;
        if (next == ';' && s.brackets <= 0)
            break;
        if (next == '(')
            s.brackets++;
        if (next == ')')
            s.brackets--;
        if (is_param(r) ? !take_param(r, &s) : !take_part(r, &s))
            return false;
    }
    if (r->p == r->end)
        return err_set(r->e, ERR_USAGE, "%s:%d: the statement does not end with a semicolon",
                       r->script->name, c->line);
    r->p++;
    c->sql = arena_strdup(r->arena, buf_text(&s.sql));
    c->n_params = s.n_params;
    int *params = arena_alloc(r->arena, sizeof s.params);
    memcpy(params, s.params, sizeof s.params);
    c->params = params;
    return true;
}
