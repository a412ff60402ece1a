/* SPDX-License-Identifier: PostgreSQL */
#include "dump/copy_rows.h"

#include <string.h>

enum { BATCH_BLOCKS = 64 };

/* The bytes of the present call. */
struct piece {
    const char *p;
    size_t n;
    enum copy_stop stop;
    size_t stop_at; /* meaningful unless COPY_MORE */
};

/* Which bytes follow an odd number of backslashes; *carry goes from block to block. */
static uint64_t escaped_bytes(uint64_t backslash, bool *carry)
{
    uint64_t escaped = 0, todo = backslash;
    if (*carry) {
        escaped = 1;
        todo &= ~UINT64_C(1);
    }
    *carry = false;
    while (todo != 0) {
        uint64_t next = (todo & -todo) << 1;
        *carry = next == 0;
        escaped |= next;
        todo &= todo - 1;
        todo &= ~next;
    }
    return escaped;
}

/* Is there a terminator line at `i`, the place of a backslash behind a newline? */
static bool is_terminator(const struct piece *piece, size_t i)
{
    const char *p = piece->p + i + 2;
    size_t left = piece->n - i - 2;
    if (left > 0 && *p == '\r') {
        p++;
        left--;
    }
    return left == 0 || *p == '\n';
}

static void note_defect(struct copy_defect *d, const struct copy_rows *r)
{
    if (d->n++ == 0) {
        d->row = r->rows + 1;
        d->columns = r->tabs + 1;
        d->offset = r->row_start;
    }
}

/* Comments that pg_dump writes between tables; as rows of several columns they cannot be data. They
 * are one line, so a row that an escaped newline carried on is none. */
static bool is_dump_comment(const struct copy_rows *r, const struct piece *piece, size_t end)
{
    static const char *const starts[] = {
        "-- Name: ", "-- Data for Name: ", "-- PostgreSQL database dump complete"};
    if (r->n_columns < 2 || r->row_start < r->bytes)
        return false;
    size_t at = (size_t)(r->row_start - r->bytes);
    if (memchr(piece->p + at, '\n', end - 1 - at) != NULL)
        return false;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        size_t n = strlen(starts[i]);
        if (end - at > n && memcmp(piece->p + at, starts[i], n) == 0)
            return true;
    }
    return false;
}

/* A row ends before byte `end` of the piece. False when the data ended before this row. */
static bool end_row(struct copy_rows *r, struct piece *piece, size_t end)
{
    if (r->n_columns != 0 && r->tabs + 1 != r->n_columns) {
        if (r->tabs == 0 && is_dump_comment(r, piece, end)) {
            piece->stop = COPY_LOST;
            r->lost = true;
            piece->stop_at = (size_t)(r->row_start - r->bytes);
            return false;
        }
        note_defect(&r->bad_columns, r);
    }
    r->rows++;
    r->tabs = 0;
    r->row_start = r->bytes + end;
    return true;
}

/* Rows that end in this block, given where what counts in it is. */
static bool count_rows(struct copy_rows *r, struct piece *piece, size_t at, struct copy_masks m)
{
    while (m.newline != 0) {
        uint64_t before = (m.newline & -m.newline) - 1;
        r->tabs += (unsigned)__builtin_popcountll(m.tab & before);
        m.tab &= ~before;
        if (!end_row(r, piece, at + (unsigned)__builtin_ctzll(m.newline) + 1))
            return false;
        m.newline &= m.newline - 1;
    }
    r->tabs += (unsigned)__builtin_popcountll(m.tab);
    return true;
}

/* Looks for a terminator among escaped full stops. Gives the bytes of the block before it. */
static uint64_t before_terminator(struct copy_rows *r, struct piece *piece, size_t at,
                                  uint64_t dots)
{
    for (; dots != 0; dots &= dots - 1) {
        size_t dot = at + (unsigned)__builtin_ctzll(dots);
        bool at_start = dot >= 2 ? piece->p[dot - 2] == '\n' : dot == 1 && r->at_raw_start;
        if (!at_start || !is_terminator(piece, dot - 1))
            continue;
        piece->stop = COPY_TERMINATOR;
        piece->stop_at = dot - 1;
        return piece->stop_at <= at ? 0 : (UINT64_C(1) << (piece->stop_at - at)) - 1;
    }
    return UINT64_MAX;
}

/* Like count_rows, in the presence of full stops that are escaped but are no terminator. */
static bool count_rows_and_dots(struct copy_rows *r, struct piece *piece, size_t at,
                                struct copy_masks m)
{
    for (; m.dot != 0; m.dot &= m.dot - 1) {
        uint64_t before = (m.dot & -m.dot) - 1;
        struct copy_masks part = {.newline = m.newline & before, .tab = m.tab & before};
        if (!count_rows(r, piece, at, part))
            return false;
        m.newline &= ~before;
        m.tab &= ~before;
        note_defect(&r->bad_marker, r);
    }
    return count_rows(r, piece, at, m);
}

