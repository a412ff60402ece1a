/* SPDX-License-Identifier: PostgreSQL */
/*
 * Custom archives (PostgreSQL 18, src/bin/pg_dump/pg_backup_custom.c: _StartData, _StartLOs,
 * _CustomWriteFunc, _readBlockHeader): behind the table of contents one block for each entry with
 * data: a type byte, the entry's id, chunks of a length and so many bytes, and a length of 0. The
 * block of large objects holds an OID and chunks for each, and an OID of 0.
 */
#include "base/str.h"
#include "dump/archive_members.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK_DATA = 1, BLOCK_LOS = 3 };

/* The chunks of one block or large object as one stream. */
struct chunks {
    struct source base;
    struct archive_in *in;
    uint64_t left; /* of the chunk that is open */
    bool ended, failed;
    struct err why;
};

struct custom {
    struct members base;
    struct chunks chunks;
    struct archive_entry *los; /* whose large objects are being read; NULL: none has that id */
    bool in_los, ended;
    uint64_t block_offset;
};

static bool begin_chunk(struct chunks *c, struct err *e)
{
    int64_t n;
    if (!archive_int(c->in, &n, e))
        return false;
    if (n < 0 || n > INT_MAX)
        return err_set(e, ERR_FORMAT, "a chunk of %lld bytes before byte %llu", (long long)n,
                       (unsigned long long)intake_offset(&c->in->in));
    c->left = (uint64_t)n;
    c->ended = n == 0;
    return true;
}

/* What is at hand of the chunk that is open, or nothing when the next one is the end. */
static bool take_some(struct chunks *c, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct intake *in = &c->in->in;
    bool any;
    *got = 0;
    if (c->left == 0)
        return begin_chunk(c, e);
    if (!intake_fill(in, &any, e))
        return false;
    if (!any)
        return err_set(e, ERR_FORMAT, "the archive ends at byte %llu, in the middle",
                       (unsigned long long)intake_offset(in));
    size_t here = in->n - in->at;
    size_t some = here < n ? here : n;
    *got = c->left < some ? (size_t)c->left : some;
    memcpy(bytes, in->bytes + in->at, *got);
    in->at += *got;
    c->left -= *got;
    return true;
}

/* Fills what it can: chunks are small, a row each when they are not packed. What was read before a
 * failure is given before it. */
static bool chunks_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct chunks *c = (struct chunks *)s;
    size_t have = 0;
    while (have < n && !c->ended && !c->failed) {
        size_t some = 0;
        c->failed = !take_some(c, (char *)bytes + have, n - have, &some, &c->why);
        have += some;
    }
    *got = have;
    if (have == 0 && c->failed)
        *e = c->why;
    return have > 0 || !c->failed;
}

static const struct source_ops chunks_ops = {.name = "chunks", .read = chunks_read};

/* The chunks that follow, decoded. None at all are no data, however the archive is packed. */
static bool open_chunks(struct custom *c, const char *name, struct piece *p, struct err *e)
{
    static const enum unpacker unpackers[PACKINGS] = {[PACKING_NONE] = UNPACK_NONE,
                                                      [PACKING_GZIP] = UNPACK_ZLIB,
                                                      [PACKING_LZ4] = UNPACK_LZ4,
                                                      [PACKING_ZSTD] = UNPACK_ZSTD};
    struct members *m = &c->base;
    (void)members_begin(m, name);
    p->name = m->piece_name;
    c->chunks = (struct chunks){.base = {.ops = &chunks_ops}, .in = &m->in};
    if (!begin_chunk(&c->chunks, e))
        return false;
    enum unpacker unpacker = c->chunks.ended ? UNPACK_NONE : unpackers[m->toc.packing];
    p->data = members_unpack(m, &c->chunks.base, unpacker, e);
    return p->data != NULL;
}

static bool next_large_object(struct custom *c, struct piece *p, struct err *e)
{
    enum { NAME_BYTES = 40 };
    char name[NAME_BYTES];
    int64_t oid;
    if (!archive_int(&c->base.in, &oid, e))
        return false;
    c->in_los = oid != 0;
    *p = (struct piece){
        .kind = oid == 0 ? PIECE_LOS_END : PIECE_LO, .entry = c->los, .oid = (uint32_t)oid};
    (void)snprintf(name, sizeof name, "large object %u", p->oid);
    return oid == 0 || open_chunks(c, name, p, e);
}

/* pg_restore seeks to where the table of contents says: it must be here. */
static void check_place(struct custom *c, struct archive_entry *t)
{
    struct members *m = &c->base;
    t->met = c->block_offset;
    if (t->place == PLACE_TOLD && t->offset != c->block_offset)
        members_problem(m, PROBLEM_CODE_ARCHIVE_OFFSET, members_subject(m, t),
                        "the table of contents says that the data of entry %lld (%s) are at byte "
                        "%llu, but they are at byte %llu",
                        (long long)t->id, members_subject(m, t), (unsigned long long)t->offset,
                        (unsigned long long)c->block_offset);
    else if (t->place == PLACE_NO_DATA)
        members_problem(m, PROBLEM_CODE_ARCHIVE_OFFSET, members_subject(m, t),
                        "the table of contents says that entry %lld (%s) has no data, but they "
                        "are at byte %llu",
                        (long long)t->id, members_subject(m, t),
                        (unsigned long long)c->block_offset);
}

