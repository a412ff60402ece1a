/* SPDX-License-Identifier: PostgreSQL */
#include "base/buf.h"
#include "base/fs.h"
#include "dump/archive_directory.h"
#include "dump/decode.h"
#include "dump/tar_folder.h"
#include "dump/tar_walk.h"

#include <string.h>

enum { CANDIDATES_TOLD_MAX = 20 };

/* What could be the dump: a member, or a folder with a directory archive. */
struct candidate {
    const char *name;
    uint64_t bytes;
    bool is_folder;
    bool is_cluster; /* begins as what pg_dumpall writes */
};

struct tar_link {
    struct source base;
    struct arena *a; /* its own: it may be read on another thread than its caller's */
    struct tar_walk walk;
    struct tar_folder folder;
    const char *wanted;     /* or NULL */
    struct vec candidates;  /* the first of them; the first is the one that is read */
    size_t n_candidates;    /* all */
    char head[SNIFF_BYTES]; /* head[at .. n) of the member wait to be given */
    size_t at, n;
    bool member_ended, at_end;
};

static const struct candidate *chosen(const struct tar_link *t)
{
    return t->candidates.n == 0 ? NULL : vec_at(&t->candidates, 0);
}

/* ---- candidates --------------------------------------------------------------------------------
 */

static bool read_head(struct tar_link *t, bool *whole, struct err *e)
{
    size_t got = 1;
    t->at = t->n = 0;
    while (got > 0 && t->n < sizeof t->head) {
        if (!tar_walk_read(&t->walk, t->head + t->n, sizeof t->head - t->n, &got, e))
            return false;
        t->n += got;
    }
    *whole = got == 0;
    return true;
}

/* Files that every physical backup has. */
static bool refuse_physical(const char *name, struct err *e)
{
    static const char *const names[] = {"PG_VERSION", "backup_label", "backup_manifest"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_eq(fs_base_name(name), names[i]))
            return !err_set(e, ERR_REFUSED,
                            "tar: it holds a physical backup (%s), which has no SQL; prove it with "
                            "pg_verifybackup and a start of a server on it",
                            name);
    return false;
}

/* "shop" of "shop/toc.dat", "." of "toc.dat" */
static const char *folder_of(struct arena *a, const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash == NULL ? "." : arena_strndup(a, name, (size_t)(slash - name));
}

/* What is in t->head. */
static bool could_be_a_dump(const struct tar_link *t, const char *name, bool whole)
{
    struct sniff_head head = {.text = {t->head, t->n}, .whole = whole};
    return t->n > 0 && !sniff_is_companion(name) && sniff(&head)->kind != SNIFF_FOREIGN;
}

/* c->name is NULL when the member is nothing of ours. What is named is not asked what it is. */
static bool examine(struct tar_link *t, const struct tar_member *m, struct candidate *c,
                    struct err *e)
{
    static const char cluster[] = "-- PostgreSQL database cluster dump";
    const char *folder = folder_of(t->a, m->name);
    bool whole, asked = t->wanted != NULL;
    *c = (struct candidate){.bytes = m->size_bytes};
    if (!asked && refuse_physical(m->name, e))
        return false;
    if (asked ? str_eq(folder, t->wanted) : archive_directory_has(fs_base_name(m->name))) {
        c->name = folder;
        c->is_folder = true;
        return true;
    }
    if (m->odd != NULL || (asked && !str_eq(m->name, t->wanted)))
        return true;
    if (!read_head(t, &whole, e))
        return false;
    if (asked || could_be_a_dump(t, m->name, whole))
        c->name = m->name;
    c->is_cluster = t->n > 0 && memmem(t->head, t->n, cluster, strlen(cluster)) != NULL;
    return true;
}

static struct candidate *find_candidate(const struct tar_link *t, const char *name)
{
    VEC_EACH (struct candidate, c, &t->candidates)
        if (str_eq(c->name, name))
            return c;
    return NULL;
}

static bool add_candidate(struct tar_link *t, const struct candidate *c, struct err *e)
{
    struct candidate *known = find_candidate(t, c->name);
    if (known != NULL && !(known->is_folder && c->is_folder))
        return err_set(e, ERR_REFUSED, "tar: it holds two members called %s", c->name);
    if (known != NULL) {
        known->bytes += c->bytes;
        return true;
    }
    t->n_candidates++;
    if (t->candidates.n < CANDIDATES_TOLD_MAX)
        *(struct candidate *)vec_push(&t->candidates) = *c;
    return true;
}

/* Goes to the next member. A candidate is added; the files of the folder that is read are written,
 * whatever they are. */
static bool look_at_next(struct tar_link *t, bool *more, struct err *e)
{
    struct tar_member m;
    struct candidate c;
    const struct candidate *first = chosen(t);
    if (!tar_walk_next(&t->walk, &m, more, e))
        return false;
    if (!*more)
        return true;
    if (first != NULL && first->is_folder && str_eq(folder_of(t->a, m.name), first->name))
        c = (struct candidate){.name = first->name, .bytes = m.size_bytes, .is_folder = true};
    else if (!examine(t, &m, &c, e))
        return false;
    if (c.name == NULL)
        return true;
    bool is_read = c.is_folder && (first == NULL || str_eq(c.name, first->name));
    return add_candidate(t, &c, e) && (!is_read || tar_folder_add(&t->folder, &m, e));
}

/* ---- several -----------------------------------------------------------------------------------
 */

