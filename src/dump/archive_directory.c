/* SPDX-License-Identifier: PostgreSQL */
/*
 * Directory archives (PostgreSQL 18, src/bin/pg_dump/pg_backup_directory.c: _ArchiveEntry,
 * _LoadLOs; compress_io.c: InitDiscoverCompressFileHandle): toc.dat, for each entry with data the
 * file that it names, for large objects a list (blobs.toc before 1.16, then as the entry says) of
 * OIDs and files. Each file may be packed, and then has an end to its name.
 */
#include "dump/archive_directory.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/str.h"
#include "dump/archive_members.h"
#include "io/sha256.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_BYTES = 1024 };

/* A file of the folder. */
struct file {
    const char *name;
    bool used;
    char sha256[SHA256_HEX_BYTES]; /* once it was read to its end, where that is wanted */
};

struct directory {
    struct members base;
    const char *dir;
    struct vec files;         /* struct file, sorted by name */
    struct source *toc;       /* toc.dat, while it is read */
    struct arena *list_arena; /* of the list of large objects that is open */
    struct source *list;
    struct intake lines; /* of it */
    struct archive_entry *los;
    bool in_los, told_left;
};

/* ---- files -------------------------------------------------------------------------------------
 */

/* Counts for the limits and the progress what is read of all files. */
struct counted {
    struct source base;
    struct archive_facts *facts;
};

static bool counted_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct counted *c = (struct counted *)s;
    if (!source_read(s->below, bytes, n, got, e))
        return false;
    c->facts->files->offset += *got;
    return true;
}

static const struct source_ops counted_ops = {.name = "file", .read = counted_read};

static int compare_files(const void *x, const void *y)
{
    return strcmp(((const struct file *)x)->name, ((const struct file *)y)->name);
}

static struct file *find_file(const struct directory *d, const char *name)
{
    struct file key = {.name = name};
    return d->files.n == 0
               ? NULL
               : bsearch(&key, d->files.items, d->files.n, d->files.item_bytes, compare_files);
}

bool archive_directory_has(const char *name)
{
    enum { END_BYTES = 4 };
    size_t n;
    (void)members_suffix(name, &n);
    struct slice s = {name, n};
    if (n <= END_BYTES)
        return false;
    bool dat = memcmp(s.p + n - END_BYTES, ".dat", END_BYTES) == 0;
    bool toc = memcmp(s.p + n - END_BYTES, ".toc", END_BYTES) == 0;
    bool digits = true;
    for (size_t i = 0; i + END_BYTES < n; i++)
        digits = digits && s.p[i] >= '0' && s.p[i] <= '9';
    return (dat && (digits || str_starts(name, "blob_") || str_starts(name, "toc."))) ||
           (toc && str_starts(name, "blobs"));
}

/* The file by that name, packed or not, in the order in which pg_restore looks. */
static struct file *discover(struct directory *d, struct arena *a, const char *name)
{
    static const enum unpacker order[] = {UNPACK_NONE, UNPACK_GZIP, UNPACK_LZ4, UNPACK_ZSTD};
    struct file *found = NULL;
    for (size_t i = 0; i < COUNT_OF(order) && found == NULL; i++)
        found = find_file(d, arena_printf(a, "%s%s", name, members_suffixes[order[i]]));
    return found;
}

/* pg_dump names files by numbers; what leads out of the folder is refused. */
static bool is_plain_name(const char *name)
{
    return *name != '\0' && *name != '.' && strchr(name, '/') == NULL;
}

static struct source *open_counted(struct directory *d, struct arena *a, struct file *file,
                                   struct err *e)
{
    struct source *in = source_file(a, fs_join(a, d->dir, file->name), e);
    file->used = true;
    if (in == NULL)
        return NULL;
    struct counted *c = ARENA_NEW(a, struct counted);
    *c = (struct counted){.base = {.ops = &counted_ops, .below = in}, .facts = d->base.facts};
    return d->base.facts->wants_digests ? filter_digest(a, &c->base, file->sha256) : &c->base;
}

/* Such a file is not decoded. */
static bool is_empty(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && st.st_size == 0;
}

