/* SPDX-License-Identifier: PostgreSQL */
#include "faults/base.h"

#include "backup/claims.h"
#include "base/clock.h"
#include "base/fs.h"
#include "check/check.h"
#include "lib/bytes.h"
#include "lib/packed.h"
#include "run/run.h"

#include <check.h>

#include <sys/mman.h>
#include <unistd.h>

const char *const variant_words[VARIANTS] = {"none", "gzip",  "zstd", "lz4",
                                             "xz",   "bzip2", "tar",  "gzip, tar"};

struct slice base_fixture(struct arena *a, const char *name)
{
    enum { DUMP_BYTES_MAX = 1 << 20 };
    struct slice text;
    struct err e = {0};
    bool ok = fs_read_file(a, fs_join(a, "tests/fixtures", name), DUMP_BYTES_MAX, &text, &e);
    ck_assert_msg(ok, "%s", e.text);
    return text;
}

struct slice base_dump(struct arena *a)
{
    return base_fixture(a, "nasty-15.sql");
}

struct slice base_packed(struct arena *a, struct slice sql, enum variant variant)
{
    const struct packed_member member = {"dump.sql", sql};
    switch (variant) {
    case VARIANT_gzip:
        return bytes_gzip(a, sql);
    case VARIANT_zstd:
        return bytes_zstd(a, sql);
    case VARIANT_lz4:
        return bytes_lz4(a, sql, true);
    case VARIANT_xz:
        return packed_xz(a, sql, LZMA_CHECK_CRC64);
    case VARIANT_bzip2:
        return packed_bzip2(a, sql);
    case VARIANT_tar:
        return packed_tar(a, &member, 1);
    case VARIANT_tar_gzip:
        return bytes_gzip(a, packed_tar(a, &member, 1));
    case VARIANT_none:
    case VARIANTS:
        break;
    }
    return sql;
}

struct config base_config(void)
{
    return (struct config){.verify_max_expansion = 1000, .verify_max_line_bytes = 1 << 20};
}

/* A file in memory alone; its path holds as long as it is open. */
static const char *memory_file(struct arena *a, struct slice bytes, int *fd)
{
    *fd = memfd_create("backup", MFD_CLOEXEC);
    ck_assert_int_ge(*fd, 0);
    for (size_t at = 0; at < bytes.n;) {
        ssize_t n = write(*fd, bytes.p + at, bytes.n - at);
        ck_assert_int_gt(n, 0);
        at += (size_t)n;
    }
    return arena_printf(a, "/proc/self/fd/%d", *fd);
}

static struct record *try_path(struct arena *a, const char *path, const struct config *config,
                               struct err *e)
{
    struct run run = {.arena = a, .config = config, .record = record_new(a), .intr = {.fd = -1}};
    run.record->run.began = clock_wall_us();
    run.record->backup.origin = "file";
    run.record->backup.taken_from = "file";
    run.record->backup.path = path;
    claims_beside(&(struct place){.arena = a, .record = run.record, .shown = path});
    if (!check_plan(run.record, config, 1U << STAGE_verify, e) || !run_read_dump(&run, path, e))
        return NULL;
    struct evidence ev = {.arena = a,
                          .config = config,
                          .record = run.record,
                          .facts = &run.facts,
                          .inventory = &run.inventory};
    check_ask(STAGE_verify, &ev);
    inventory_cleanup(&run.inventory);
    return run.record;
}

struct record *base_try(struct arena *a, struct slice file, const struct config *config,
                        struct err *e)
{
    int fd = -1;
    struct record *r = try_path(a, memory_file(a, file, &fd), config, e);
    (void)close(fd);
    return r;
}

struct record *base_verify_beside(struct arena *a, struct slice file, const char *sidecar,
                                  const struct config *config)
{
    struct err e = {0};
    struct config reading = *config;
    const char *dir = fs_make_temp_dir(a, "/tmp", "faults-", &e);
    ck_assert_msg(dir != NULL, "%s", e.text);
    const char *path = fs_join(a, dir, "backup");
    ck_assert(fs_write_file(a, path, 0600, file, &e));
    ck_assert(fs_write_file(a, fs_join(a, dir, "backup.sha256"), 0600, slice_of(sidecar), &e));
    reading.verify_sha256 = true;
    struct record *r = base_verify_path(a, path, &reading);
    ck_assert_msg(fs_remove_tree(dir, &e), "%s", e.text);
    return r;
}

struct record *base_verify_path(struct arena *a, const char *path, const struct config *config)
{
    struct err e = {0};
    struct record *r = try_path(a, path, config, &e);
    ck_assert_msg(r != NULL, "%s", e.text);
    return r;
}

struct record *base_verify(struct arena *a, struct slice file, const struct config *config)
{
    struct err e = {0};
    struct record *r = base_try(a, file, config, &e);
    ck_assert_msg(r != NULL, "%s", e.text);
    return r;
}

const struct check_facts *base_check(const struct record *r, const char *name)
{
    VEC_EACH (const struct check_facts, c, &r->checks)
        if (str_eq(c->name, name))
            return c;
    return NULL;
}

bool base_has_finding(const struct record *r, const char *check, const char *code,
                      enum severity at_least)
{
    VEC_EACH (const struct finding, f, &r->findings)
        if (str_eq(f->check, check) && str_eq(f->code, code) && f->severity >= at_least)
            return true;
    return false;
}
