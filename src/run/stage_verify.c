/* SPDX-License-Identifier: PostgreSQL */
/* Verify: the whole file is decoded and read. The one place where ERR_FORMAT becomes a finding. */
#include "backup/claims.h"
#include "base/clock.h"
#include "base/str.h"
#include "dump/databases.h"
#include "dump/open.h"
#include "run/run.h"

#include <string.h>

/* SQL that --quick reads: the header, and the schema of most dumps. */
enum { QUICK_BYTES = 1 << 20 };

static void tell(void *context, const struct dump_facts *so_far)
{
    const struct reading *reading = context;
    struct progress_state state = {
        .bytes = reading->stream->file_bytes,
        .total_bytes = (uint64_t)reading->run->record->backup.size_bytes,
        .rows = so_far->rows,
        .what = so_far->last_object,
    };
    progress_tell(&reading->run->display.progress, &state);
}

static bool hear_statement(void *context, const struct statement *s, struct err *e)
{
    struct reading *reading = context;
    (void)e;
    rows_digest_add(&reading->statements, s->text.p, s->text.n);
    inventory_statement(&reading->run->inventory, s);
    if (reading->run->early.arena != NULL)
        plan_statement(&reading->run->early, s);
    return true;
}

static bool hear_copy(void *context, const struct copy_head *head, struct err *e)
{
    struct reading *reading = context;
    (void)e;
    rows_digest_add(&reading->statements, head->statement.text.p, head->statement.text.n);
    inventory_copy(&reading->run->inventory, head);
    if (reading->run->early.arena != NULL)
        plan_copy(&reading->run->early, head);
    return true;
}

/* A file that gave no byte of a dump: it is none, or its packing is broken from the start. */
static void note_no_dump(struct run *run, const struct dump_stream *stream, const char *text)
{
    run->facts = (struct dump_facts){.problems = vec_new(run->arena, sizeof(struct problem)),
                                     .tables = vec_new(run->arena, sizeof(struct dump_table))};
    *(struct problem *)vec_push(&run->facts.problems) =
        (struct problem){.kind = PROBLEM_STREAM,
                         .code = stream->broken ? "STREAM_BROKEN" : "NOT_A_DUMP",
                         .text = arena_strdup(run->arena, text)};
    run->facts.n_problems = 1;
}

/* When pg_dump began, by its own line. Names of time zones other than UTC mean nothing for sure. */
static bool parse_started(struct arena *a, const char *started, int64_t *wall_us)
{
    if (started == NULL || (!str_ends(started, " UTC") && !str_ends(started, " GMT")))
        return false;
    char *iso = arena_strndup(a, started, strlen(started) - strlen(" UTC"));
    char *blank = strchr(iso, ' ');
    if (blank == NULL)
        return false;
    *blank = 'T';
    return clock_parse_iso(arena_printf(a, "%sZ", iso), wall_us);
}

/* A file's own time is that of its last copy; the dump may know better. */
static void fill_age(struct run *run)
{
    struct backup_facts *b = &run->record->backup;
    int64_t started, now = run->record->run.began;
    if (str_eq(b->taken_from, "snapshot") ||
        !parse_started(run->arena, run->facts.started, &started))
        return;
    b->taken = started;
    b->taken_from = "header";
    b->age_us = started <= now ? KNOWN(now - started) : (struct maybe){0};
}

static void fill_backup(struct run *run, const struct dump_stream *stream)
{
    struct backup_facts *b = &run->record->backup;
    const struct dump_facts *f = &run->facts;
    b->format = stream->format;
    b->compression = stream->compression;
    b->protection = stream->protection;
    b->members = (int64_t)stream->members;
    b->member = stream->member;
    b->sql_bytes = (int64_t)f->bytes;
    b->statements = (int64_t)f->statements;
    b->rows = (int64_t)f->rows;
    b->dump_tool = f->dump_version;
    b->server_version = f->server_version;
    b->encoding = f->encoding;
    b->restrict_key = f->restrict_key;
    if (b->database == NULL)
        b->database = f->database;
    if (b->size_bytes == 0)
        b->size_bytes = (int64_t)stream->file_bytes;
    if (stream->archive == NULL)
        return;
    b->archive_version = stream->archive->version;
    b->entries = (int64_t)stream->archive->entries;
    if (b->database == NULL)
        b->database = stream->archive->database;
}

