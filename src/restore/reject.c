/* SPDX-License-Identifier: PostgreSQL */
#include "restore/reject.h"

#include "restore/lexeme.h"

#include <string.h>

enum { BEGINNING_BYTES = 160 };

static const struct rule rules[] = {
#define RULE(state, verb, words, code, effect, severity, blame, advice)                            \
    {state, verb, words, #code, EFFECT_##effect, SEVERITY_##severity, BLAME_##blame, advice},
#include "restore/sqlstate.def"
#undef RULE
};

static const struct rule refused_rule = {
    .code = "REFUSED_STATEMENT",
    .effect = EFFECT_ERROR,
    .severity = SEVERITY_CRITICAL,
    .blame = BLAME_BACKUP,
    .recommendation = "a dump has no need of this statement: find out who put it there before you "
                      "restore this backup anywhere",
};

/* "CREATE SCHEMA" fits "CREATE SCHEMA X" but not "CREATE SCHEMAX". */
static bool begins_with_words(const char *verb, const char *words)
{
    size_t n = strlen(words);
    return n == 0 || (strncmp(verb, words, n) == 0 && (verb[n] == ' ' || verb[n] == '\0'));
}

const struct rule *rule_of(const char *sqlstate, const char *verb, const char *message)
{
    const struct rule *rule = rules, *last = &rules[COUNT_OF(rules) - 1];
    while (rule < last &&
           (!str_starts(sqlstate, rule->sqlstate) || !begins_with_words(verb, rule->verb) ||
            strstr(message, rule->words) == NULL))
        rule++;
    return rule; /* the last row fits everything */
}

struct rejects rejects_new(struct arena *a, struct record *r)
{
    return (struct rejects){
        .arena = a, .record = r, .codes = vec_new(a, sizeof(struct code_count))};
}

static struct code_count *count_of(struct rejects *all, const char *code)
{
    VEC_EACH (struct code_count, c, &all->codes)
        if (strcmp(c->code, code) == 0)
            return c;
    struct code_count *new = vec_push(&all->codes);
    new->code = code;
    return new;
}

/* The beginning of a statement in one line. */
static const char *beginning(struct arena *a, struct slice statement)
{
    bool cut = statement.n > BEGINNING_BYTES;
    size_t n = cut ? BEGINNING_BYTES : statement.n;
    while (cut && n > 0 && (statement.p[n] & 0xC0) == 0x80) /* not inside a character */
        n--;
    char *text = arena_strndup(a, statement.p, n);
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return cut ? arena_printf(a, "%s...", text) : text;
}

static void keep_error(struct rejects *all, const struct reject *one)
{
    struct restore_facts *facts = &all->record->restore;
    facts->n_errors++;
    if (facts->errors.n >= ERRORS_IN_FULL)
        return;
    int64_t row = copy_row(one->err->text);
    *(struct statement_error *)vec_push(&facts->errors) = (struct statement_error){
        .sqlstate =
            one->err->sqlstate[0] == '\0' ? NULL : arena_strdup(all->arena, one->err->sqlstate),
        .object = one->object,
        .message = arena_strdup(all->arena, one->err->text),
        .statement = beginning(all->arena, one->statement),
        .offset = KNOWN(one->offset),
        .row = row > 0 ? KNOWN(row) : (struct maybe){0},
    };
}

/* The name behind CREATE EXTENSION [IF NOT EXISTS]. */
static const char *extension_of(struct arena *a, struct slice statement)
{
    struct lexemes t = lexemes_of(statement);
    if (!lexemes_begin(&t, "CREATE EXTENSION"))
        return "";
    (void)lexemes_begin(&t, "IF NOT EXISTS");
    struct lexeme name = lexeme_next(&t);
    return lexeme_name(a, &name);
}

/* An error that is, or may be, the consequence of what this machine lacks is not the backup's. */
static bool may_follow_from(const struct rejects *all, const char *sqlstate)
{
    if (all->extension == NULL && !all->target_is_older)
        return false;
    return str_starts(sqlstate, "42") || str_starts(sqlstate, "3F") || str_starts(sqlstate, "0A") ||
           strcmp(sqlstate, "23503") == 0;
}

static void excuse(const struct rejects *all, const struct reject *one, struct finding *f)
{
    if (f->blame == BLAME_ENVIRONMENT || !may_follow_from(all, one->err->sqlstate))
        return;
    f->blame = BLAME_ENVIRONMENT;
    if (all->extension != NULL) {
        f->text = arena_printf(all->arena, "%s (may follow from the missing extension %s)", f->text,
                               all->extension);
        f->recommendation = arena_printf(
            all->arena, "install the extension %s where the rehearsal runs, then rehearse again",
            all->extension);
        return;
    }
    f->text = arena_printf(all->arena, "%s (the dump comes from a newer PostgreSQL than this one)",
                           f->text);
    f->recommendation = "rehearse on the PostgreSQL version that the dump was made from";
}

static struct finding add_finding(struct rejects *all, const struct reject *one,
                                  const struct rule *rule)
{
    struct finding f = {
        .code = rule->code,
        .severity = rule->severity,
        .blame = rule->blame,
        .stage = STAGE_restore,
        .subject = one->object,
        .text = arena_strdup(all->arena, one->err->text),
        .offset = KNOWN(one->offset),
        .sqlstate =
            one->err->sqlstate[0] == '\0' ? NULL : arena_strdup(all->arena, one->err->sqlstate),
        .recommendation = rule->recommendation,
    };
    if (strcmp(rule->code, "EXTENSION_MISSING") == 0) {
        const char *name = extension_of(all->arena, one->statement);
        f.subject = name;
        f.recommendation = arena_printf(
            all->arena,
            "install the package that brings the extension %s for the PostgreSQL of the rehearsal "
            "(Debian: apt-cache search postgresql-%lld-), then rehearse again",
            name, (long long)all->target_major);
        all->extension = all->extension == NULL ? name : all->extension;
    }
    excuse(all, one, &f);
    record_finding(all->record, f);
    return f;
}

/* A note (a SET that this server does not know, say) is made once, not for every statement. */
static bool is_noted(const struct rejects *all, const struct reject *one, const struct rule *rule)
{
    if (rule->effect != EFFECT_NOTED)
        return false;
    VEC_EACH (const struct finding, f, &all->record->findings)
        if (strcmp(f->code, rule->code) == 0 && str_eq(f->text, one->err->text))
            return true;
    return false;
}

static void judge(struct rejects *all, const struct reject *one, const struct rule *rule)
{
    if (rule->effect == EFFECT_BENIGN || is_noted(all, one, rule))
        return;
    if (rule->effect != EFFECT_NOTED)
        keep_error(all, one);
    if (rule->effect == EFFECT_COUNTED)
        return;
    struct code_count *count = count_of(all, rule->code);
    if (++count->n <= FINDINGS_PER_CODE)
        count->last = add_finding(all, one, rule);
}

void rejects_add(struct rejects *all, const struct reject *one)
{
    char verb[VERB_BYTES];
    judge(all, one,
          rule_of(one->err->sqlstate, statement_verb(one->statement, verb), one->err->text));
}

void rejects_refused(struct rejects *all, const struct reject *one)
{
    judge(all, one, &refused_rule);
}

void rejects_finish(struct rejects *all)
{
    VEC_EACH (const struct code_count, c, &all->codes) {
        if (c->n <= FINDINGS_PER_CODE)
            continue;
        struct finding more = c->last;
        more.subject = NULL;
        more.offset = (struct maybe){0};
        more.text = arena_printf(all->arena, "%lld more statements were rejected like this one",
                                 (long long)(c->n - FINDINGS_PER_CODE));
        record_finding(all->record, more);
    }
}
