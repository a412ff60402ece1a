/* SPDX-License-Identifier: PostgreSQL */
/* Does the dump hold what its manifest says? */
#include "base/clock.h"
#include "base/str.h"
#include "check/ask.h"

#include <string.h>

enum { TOLD_MAX = 50 };

/* ---- what cannot be compared -------------------------------------------------------------------
 */

static struct answer unusable(const struct evidence *ev, const char *code, const char *text,
                              const char *recommendation)
{
    ask_finding(ev, &check_manifest,
                (struct finding){.code = code,
                                 .severity = SEVERITY_CRITICAL,
                                 .blame = BLAME_ENVIRONMENT,
                                 .subject = ev->record->manifest.path,
                                 .text = text,
                                 .recommendation = recommendation});
    return ask_answer(ev, OUTCOME_UNKNOWN, "%s", text);
}

static bool differ(const char *a, const char *b)
{
    return a != NULL && b != NULL && !str_eq(a, b);
}

/* Why the manifest is that of another dump; NULL when nothing says so. A key is new in each run of
 * pg_dump. */
static const char *of_another(const struct evidence *ev)
{
    const struct backup_facts *is = &ev->record->backup, *was = &ev->manifest->backup;
    if (differ(is->database, was->database))
        return arena_printf(ev->arena, "it is that of a dump of the database \"%s\", not \"%s\"",
                            was->database, is->database);
    if (differ(is->restrict_key, was->restrict_key))
        return "it is that of another run of pg_dump (the \\restrict keys differ)";
    return NULL;
}

/* ---- differences -------------------------------------------------------------------------------
 */

struct differences {
    const struct evidence *ev;
    size_t n;
    const char *unsure; /* the first of what could not be compared, or NULL */
};

static void PRINTF(3, 4) tell(struct differences *d, const char *subject, const char *format, ...)
{
    va_list args;
    if (d->n++ >= TOLD_MAX)
        return;
    va_start(args, format);
    const char *text = arena_vprintf(d->ev->arena, format, args);
    va_end(args);
    ask_finding(d->ev, &check_manifest,
                (struct finding){.code = "MANIFEST_DIFFERS",
                                 .severity = SEVERITY_CRITICAL,
                                 .blame = BLAME_BACKUP,
                                 .subject = subject,
                                 .text = text,
                                 .recommendation = "get the file again from where it was written; "
                                                   "this one has changed since"});
}

static const char *table_name(const struct differences *d, const char *schema, const char *name)
{
    return arena_printf(d->ev->arena, "%s%s%s", schema, *schema == '\0' ? "" : ".", name);
}

/* Rows that one of the two does not know prove nothing. */
static void compare_rows(struct differences *d, const struct manifest_table *was,
                         const struct table_facts *is)
{
    const char *name = table_name(d, was->schema, was->name);
    if (!was->rows.known || !is->dump_rows.known)
        d->unsure = d->unsure == NULL ? name : d->unsure;
    else if (was->rows.value != is->dump_rows.value)
        tell(d, name, "%s in the manifest, %s in this dump",
             str_number_of(d->ev->arena, was->rows.value, "row", "rows"),
             str_count(d->ev->arena, is->dump_rows.value));
    else if (differ(was->digest, is->dump_digest))
        tell(d, name, "as many rows as the manifest says, but not the same ones");
}

static int order(const struct manifest_table *was, const struct table_facts *is)
{
    int schema = strcmp(was->schema, is->schema);
    return schema != 0 ? schema : strcmp(was->name, is->name);
}

static void tell_lost(struct differences *d, const struct manifest_table *was)
{
    if (was->rows.known)
        tell(d, table_name(d, was->schema, was->name), "%s in the manifest, none in this dump",
             str_number_of(d->ev->arena, was->rows.value, "row", "rows"));
}

static void tell_added(struct differences *d, const struct table_facts *is)
{
    if (is->dump_rows.known)
        tell(d, table_name(d, is->schema, is->name), "its rows are not in the manifest");
}

/* Both are sorted by schema and name. */
static void compare_tables(struct differences *d)
{
    const struct vec *was = &d->ev->manifest->tables, *is = &d->ev->record->tables;
    size_t i = 0, j = 0;
    while (i < was->n || j < is->n) {
        int by = i == was->n ? 1 : j == is->n ? -1 : order(vec_at(was, i), vec_at(is, j));
        if (by < 0)
            tell_lost(d, vec_at(was, i++));
        else if (by == 0)
            compare_rows(d, vec_at(was, i++), vec_at(is, j++));
        else
            tell_added(d, vec_at(is, j++));
    }
}

