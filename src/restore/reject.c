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
    return (struct rejects){.arena = a,
                            .record = r,
                            .codes = vec_new(a, sizeof(struct code_count)),
                            .orphans = vec_new(a, sizeof(struct orphans))};
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

/* ---- findings that say more than the row -------------------------------------------------------
 */

/* CREATE EXTENSION [IF NOT EXISTS] x, or what the message names. */
static const char *extension_of(struct arena *a, const struct reject *one)
{
    struct lexemes t = lexemes_of(one->statement);
    if (!lexemes_begin(&t, "CREATE EXTENSION")) {
        const char *name = message_quoted(a, one->err->text);
        return name == NULL ? "" : name;
    }
    (void)lexemes_begin(&t, "IF NOT EXISTS");
    struct lexeme name = lexeme_next(&t);
    return lexeme_name(a, &name);
}

static void tell_extension(struct rejects *all, const struct reject *one, struct finding *f)
{
    f->subject = extension_of(all->arena, one);
    f->recommendation = arena_printf(all->arena, "%s where the rehearsal runs, then rehearse again",
                                     prepare_package(all->arena, f->subject, all->target_major));
}

/* A name with its schema is there too late, or not at all: its function is called before. */
static void tell_function(struct rejects *all, const struct reject *one, struct finding *f)
{
    const char *function = message_function(all->arena, one->err->text);
    const char *name = message_unqualified(all->arena, one->err->text);
    function = function == NULL ? "a function" : function;
    if (name == NULL) {
        f->code = "FUNCTION_DEPENDENCY";
        f->recommendation = arena_printf(
            all->arena,
            "%s uses something that is not there, or not yet, for pg_dump does not look into "
            "functions: make what it is used for (index, constraint, default) do without it",
            function);
        return;
    }
    f->text =
        arena_printf(all->arena, "%s names %s without its schema: %s", function, name, f->text);
    f->recommendation = arena_printf(
        all->arena,
        "a dump is restored with an empty search_path: write %s with its schema in %s, or add SET "
        "search_path to the function, on the source, then dump again",
        name, function);
}

static void tell_orphans(struct rejects *all, const struct reject *one, struct finding *f)
{
    struct orphans_sql sql;
    if (!orphans_sql(all->arena, one->statement, &sql)) {
        f->recommendation = "rows refer to rows that do not exist: find them on the source (LEFT "
                            "JOIN on the referenced key), repair them, dump again";
        return;
    }
    *(struct orphans *)vec_push(&all->orphans) = (struct orphans){one->offset, sql.count};
    f->recommendation =
        arena_printf(all->arena,
                     "repair these rows on the source and dump again; until then a restored "
                     "database lacks this foreign key: %s",
                     sql.sample);
}

static const struct harmless {
    const char *name;
    int64_t since, until;
} harmless[] = {
#define HARMLESS(name, since, until) {name, since, until},
#include "restore/reject_settings.def"
#undef HARMLESS
};

static void tell_setting(struct rejects *all, const struct reject *one, struct finding *f)
{
    const char *name = message_quoted(all->arena, one->err->text);
    for (size_t i = 0; name != NULL && i < COUNT_OF(harmless); i++) {
        const struct harmless *h = &harmless[i];
        if (!str_eq(name, h->name) || f->severity == SEVERITY_CRITICAL)
            continue;
        f->severity = SEVERITY_NOTE;
        f->recommendation =
            h->until == 0
                ? arena_printf(all->arena,
                               "a setting of PostgreSQL %lld and later, harmless for the data",
                               (long long)h->since)
                : arena_printf(all->arena,
                               "a setting of PostgreSQL up to %lld, harmless for the data",
                               (long long)h->until);
    }
}

static const struct teller {
    const char *code;
    void (*tell)(struct rejects *all, const struct reject *one, struct finding *f);
} tellers[] = {
    {"EXTENSION_MISSING", tell_extension},   {"EXTENSION_FAILED", tell_extension},
    {"FUNCTION_SEARCH_PATH", tell_function}, {"FK_ORPHANS", tell_orphans},
    {"SETTING_UNKNOWN", tell_setting},
};

/* ---- excuses -----------------------------------------------------------------------------------
 */

static bool is_one_of(const char *sqlstate, const char *const *states)
{
    for (; *states != NULL; states++)
        if (str_starts(sqlstate, *states))
            return true;
    return false;
}

/* What a server of another major version says of words, functions, types that it does not have. */
static bool is_of_versions(const char *sqlstate)
{
    static const char *const states[] = {"42601", "42883", "42704", "42703", "42P13",
                                         "42P18", "42725", "0A000", "22023", NULL};
    return is_one_of(sqlstate, states);
}

