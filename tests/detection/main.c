/* SPDX-License-Identifier: PostgreSQL */
/*
 * What is caught: real dumps of one database in every format, damaged in every way of
 * mutations.def, given to pg_rehearse verify and to the lookers that people use instead. Writes the
 * page docs/detection.md to standard output. `make detection` runs it; the argument is the number
 * of tries for each kind of damage.
 */
#include "base/clock.h"
#include "base/fs.h"
#include "base/proc.h"
#include "detection/mutate.h"
#include "lib/cluster.h"
#include "lib/nasty.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 20, RESTORES = 4, DRAWS_MAX = 100, FILE_MAX_BYTES = 64 << 20, TOOL_SECONDS = 10 };

struct format {
    const char *name;
    const char *option, *another; /* of pg_dump */
    const char *packer;           /* "gzip": packs what pg_dump wrote, and tests it; or NULL */
    const char *suffix;
    const char *protection;
};

static const struct format formats[] = {
#define FORMAT(name, option, another, packer, suffix, protection)                                  \
    {#name, option, another, packer, suffix, protection},
#include "detection/formats.def"
#undef FORMAT
};

static bool is_archive(const struct format *f)
{
    return !str_eq(f->option, "-Fp");
}

struct lab {
    struct arena *a;
    const char *program, *pg_dump, *pg_restore, *psql, *dir, *source;
    uint64_t tries;
};

/* A sound backup and the place of its damaged copy. */
struct sample {
    const struct format *format;
    const char *sound, *damaged;
};

static void must(bool ok, const struct err *e, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "detection: %s: %s\n", what, e->text);
    exit(1);
}

/* ---- programs ---------------------------------------------------------------------------------
 */

/* Runs a program, its output to out_fd unless that is negative. Did it succeed, and in time? */
static bool succeeds(const char *const *argv, int out_fd)
{
    struct err e = {0};
    CLEANUP(proc_cleanup) struct proc p = {0};
    struct spawn how = {
        .argv = argv, .out = out_fd < 0 ? PROC_NULL : PROC_FD, .out_fd = out_fd, .err = PROC_NULL};
    must(proc_start(&how, &p, &e), &e, argv[0]);
    return proc_wait(&p, clock_mono_us() + TOOL_SECONDS * CLOCK_SECOND_US, NULL, &e) &&
           proc_succeeded(&p);
}
#define SUCCEEDS(...) succeeds((const char *const[]){__VA_ARGS__, NULL}, -1)

static void must_succeed(bool ok, const char *what)
{
    struct err e = {0};
    (void)err_set(&e, ERR_CHILD, "it failed");
    must(ok, &e, what);
}

/* "packer OPTION from > to" */
static bool filter(const char *packer, const char *option, const char *from, const char *to)
{
    int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert(fd >= 0);
    bool ok = succeeds((const char *const[]){packer, option, from, NULL}, fd);
    (void)close(fd);
    return ok;
}

/* ---- who looks --------------------------------------------------------------------------------
 */

static bool any_format(const struct format *f)
{
    (void)f;
    return true;
}

static bool is_packed(const struct format *f)
{
    return f->packer != NULL;
}

static bool verify(const struct lab *lab, const struct sample *s)
{
    return SUCCEEDS(lab->program, "verify", "--strict", "--quiet", s->damaged);
}

static bool test_stream(const struct lab *lab, const struct sample *s)
{
    (void)lab;
    return SUCCEEDS(s->format->packer, "-t", s->damaged);
}

static bool list(const struct lab *lab, const struct sample *s)
{
    return SUCCEEDS(lab->pg_restore, "-l", s->damaged);
}

static bool read_through(const struct lab *lab, const struct sample *s)
{
    return SUCCEEDS(lab->pg_restore, "-f", "/dev/null", s->damaged);
}

/* As a careful script does it: stopping on error, the exit status of both ends of a pipe counted.
 */
static bool restore(const struct lab *lab, const struct sample *s)
{
    const char *dsn = test_cluster_database(), *file = s->damaged;
    if (is_archive(s->format))
        return SUCCEEDS(lab->pg_restore, "--exit-on-error", "--dbname", dsn, file);
    bool unpacked = true;
    if (s->format->packer != NULL) {
        file = fs_join(lab->a, lab->dir, "unpacked.sql");
        unpacked = filter(s->format->packer, "-dc", s->damaged, file);
    }
    return SUCCEEDS(lab->psql, "-Xq", "-v", "ON_ERROR_STOP=1", "--dbname", dsn, "-f", file) &&
           unpacked;
}