static void compare_sequences(struct differences *d)
{
    VEC_EACH (const struct manifest_sequence, was, &d->ev->manifest->sequences) {
        const struct item *is =
            inventory_find(d->ev->inventory, ITEM_SEQUENCE, was->schema, was->name);
        const char *name = table_name(d, was->schema, was->name);
        if (is == NULL && d->ev->inventory->n_not_kept > 0)
            d->unsure = d->unsure == NULL ? name : d->unsure;
        else if (is == NULL || is->n_filled == 0)
            tell(d, name, "the manifest has it set to %lld, this dump does not set it",
                 (long long)was->value);
        else if (is->value != was->value || was->called != ((is->flags & ITEM_NOT_CALLED) == 0))
            tell(d, name, "set to %lld in the manifest, to %lld in this dump",
                 (long long)was->value, (long long)is->value);
    }
}

static int64_t count_of(const struct vec *contents, const char *kind)
{
    VEC_EACH (const struct content, c, contents)
        if (str_eq(c->kind, kind))
            return c->n;
    return 0;
}

/* Statements that came, went or changed: told by kind, as far as their numbers differ. */
static void compare_statements(struct differences *d)
{
    const struct backup_facts *was = &d->ev->manifest->backup, *is = &d->ev->record->backup;
    size_t before = d->n;
    if (!differ(was->statements_digest, is->statements_digest))
        return;
    for (unsigned kind = 0; kind < ITEM_KINDS; kind++) {
        int64_t old = count_of(&was->contents, item_words[kind]);
        int64_t new = count_of(&is->contents, item_words[kind]);
        if (old != new)
            tell(d, item_words[kind], "%s in the manifest, %s in this dump",
                 str_count(d->ev->arena, old), str_count(d->ev->arena, new));
    }
    if (d->n == before)
        tell(d, "statements", "as many as the manifest says, but not the same ones");
}

static struct answer passed(const struct evidence *ev, const char *how)
{
    char made[CLOCK_ISO_BYTES];
    return ask_answer(ev, OUTCOME_PASSED, "as written on %.10s: %s, %s%s",
                      clock_iso(ev->manifest->made, made),
                      str_number_of(ev->arena, (int64_t)ev->manifest->tables.n, "table", "tables"),
                      str_number_of(ev->arena, ev->manifest->backup.rows, "row", "rows"), how);
}

static struct answer compared(const struct differences *d)
{
    const struct evidence *ev = d->ev;
    if (d->n > 0)
        return ask_answer(ev, OUTCOME_FAILED, "%zu differences from %s", d->n,
                          ev->record->manifest.path);
    if (d->unsure != NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN,
                          "packed anew since, and not everything can be told apart; the first: %s",
                          d->unsure);
    return passed(ev, "; packed anew since");
}

/* Is it the very file that was written then? Of a folder, the digest of its files' digests. */
static bool is_same_file(const struct evidence *ev)
{
    const char *was = ev->manifest->backup.sha256;
    return was != NULL && str_eq(ev->record->backup.sha256, was);
}

static struct answer ask(const struct evidence *ev)
{
    const struct manifest_facts *facts = &ev->record->manifest;
    if (facts->path == NULL)
        return ask_answer(ev, OUTCOME_SKIPPED, "no manifest");
    if (facts->problem != NULL)
        return unusable(ev, "MANIFEST_UNREADABLE",
                        arena_printf(ev->arena, "it cannot be used: %s", facts->problem),
                        "get the manifest again from where it was written, or remove it");
    if (facts->tampered)
        return unusable(ev, "MANIFEST_TAMPERED",
                        "it was changed after it was written: its digest does not fit",
                        "find out who changed it; get it again from where it was written");
    if (ev->config->sign_public_key != NULL && !str_eq(facts->signature, "good"))
        return unusable(ev, "MANIFEST_NOT_SIGNED",
                        arena_printf(ev->arena, "its signature: %s", facts->signature),
                        "find out who wrote it; get it again, with its .sig, from where it was "
                        "written");
    if (ev->config->verify_quick)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read to its end");
    const char *other = of_another(ev);
    if (other != NULL)
        return unusable(ev, "MANIFEST_OF_ANOTHER_DUMP", other,
                        "put the manifest beside the dump that it was written for");
    if (is_same_file(ev))
        return passed(ev, "");
    struct differences d = {.ev = ev};
    if (ev->facts->tables.n < ev->facts->n_tables)
        d.unsure = "the rows of single tables";
    else
        compare_tables(&d);
    compare_sequences(&d);
    compare_statements(&d);
    return compared(&d);
}

const struct check check_manifest = {
    .name = "manifest",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "does the dump hold what its manifest says?",
    .doc =
        "Compares rows, row digests, sequences and statements with FILE.manifest.json, which "
        "`run` writes beside the dumps that it keeps. However the dump is packed. Without one it "
        "is skipped; one that was changed, or that belongs to another dump, is `unknown`.",
    .ask = ask,
};
