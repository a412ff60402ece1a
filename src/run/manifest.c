/* SPDX-License-Identifier: PostgreSQL */
/* The manifest: written beside a dump that was taken and read, found beside one that is given. */
#include "report/manifest.h"

#include "backup/claims.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "io/sign.h"
#include "run/run.h"

#include <string.h>
#include <unistd.h>

enum { MANIFEST_BYTES_MAX = 64 << 20, OBJECT_BYTES_MAX = 16 << 20 };

/* ---- writing -----------------------------------------------------------------------------------
 */

/* A catalogue that would make the manifest too large to be read is left out. */
static void fill_objects(const struct run *run, struct manifest *m)
{
    size_t bytes = 0;
    VEC_EACH (const struct object_facts, o, &run->objects)
        bytes += strlen(o->type) + strlen(o->name) + (o->value == NULL ? 0 : strlen(o->value));
    if (bytes < OBJECT_BYTES_MAX)
        m->objects = run->objects;
}

/* What the file is, without what only this run knows. */
static struct backup_facts bare(const struct backup_facts *b)
{
    struct backup_facts facts = *b;
    facts.path = fs_base_name(b->path);
    facts.kept = true;
    facts.age_us = (struct maybe){0};
    facts.previous = (struct previous_facts){0};
    facts.digests.n = 0;
    return facts;
}

static void fill_tables(const struct run *run, struct manifest *m)
{
    VEC_EACH (const struct table_facts, t, &run->record->tables)
        if (t->dump_rows.known)
            *(struct manifest_table *)vec_push(&m->tables) =
                (struct manifest_table){.schema = t->schema,
                                        .name = t->name,
                                        .columns = t->columns,
                                        .rows = t->dump_rows,
                                        .bytes = t->dump_bytes,
                                        .digest = t->dump_digest};
}

static void fill_sequences(const struct inventory *inventory, struct manifest *m)
{
    VEC_EACH (struct item *const, item, &inventory->items)
        if ((*item)->kind == ITEM_SEQUENCE && (*item)->n_filled > 0)
            *(struct manifest_sequence *)vec_push(&m->sequences) =
                (struct manifest_sequence){.schema = (*item)->scope,
                                           .name = (*item)->name,
                                           .value = (*item)->value,
                                           .called = ((*item)->flags & ITEM_NOT_CALLED) == 0};
}

struct manifest *run_make_manifest(const struct run *run)
{
    const struct record *r = run->record;
    struct manifest *m = manifest_new(run->arena);
    m->made = clock_wall_us();
    m->tool = r->tool;
    m->backup = bare(&r->backup);
    m->source = r->source;
    fill_tables(run, m);
    fill_sequences(&run->inventory, m);
    fill_objects(run, m);
    return m;
}

static bool write_to(struct run *run, const char *path, struct err *e)
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    const char *key = run->config->sign_key;
    manifest_write(run->arena, run_make_manifest(run), &text);
    return fs_write_file(run->arena, path, 0600, (struct slice){buf_text(&text), text.n}, e) &&
           (key == NULL || sign_file(key, path, e));
}

/* ---- publishing --------------------------------------------------------------------------------
 */

/* Was it read to its end, and is nothing wrong with it? */
static bool is_whole(const struct run *run)
{
    if (!run->verified || !run->facts.complete || run->facts.n_problems > PROBLEMS_MAX)
        return false;
    VEC_EACH (const struct problem, p, &run->facts.problems)
        if (p->grade == PROBLEM_FATAL)
            return false;
    return true;
}

/* Gives a file of the private folder its place among the user's. */
static bool move_to(struct run *run, const char *dir, const char **path, struct err *e)
{
    const char *final = fs_join(run->arena, dir, fs_base_name(*path));
    if (link(*path, final) != 0)
        return err_sys(e, "give %s its name", final);
    (void)unlink(*path);
    *path = final;
    return true;
}

