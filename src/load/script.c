/* SPDX-License-Identifier: PostgreSQL */
#include "load/script.h"

#include "base/fs.h"
#include "pg/async.h"

#include <ctype.h>
#include <string.h>

static const char BLANKS[] = " \t\r\f\v";

struct script *script_new(struct arena *a, const char *name, uint64_t weight)
{
    struct script *s = ARENA_NEW(a, struct script);
    *s = (struct script){.name = name,
                         .weight = weight,
                         .commands = vec_new(a, sizeof(struct command)),
                         .queries = vec_new(a, sizeof(struct script_query)),
                         .variables = vec_new(a, sizeof(const char *))};
    s->start = arena_alloc(a, SCRIPT_VARIABLES_MAX * sizeof *s->start);
    (void)script_variable(s, slice_of("client_id"));
    return s;
}

static int find(const void *context, struct slice name)
{
    const struct script *s = context;
    for (size_t i = 0; i < s->variables.n; i++)
        if (slice_eq(name, *(const char *const *)vec_at(&s->variables, i)))
            return (int)i;
    return -1;
}

int script_variable(struct script *s, struct slice name)
{
    int known = find(s, name);
    if (known >= 0 || s->variables.n == SCRIPT_VARIABLES_MAX)
        return known;
    *(const char **)vec_push(&s->variables) = arena_strndup(s->variables.arena, name.p, name.n);
    return (int)s->variables.n - 1;
}

bool script_fail(struct script_reader *r, const char *what)
{
    return err_set(r->e, ERR_USAGE, "%s:%d: %s", r->script->name, r->line, what);
}

/* ---- backslash commands, one a line ---- */

/* The rest of the line; a word taken from its front. */
static struct slice take_line(struct script_reader *r)
{
    const char *from = r->p;
    while (r->p < r->end && *r->p != '\n')
        r->p++;
    return (struct slice){from, (size_t)(r->p - from)};
}

static struct slice take_word(struct slice *line)
{
    while (line->n > 0 && strchr(BLANKS, *line->p) != NULL && *line->p != '\0') {
        line->p++;
        line->n--;
    }
    const char *from = line->p;
    while (line->n > 0 && !isspace((unsigned char)*line->p)) {
        line->p++;
        line->n--;
    }
    return (struct slice){from, (size_t)(line->p - from)};
}

static bool is_name(struct slice word)
{
    if (word.n == 0 || isdigit((unsigned char)word.p[0]))
        return false;
    for (size_t i = 0; i < word.n; i++)
        if (!isalnum((unsigned char)word.p[i]) && word.p[i] != '_')
            return false;
    return true;
}

static bool new_variable(struct script_reader *r, struct slice name, int *variable)
{
    if (!is_name(name))
        return script_fail(r, "a name of letters, digits and _ is missing");
    *variable = script_variable(r->script, name);
    return *variable >= 0 ? true : script_fail(r, "more than 64 variables");
}

static bool parse_expr(struct script_reader *r, struct slice text, const struct expr **expr)
{
    struct expr_names names = {.find = find, .context = r->script};
    if (!expr_parse(r->arena, text, &names, expr, r->e))
        return err_wrap(r->e, "%s:%d", r->script->name, r->line);
    return true;
}

static bool push(struct script_reader *r, struct command c)
{
    if (r->script->commands.n == SCRIPT_COMMANDS_MAX)
        return script_fail(r, "more than 256 commands");
    *(struct command *)vec_push(&r->script->commands) = c;
    return true;
}

static bool read_set(struct script_reader *r, struct slice line)
{
    struct command c = {.kind = COMMAND_SET, .line = r->line};
    struct slice name = take_word(&line);
    /* The expression first: a variable is not known in the line that sets it for the first time. */
    if (!is_name(name))
        return script_fail(r, "a name of letters, digits and _ is missing");
    return parse_expr(r, line, &c.expr) && new_variable(r, name, &c.variable) && push(r, c);
}

/* Takes the unit off the end. What stands behind a colon is a variable and no unit. */
static bool take_unit(struct slice *line, int64_t *unit_us)
{
    static const struct {
        const char *word;
        int64_t us;
    } units[] = {{"", 1000000}, {"us", 1}, {"ms", 1000}, {"s", 1000000}};
    while (line->n > 0 && isspace((unsigned char)line->p[line->n - 1]))
        line->n--;
    size_t name = line->n, word = line->n;
    while (name > 0 && (isalnum((unsigned char)line->p[name - 1]) || line->p[name - 1] == '_'))
        name--;
    bool is_variable = name > 0 && line->p[name - 1] == ':';
    while (!is_variable && word > name && isalpha((unsigned char)line->p[word - 1]))
        word--;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (!slice_eq((struct slice){line->p + word, line->n - word}, units[i].word))
            continue;
        *unit_us = units[i].us;
        line->n = word;
        return true;
    }
    return false;
}