static const struct looker {
    const char *name;
    bool (*reads)(const struct format *f);
    bool (*look)(const struct lab *lab, const struct sample *s); /* true: it finds nothing wrong */
    uint64_t most; /* tries, because it takes long; 0: all */
} lookers[] = {
    {"`pg_rehearse verify`", any_format, verify, 0},
    {"`-t` of gzip, zstd, lz4", is_packed, test_stream, 0},
    {"`pg_restore -l`", is_archive, list, 0},
    {"`pg_restore -f /dev/null`", is_archive, read_through, 0},
    {"restore that stops on error", any_format, restore, RESTORES},
};

/* ---- samples ----------------------------------------------------------------------------------
 */

static struct sample make_sample(const struct lab *lab, const struct format *f)
{
    struct arena *a = lab->a;
    const char *path = fs_join(a, lab->dir, f->name);
    const char *packed = arena_printf(a, "%s%s", path, f->suffix);
    must_succeed(SUCCEEDS(lab->pg_dump, "-f", path, "--dbname", lab->source, f->option, f->another),
                 "pg_dump");
    if (f->packer != NULL)
        must_succeed(filter(f->packer, "-c", path, packed), f->packer);
    return (struct sample){f, packed, arena_printf(a, "%s/damaged%s", lab->dir, f->suffix)};
}

static struct slice read_all(const struct lab *lab, const char *path)
{
    struct err e = {0};
    struct slice text = {0};
    must(fs_read_file(lab->a, path, FILE_MAX_BYTES, &text, &e), &e, path);
    return text;
}

/* A file of a folder: any byte of all of them is as likely as any other. */
static const char *any_file(const struct lab *lab, const char *dir, struct rng *rng)
{
    struct err e = {0};
    struct vec names;
    int64_t total = 0;
    must(fs_list(lab->a, dir, &names, &e), &e, dir);
    VEC_EACH (char *, name, &names)
        total += (int64_t)read_all(lab, fs_join(lab->a, dir, *name)).n;
    int64_t left = rng_range(rng, 1, total);
    VEC_EACH (char *, name, &names) {
        left -= (int64_t)read_all(lab, fs_join(lab->a, dir, *name)).n;
        if (left <= 0)
            return *name;
    }
    return NULL;
}

static bool same(struct slice in, const struct buf *out)
{
    return in.n == out->n && memcmp(in.p, buf_text(out), in.n) == 0;
}

/* Writes a damaged copy of a file; false when the damage never changed anything. */
static bool damage_file(const struct lab *lab, const struct mutation *m, struct rng *rng,
                        const char *const from_to[2])
{
    struct err e = {0};
    struct slice in = read_all(lab, from_to[0]);
    CLEANUP(buf_cleanup) struct buf out = {0};
    for (int i = 0; i < DRAWS_MAX && (i == 0 || same(in, &out)); i++) {
        buf_clear(&out);
        m->mutate(in, rng, &out);
    }
    struct slice text = {buf_text(&out), out.n};
    must(fs_write_file(lab->a, from_to[1], 0644, text, &e), &e, from_to[1]);
    return !same(in, &out);
}

/* Makes the damaged copy; without a mutation it is a sound one. */
static bool damage(const struct lab *lab, const struct sample *s, const struct mutation *m,
                   struct rng *rng)
{
    struct err e = {0};
    must(fs_remove_tree(s->damaged, &e), &e, s->damaged);
    must_succeed(SUCCEEDS("cp", "-R", s->sound, s->damaged), "cp");
    if (m == NULL)
        return true;
    if (!fs_is_dir(s->sound))
        return damage_file(lab, m, rng, (const char *const[2]){s->sound, s->damaged});
    const char *name = any_file(lab, s->sound, rng);
    return damage_file(
        lab, m, rng,
        (const char *const[2]){fs_join(lab->a, s->sound, name), fs_join(lab->a, s->damaged, name)});
}

