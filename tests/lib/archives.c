/* SPDX-License-Identifier: PostgreSQL */
#include "lib/archives.h"

#include "base/fs.h"
#include "dump/archive_members.h"
#include "lib/bytes.h"

#include <check.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { FIXTURE_BYTES_MAX = 1 << 20, TAR_BLOCK_BYTES = 512 };

/* ---- reading the fixture -----------------------------------------------------------------------
 */

static struct slice fixture(struct arena *a, const char *path)
{
    struct slice bytes;
    struct err e = {0};
    ck_assert_msg(fs_read_file(a, path, FIXTURE_BYTES_MAX, &bytes, &e), "%s", e.text);
    return bytes;
}

struct slice archives_fixture(struct arena *a)
{
    return fixture(a, "tests/fixtures/nasty-15.dump");
}

struct slice archives_fixture_text(struct arena *a)
{
    return fixture(a, "tests/fixtures/nasty-15.restored.sql");
}

static void read_members(struct members *in, struct model *m)
{
    struct err e = {0};
    struct piece p = {0};
    int64_t id = 0;
    for (;;) {
        ck_assert_msg(in->ops->next(in, NULL, &p, &e), "%s", e.text);
        if (p.kind == PIECE_END)
            return;
        if (p.kind == PIECE_LOS || p.kind == PIECE_DATA)
            id = p.entry->id;
        if (p.kind != PIECE_DATA && p.kind != PIECE_LO)
            continue;
        CLEANUP(buf_cleanup) struct buf out = {0};
        ck_assert_msg(bytes_slurp(p.data, 0, &out, &e), "%s", e.text);
        *(struct member *)vec_push(&m->members) = (struct member){
            .id = id, .oid = p.oid, .plain = {arena_strndup(m->a, buf_text(&out), out.n), out.n}};
    }
}

struct model *archives_model(struct arena *a)
{
    struct slice bytes = archives_fixture(a);
    struct archive_facts facts = {.problems = vec_new(a, sizeof(struct problem))};
    CLEANUP(source_cleanup) struct source *below = source_mem(a, bytes.p, bytes.n);
    struct members *in = members_custom(a, below, &facts);
    struct model *m = ARENA_NEW(a, struct model);
    *m = (struct model){.a = a,
                        .minor = 14,
                        .members = vec_new(a, sizeof(struct member)),
                        .stamp = {26, 50, 12, 23, 10, 126, 0}};
    const char *unknown = NULL;
    struct err e = {0};
    bool ok = archive_read_head(a, &in->in, &in->toc, &unknown, &e) &&
              archive_read_toc(a, &in->in, &in->toc, &e);
    ck_assert_msg(ok && unknown == NULL, "%s", e.text);
    read_members(in, m);
    m->toc = in->toc;
    members_close(in);
    return m;
}

struct archive_entry *archives_entry(struct model *m, const char *type, const char *tag)
{
    VEC_EACH (struct archive_entry, t, &m->toc.entries)
        if (str_eq(t->type, type) && str_eq(t->tag, tag))
            return t;
    ck_abort_msg("the archive has no %s %s", type, tag);
    return NULL;
}

struct member *archives_member(struct model *m, const char *tag)
{
    const char *type = str_eq(tag, "BLOBS") ? "BLOBS" : "TABLE DATA";
    const struct archive_entry *t = archives_entry(m, type, tag);
    VEC_EACH (struct member, x, &m->members)
        if (x->id == t->id)
            return x;
    ck_abort_msg("the archive has no data of %s", tag);
    return NULL;
}

/* ---- numbers, texts, packing -------------------------------------------------------------------
 */

static void put_int(struct buf *out, int64_t n)
{
    uint64_t value = (uint64_t)(n < 0 ? -n : n);
    buf_putc(out, n < 0);
    for (int i = 0; i < 4; i++, value >>= 8)
        buf_putc(out, (char)(value & 0xff));
}

static void put_text(struct buf *out, const char *text)
{
    put_int(out, text == NULL ? -1 : (int64_t)strlen(text));
    if (text != NULL)
        buf_puts(out, text);
}

static void put_offset(struct buf *out, enum archive_place place, uint64_t offset)
{
    buf_putc(out, (char)place);
    for (int i = 0; i < 8; i++, offset >>= 8)
        buf_putc(out, (char)(offset & 0xff));
}

static struct slice packed(struct model *m, const struct member *x, bool as_file)
{
    if (x->raw.p != NULL)
        return x->raw;
    switch (m->packing) {
    case PACKING_GZIP:
        return as_file ? bytes_gzip(m->a, x->plain) : bytes_zlib(m->a, x->plain);
    case PACKING_LZ4:
        return bytes_lz4(m->a, x->plain, true);
    case PACKING_ZSTD:
        return bytes_zstd(m->a, x->plain);
    case PACKING_NONE:
    case PACKINGS:
        break;
    }
    return x->plain;
}