/* `valid`: the bytes of the block that are there. */
static void count_crs(struct copy_rows *r, struct copy_masks m, uint64_t valid)
{
    uint64_t behind = (m.cr << 1 | r->after_cr) & valid;
    r->crlf_rows += (unsigned)__builtin_popcountll(behind & m.newline);
    r->bare_crs += (unsigned)__builtin_popcountll(behind & ~m.newline);
    r->after_cr = (m.cr & (valid ^ valid >> 1)) != 0;
}

static void keep_before(struct copy_masks *m, uint64_t bytes)
{
    m->newline &= bytes;
    m->tab &= bytes;
    m->cr &= bytes;
    m->dot &= bytes;
}

static bool one_block(struct copy_rows *r, struct piece *piece, size_t at, struct copy_masks m)
{
    size_t left = piece->n - at;
    uint64_t valid = left >= COPY_BLOCK_BYTES ? UINT64_MAX : (UINT64_C(1) << left) - 1;
    uint64_t escaped = 0, newline = m.newline;
    if ((m.backslash | (uint64_t)r->escaped) != 0) {
        escaped = escaped_bytes(m.backslash, &r->escaped);
        if (left < COPY_BLOCK_BYTES)
            r->escaped = (escaped >> left & 1) != 0;
        m.newline &= ~escaped;
        m.tab &= ~escaped;
        m.cr &= ~escaped;
    }
    m.dot &= escaped & valid;
    if (m.dot != 0) {
        valid &= before_terminator(r, piece, at, m.dot);
        keep_before(&m, valid);
    }
    if (escaped != 0)
        r->inner_newlines += (unsigned)__builtin_popcountll(newline & escaped & valid);
    if ((m.cr | (uint64_t)r->after_cr) != 0)
        count_crs(r, m, valid);
    bool fine = m.dot != 0 ? count_rows_and_dots(r, piece, at, m) : count_rows(r, piece, at, m);
    return fine && piece->stop == COPY_MORE;
}

static bool batch(struct copy_rows *r, struct piece *piece, size_t *at)
{
    struct copy_masks masks[BATCH_BLOCKS];
    char rest[COPY_BLOCK_BYTES];
    const char *p = piece->p + *at;
    size_t n_blocks = (piece->n - *at) / COPY_BLOCK_BYTES;
    if (n_blocks > BATCH_BLOCKS)
        n_blocks = BATCH_BLOCKS;
    if (n_blocks == 0) { /* the rest, filled up with a byte that means nothing */
        memset(rest, ' ', sizeof rest);
        memcpy(rest, p, piece->n - *at);
        p = rest;
        n_blocks = 1;
    }
    r->masks(p, n_blocks, masks, &r->sum);
    for (size_t i = 0; i < n_blocks; i++, *at += COPY_BLOCK_BYTES)
        if (!one_block(r, piece, *at, masks[i]))
            return false;
    return true;
}

static enum copy_stop add_plain_lines(struct copy_rows *r, const char *bytes, size_t n,
                                      size_t *used)
{
    size_t i = 0;
    while (i < n) {
        struct piece piece = {.p = bytes, .n = n};
        bool marker = r->at_raw_start && n - i >= 2 && bytes[i] == '\\' && bytes[i + 1] == '.';
        if (marker && is_terminator(&piece, i))
            break;
        const char *end = memchr(bytes + i, '\n', n - i);
        r->at_raw_start = end != NULL;
        r->rows += end != NULL;
        i = end == NULL ? n : (size_t)(end - bytes) + 1;
    }
    r->sum = (struct copy_sum){.nul = true, .high = true}; /* not looked at: both may be there */
    r->tabs = 0;
    r->bytes += i;
    *used = i;
    return i < n ? COPY_TERMINATOR : COPY_MORE;
}

enum copy_stop copy_rows_add(struct copy_rows *r, const char *bytes, size_t n, size_t *used)
{
    if (r->plain_lines)
        return add_plain_lines(r, bytes, n, used);
    struct piece piece = {.p = bytes, .n = n};
    r->sum = (struct copy_sum){0};
    for (size_t at = 0; at < n && batch(r, &piece, &at);)
        ;
    *used = piece.stop == COPY_MORE ? n : piece.stop_at;
    r->bytes += *used;
    if (*used > 0)
        r->at_raw_start = bytes[*used - 1] == '\n';
    return piece.stop;
}

bool copy_rows_open(const struct copy_rows *r)
{
    return r->plain_lines ? !r->at_raw_start : r->row_start < r->bytes;
}
