/* SPDX-License-Identifier: PostgreSQL */
/* What lists of digests say of the files of a directory archive. */
#include "backup/claims.h"
#include "backup/digest_line.h"
#include "base/fs.h"
#include "dump/archive.h"
#include "dump/archive_directory.h"

#include <stdlib.h>
#include <string.h>

enum { DIFFERENT_TOLD_MAX = 20 };

/* One list. */
struct list {
    const struct place *place;
    const struct vec *files; /* struct file_digest, sorted by name */
    const char *source;
    struct slice text;
    bool is_own;  /* it is about this folder alone: names need not have it in front */
    bool *listed; /* by file */
    size_t n_lines, n_different;
};

static void add(const struct list *l, struct digest_claim claim)
{
    claim.algorithm = "sha256";
    *(struct digest_claim *)vec_push(&l->place->record->backup.digests) = claim;
}

/* "toc.dat" of "shop/toc.dat", "/backups/shop/toc.dat", and in the folder's own list "./toc.dat";
 * NULL when it is no file of the archive. */
static const char *file_of(const struct list *l, const char *name)
{
    struct arena *a = l->place->arena;
    const char *folder = fs_base_name(l->place->path), *base = fs_base_name(name);
    const char *plain = str_starts(name, "./") ? name + 2 : name;
    bool below = str_ends(arena_printf(a, "/%s", plain), arena_printf(a, "/%s/%s", folder, base));
    bool is = archive_directory_has(base) && (below || (l->is_own && plain == base));
    return is ? base : NULL;
}

static int compare_files(const void *x, const void *y)
{
    return strcmp(((const struct file_digest *)x)->name, ((const struct file_digest *)y)->name);
}

static void differs(struct list *l, const char *name, const char *hex, const char *found)
{
    struct arena *a = l->place->arena;
    if (l->n_different++ < DIFFERENT_TOLD_MAX)
        add(l, (struct digest_claim){.source = arena_printf(a, "%s, %s", l->source, name),
                                     .digest = hex,
                                     .found = found,
                                     .sure = true});
}

static void take_line(struct list *l, const struct digest_line *line)
{
    struct file_digest key = {.name = file_of(l, line->name)};
    if (key.name == NULL)
        return;
    l->n_lines++;
    const struct file_digest *f =
        bsearch(&key, l->files->items, l->files->n, l->files->item_bytes, compare_files);
    if (f == NULL) {
        differs(l, key.name, line->hex, "not there");
        return;
    }
    l->listed[f - (const struct file_digest *)l->files->items] = true;
    if (!str_eq(f->sha256, line->hex))
        differs(l, f->name, line->hex, arena_strdup(l->place->arena, f->sha256));
}

static const char *first_not_listed(const struct list *l)
{
    for (size_t i = 0; i < l->files->n; i++)
        if (!l->listed[i])
            return ((const struct file_digest *)vec_at(l->files, i))->name;
    return NULL;
}

/* The list as a whole, when no file differs. */
static void conclude(const struct list *l)
{
    struct arena *a = l->place->arena;
    const char *left_out = first_not_listed(l);
    struct digest_claim claim = {.source = l->source};
    if (l->n_different > 0)
        return;
    if (left_out != NULL) {
        claim.problem = arena_printf(a, "it does not name %s", left_out);
    } else {
        claim.digest = l->place->record->backup.sha256;
        claim.sure = true;
    }
    add(l, claim);
}

/* False when it says nothing of the archive's files. */
static bool weigh(struct list *l)
{
    struct arena *a = l->place->arena;
    struct slice rest = l->text, text;
    l->listed = arena_alloc(a, l->files->n * sizeof *l->listed);
    for (size_t n = 1; digest_line_next(&rest, &text); n++) {
        struct digest_line line;
        if (digest_line_parse(a, text, &line)) {
            take_line(l, &line);
        } else if (l->n_lines > 0) {
            add(l, (struct digest_claim){
                       .source = l->source,
                       .problem = arena_printf(a, "entry %zu is no line of sha256sum", n)});
            return true;
        }
    }
    if (l->n_lines > 0)
        conclude(l);
    return l->n_lines > 0;
}

static void look_beside(const struct place *place, const struct vec *files,
                        const struct beside *what)
{
    struct list l = {.place = place, .files = files, .is_own = what->suffix != NULL};
    struct err ignored; /* it is told there */
    if (!place_beside(place, what, &l.source, &l.text, &ignored) || !weigh(&l))
        claims_look_beside(place, what);
}

static void look_inside(const struct place *place, const struct vec *files)
{
    struct list l = {.place = place, .files = files, .is_own = true};
    struct err e;
    l.source = fs_join(place->arena, place->path, "SHA256SUMS");
    if (!fs_exists(l.source))
        return;
    if (!fs_read_file(place->arena, l.source, SIDECAR_BYTES_MAX, &l.text, &e))
        add(&l, (struct digest_claim){.source = l.source,
                                      .problem = arena_strdup(place->arena, e.text)});
    else if (!weigh(&l))
        add(&l, (struct digest_claim){.source = l.source,
                                      .problem = "it names no file of the archive"});
}

void claims_of_folder(struct place *place, const struct vec *files)
{
    place->claimed = true;
    for (size_t i = 0; i < CLAIMS_SIDECARS; i++)
        look_beside(place, files, &claims_sidecars[i]);
    look_inside(place, files);
}