/* ---- header and table of contents --------------------------------------------------------------
 */

static void put_head(struct model *m, struct buf *out, enum archive_format format)
{
    buf_append(out, "PGDMP\1", 6);
    buf_putc(out, (char)m->minor);
    buf_append(out, "\0\4\10", 3);
    buf_putc(out, (char)format);
    if (m->minor >= 15)
        buf_putc(out, (char)m->packing);
    else
        put_int(out, m->packing == PACKING_GZIP ? 9 : 0);
    for (size_t i = 0; i < COUNT_OF(m->stamp); i++)
        put_int(out, m->stamp[i]);
    put_text(out, m->toc.database);
    put_text(out, m->toc.server_version);
    put_text(out, m->toc.dump_version);
}

/* The name of an entry's file, as the version has it; that of BLOBS in a tar is never used. */
static const char *file_name(const struct model *m, const struct archive_entry *t)
{
    if (t->file != NULL || !t->has_data)
        return t->file;
    if (str_eq(t->type, "BLOBS") && m->minor >= 16)
        return arena_printf(m->a, "blobs_%lld.toc", (long long)t->id);
    return str_eq(t->type, "BLOBS") ? "blobs.toc"
                                    : arena_printf(m->a, "%lld.dat", (long long)t->id);
}

static void put_entry(struct model *m, struct buf *out, enum archive_format format,
                      const struct archive_entry *t)
{
    put_int(out, t->id);
    put_int(out, t->has_data);
    put_text(out, "0");
    put_text(out, "0");
    put_text(out, t->tag);
    put_text(out, t->type);
    if (m->minor >= 11)
        put_int(out, t->section);
    put_text(out, t->definition);
    put_text(out, t->drop);
    put_text(out, t->copy);
    put_text(out, t->schema);
    put_text(out, t->tablespace);
    if (m->minor >= 14)
        put_text(out, t->method);
    if (m->minor >= 16)
        put_int(out, t->relkind);
    put_text(out, t->owner);
    put_text(out, "false");
    if (t->first_dependency != 0)
        put_text(out, arena_printf(m->a, "%lld", (long long)t->first_dependency));
    put_text(out, NULL);
    if (format == ARCHIVE_CUSTOM)
        put_offset(out, t->place, t->offset);
    else
        put_text(out, file_name(m, t) == NULL ? "" : file_name(m, t));
}

static void put_toc(struct model *m, struct buf *out, enum archive_format format)
{
    put_head(m, out, format);
    put_int(out, m->n_entries != 0 ? m->n_entries : (int64_t)m->toc.entries.n);
    VEC_EACH (const struct archive_entry, t, &m->toc.entries)
        put_entry(m, out, format, t);
    if (format == ARCHIVE_TAR)
        buf_append(out, m->behind.p == NULL ? "" : m->behind.p, m->behind.n);
}

static struct slice kept(struct arena *a, const struct buf *out)
{
    return (struct slice){arena_strndup(a, buf_text(out), out->n), out->n};
}

/* ---- custom ------------------------------------------------------------------------------------
 */

static void put_chunks(struct model *m, struct buf *out, const struct member *x)
{
    enum { CHUNK_BYTES = 4096 };
    struct slice data = packed(m, x, false);
    while (data.n > 0) {
        size_t n = data.n < CHUNK_BYTES ? data.n : CHUNK_BYTES;
        put_int(out, (int64_t)n);
        buf_append(out, data.p, n);
        data = (struct slice){data.p + n, data.n - n};
    }
    put_int(out, 0);
}

static void tell_offset(struct model *m, int64_t id, uint64_t offset)
{
    VEC_EACH (struct archive_entry, t, &m->toc.entries)
        if (t->id == id && t->has_data) {
            t->place = m->hide_offsets ? PLACE_NOT_TOLD : PLACE_TOLD;
            t->offset = m->hide_offsets ? 0 : offset + m->offset_error;
        }
}

/* The blocks; their offsets go into the entries, as pg_dump goes back to write them. */
static void put_blocks(struct model *m, struct buf *out, uint64_t base)
{
    int64_t los = 0;
    VEC_EACH (const struct member, x, &m->members) {
        int64_t id = x->write_id != 0 ? x->write_id : x->id;
        if (los != 0 && (x->oid == 0 || x->id != los)) {
            put_int(out, 0);
            los = 0;
        }
        if (los == 0) {
            tell_offset(m, id, base + out->n);
            buf_putc(out, (char)(x->oid != 0 ? 3 : m->block_type != 0 ? m->block_type : 1));
            put_int(out, id);
            los = x->oid == 0 ? 0 : x->id;
        }
        if (x->oid != 0)
            put_int(out, (int32_t)x->oid);
        put_chunks(m, out, x);
    }
    if (los != 0)
        put_int(out, 0);
}