static struct cause of_versions(const struct rejects *all, const char *sqlstate)
{
    static const char *const older[] = {"42", "3F", "0A", "23503", "22023", NULL};
    bool excused = all->dumped_major > all->target_major ? is_one_of(sqlstate, older)
                                                         : is_of_versions(sqlstate);
    if (all->dumped_major == 0 || all->dumped_major == all->target_major || !excused)
        return (struct cause){0};
    const char *first = all->dumped_major < 10
                            ? "9.x"
                            : arena_printf(all->arena, "%lld", (long long)all->dumped_major);
    return (struct cause){
        .what =
            arena_printf(all->arena, "the dump being of PostgreSQL %s, and the server being %lld",
                         first, (long long)all->target_major),
        .recommendation = arena_printf(
            all->arena, "rehearse on PostgreSQL %s, which the dump was made from", first),
        .blame = BLAME_ENVIRONMENT,
    };
}

static struct cause of_roles(const struct rejects *all)
{
    if (all->prepare == NULL || (all->prepare->n_roles_made == 0 && !all->prepare->is_theirs))
        return (struct cause){0};
    return (struct cause){
        .what = "attributes and memberships of roles, which a pg_dump does not hold",
        .recommendation =
            "rehearse a dump of the whole cluster (pg_dumpall), or make the roles with "
            "pg_dumpall --globals-only before",
        .blame = BLAME_ENVIRONMENT,
    };
}

/* Bounds of partitions are compared by the collation of the database. */
static struct cause of_collation(const struct rejects *all, const struct err *why)
{
    const char *source = all->record->source.collate, *target = all->record->target.collate;
    bool bounds = strstr(why->text, "partition") != NULL;
    bool same = source != NULL && str_eq(source, target) &&
                str_eq(all->record->source.icu_locale, all->record->target.icu_locale);
    if (!bounds || same ||
        (strcmp(why->sqlstate, "23514") != 0 && strcmp(why->sqlstate, "42P17") != 0))
        return (struct cause){0};
    return (struct cause){
        .what = arena_printf(all->arena, "the copy sorting by %s, and the source by %s",
                             target == NULL ? "C" : target,
                             source == NULL ? "a locale that the dump does not tell" : source),
        .recommendation = "rehearse a dump made with --create or as an archive, which tells the "
                          "locale, on a machine that has it",
        .blame = BLAME_ENVIRONMENT,
    };
}

static struct cause cause_of(const struct rejects *all, const struct err *why)
{
    struct cause versions = of_versions(all, why->sqlstate);
    bool rows = strcmp(why->sqlstate, "23503") == 0 || strcmp(why->sqlstate, "42830") == 0;
    if (versions.what != NULL)
        return versions;
    if (all->lacking.what != NULL)
        return all->lacking;
    if (strcmp(why->sqlstate, "42501") == 0)
        return of_roles(all);
    return rows ? all->lost : of_collation(all, why);
}

/* An error that is, or may be, the consequence of another one is not blamed on its own. */
static void excuse(const struct rejects *all, const struct reject *one, struct finding *f)
{
    struct cause cause = cause_of(all, one->err);
    if (cause.what == NULL || f->blame == BLAME_ENVIRONMENT)
        return;
    f->blame = cause.blame;
    f->text = arena_printf(all->arena, "%s (may follow from %s)", f->text, cause.what);
    f->recommendation = cause.recommendation;
}

/* Keeps it as a cause of what comes later. */
static void remember(struct rejects *all, const struct reject *one, const struct finding *f)
{
    struct lexemes t = lexemes_of(one->statement);
    struct cause *cause = f->blame == BLAME_ENVIRONMENT ? &all->lacking : &all->lost;
    bool kept = f->blame == BLAME_ENVIRONMENT || lexemes_begin(&t, "COPY");
    if (cause->what != NULL || !kept)
        return;
    const char *of = f->subject == NULL ? "an earlier statement" : f->subject;
    const char *what = str_eq(f->code, "EXTENSION_MISSING")
                           ? arena_printf(all->arena, "the missing extension %s", of)
                           : arena_printf(all->arena, "the failure of %s: %s", of, f->code);
    *cause = (struct cause){what, f->recommendation, f->blame};
}

/* ---- judging -----------------------------------------------------------------------------------
 */

/* The server's words, and the row of the COPY first. */
static const char *text_of(struct arena *a, const struct err *err)
{
    int64_t row = copy_row(err->text);
    return row > 0 ? arena_printf(a, "row %lld: %s", (long long)row, err->text)
                   : arena_strdup(a, err->text);
}

/* Preparation has found some of them before. */
static bool is_told(const struct record *r, const struct finding *f)
{
    VEC_EACH (const struct finding, told, &r->findings)
        if (str_eq(told->code, f->code) && str_eq(told->subject, f->subject) &&
            str_eq(f->code, "EXTENSION_MISSING"))
            return true;
    return false;
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
        .text = text_of(all->arena, one->err),
        .offset = KNOWN(one->offset),
        .sqlstate =
            one->err->sqlstate[0] == '\0' ? NULL : arena_strdup(all->arena, one->err->sqlstate),
        .recommendation = rule->recommendation,
    };
    for (size_t i = 0; i < COUNT_OF(tellers); i++)
        if (strcmp(tellers[i].code, rule->code) == 0)
            tellers[i].tell(all, one, &f);
    if (rule->effect == EFFECT_ERROR)
        excuse(all, one, &f);
    if (rule->effect != EFFECT_NOTED)
        remember(all, one, &f);
    if (!is_told(all->record, &f))
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
