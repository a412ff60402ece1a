/* SPDX-License-Identifier: PostgreSQL */
#include "dump/archive_members.h"

#include "base/str.h"

#include <stdarg.h>
#include <string.h>

void members_problem(struct members *m, enum problem_code code, const char *subject,
                     const char *format, ...)
{
    struct archive_facts *f = m->facts;
    if (f->n_problems++ >= PROBLEMS_MAX)
        return;
    va_list args;
    va_start(args, format);
    struct problem p = scan_problem_new(code);
    p.subject = subject == NULL ? NULL : arena_strdup(m->a, subject);
    p.text = arena_vprintf(m->a, format, args);
    p.offset = m->sql_offset;
    *(struct problem *)vec_push(&f->problems) = p;
    va_end(args);
}

const char *members_subject(struct members *m, const struct archive_entry *t)
{
    if (t->schema == NULL || *t->schema == '\0')
        return t->tag;
    return arena_printf(m->a, "%s.%s", t->schema, t->tag);
}

/* ---- packing -----------------------------------------------------------------------------------
 */

const char *const members_suffixes[UNPACKERS] = {
    [UNPACK_NONE] = "", [UNPACK_GZIP] = ".gz", [UNPACK_LZ4] = ".lz4", [UNPACK_ZSTD] = ".zst"};

enum unpacker members_suffix(const char *name, size_t *n)
{
    for (enum unpacker u = UNPACK_GZIP; u < UNPACKERS; u++)
        if (str_ends(name, members_suffixes[u])) {
            *n = strlen(name) - strlen(members_suffixes[u]);
            return u;
        }
    *n = strlen(name);
    return UNPACK_NONE;
}

/* pg_dump 16 to 18 write nothing at all into an lz4 or zstd file that gets no data. */
bool members_is_never_empty(enum unpacker unpacker)
{
    return unpacker == UNPACK_GZIP;
}

struct source *members_filter(struct arena *a, struct source *below, enum unpacker unpacker,
                              struct filter_facts *facts, struct err *e)
{
    switch (unpacker) {
    case UNPACK_ZLIB:
        return filter_zlib(a, below, facts);
    case UNPACK_GZIP:
        return filter_gzip(a, below, facts);
    case UNPACK_LZ4:
        return filter_lz4(a, below, facts, e);
    case UNPACK_ZSTD:
        return filter_zstd(a, below, facts, e);
    case UNPACK_NONE:
    case UNPACKERS:
        break;
    }
    return below;
}

struct source *members_unpack(struct members *m, struct source *below, enum unpacker unpacker,
                              struct err *e)
{
    m->is_packed = unpacker != UNPACK_NONE;
    m->piece_data = members_filter(m->piece_arena, below, unpacker, &m->packed, e);
    return m->piece_data;
}

/* ---- the piece that is open --------------------------------------------------------------------
 */

static void drop_piece(struct members *m)
{
    source_cleanup(&m->piece_data);
    arena_free(TAKE(m->piece_arena));
}

struct arena *members_begin(struct members *m, const char *name)
{
    drop_piece(m);
    m->piece_arena = arena_new();
    m->piece_name = arena_strdup(m->piece_arena, name);
    m->packed = (struct filter_facts){0};
    m->is_packed = false;
    return m->piece_arena;
}

void members_end(struct members *m)
{
    m->facts->members++;
    m->facts->checked += m->is_packed && m->packed.checked == m->packed.members;
    bool custom = m->in.format == ARCHIVE_CUSTOM;
    if (m->packed.garbage || m->packed.padding_bytes > 0)
        members_problem(m, custom ? PROBLEM_CODE_ARCHIVE_BLOCK_EXTRA : PROBLEM_CODE_ARCHIVE_EXTRA,
                        NULL,
                        "%s: something follows the end of its compressed data at byte %llu of it",
                        m->piece_name, (unsigned long long)m->packed.trailing_offset);
}

void members_close(struct members *m)
{
    if (m == NULL)
        return;
    drop_piece(m);
    if (m->ops->close != NULL)
        m->ops->close(m);
    archive_in_cleanup(&m->in);
}

bool members_toc_end(struct members *m, struct err *e)
{
    bool any;
    if (!intake_fill(&m->in.in, &any, e))
        return false;
    if (any)
        members_problem(m, PROBLEM_CODE_ARCHIVE_TOC_EXTRA, NULL,
                        "something follows the table of contents in toc.dat");
    return true;
}