struct slice archives_custom(struct model *m)
{
    CLEANUP(buf_cleanup) struct buf toc = {0};
    CLEANUP(buf_cleanup) struct buf blocks = {0};
    put_toc(m, &toc, ARCHIVE_CUSTOM);
    put_blocks(m, &blocks, toc.n);
    buf_clear(&toc);
    put_toc(m, &toc, ARCHIVE_CUSTOM);
    buf_append(&toc, buf_text(&blocks), blocks.n);
    return kept(m->a, &toc);
}

/* ---- tar and directory -------------------------------------------------------------------------
 */

/* Somewhere that files go to: into a tar, or a folder when `dir` is set. */
struct files {
    struct buf tar;
    const char *dir;
    struct model *m;
};

static void put_tar_header(struct buf *out, const char *name, size_t n)
{
    char h[TAR_BLOCK_BYTES] = {0};
    (void)snprintf(h, 100, "%s", name);
    (void)snprintf(h + 100, 8, "%07o", 0600U);
    (void)snprintf(h + 108, 8, "%07o", 04000U);
    (void)snprintf(h + 116, 8, "%07o", 02000U);
    (void)snprintf(h + 124, 12, "%011zo", n);
    (void)snprintf(h + 136, 12, "%011o", 0U);
    memset(h + 148, ' ', 8);
    h[156] = '0';
    memcpy(h + 257, "ustar", sizeof "ustar");
    h[263] = h[264] = '0';
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof h; i++)
        sum += (unsigned char)h[i];
    (void)snprintf(h + 148, 8, "%06o", sum);
    buf_append(out, h, sizeof h);
}

static void put_file(struct files *f, const char *name, struct slice bytes)
{
    static const char zeros[TAR_BLOCK_BYTES];
    struct err e = {0};
    if (f->dir != NULL) {
        const char *path = fs_join(f->m->a, f->dir, name);
        ck_assert_msg(fs_write_file(f->m->a, path, 0600, bytes, &e), "%s", e.text);
        return;
    }
    put_tar_header(&f->tar, name, bytes.n);
    buf_append(&f->tar, bytes.p == NULL ? "" : bytes.p, bytes.n);
    buf_append(&f->tar, zeros, (sizeof zeros - bytes.n % sizeof zeros) % sizeof zeros);
}

static void put_data(struct files *f, const struct member *x, const char *name)
{
    static const char *const suffixes[PACKINGS] = {"", ".gz", ".lz4", ".zst"};
    const char *whole = arena_printf(f->m->a, "%s%s", name, suffixes[f->m->packing]);
    put_file(f, x->file != NULL ? x->file : whole, packed(f->m, x, true));
}

/* The list of large objects stands behind them, as pg_dump closes it last. */
static void put_list(struct files *f, struct buf *list, int64_t id)
{
    struct model *m = f->m;
    const char *name =
        m->minor < 16 ? "blobs.toc" : arena_printf(m->a, "blobs_%lld.toc", (long long)id);
    if (list->n > 0 && !m->drop_lists)
        put_file(f, name, kept(m->a, list));
    buf_clear(list);
}

static void put_files(struct files *f)
{
    CLEANUP(buf_cleanup) struct buf toc = {0};
    CLEANUP(buf_cleanup) struct buf list = {0};
    struct model *m = f->m;
    int64_t los = 0;
    put_toc(m, &toc, ARCHIVE_TAR);
    put_file(f, "toc.dat", kept(m->a, &toc));
    VEC_EACH (const struct member, x, &m->members) {
        if (x->id != los)
            put_list(f, &list, los);
        los = x->id;
        int64_t id = x->write_id != 0 ? x->write_id : x->id;
        const char *name = x->oid == 0 ? arena_printf(m->a, "%lld.dat", (long long)id)
                                       : arena_printf(m->a, "blob_%u.dat", x->oid);
        if (x->oid != 0)
            buf_printf(&list, "%u blob_%u.dat\n", x->oid, x->oid);
        put_data(f, x, name);
    }
    put_list(f, &list, los);
}

struct slice archives_tar(struct model *m)
{
    static const char zeros[2 * TAR_BLOCK_BYTES];
    struct files f = {.m = m};
    put_files(&f);
    put_file(&f, "restore.sql", slice_of("--\n-- NOTE:\n--\n"));
    buf_append(&f.tar, zeros, sizeof zeros);
    struct slice all = kept(m->a, &f.tar);
    buf_cleanup(&f.tar);
    return all;
}

void archives_directory(struct model *m, const char *dir)
{
    struct files f = {.m = m, .dir = dir};
    put_files(&f);
}