/* Where a dump of a cluster is restored, the stages behind that look at one database of it. */
static void choose_database(struct run *run)
{
    const struct dump_database *chosen = databases_main(&run->facts, run->config->restore_database);
    if (chosen == NULL || !run_has_stage(run, STAGE_restore))
        return;
    run->database = chosen->name;
    const char *others = databases_others(run->arena, &run->facts, chosen->name);
    if (*others != '\0')
        record_gap(
            run->record,
            arena_printf(run->arena, "rows, indexes and sequences of the databases %s", others),
            "they are restored, and one database is looked at (restore.database)");
}

static void fill_contents(struct run *run)
{
    for (unsigned kind = 0; kind < ITEM_KINDS; kind++)
        if (item_words[kind][0] != '\0' && run->inventory.n[kind] > 0)
            *(struct content *)vec_push(&run->record->backup.contents) =
                (struct content){.kind = item_words[kind], .n = (int64_t)run->inventory.n[kind]};
}

/* The digest of what was read against the digest of what was written. */
static void compare_digest(struct run *run, const struct dump_stream *stream)
{
    struct backup_facts *b = &run->record->backup;
    if (stream->sha256[0] == '\0')
        return;
    if (b->sha256 != NULL && !str_eq(b->sha256, stream->sha256))
        record_finding(
            run->record,
            (struct finding){
                .code = "DIGEST_DIFFERS",
                .severity = SEVERITY_CRITICAL,
                .blame = BLAME_BACKUP,
                .stage = STAGE_verify,
                .check = "stream",
                .subject = b->path,
                .text = arena_printf(run->arena, "read as SHA-256 %s, was written as %s",
                                     stream->sha256, b->sha256),
                .recommendation = "suspect the disk: the file changed after it was written",
            });
    else
        b->sha256 = arena_strdup(run->arena, stream->sha256);
}

static const char *digest_text(struct arena *a, const struct rows_digest *digest)
{
    char *hex = arena_alloc(a, ROWS_DIGEST_HEX_BYTES);
    rows_digest_hex(digest, hex);
    return hex;
}

struct dump_listener run_listener(struct reading *reading)
{
    inventory_begin(&reading->run->inventory, reading->run->arena);
    return (struct dump_listener){
        .context = reading, .progress = tell, .statement = hear_statement, .copy_begin = hear_copy};
}

void run_take_facts(const struct reading *reading)
{
    struct run *run = reading->run;
    const struct dump_stream *stream = reading->stream;
    fill_backup(run, stream);
    fill_age(run);
    place_read_whole(&run->place);
    compare_digest(run, stream);
    if (run->place.path != NULL && stream->archive != NULL && stream->archive->sha256[0] != '\0')
        claims_of_folder(&run->place, &stream->archive->digests);
    choose_database(run);
    run_fill_rows(run);
    fill_contents(run);
    run->record->backup.statements_digest = digest_text(run->arena, &reading->statements);
    run->verified = true;
    if (stream->note != NULL)
        record_finding(
            run->record,
            (struct finding){.code = stream->garbage ? "TRAILING_GARBAGE" : "STREAM_NOTE",
                             .severity = stream->garbage ? SEVERITY_WARNING : SEVERITY_NOTE,
                             .blame = BLAME_BACKUP,
                             .stage = STAGE_verify,
                             .check = "stream",
                             .subject = run->record->backup.path,
                             .text = arena_strdup(run->arena, stream->note)});
}

/* Is every table kept, however many there are? Only what is proved table by table needs that. */
static bool lists_all(const struct run *run)
{
    return !str_eq(run->record->run.command, "verify") || run->manifest != NULL ||
           str_eq(run->config->compare_content, "full");
}