static bool read_sleep(struct script_reader *r, struct slice line)
{
    struct command c = {.kind = COMMAND_SLEEP, .line = r->line};
    if (!take_unit(&line, &c.unit_us))
        return script_fail(r, "the unit of \\sleep is us, ms or s");
    return parse_expr(r, line, &c.expr) && push(r, c);
}

static bool read_query(struct script_reader *r, struct slice line)
{
    struct script_query q = {.line = r->line};
    if (!new_variable(r, take_word(&line), &q.variable))
        return false;
    while (line.n > 0 && (isspace((unsigned char)line.p[line.n - 1]) || line.p[line.n - 1] == ';'))
        line.n--;
    while (line.n > 0 && isspace((unsigned char)*line.p)) {
        line.p++;
        line.n--;
    }
    if (line.n == 0)
        return script_fail(r, "the statement of \\query is missing");
    q.sql = arena_strndup(r->arena, line.p, line.n);
    *(struct script_query *)vec_push(&r->script->queries) = q;
    return true;
}

static bool read_backslash(struct script_reader *r)
{
    static const struct {
        const char *name;
        bool (*read)(struct script_reader *r, struct slice line);
    } known[] = {{"\\set", read_set}, {"\\sleep", read_sleep}, {"\\query", read_query}};
    struct slice line = take_line(r);
    struct slice word = take_word(&line);
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (slice_eq(word, known[i].name))
            return known[i].read(r, line);
    return err_set(r->e, ERR_USAGE,
                   "%s:%d: \"%.*s\" is not known here: \\set, \\sleep and \\query are",
                   r->script->name, r->line, (int)(word.n < 40 ? word.n : 40), word.p);
}

/* ---- the whole ---- */

static bool read_statement(struct script_reader *r, int *next_statement)
{
    struct command c = {.kind = COMMAND_SQL, .line = r->line};
    if (*next_statement >= ASYNC_STATEMENTS_MAX)
        return script_fail(r, "more than 4096 statements in all scripts");
    c.statement = (*next_statement)++;
    return script_sql(r, &c) && push(r, c);
}

static bool has_sql(const struct script *s)
{
    VEC_EACH (const struct command, c, &s->commands)
        if (c->kind == COMMAND_SQL)
            return true;
    return false;
}

bool script_parse(struct arena *a, struct slice text, struct script *s, int *next_statement,
                  struct err *e)
{
    struct script_reader r = {
        .arena = a, .script = s, .p = text.p, .end = text.p + text.n, .line = 1, .e = e};
    if (text.n > SCRIPT_BYTES_MAX)
        return script_fail(&r, "longer than 1 MiB");
    if (text.n > 0 && memchr(text.p, '\0', text.n) != NULL)
        return script_fail(&r, "a zero byte: this is no text");
    for (;;) {
        if (!script_skip(&r))
            return false;
        if (r.p == r.end)
            break;
        if (*r.p == ';') {
            r.p++;
            continue;
        }
        if (*r.p == '\\' ? !read_backslash(&r) : !read_statement(&r, next_statement))
            return false;
    }
    return has_sql(s) ? true : err_set(e, ERR_USAGE, "%s: no SQL statement in it", s->name);
}

bool script_load(struct arena *a, const char *spec, int *next_statement, struct script **script,
                 struct err *e)
{
    const char *path = spec;
    uint64_t weight = 1;
    const char *at = strrchr(spec, '@');
    if (at != NULL && at[1] != '\0' && strspn(at + 1, "0123456789") == strlen(at + 1)) {
        path = arena_strndup(a, spec, (size_t)(at - spec));
        if (!str_parse_uint(at + 1, &weight) || weight < 1 || weight > SCRIPT_WEIGHT_MAX)
            return err_set(e, ERR_USAGE, "%s: the weight is a number from 1 to 1000000", spec);
    }
    struct slice text = {0};
    if (!fs_read_file(a, path, SCRIPT_BYTES_MAX, &text, e)) {
        e->code = ERR_USAGE;
        return err_wrap(e, "load script");
    }
    struct script *s = script_new(a, path, weight);
    if (!script_parse(a, text, s, next_statement, e))
        return false;
    *script = s;
    return true;
}
