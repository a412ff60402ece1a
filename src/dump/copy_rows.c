/* SPDX-License-Identifier: PostgreSQL */
#include "dump/copy_rows.h"

#include <string.h>

enum { BATCH_BLOCKS = 64 };

/* What runs for each row or block is compiled once for any processor and once for this one. */
#define HOT __attribute__((always_inline)) static inline

/* The bytes of the present call. */
struct piece {
    const char *p;
    const char *raw; /* the same bytes, without the mask that may be on them */
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

/* The row's bytes in this piece, up to the newline at `end`, to a digest that takes pieces. */
static void add_text(struct copy_rows *r, const struct piece *piece, size_t end)
{
    size_t at = r->row_start > r->bytes ? (size_t)(r->row_start - r->bytes) : 0;
    if (r->row_text == NULL)
        r->row_text = row_text_open();
    row_text_add(r->row_text, piece->p + at, piece->raw + at, end - at);
}

HOT void digest_row(struct copy_rows *r, const struct piece *piece, size_t end)
{
    if (r->row_start >= r->bytes && r->row_start >= r->odd_until) {
        const char *line = piece->raw + (r->row_start - r->bytes);
        size_t n = (size_t)(piece->raw + end - line);
        if (n == 0 || line[n - 1] != '\r') {
            rows_digest_add(&r->digest, line, n);
            return;
        }
    }
    add_text(r, piece, end);
    row_text_end(r->row_text, &r->digest);
}

/* The column count is wrong. False when the data ended before this row. */
static bool misfit(struct copy_rows *r, struct piece *piece, size_t end)
{
    if (r->tabs == 0 && is_dump_comment(r, piece, end)) {
        piece->stop = COPY_LOST;
        r->lost = true;
        piece->stop_at = (size_t)(r->row_start - r->bytes);
        return false;
    }
    note_defect(&r->bad_columns, r);
    return true;
}

/* A row ends before byte `end` of the piece. False when the data ended before this row. */
HOT bool end_row(struct copy_rows *r, struct piece *piece, size_t end)
{
    if (r->n_columns != 0 && r->tabs + 1 != r->n_columns && !misfit(r, piece, end))
        return false;
    digest_row(r, piece, end - 1);
    r->rows++;
    r->tabs = 0;
    r->row_start = r->bytes + end;
    return true;
}

/* Rows that end in this block, given where what counts in it is. */
HOT bool count_rows(struct copy_rows *r, struct piece *piece, size_t at, struct copy_masks m)
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
                                struct copy_masks m, uint64_t dots)
{
    for (; dots != 0; dots &= dots - 1) {
        uint64_t before = (dots & -dots) - 1;
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

static void keep(struct copy_masks *m, uint64_t bytes)
{
    m->newline &= bytes;
    m->tab &= bytes;
    m->cr &= bytes;
}

/* Rows that begin before this offset may hold what the server does not write. */
static void note_odd(struct copy_rows *r, uint64_t offset)
{
    if (r->odd_until < offset)
        r->odd_until = offset;
}

/* Is NULL the whole column around the N at `i`? Where the piece does not show it: no. */
static bool is_null_mark(const struct piece *piece, size_t i)
{
    if (i < 2 || i + 1 == piece->n)
        return false;
    char before = piece->p[i - 2], behind = piece->p[i + 1];
    return (before == '\t' || before == '\n') && (behind == '\t' || behind == '\n');
}

/* Bytes behind a backslash: gives the full stops, and notes what the server does not write. */
static uint64_t look_at_escaped(struct copy_rows *r, const struct piece *piece, size_t at,
                                uint64_t escaped)
{
    static const bool usual[UINT8_MAX + 1] = {
        ['\\'] = true, ['n'] = true, ['t'] = true, ['r'] = true,
        ['b'] = true,  ['f'] = true, ['v'] = true};
    uint64_t dots = 0;
    for (; escaped != 0; escaped &= escaped - 1) {
        size_t i = at + (unsigned)__builtin_ctzll(escaped);
        char c = piece->p[i];
        if (usual[(uint8_t)c] || (c == 'N' && is_null_mark(piece, i)))
            continue;
        note_odd(r, r->bytes + i + 1);
        if (c == '.')
            dots |= escaped & -escaped;
    }
    return dots;
}

HOT bool one_block(struct copy_rows *r, struct piece *piece, size_t at, struct copy_masks m)
{
    size_t left = piece->n - at;
    uint64_t valid = left >= COPY_BLOCK_BYTES ? UINT64_MAX : (UINT64_C(1) << left) - 1;
    uint64_t dots = 0, newline = m.newline;
    if ((m.backslash | (uint64_t)r->escaped) != 0) {
        uint64_t escaped = escaped_bytes(m.backslash, &r->escaped);
        if (left < COPY_BLOCK_BYTES)
            r->escaped = (escaped >> left & 1) != 0;
        keep(&m, ~escaped);
        dots = look_at_escaped(r, piece, at, escaped & valid);
        if (dots != 0) {
            valid &= before_terminator(r, piece, at, dots);
            keep(&m, valid);
        }
        r->inner_newlines += (unsigned)__builtin_popcountll(newline & escaped & valid);
    }
    if ((m.cr | (uint64_t)r->after_cr) != 0)
        count_crs(r, m, valid);
    bool fine = dots != 0 ? count_rows_and_dots(r, piece, at, m, dots & valid)
                          : count_rows(r, piece, at, m);
    return fine && piece->stop == COPY_MORE;
}

/* What stands where in the next blocks; gives their number. */
static size_t find_masks(struct copy_rows *r, const struct piece *piece, size_t at,
                         struct copy_masks masks[BATCH_BLOCKS])
{
    char rest[COPY_BLOCK_BYTES];
    const char *p = piece->p + at;
    struct copy_sum sum = {0};
    size_t n_blocks = (piece->n - at) / COPY_BLOCK_BYTES;
    if (n_blocks > BATCH_BLOCKS)
        n_blocks = BATCH_BLOCKS;
    if (n_blocks == 0) { /* the rest, filled up with a byte that means nothing */
        memset(rest, ' ', sizeof rest);
        memcpy(rest, p, piece->n - at);
        p = rest;
        n_blocks = 1;
    }
    r->masks(p, n_blocks, masks, &sum);
    r->sum.nul |= sum.nul;
    r->sum.high |= sum.high;
    if (sum.control)
        note_odd(r, r->bytes + at + n_blocks * COPY_BLOCK_BYTES);
    return n_blocks;
}

HOT void add_blocks(struct copy_rows *r, struct piece *piece)
{
    struct copy_masks masks[BATCH_BLOCKS];
    for (size_t at = 0; at < piece->n;) {
        size_t n_blocks = find_masks(r, piece, at, masks);
        for (size_t i = 0; i < n_blocks; i++, at += COPY_BLOCK_BYTES)
            if (!one_block(r, piece, at, masks[i]))
                return;
    }
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("popcnt,bmi"))) static void add_fast(struct copy_rows *r, struct piece *piece)
{
    add_blocks(r, piece);
}
#else
static void add_fast(struct copy_rows *r, struct piece *piece)
{
    add_blocks(r, piece);
}
#endif

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
    struct piece piece = {.p = bytes, .raw = r->raw == NULL ? bytes : r->raw, .n = n};
    r->sum = (struct copy_sum){0};
    if (r->masks == copy_masks_portable)
        add_blocks(r, &piece);
    else
        add_fast(r, &piece);
    if (piece.stop == COPY_MORE && r->row_start < r->bytes + n)
        add_text(r, &piece, n);
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

void copy_rows_cleanup(struct copy_rows *r)
{
    row_text_close(r->row_text);
    r->row_text = NULL;
}
