/* SPDX-License-Identifier: PostgreSQL */
/*
 * Tar archives (PostgreSQL 18, src/bin/pg_dump/pg_backup_tar.c: _CloseArchive, _StartLO,
 * _tarGetHeader; header fields: POSIX.1-1988 ustar): toc.dat, ID.dat for each entry with data,
 * blob_OID.dat for each large object with a blobs.toc or blobs_ID.toc behind them that lists them,
 * and restore.sql. Members that somebody packed later (ID.dat.gz) are read too: what came out of a
 * directory archive is whole, even though pg_restore wants it unpacked first.
 */
#include "base/str.h"
#include "dump/archive_members.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_BYTES = 512,
    NAME_BYTES = 100,
    SIZE_AT = 124,
    SIZE_BYTES = 12,
    SUM_AT = 148,
    SUM_BYTES = 8,
    TYPE_AT = 156,
    BASE_256 = 0x80,
    LIST_LINE_BYTES = 512,
};

struct body {
    struct source base;
    struct intake *in;
    uint64_t left;
};

struct tar {
    struct members base;
    struct intake in;
    struct body body; /* of the member that is open */
    uint64_t padding;
    char name[NAME_BYTES + 1];
    bool ended;
    bool in_los;
    struct archive_entry *los; /* whose large objects are being read; NULL: there is no entry */
    struct vec oids;           /* uint32_t: those that were read of it */
    struct piece pending;      /* given behind the one that must come before */
    bool has_pending;
};

/* ---- members -----------------------------------------------------------------------------------
 */

static bool ends_inside(const struct tar *t, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "the tar archive ends at byte %llu, %s",
                   (unsigned long long)intake_offset(&t->in), what);
}

static bool body_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct body *b = (struct body *)s;
    bool any;
    *got = 0;
    if (b->left == 0)
        return true;
    if (!intake_fill(b->in, &any, e))
        return false;
    if (!any)
        return err_set(e, ERR_FORMAT, "the tar archive ends at byte %llu, in the middle",
                       (unsigned long long)intake_offset(b->in));
    size_t here = b->in->n - b->in->at;
    size_t some = here < n ? here : n;
    *got = b->left < some ? (size_t)b->left : some;
    memcpy(bytes, b->in->bytes + b->in->at, *got);
    b->in->at += *got;
    b->left -= *got;
    return true;
}

static const struct source_ops body_ops = {.name = "tar member", .read = body_read};

/* One block; *n is less than it only at the end of the file. */
static bool read_block(struct tar *t, uint8_t *block, size_t *n, struct err *e)
{
    for (*n = 0; *n < BLOCK_BYTES;) {
        bool any;
        if (!intake_fill(&t->in, &any, e))
            return false;
        if (!any)
            return true;
        size_t here = t->in.n - t->in.at, room = BLOCK_BYTES - *n;
        size_t some = here < room ? here : room;
        memcpy(block + *n, t->in.bytes + t->in.at, some);
        t->in.at += some;
        *n += some;
    }
    return true;
}

static bool skip(struct tar *t, uint64_t n, struct err *e)
{
    while (n > 0) {
        bool any;
        if (!intake_fill(&t->in, &any, e))
            return false;
        if (!any)
            return ends_inside(t, "in the middle", e);
        uint64_t here = t->in.n - t->in.at;
        uint64_t some = here < n ? here : n;
        t->in.at += (size_t)some;
        n -= some;
    }
    return true;
}

static bool is_zero(const uint8_t *block)
{
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        if (block[i] != 0)
            return false;
    return true;
}

/* Octal digits, or a number of base 256 behind a byte with the top bit set (above 8 GiB). */
static bool parse_number(const uint8_t *p, size_t n, uint64_t *value)
{
    *value = 0;
    if ((p[0] & BASE_256) != 0) {
        for (size_t i = n - sizeof(uint64_t); i < n; i++)
            *value = *value << 8 | p[i];
        return true;
    }
    size_t i = 0;
    while (i < n && p[i] == ' ')
        i++;
    size_t first = i;
    for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
        *value = *value << 3 | (uint64_t)(p[i] - '0');
    return i > first && (i == n || p[i] == ' ' || p[i] == '\0');
}

/* The sum of all bytes, those of the sum itself taken for blanks. */
static bool has_right_sum(const uint8_t *block)
{
    uint64_t told, sum = 0;
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        sum += i >= SUM_AT && i < SUM_AT + SUM_BYTES ? ' ' : block[i];
    return parse_number(block + SUM_AT, SUM_BYTES, &told) && told == sum;
}