static bool scan(struct run *run, struct dump_stream *stream, struct err *e)
{
    struct reading reading = {.run = run, .stream = stream};
    struct dump_listener listener = run_listener(&reading);
    const struct config *config = run->config;
    bool in_full = str_eq(config->compare_content, "full");
    struct scan how = {
        .arena = run->arena,
        .in = stream->sql,
        .listener = &listener,
        .max_statement_bytes = (size_t)config->verify_max_line_bytes,
        .max_bytes = config->verify_quick ? QUICK_BYTES : config->verify_max_bytes_bytes,
        .keep_columns = in_full,
        .beginning_only = config->verify_quick,
        .max_tables = lists_all(run) ? 0 : RUN_TABLES_LISTED_MAX,
        .intr = &run->intr,
        .archive = stream->archive,
    };
    if (!dump_scan(&how, &run->facts, e))
        return false;
    run_take_facts(&reading);
    return true;
}

/* From a file, or in passing from elsewhere. */
static bool open_dump(struct run *run, const char *path, struct dump_stream *stream, struct err *e)
{
    const struct scratch scratch = run_scratch(run);
    const struct dump_open_options options = {
        .intr = &run->intr,
        .scratch = &scratch,
        .max_expansion = run->config->verify_max_expansion,
        .no_sha256 = !run->config->verify_sha256 || run->config->verify_quick,
        .member = run->record->backup.member,
        .name = run->place.shown,
    };
    if (path != NULL)
        return dump_open(run->arena, path, &options, stream, e);
    struct source *in = place_open(&run->place, e);
    return in != NULL && dump_open_source(run->arena, in, &options, stream, e);
}

bool run_open_dump(struct run *run, const char *path, struct dump_stream *stream, struct err *e)
{
    if (!open_dump(run, path, stream, e)) {
        if (e->code != ERR_FORMAT)
            return false;
        note_no_dump(run, stream, e->text);
        run->verified = true;
        return true;
    }
    run->record->backup.format = stream->format;
    run->record->backup.compression = stream->compression;
    return stream->sql != NULL ||
           err_set(e, ERR_MISSING, "%s; it can be neither passed nor failed", stream->note);
}

bool run_peek_dump(struct run *run, const char *path, struct err *e)
{
    CLEANUP(dump_stream_cleanup) struct dump_stream stream = {0};
    const struct scratch scratch = run_scratch(run);
    const struct dump_open_options options = {.intr = &run->intr,
                                              .scratch = &scratch,
                                              .no_sha256 = true,
                                              .member = run->record->backup.member};
    if (!dump_open(run->arena, path, &options, &stream, e) || stream.sql == NULL)
        return e->code == ERR_NONE || e->code == ERR_FORMAT; /* told by whoever reads all of it */
    const struct scan how = {
        .arena = run->arena,
        .in = stream.sql,
        .max_bytes = QUICK_BYTES,
        .beginning_only = true,
        .intr = &run->intr,
        .archive = stream.archive,
    };
    if (!dump_scan(&how, &run->facts, e))
        return false;
    run->record->backup.server_version = run->facts.server_version;
    return true;
}

bool run_read_dump(struct run *run, const char *path, struct err *e)
{
    CLEANUP(dump_stream_cleanup) struct dump_stream stream = {0};
    return run_open_dump(run, path, &stream, e) && (run->verified || scan(run, &stream, e));
}

void run_sum_up_verify(struct run *run, const char *more)
{
    if (run->place.shown != NULL) { /* it was given, not taken */
        claims_beside(&run->place);
        if (run->record->manifest.path == NULL)
            run_find_manifest(run);
        run_claim_by_manifest(run);
    }
    const struct backup_facts *b = &run->record->backup;
    size_t asked = 0;
    VEC_EACH (const struct check_facts, c, &run->record->checks)
        asked += c->stage == STAGE_verify;
    run_summary(run, STAGE_verify, "%s, %s, %zu checks%s",
                str_number_of(run->arena, b->tables, "table", "tables"),
                str_number_of(run->arena, b->rows, "row", "rows"), asked, more);
}

bool stage_verify(struct run *run, struct err *e)
{
    struct err unpublished = {0};
    if (run_has_stage(run, STAGE_restore))
        plan_begin(&run->early, run->arena);
    if (run->place.kind == PLACE_FILE && run->place.shown != NULL)
        run_find_manifest(run); /* from elsewhere it comes behind the dump */
    bool ok = run_read_dump(run, run->backup_path, e);
    run_find_previous(run);
    if (!run_publish(run, &unpublished) && ok) {
        *e = unpublished;
        return false;
    }
    if (ok)
        run_sum_up_verify(run, "");
    return ok;
}
