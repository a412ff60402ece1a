/* SPDX-License-Identifier: PostgreSQL */
#include "dump/scan.h"
#include "io/source.h"
#include "migrate/apply.h"

#include <string.h>
#include <strings.h>

/* One file being taken apart. */
struct reading {
    const struct migrate_job *job;
    const struct migration *m;
    struct vec *steps;
    struct record *record;
    uint64_t counted; /* bytes whose newlines are in `line` */
    int64_t line;
    bool noted; /* MIGRATION_OWN_TRANSACTION is said once */
};

static int64_t line_at(struct reading *reading, uint64_t offset)
{
    for (; reading->counted < offset && reading->counted < reading->m->text.n; reading->counted++)
        reading->line += reading->m->text.p[reading->counted] == '\n';
    return reading->line;
}

static bool begins(struct slice text, const char *keyword)
{
    size_t n = strlen(keyword);
    bool there = text.n >= n && strncasecmp(text.p, keyword, n) == 0;
    return there && (text.n == n || strchr(" \t\r\n", text.p[n]) != NULL);
}

/* BEGIN, COMMIT and END around a file that gets a transaction anyway. */
static bool is_own_transaction(struct slice text)
{
    static const char *const keywords[] = {"BEGIN", "COMMIT", "END", "START TRANSACTION"};
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (begins(text, keywords[i]))
            return true;
    return false;
}

static void note_transaction(struct reading *reading)
{
    if (reading->noted)
        return;
    reading->noted = true;
    record_finding(reading->record,
                   (struct finding){
                       .code = "MIGRATION_OWN_TRANSACTION",
                       .severity = SEVERITY_NOTE,
                       .blame = BLAME_MIGRATION,
                       .stage = STAGE_migrate,
                       .subject = reading->m->file,
                       .text = "its BEGIN and COMMIT were left out: the file was applied in one "
                               "transaction together with its row of the history",
                       .recommendation = "remove them, or begin the file with the line "
                                         "\"-- pg_rehearse: no-transaction\"",
                   });
}

static bool on_statement(void *context, const struct statement *s, struct err *e)
{
    struct reading *reading = context;
    if (s->text.n == 0)
        return true;
    int64_t line = line_at(reading, s->offset);
    bool ours = !reading->m->no_transaction;
    if (ours && begins(s->text, "ROLLBACK") && memmem(s->text.p, s->text.n, "TO", 2) == NULL)
        return err_set(e, ERR_USAGE, "line %lld: ROLLBACK would undo the migration itself",
                       (long long)line);
    if (ours && is_own_transaction(s->text)) {
        note_transaction(reading);
        return true;
    }
    *(struct step *)vec_push(reading->steps) = (struct step){
        .sql = arena_strndup(reading->job->arena, s->text.p, s->text.n), .line = line};
    return true;
}

static bool on_copy(void *context, const struct copy_head *head, struct err *e)
{
    struct reading *reading = context;
    return err_set(e, ERR_USAGE, "line %lld: COPY FROM stdin does not work in a migration",
                   (long long)line_at(reading, head->statement.offset));
}

/* What makes the file no sequence of statements; encodings and limits are the server's to judge. */
static bool check_problems(struct reading *reading, const struct dump_facts *facts, struct err *e)
{
    VEC_EACH (const struct problem, p, &facts->problems)
        if (p->grade != PROBLEM_REMARK &&
            (p->kind == PROBLEM_STRUCTURE || p->kind == PROBLEM_META ||
             p->kind == PROBLEM_RESTRICT)) {
            reading->counted = 0;
            reading->line = 1;
            return err_set(e, ERR_USAGE, "line %lld: %s", (long long)line_at(reading, p->offset),
                           p->text);
        }
    return true;
}

bool migration_steps(const struct migrating *in, const struct migration *m, struct vec *steps,
                     struct err *e)
{
    const struct migrate_job *job = in->job;
    struct vec found = vec_new(job->arena, sizeof(struct step));
    struct reading reading = {.job = job, .m = m, .steps = &found, .record = in->record, .line = 1};
    /* The last statement may stand without its semicolon. */
    const char *text = arena_printf(job->arena, "%s\n;\n", m->text.p);
    CLEANUP(source_cleanup) struct source *sql = source_mem(job->arena, text, strlen(text));
    const struct dump_listener listener = {
        .context = &reading, .statement = on_statement, .copy_begin = on_copy};
    const struct scan scan = {
        .arena = job->arena, .in = sql, .listener = &listener, .intr = job->intr};
    struct dump_facts facts;
    if (!dump_scan(&scan, &facts, e) || !check_problems(&reading, &facts, e))
        return false;
    *steps = found;
    return true;
}