/* What pg_dumpall keeps of a cluster beside the dump of one database is no riddle. */
static void tell_pair(const struct tar_link *t, struct buf *out)
{
    const struct candidate *x = vec_at(&t->candidates, 0), *y = vec_at(&t->candidates, 1);
    if (t->n_candidates != 2 || x->is_cluster == y->is_cluster)
        return;
    const char *other = (x->is_cluster ? y : x)->name;
    buf_printf(out,
               "; %s is of pg_dumpall, as roles and tablespaces are kept, and %s the database: "
               "BACKUP#%s proves that one",
               (x->is_cluster ? x : y)->name, other, other);
}

static bool several(const struct tar_link *t, struct err *e)
{
    CLEANUP(buf_cleanup) struct buf names = {0};
    VEC_EACH (const struct candidate, c, &t->candidates)
        buf_printf(&names, "%s%s%s (%s)", names.n == 0 ? "" : ", ", c->name,
                   c->is_folder ? "/" : "", str_bytes(t->a, c->bytes));
    if (t->n_candidates > t->candidates.n)
        buf_printf(&names, " and %zu more", t->n_candidates - t->candidates.n);
    buf_puts(&names, "; say which one with BACKUP#MEMBER");
    tell_pair(t, &names);
    return err_set(e, ERR_REFUSED, "tar: it holds %zu dumps: %s", t->n_candidates,
                   buf_text(&names));
}

static bool nothing(const struct tar_link *t, struct err *e)
{
    if (t->wanted != NULL)
        return err_set(e, ERR_USAGE, "tar: there is no member \"%s\"", t->wanted);
    const char *what = t->walk.n_members == 0 ? "it is empty" : "no member of it is a dump";
    return tar_walk_broken(&t->walk, what, e);
}

static const struct candidate *find_first(struct tar_link *t, struct err *e)
{
    const struct candidate *first;
    bool more = true;
    while ((first = chosen(t)) == NULL && more)
        if (!look_at_next(t, &more, e))
            return NULL;
    if (first == NULL)
        (void)nothing(t, e);
    return first;
}

/* The members behind the dump, and what follows the archive itself. */
static bool read_rest(struct tar_link *t, struct err *e)
{
    for (bool more = true; more;)
        if (!look_at_next(t, &more, e))
            return false;
    if (!tar_walk_finish(&t->walk, e))
        return false;
    t->at = t->n = 0;
    t->at_end = true;
    return t->n_candidates == 1 || several(t, e);
}

/* ---- the source --------------------------------------------------------------------------------
 */

static bool tar_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct tar_link *t = (struct tar_link *)s;
    *got = n < t->n - t->at ? n : t->n - t->at;
    memcpy(bytes, t->head + t->at, *got);
    t->at += *got;
    if (*got == 0 && !t->member_ended) {
        if (!tar_walk_read(&t->walk, bytes, n, got, e))
            return false;
        t->member_ended = *got == 0;
    }
    return *got > 0 || t->at_end || read_rest(t, e);
}

static void tar_close(struct source *s)
{
    struct tar_link *t = (struct tar_link *)s;
    tar_walk_close(&t->walk);
    arena_free(t->a);
}

static const struct source_ops tar_ops = {.name = "tar", .read = tar_read, .close = tar_close};

/* A directory archive is read by jumping about, so all of it must be there first. */
static bool unpack_all(struct tar_link *t, const char *name, struct err *e)
{
    t->member_ended = true;
    if (!read_rest(t, e))
        return false;
    if (t->folder.has_toc)
        return true;
    if (t->wanted != NULL && !t->folder.has_data)
        return err_set(e, ERR_USAGE, "tar: its folder \"%s\" is no directory archive of pg_dump",
                       t->wanted);
    return err_set(e, ERR_FORMAT,
                   "tar: %s holds data of a directory archive of pg_dump, and no toc.dat", name);
}

/* Once there is a dump its name is told, also when it cannot be read. */
static bool open_dump(struct tar_link *t, const struct decode *how, struct err *e)
{
    const struct candidate *first = find_first(t, e);
    if (first == NULL)
        return false;
    *how->chosen = arena_strdup(how->a, first->name);
    if (first->is_folder && !unpack_all(t, *how->chosen, e))
        return false;
    *how->unpacked = t->folder.path;
    t->folder = (struct tar_folder){0};
    return true;
}

/* "shop" for "./shop", "shop/" and "shop/toc.dat": a folder is called by its name. */
static const char *plain_name(struct arena *a, const char *name)
{
    if (name == NULL)
        return NULL;
    char *plain = arena_strdup(a, str_starts(name, "./") && name[2] != '\0' ? name + 2 : name);
    for (size_t n = strlen(plain); n > 1 && plain[n - 1] == '/'; n--)
        plain[n - 1] = '\0';
    return str_starts(fs_base_name(plain), "toc.dat") ? folder_of(a, plain) : plain;
}

struct source *tar_open(const struct decode *how, struct err *e)
{
    if (how->below == NULL)
        return NULL;
    struct tar_link *t = ARENA_NEW(how->a, struct tar_link);
    *t = (struct tar_link){.base = {.ops = &tar_ops, .below = how->below}, .a = arena_new()};
    t->wanted = plain_name(t->a, how->member);
    t->candidates = vec_new(t->a, sizeof(struct candidate));
    t->folder = (struct tar_folder){.how = how, .walk = &t->walk};
    *how->facts = (struct filter_facts){.members = 1};
    if (tar_walk_open(&t->walk, t->a, how->below, e) && open_dump(t, how, e))
        return &t->base;
    tar_folder_remove(&t->folder);
    source_close(&t->base);
    return NULL;
}