static bool is_same_entry(const struct archive_entry *t, const struct archive_entry *again)
{
    bool placed = again->place == PLACE_TOLD ? again->offset == t->met : again->place == t->place;
    bool defined = str_eq(t->definition, again->definition) || str_eq(t->type, "STATISTICS DATA");
    return placed && defined && t->id == again->id && t->has_data == again->has_data &&
           t->section == again->section && t->relkind == again->relkind &&
           t->first_dependency == again->first_dependency && str_eq(t->tag, again->tag) &&
           str_eq(t->type, again->type) && str_eq(t->drop, again->drop) &&
           str_eq(t->copy, again->copy) && str_eq(t->schema, again->schema) &&
           str_eq(t->tablespace, again->tablespace) && str_eq(t->method, again->method) &&
           str_eq(t->owner, again->owner);
}

static bool is_same_toc(const struct archive_toc *toc, const struct archive_toc *again)
{
    bool same = toc->entries.n == again->entries.n;
    for (size_t i = 0; same && i < toc->entries.n; i++)
        same = is_same_entry(vec_at(&toc->entries, i), vec_at(&again->entries, i));
    return same;
}

/*
 * pg_dump 16 to 18 append to their standard output even where it is a file (_allocAH opens it with
 * PG_BINARY_A, which marks it so for all): what -Fc > FILE writes over the table of contents at
 * last, now with offsets, comes behind the data. Where it would have gone over the definition of
 * statistics (since 18) there is none. pg_restore never looks there.
 */
static bool take_toc_again(struct custom *c, bool *taken, struct err *e)
{
    struct members *m = &c->base;
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct archive_toc again = {.minor = m->toc.minor};
    bool more = true;
    *taken = false;
    m->in.text_bytes = 0;
    m->in.again = true;
    if (!archive_read_toc(a, &m->in, &again, e))
        return e->code == ERR_FORMAT || e->code == ERR_LIMIT;
    if (!intake_fill(&m->in.in, &more, e))
        return false;
    *taken = !more && is_same_toc(&m->toc, &again);
    return true;
}

/* No block begins so. Behind the last one it is something that does not belong there. */
static bool take_foreign(struct custom *c, bool wanted, uint8_t type, struct piece *p,
                         struct err *e)
{
    struct filter_facts facts = {0};
    bool again;
    if (wanted)
        return err_set(e, ERR_FORMAT, "a block of type %u at byte %llu", type,
                       (unsigned long long)c->block_offset);
    if (!take_toc_again(c, &again, e))
        return false;
    if (!again)
        members_problem(&c->base, PROBLEM_CODE_ARCHIVE_EXTRA, NULL,
                        "something follows the last data at byte %llu",
                        (unsigned long long)c->block_offset);
    c->ended = true;
    *p = (struct piece){.kind = PIECE_END};
    return intake_trailing(&c->base.in.in, &facts, e);
}

static bool custom_next(struct members *m, struct archive_entry *wanted, struct piece *p,
                        struct err *e)
{
    enum { NAME_BYTES = 40 };
    struct custom *c = (struct custom *)m;
    char name[NAME_BYTES];
    bool any = false;
    int64_t id;
    if (c->in_los)
        return next_large_object(c, p, e);
    if (!c->ended && !intake_fill(&m->in.in, &any, e))
        return false;
    *p = (struct piece){.kind = PIECE_END};
    if (!any)
        return true;
    c->block_offset = intake_offset(&m->in.in);
    uint8_t type = m->in.in.bytes[m->in.in.at];
    if (type != BLOCK_DATA && type != BLOCK_LOS)
        return take_foreign(c, wanted != NULL, type, p, e);
    m->in.in.at++;
    if (!archive_int(&m->in, &id, e))
        return false;
    (void)snprintf(name, sizeof name, "the block of entry %lld", (long long)id);
    *p = (struct piece){.kind = PIECE_DATA, .entry = archive_find(&m->toc, id)};
    if (p->entry != NULL)
        check_place(c, p->entry);
    if (type == BLOCK_DATA)
        return open_chunks(c, name, p, e);
    (void)members_begin(m, name);
    p->kind = PIECE_LOS;
    p->name = m->piece_name;
    c->in_los = true;
    c->los = p->entry;
    return true;
}

static const struct members_ops custom_ops = {.next = custom_next};

struct members *members_custom(struct arena *a, struct source *below, struct archive_facts *facts)
{
    struct custom *c = ARENA_NEW(a, struct custom);
    c->base = (struct members){.ops = &custom_ops,
                               .a = a,
                               .facts = facts,
                               .in = {.in = intake_new(a, below), .format = ARCHIVE_CUSTOM}};
    return &c->base;
}