bool run_publish(struct run *run, struct err *e)
{
    struct backup_facts *b = &run->record->backup;
    const char *dir = run->config->backup_dir;
    const char *manifest = arena_printf(run->arena, "%s" MANIFEST_SUFFIX, b->path);
    if (run->source_dsn == NULL || dir == NULL || b->path == NULL)
        return true;
    const char *signature = arena_printf(run->arena, "%s" SIGN_SUFFIX, manifest);
    if (is_whole(run) && (!write_to(run, manifest, e) ||
                          (run->config->sign_key != NULL && !move_to(run, dir, &signature, e)) ||
                          !move_to(run, dir, &manifest, e)))
        return err_wrap(e, "manifest");
    if (!move_to(run, dir, &b->path, e))
        return false;
    run->backup_path = b->path;
    b->kept = true;
    return true;
}

/* ---- finding -----------------------------------------------------------------------------------
 */

/* Many web servers answer with a page, or another file, where there is none of that name. */
static bool is_page(const struct place *place, struct slice text)
{
    return place->kind == PLACE_HTTP && (text.n == 0 || text.p[0] != '{');
}

/* Its text: of the one that was named, or of the one beside the dump. False: there is none, or it
 * cannot be read, which manifest_facts.problem says then. */
static bool fetch(struct run *run, struct slice *text)
{
    static const struct beside beside = {.suffix = MANIFEST_SUFFIX,
                                         .max_bytes = MANIFEST_BYTES_MAX};
    struct manifest_facts *facts = &run->record->manifest;
    const char *named = run->config->verify_manifest, *shown = named;
    struct err e = {0};
    bool ok = named != NULL ? fs_read_file(run->arena, named, MANIFEST_BYTES_MAX, text, &e)
                            : place_beside(&run->place, &beside, &shown, text, &e);
    if (named == NULL && (ok ? is_page(&run->place, *text) : claims_is_absent(&run->place, &e)))
        return false;
    facts->path = shown;
    facts->problem = ok ? NULL : arena_strdup(run->arena, e.text);
    return ok;
}

/* The signature lies beside the manifest. */
static void check_signature(struct run *run, struct slice text)
{
    static const struct beside beside = {.suffix = MANIFEST_SUFFIX SIGN_SUFFIX,
                                         .max_bytes = SIGN_BYTES};
    struct manifest_facts *facts = &run->record->manifest;
    const struct config *c = run->config;
    const char *path = NULL;
    struct slice signature;
    struct err e = {0};
    bool good = false;
    bool read = c->verify_manifest != NULL
                    ? fs_read_file(run->arena,
                                   arena_printf(run->arena, "%s" SIGN_SUFFIX, c->verify_manifest),
                                   SIGN_BYTES, &signature, &e)
                    : place_beside(&run->place, &beside, &path, &signature, &e);
    if (!read || !sign_verify(c->sign_public_key, text, signature, &good, &e))
        facts->signature = arena_strdup(run->arena, e.text);
    else
        facts->signature = good ? "good" : "it does not fit: another key, or another text";
}

void run_find_manifest(struct run *run)
{
    struct manifest_facts *facts = &run->record->manifest;
    struct slice text;
    struct err e = {0};
    bool intact = false;
    if (!fetch(run, &text))
        return;
    if (!manifest_read(run->arena, text, &run->manifest, &intact, &e)) {
        facts->problem = arena_strdup(run->arena, e.text);
        return;
    }
    facts->made = run->manifest->made;
    facts->digest = run->manifest->digest;
    facts->tampered = !intact;
    if (run->config->sign_public_key != NULL)
        check_signature(run, text);
}

void run_claim_by_manifest(struct run *run)
{
    const struct manifest_facts *facts = &run->record->manifest;
    struct backup_facts *b = &run->record->backup;
    if (run->manifest == NULL || facts->tampered || b->sha256 == NULL ||
        !str_eq(b->sha256, run->manifest->backup.sha256))
        return;
    *(struct digest_claim *)vec_push(&b->digests) = (struct digest_claim){
        .source = facts->path, .algorithm = "sha256", .digest = b->sha256, .sure = true};
}