/* Two blocks of zeros end the archive; more of them may follow. */
static bool read_end(struct tar *t, struct err *e)
{
    uint8_t block[BLOCK_BYTES];
    struct filter_facts facts = {0};
    size_t n;
    t->ended = true;
    if (!read_block(t, block, &n, e))
        return false;
    if (n < BLOCK_BYTES)
        return ends_inside(t, "before its second block of zeros", e);
    if (is_zero(block) && !intake_trailing(&t->in, &facts, e))
        return false;
    if (!is_zero(block) || facts.garbage)
        members_problem(&t->base, PROBLEM_CODE_ARCHIVE_EXTRA, NULL,
                        "something follows the end of the tar archive before byte %llu",
                        (unsigned long long)intake_offset(&t->in));
    return is_zero(block) || intake_trailing(&t->in, &facts, e);
}

/* Goes to the next ordinary file: its name and its body. *any is false at the end. */
static bool next_file(struct tar *t, bool *any, struct err *e)
{
    uint8_t block[BLOCK_BYTES];
    size_t n;
    for (*any = false; !t->ended;) {
        if (!skip(t, t->body.left + t->padding, e) || !read_block(t, block, &n, e))
            return false;
        if (n < BLOCK_BYTES)
            return ends_inside(t, "without the two blocks of zeros", e);
        t->body = (struct body){.base = {.ops = &body_ops}, .in = &t->in};
        t->padding = 0;
        if (is_zero(block))
            return read_end(t, e);
        if (!has_right_sum(block) || !parse_number(block + SIZE_AT, SIZE_BYTES, &t->body.left))
            return err_set(e, ERR_FORMAT, "the tar header before byte %llu is broken",
                           (unsigned long long)intake_offset(&t->in));
        t->padding = (BLOCK_BYTES - t->body.left % BLOCK_BYTES) % BLOCK_BYTES;
        if (block[TYPE_AT] != '0' && block[TYPE_AT] != '\0')
            continue;
        memcpy(t->name, block, NAME_BYTES);
        *any = true;
        return true;
    }
    return true;
}

/* The body of the file, decoded by the end of its name. */
static bool open_file(struct tar *t, struct piece *p, struct err *e)
{
    struct members *m = &t->base;
    size_t n;
    enum unpacker unpacker = members_suffix(t->name, &n);
    (void)members_begin(m, t->name);
    p->name = m->piece_name;
    p->hollow = t->body.left == 0 && members_is_never_empty(unpacker);
    p->data = members_unpack(m, &t->body.base, t->body.left == 0 ? UNPACK_NONE : unpacker, e);
    return p->data != NULL;
}

/* ---- large objects -----------------------------------------------------------------------------
 */

/* What must come before is given first. */
static void give_before(struct tar *t, struct piece before, struct piece *p)
{
    t->pending = *p;
    t->has_pending = true;
    *p = before;
}

/* Their entry is told by the list behind them only; entries come in the order of the archive. */
static struct archive_entry *next_los_entry(const struct tar *t)
{
    VEC_EACH (struct archive_entry, x, &t->base.toc.entries)
        if (x->has_data && !x->done && str_eq(x->type, "BLOBS"))
            return x;
    return NULL;
}

static struct piece begin_los(struct tar *t)
{
    t->los = next_los_entry(t);
    t->in_los = true;
    t->oids.n = 0;
    return (struct piece){.kind = PIECE_LOS, .entry = t->los, .name = t->base.piece_name};
}

static struct piece end_los(struct tar *t)
{
    t->in_los = false;
    return (struct piece){.kind = PIECE_LOS_END, .entry = t->los, .name = t->base.piece_name};
}

/* One line of the list, "OID blob_OID.dat", against what was read. */
static bool is_listed(const struct tar *t, const char *line, size_t i)
{
    enum { EXPECTED_BYTES = 64 };
    char expected[EXPECTED_BYTES];
    if (i >= t->oids.n)
        return false;
    uint32_t oid = *(const uint32_t *)vec_at(&t->oids, i);
    (void)snprintf(expected, sizeof expected, "%u blob_%u.dat", oid, oid);
    return str_eq(line, expected);
}

/* The list against what was read before it. */
static bool compare_list(struct tar *t, struct source *list, struct err *e)
{
    char line[LIST_LINE_BYTES];
    size_t n = 0, i = 0, got = 1;
    bool same = true;
    while (got > 0 && n < sizeof line - 1) {
        if (!source_read(list, line + n, 1, &got, e))
            return false;
        if (got > 0 && line[n] != '\n') {
            n++;
            continue;
        }
        line[n] = '\0';
        same = same && (n == 0 || is_listed(t, line, i));
        i += n > 0;
        n = 0;
    }
    if (!same || i != t->oids.n)
        members_problem(&t->base, PROBLEM_CODE_ARCHIVE_DATA_MISSING, t->name,
                        "%s does not list the %zu large objects that come before it", t->name,
                        t->oids.n);
    for (char rest[LIST_LINE_BYTES]; got > 0;)
        if (!source_read(list, rest, sizeof rest, &got, e))
            return false;
    return true;
}