/* ---- the page ---------------------------------------------------------------------------------
 */

struct score {
    unsigned caught, tried;
};

static bool applies(const struct mutation *m, const struct format *f)
{
    bool text = str_eq(f->name, "plain");
    return m->where == WHERE_ANY || (m->where == WHERE_TEXT) == text;
}

/* One damaged copy more, shown to all. */
static void try_once(const struct lab *lab, const struct sample *s, const struct mutation *m,
                     uint64_t i, struct score scores[])
{
    struct rng rng = rng_seeded(i + 1, m == NULL ? 0 : (uint64_t)(m - mutations) + 1);
    if (!damage(lab, s, m, &rng))
        return;
    for (size_t k = 0; k < COUNT_OF(lookers); k++) {
        if (!lookers[k].reads(s->format) || (lookers[k].most > 0 && i >= lookers[k].most))
            continue;
        scores[k].tried++;
        scores[k].caught += !lookers[k].look(lab, s);
    }
}

static void print_row(const struct lab *outer, const struct sample *s, const struct mutation *m,
                      uint64_t tries)
{
    struct score scores[COUNT_OF(lookers)] = {0};
    for (uint64_t i = 0; i < tries; i++) {
        CLEANUP(arena_cleanup) struct arena *a = arena_new();
        struct lab lab = *outer;
        lab.a = a;
        try_once(&lab, s, m, i, scores);
    }
    printf("| %s |", m == NULL ? "none: the sound file" : m->what);
    for (size_t k = 0; k < COUNT_OF(lookers); k++)
        if (lookers[k].reads(s->format))
            printf(" %u / %u |", scores[k].caught, scores[k].tried);
    printf("\n");
}

static void print_format(const struct lab *lab, const struct format *f)
{
    struct sample s = make_sample(lab, f);
    printf("\n## %s\n\nChecksums in the format: %s.\n\n| damage |", f->name, f->protection);
    for (size_t t = 0; t < COUNT_OF(lookers); t++)
        if (lookers[t].reads(f))
            printf(" %s |", lookers[t].name);
    printf("\n|---|");
    for (size_t t = 0; t < COUNT_OF(lookers); t++)
        printf("%s", lookers[t].reads(f) ? "--:|" : "");
    printf("\n");
    print_row(lab, &s, NULL, 1);
    for (const struct mutation *m = mutations; m->name != NULL; m++)
        if (applies(m, f))
            print_row(lab, &s, m, str_eq(m->name, "emptied") ? 1 : lab->tries);
    (void)fflush(stdout);
}

static void print_head(const struct lab *lab)
{
    printf(
        "# What is caught\n\n"
        "Made by `make detection`; do not edit. One database of odd things (tests/lib/nasty.sql) "
        "is dumped by the\nreal `pg_dump` in every format; each kind of damage is done %llu "
        "times (for restores, which take long, %d times), at\nplaces drawn from a fixed seed. A "
        "cell says: caught / tried. Caught means that the program ends with another status\nthan "
        "0, or not within %d s; `verify` runs with `--strict`, since warnings of gzip count, "
        "too.\n\n"
        "Where a format carries no checksum, a byte that becomes another valid byte inside the "
        "data cannot be seen in\nthe file alone, by anybody: keep a digest of the file "
        "(`sha256sum`) made when it was written.\n",
        (unsigned long long)lab->tries, RESTORES, TOOL_SECONDS);
}

int main(int argc, char **argv)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct lab lab = {.a = a, .program = getenv("PG_REHEARSE"), .tries = TRIES};
    if (lab.program == NULL || argc > 2 || (argc == 2 && !str_parse_uint(argv[1], &lab.tries))) {
        (void)fprintf(stderr, "usage: PG_REHEARSE=program run-detection [tries]\n");
        return 2;
    }
    const char *bindir = test_cluster_installation()->bindir;
    lab.pg_dump = fs_join(a, bindir, "pg_dump");
    lab.pg_restore = fs_join(a, bindir, "pg_restore");
    lab.psql = fs_join(a, bindir, "psql");
    lab.dir = test_cluster_folder();
    lab.source = test_cluster_database();
    nasty_fill(lab.source);
    print_head(&lab);
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        print_format(&lab, &formats[i]);
    return 0;
}