/* The file `name`, decoded, as the piece that is open; *missing: there is none by that name. */
static bool open_file(struct directory *d, const char *name, struct piece *p, bool *missing,
                      struct err *e)
{
    struct members *m = &d->base;
    size_t n;
    struct arena *a = members_begin(m, name);
    struct file *file = is_plain_name(name) ? discover(d, a, name) : NULL;
    *missing = file == NULL;
    if (*missing)
        return true;
    m->piece_name = p->name = file->name;
    bool empty = is_empty(fs_join(a, d->dir, file->name));
    enum unpacker unpacker = members_suffix(file->name, &n);
    struct source *in = open_counted(d, a, file, e);
    p->hollow = empty && members_is_never_empty(unpacker);
    p->data = in == NULL ? NULL : members_unpack(m, in, empty ? UNPACK_NONE : unpacker, e);
    return p->data != NULL;
}

static bool list_files(struct directory *d, struct err *e)
{
    struct vec names;
    if (!fs_list(d->base.a, d->dir, &names, e))
        return false;
    d->files = vec_new(d->base.a, sizeof(struct file));
    VEC_EACH (const char *const, name, &names)
        *(struct file *)vec_push(&d->files) = (struct file){.name = *name};
    return true;
}
/* ---- large objects -----------------------------------------------------------------------------
 */

static void close_list(struct directory *d)
{
    source_cleanup(&d->list);
    arena_free(TAKE(d->list_arena));
}

/* The list outlives the files that it names, so it has an arena of its own. */
static bool open_list(struct directory *d, struct archive_entry *entry, struct piece *p,
                      struct err *e)
{
    enum { MINOR_OF_LISTS = 16 };
    struct members *m = &d->base;
    bool many = m->toc.minor >= MINOR_OF_LISTS && entry->file != NULL;
    const char *name = many ? entry->file : "blobs.toc";
    close_list(d);
    d->list_arena = arena_new();
    struct file *file = is_plain_name(name) ? discover(d, d->list_arena, name) : NULL;
    if (file == NULL)
        return true;
    size_t n;
    enum unpacker unpacker = members_suffix(file->name, &n);
    struct source *in = open_counted(d, d->list_arena, file, e);
    d->list = in == NULL ? NULL : members_filter(d->list_arena, in, unpacker, NULL, e);
    *p = (struct piece){.kind = PIECE_LOS, .entry = entry, .name = file->name};
    d->los = entry;
    d->in_los = d->list != NULL;
    if (d->in_los)
        d->lines = intake_new(d->list_arena, d->list);
    return d->in_los;
}

/* The next line without its newline; *any is false at the end of the list. */
static bool read_line(struct directory *d, char *line, bool *any, struct err *e)
{
    size_t n = 0;
    bool more = true;
    for (*any = false; more; *any = true) {
        if (!intake_fill(&d->lines, &more, e))
            return false;
        if (!more)
            break;
        char c = (char)d->lines.bytes[d->lines.at++];
        more = c != '\n';
        if (more && n == LINE_BYTES - 1)
            return err_set(e, ERR_FORMAT,
                           "a line of more than %zu bytes in the list of large objects", n);
        if (more)
            line[n++] = c;
    }
    line[n] = '\0';
    return true;
}

/* "OID blob_OID.dat" */
static bool parse_line(char *line, uint32_t *oid, const char **name)
{
    uint64_t value;
    char *blank = strchr(line, ' ');
    if (blank == NULL)
        return false;
    *blank = '\0';
    if (!str_parse_uint(line, &value) || value == 0 || value > UINT32_MAX)
        return false;
    *oid = (uint32_t)value;
    *name = blank + 1;
    return true;
}

/* A large object that is not there is told and passed over; the one that follows is given. */
static bool next_large_object(struct directory *d, struct piece *p, struct err *e)
{
    struct members *m = &d->base;
    char line[LINE_BYTES];
    for (bool missing = true; missing;) {
        bool any;
        const char *name;
        *p = (struct piece){.kind = PIECE_LO, .entry = d->los};
        if (!read_line(d, line, &any, e))
            return false;
        if (!any)
            break;
        if (!parse_line(line, &p->oid, &name))
            return err_set(e, ERR_FORMAT, "a line of the list of large objects is none: \"%s\"",
                           line);
        if (!open_file(d, name, p, &missing, e))
            return false;
        if (!missing)
            return true;
        members_problem(m, PROBLEM_CODE_ARCHIVE_DATA_MISSING, name,
                        "large object %u: there is no file %s", p->oid, name);
    }
    d->in_los = false;
    close_list(d);
    *p = (struct piece){.kind = PIECE_LOS_END, .entry = d->los};
    return true;
}