static bool take_list(struct tar *t, struct piece *p, struct err *e)
{
    if (!open_file(t, p, e) || !compare_list(t, p->data, e))
        return false;
    bool begun = t->in_los;
    struct piece before = begun ? (struct piece){0} : begin_los(t);
    *p = end_los(t);
    if (!begun)
        give_before(t, before, p);
    return true;
}

static bool take_large_object(struct tar *t, uint32_t oid, struct piece *p, struct err *e)
{
    *p = (struct piece){.kind = PIECE_LO, .oid = oid};
    if (!open_file(t, p, e))
        return false;
    bool begun = t->in_los;
    struct piece before = begun ? (struct piece){0} : begin_los(t);
    *(uint32_t *)vec_push(&t->oids) = oid;
    p->entry = t->los;
    if (!begun)
        give_before(t, before, p);
    return true;
}

/* ---- what comes next ---------------------------------------------------------------------------
 */

/* "blob_123.dat", packed or not. */
static bool is_large_object(const char *name, uint32_t *oid)
{
    static const char prefix[] = "blob_", suffix[] = ".dat";
    char digits[NAME_BYTES + 1];
    uint64_t value;
    size_t n;
    (void)members_suffix(name, &n);
    if (!str_starts(name, prefix) || n < sizeof prefix + sizeof suffix - 2)
        return false;
    size_t n_digits = n - (sizeof prefix - 1) - (sizeof suffix - 1);
    memcpy(digits, name + sizeof prefix - 1, n_digits);
    digits[n_digits] = '\0';
    if (memcmp(name + n - (sizeof suffix - 1), suffix, sizeof suffix - 1) != 0 ||
        !str_parse_uint(digits, &value) || value > UINT32_MAX)
        return false;
    *oid = (uint32_t)value;
    return true;
}

static bool is_list(const char *name)
{
    size_t n;
    (void)members_suffix(name, &n);
    static const char suffix[] = ".toc";
    return str_starts(name, "blobs") && n > sizeof suffix - 1 &&
           memcmp(name + n - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0;
}

/* Its name is its entry's id, and its entry names it. */
static struct archive_entry *entry_of(const struct tar *t)
{
    size_t n;
    (void)members_suffix(t->name, &n);
    struct archive_entry *x = archive_find(&t->base.toc, strtoll(t->name, NULL, 10));
    bool is = x != NULL && x->file != NULL && slice_eq((struct slice){t->name, n}, x->file);
    return is ? x : NULL;
}

/* The list of large objects got lost when data follow them, or the end. */
static bool give_behind_los(struct tar *t, struct piece *p)
{
    if (t->in_los) {
        members_problem(&t->base, PROBLEM_CODE_ARCHIVE_DATA_MISSING, NULL,
                        "the list of large objects that belongs behind them is missing");
        give_before(t, end_los(t), p);
    }
    return true;
}

static bool tar_next(struct members *m, struct archive_entry *wanted, struct piece *p,
                     struct err *e)
{
    struct tar *t = (struct tar *)m;
    bool any = false;
    uint32_t oid;
    (void)wanted;
    if (t->has_pending) {
        *p = t->pending;
        t->has_pending = false;
        return true;
    }
    do
        if (!next_file(t, &any, e))
            return false;
    while (any && str_eq(t->name, "restore.sql"));
    *p = (struct piece){.kind = PIECE_END};
    if (!any)
        return give_behind_los(t, p);
    if (is_large_object(t->name, &oid))
        return take_large_object(t, oid, p, e);
    if (is_list(t->name))
        return take_list(t, p, e);
    *p = (struct piece){.kind = PIECE_DATA, .entry = entry_of(t)};
    return open_file(t, p, e) && give_behind_los(t, p);
}

static const struct members_ops tar_ops = {.toc_end = members_toc_end, .next = tar_next};

struct members *members_tar(struct arena *a, struct source *below, struct archive_facts *facts,
                            struct err *e)
{
    struct tar *t = ARENA_NEW(a, struct tar);
    bool any;
    *t = (struct tar){.base = {.ops = &tar_ops, .a = a, .facts = facts},
                      .in = intake_new(a, below),
                      .oids = vec_new(a, sizeof(uint32_t))};
    if (!next_file(t, &any, e))
        return NULL;
    if (!any || !str_eq(t->name, "toc.dat")) {
        err_set(e, ERR_FORMAT, "the tar archive does not begin with toc.dat");
        return NULL;
    }
    t->base.in = (struct archive_in){.in = intake_new(a, &t->body.base), .format = ARCHIVE_TAR};
    return &t->base;
}