/* ---- what comes next ---------------------------------------------------------------------------
 */

/* A file that was not read to its end leaves the folder without digest. */
static void sum_up(struct directory *d)
{
    struct archive_facts *facts = d->base.facts;
    bool all = facts->wants_digests;
    CLEANUP(buf_cleanup) struct buf list = {0};
    VEC_EACH (const struct file, f, &d->files) {
        if (!archive_directory_has(f->name))
            continue;
        all = all && f->sha256[0] != '\0';
        struct file_digest *one = vec_push(&facts->digests);
        one->name = f->name;
        memcpy(one->sha256, f->sha256, sizeof one->sha256);
        buf_printf(&list, "%s  %s\n", f->sha256, f->name);
    }
    struct sha256 sum;
    sha256_begin(&sum);
    sha256_add(&sum, list.p, list.n);
    sha256_end(&sum, facts->sha256);
    if (!all)
        facts->sha256[0] = '\0';
}

/* The end was reached. */
static void tell_left(struct directory *d)
{
    if (d->told_left)
        return;
    d->told_left = true;
    VEC_EACH (const struct file, f, &d->files)
        if (!f->used && archive_directory_has(f->name))
            members_problem(&d->base, PROBLEM_CODE_ARCHIVE_DATA_UNKNOWN, f->name,
                            "the file %s belongs to no entry of the table of contents", f->name);
    sum_up(d);
}

static bool directory_next(struct members *m, struct archive_entry *wanted, struct piece *p,
                           struct err *e)
{
    struct directory *d = (struct directory *)m;
    bool missing;
    *p = (struct piece){.kind = PIECE_END};
    if (d->in_los)
        return next_large_object(d, p, e);
    if (wanted == NULL) {
        tell_left(d);
        return true;
    }
    if (str_eq(wanted->type, "BLOBS"))
        return open_list(d, wanted, p, e);
    if (wanted->file == NULL)
        return true;
    if (!is_plain_name(wanted->file))
        members_problem(m, PROBLEM_CODE_ARCHIVE_NAME, members_subject(m, wanted),
                        "entry %lld names the file \"%s\", which is not read",
                        (long long)wanted->id, wanted->file);
    if (!open_file(d, wanted->file, p, &missing, e))
        return false;
    p->kind = missing ? PIECE_END : PIECE_DATA;
    p->entry = wanted;
    return true;
}

/* ---- the table of contents ---------------------------------------------------------------------
 */

static bool directory_toc_end(struct members *m, struct err *e)
{
    if (!members_toc_end(m, e))
        return false;
    source_cleanup(&((struct directory *)m)->toc);
    return true;
}

static void directory_close(struct members *m)
{
    struct directory *d = (struct directory *)m;
    source_cleanup(&d->toc);
    close_list(d);
}

static const struct members_ops directory_ops = {
    .toc_end = directory_toc_end, .next = directory_next, .close = directory_close};

struct members *members_directory(struct arena *a, const char *dir, struct archive_facts *facts,
                                  struct err *e)
{
    struct directory *d = ARENA_NEW(a, struct directory);
    size_t n;
    *d = (struct directory){.base = {.ops = &directory_ops, .a = a, .facts = facts}, .dir = dir};
    if (!list_files(d, e))
        return NULL;
    struct file *toc = discover(d, a, "toc.dat");
    if (toc == NULL) {
        err_set(e, ERR_FORMAT,
                "no dump: a folder without toc.dat is no directory archive of pg_dump");
        return NULL;
    }
    struct source *in = open_counted(d, a, toc, e);
    d->toc = in == NULL ? NULL : members_filter(a, in, members_suffix(toc->name, &n), NULL, e);
    if (d->toc == NULL)
        return NULL;
    d->base.in = (struct archive_in){.in = intake_new(a, d->toc), .format = ARCHIVE_TAR};
    return &d->base;
}
