/* SPDX-License-Identifier: PostgreSQL */
#include "dump/archive.h"

#include "base/str.h"
#include "dump/archive_blobs.h"
#include "dump/archive_members.h"
#include "dump/archive_text.h"

#include <assert.h>
#include <string.h>

enum {
    TEXT_BYTES = 64 * 1024, /* so much is made before it is given */
    LO_BYTES = 16 * 1024,   /* of a large object in one statement, as pg_restore has it */
    TAIL_BYTES = 16,
};

/*
 * ENTRIES writes the entries of the round until one has data. PIECES then takes what the archive
 * holds until those data were met: TABLE hands on the data of one table, OBJECT writes those of one
 * large object, LOST reads what is not to be restored. When all rounds are over, PIECES takes
 * what is left. ENDED gives nothing more.
 */
enum phase {
    PHASE_TOC,
    PHASE_ENTRIES,
    PHASE_PIECES,
    PHASE_TABLE,
    PHASE_OBJECT,
    PHASE_LOST,
    PHASE_ENDED
};

struct archive {
    struct source base;
    struct arena *own; /* of all that is made while it is read, which may be on another thread */
    struct archive_facts *facts;
    struct members *m;
    struct archive_text text;
    struct buf out; /* text[given .. n) is to be given */
    size_t given;
    enum phase phase;
    enum archive_round round;
    size_t next;                  /* entry of the round */
    struct archive_entry *wanted; /* whose data must come; NULL: all were met */
    struct piece piece;
    uint64_t piece_bytes;
    char tail[TAIL_BYTES]; /* of the piece's data */
    size_t tail_n;
    bool skip_los; /* these large objects have no entry of their own */
    struct blobs blobs;
    bool missing;   /* data: no completion line comes */
    struct err why; /* given behind the text that came before the failure */
    bool failed;
};

/* ---- the table of contents ---------------------------------------------------------------------
 */

static void judge_toc(struct archive *ar)
{
    struct members *m = ar->m;
    const struct archive_entry *before = NULL;
    VEC_EACH (struct archive_entry *const, t, &m->toc.by_id) {
        if (before != NULL && before->id == (*t)->id)
            members_problem(m, PROBLEM_CODE_ARCHIVE_ENTRY_TWICE, (*t)->tag,
                            "entries %s and %s have the same id %lld", before->tag, (*t)->tag,
                            (long long)before->id);
        before = *t;
    }
}

static bool read_toc(struct archive *ar, struct err *e)
{
    struct members *m = ar->m;
    if (!archive_read_toc(m->a, &m->in, &m->toc, e) ||
        (m->ops->toc_end != NULL && !m->ops->toc_end(m, e)))
        return false;
    m->facts->entries = m->toc.entries.n;
    VEC_EACH (const struct archive_entry, t, &m->toc.entries) {
        m->facts->tables += t->has_data && str_eq(t->type, "TABLE DATA");
        if (str_eq(t->type, "DATABASE"))
            m->facts->create_database = t->definition;
    }
    judge_toc(ar);
    ar->blobs = blobs_of(m);
    archive_text_begin(&ar->text);
    ar->phase = PHASE_ENTRIES;
    return true;
}

/* ---- entries -----------------------------------------------------------------------------------
 */

static void write_entry(struct archive *ar, struct archive_entry *t)
{
    unsigned wants = archive_wants(t);
    bool data = t->has_data && (wants & WANTS_DATA) != 0;
    if ((wants & WANTS_STATISTICS) != 0)
        archive_text_entry(&ar->text, t, "Statistics for ");
    else if (wants != 0 && (!data || (wants & WANTS_SCHEMA) != 0))
        archive_text_entry(&ar->text, t, "");
    if (!data || t->done)
        return;
    ar->wanted = t;
    ar->phase = PHASE_PIECES;
}

/* One entry, or on to the next round, or to what is left of the data. */
static bool write_next(struct archive *ar, struct err *e)
{
    const struct vec *entries = &ar->m->toc.entries;
    ar->wanted = NULL;
    if (ar->round == ROUNDS) {
        ar->phase = PHASE_PIECES;
        return true;
    }
    if (ar->next == entries->n) {
        ar->round++;
        ar->next = 0;
        return true;
    }
    struct archive_entry *t = vec_at(entries, ar->next++);
    if (archive_round_of(t) == ar->round)
        write_entry(ar, t);
    return !ar->text.too_long ||
           err_set(e, ERR_LIMIT, "entry %lld (%s) grows to more than %d bytes", (long long)t->id,
                   t->tag, ARCHIVE_TEXT_BYTES_MAX);
}

/* ---- data of tables ----------------------------------------------------------------------------
 */

static void keep_tail(struct archive *ar, const char *bytes, size_t n)
{
    size_t some = n < TAIL_BYTES ? n : TAIL_BYTES;
    size_t old = ar->tail_n + some > TAIL_BYTES ? TAIL_BYTES - some : ar->tail_n;
    memmove(ar->tail, ar->tail + ar->tail_n - old, old);
    memcpy(ar->tail + old, bytes + n - some, some);
    ar->tail_n = old + some;
}

/* Do the data end with the line that is a backslash and a dot, and blank lines? */
static bool is_terminated(const struct archive *ar)
{
    const char *p = ar->tail;
    size_t n = ar->tail_n;
    while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
        n--;
    if (n == ar->tail_n || n < 2 || memcmp(p + n - 2, "\\.", 2) != 0)
        return false;
    return n == 2 ? ar->piece_bytes == ar->tail_n : p[n - 3] == '\n' || p[n - 3] == '\r';
}

/* pg_restore would send the end of the data and go on. Here the same text follows, so that what
 * comes after is judged for itself. */
static void terminate(struct archive *ar)
{
    bool inside = ar->tail_n > 0 && ar->tail[ar->tail_n - 1] != '\n';
    buf_puts(&ar->out, inside ? "\n\\.\n\n\n" : "\\.\n\n\n");
}

static void judge_table(struct archive *ar)
{
    struct members *m = ar->m;
    const struct archive_entry *t = ar->piece.entry;
    const char *subject = members_subject(m, t);
    bool copies = t->copy != NULL && *t->copy != '\0', whole = !copies || is_terminated(ar);
    if (ar->piece_bytes == 0)
        members_problem(m, PROBLEM_CODE_ARCHIVE_DATA_EMPTY, subject,
                        "%s: the data of %s are zero bytes", ar->piece.name, subject);
    else if (!whole)
        members_problem(m, PROBLEM_CODE_ARCHIVE_DATA_UNTERMINATED, subject,
                        "%s: the data of %s end without terminator after %llu bytes",
                        ar->piece.name, subject, (unsigned long long)ar->piece_bytes);
    if (!whole)
        terminate(ar);
    ar->missing = ar->missing || !whole || ar->piece_bytes == 0;
}

static void end_piece(struct archive *ar)
{
    struct archive_entry *t = ar->piece.entry;
    members_end(ar->m);
    if (ar->phase == PHASE_TABLE) {
        judge_table(ar);
        t->done = true;
    }
    bool met = ar->wanted != NULL && ar->wanted->done;
    ar->phase = met ? PHASE_ENTRIES : PHASE_PIECES;
}

/* Where in the archive the data were being read. */
static bool wrap(struct archive *ar, struct err *e)
{
    const struct archive_entry *t = ar->piece.entry;
    if (ar->phase == PHASE_TABLE)
        return err_wrap(e, "%s, data of %s", ar->piece.name, members_subject(ar->m, t));
    return err_wrap(e, "%s", ar->piece.name);
}

/* Data go straight to the reader. *got is 0 when the piece ended. */
static bool read_table(struct archive *ar, void *bytes, size_t n, size_t *got, struct err *e)
{
    if (!source_read(ar->piece.data, bytes, n, got, e))
        return wrap(ar, e);
    if (ar->phase == PHASE_TABLE)
        ar->m->sql_offset = ar->base.offset;
    if (*got == 0) {
        end_piece(ar);
        return true;
    }
    ar->piece_bytes += *got;
    if (ar->phase == PHASE_TABLE)
        keep_tail(ar, bytes, *got);
    else
        *got = 0;
    return true;
}

/* ---- pieces ------------------------------------------------------------------------------------
 */

static bool write_object(struct archive *ar, struct err *e)
{
    uint8_t bytes[LO_BYTES];
    size_t got;
    if (!source_read_full(ar->piece.data, bytes, sizeof bytes, &got, e))
        return wrap(ar, e);
    if (got > 0)
        archive_text_lo_write(&ar->text, bytes, got);
    if (got == sizeof bytes)
        return true;
    archive_text_lo_close(&ar->text);
    end_piece(ar);
    return true;
}

static bool read_lost(struct archive *ar, struct err *e)
{
    char bytes[LO_BYTES];
    size_t got;
    return read_table(ar, bytes, sizeof bytes, &got, e);
}

/* May these data be restored? Notes why not. */
static bool belongs(struct archive *ar, bool large_objects)
{
    struct members *m = ar->m;
    const struct archive_entry *t = ar->piece.entry;
    if (t == NULL || !t->has_data || str_eq(t->type, "BLOBS") != large_objects) {
        members_problem(m, PROBLEM_CODE_ARCHIVE_DATA_UNKNOWN, ar->piece.name,
                        "%s belongs to no entry with such data", ar->piece.name);
        return false;
    }
    if (t->done)
        members_problem(m, PROBLEM_CODE_ARCHIVE_DATA_TWICE, members_subject(m, t),
                        "%s: the data of %s are there twice", ar->piece.name,
                        members_subject(m, t));
    return !t->done;
}

static void begin_table(struct archive *ar)
{
    ar->piece_bytes = 0;
    ar->tail_n = 0;
    bool is = belongs(ar, false) && (archive_wants(ar->piece.entry) & WANTS_DATA) != 0;
    ar->phase = is ? PHASE_TABLE : PHASE_LOST;
    if (is)
        archive_text_data(&ar->text, ar->piece.entry);
}

static void begin_object(struct archive *ar)
{
    struct members *m = ar->m;
    bool is = !ar->skip_los && blobs_met(&ar->blobs, m, ar->piece.oid);
    if (ar->piece.hollow)
        members_problem(m, PROBLEM_CODE_ARCHIVE_DATA_EMPTY, NULL, "%s: a packed file of zero bytes",
                        ar->piece.name);
    ar->missing = ar->missing || ar->piece.hollow;
    ar->phase = is ? PHASE_OBJECT : PHASE_LOST;
    if (is)
        archive_text_lo_open(&ar->text, ar->piece.oid);
}

static void begin_objects(struct archive *ar)
{
    ar->skip_los = !belongs(ar, true);
    if (!ar->skip_los)
        archive_text_data(&ar->text, ar->piece.entry);
}

static void end_objects(struct archive *ar)
{
    if (ar->skip_los)
        return;
    archive_text_los_end(&ar->text);
    ar->piece.entry->done = true;
    if (ar->wanted != NULL && ar->wanted->done)
        ar->phase = PHASE_ENTRIES;
}

/* Nothing more of what was wanted; or of all. */
static void end_pieces(struct archive *ar)
{
    struct members *m = ar->m;
    struct archive_entry *t = ar->wanted;
    if (t != NULL) {
        members_problem(m, PROBLEM_CODE_ARCHIVE_DATA_MISSING, members_subject(m, t),
                        "the archive has no data for entry %lld, %s %s", (long long)t->id, t->type,
                        members_subject(m, t));
        ar->missing = t->done = true;
        ar->phase = PHASE_ENTRIES;
        return;
    }
    ar->missing = !blobs_all_met(&ar->blobs, m) || ar->missing;
    if (!ar->missing)
        archive_text_end(&ar->text);
    ar->phase = PHASE_ENDED;
}

static bool take_piece(struct archive *ar, struct err *e)
{
    if (!ar->m->ops->next(ar->m, ar->wanted, &ar->piece, e))
        return false;
    switch (ar->piece.kind) {
    case PIECE_END:
        end_pieces(ar);
        break;
    case PIECE_DATA:
        begin_table(ar);
        break;
    case PIECE_LOS:
        begin_objects(ar);
        break;
    case PIECE_LO:
        begin_object(ar);
        break;
    case PIECE_LOS_END:
        end_objects(ar);
        break;
    }
    return true;
}

/* ---- the link ----------------------------------------------------------------------------------
 */

/* One step that makes text, or none. Not in PHASE_TABLE and PHASE_ENDED. */
static bool step(struct archive *ar, struct err *e)
{
    ar->m->sql_offset = ar->base.offset + ar->out.n;
    switch (ar->phase) {
    case PHASE_TOC:
        return read_toc(ar, e);
    case PHASE_ENTRIES:
        return write_next(ar, e);
    case PHASE_PIECES:
        return take_piece(ar, e);
    case PHASE_OBJECT:
        return write_object(ar, e);
    case PHASE_LOST:
        return read_lost(ar, e);
    case PHASE_TABLE:
    case PHASE_ENDED:
        break;
    }
    return true;
}

static bool makes_text(const struct archive *ar)
{
    return !ar->failed && ar->phase != PHASE_TABLE && ar->phase != PHASE_ENDED;
}

/* Makes text up to where data or the end follow. What was made before a failure is given first. */
static void make_text(struct archive *ar)
{
    buf_clear(&ar->out);
    ar->given = 0;
    while (makes_text(ar) && ar->out.n < TEXT_BYTES)
        ar->failed = !step(ar, &ar->why);
}

static bool archive_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct archive *ar = (struct archive *)s;
    for (*got = 0; *got == 0;) {
        if (ar->given == ar->out.n && makes_text(ar))
            make_text(ar);
        size_t left = ar->out.n - ar->given;
        if (left > 0) {
            *got = left < n ? left : n;
            memcpy(bytes, ar->out.p + ar->given, *got);
            ar->given += *got;
        } else if (ar->failed) {
            *e = ar->why;
            return false;
        } else if (ar->phase == PHASE_ENDED) {
            return true;
        } else if (!read_table(ar, bytes, n, got, e)) {
            return false;
        }
    }
    return true;
}

static void archive_close(struct source *s)
{
    struct archive *ar = (struct archive *)s;
    members_close(ar->m);
    buf_cleanup(&ar->out);
    ar->facts->problems = ar->facts->digests = (struct vec){0};
    arena_free(ar->own);
}

static const struct source_ops archive_ops = {
    .name = "archive", .read = archive_read, .close = archive_close};

/* ---- opening -----------------------------------------------------------------------------------
 */

/* It owns the link below from here on, and opens nothing yet. */
static struct archive *new_archive(struct arena *a, struct source *below,
                                   struct archive_facts *facts)
{
    struct archive *ar = ARENA_NEW(a, struct archive);
    *ar = (struct archive){
        .base = {.ops = &archive_ops, .below = below}, .own = arena_new(), .facts = facts};
    *facts = (struct archive_facts){.compression = "none",
                                    .wants_digests = facts->wants_digests,
                                    .problems = vec_new(ar->own, sizeof(struct problem)),
                                    .digests = vec_new(ar->own, sizeof(struct file_digest)),
                                    .files = source_mem(a, "", 0)};
    return ar;
}

static bool read_head(struct arena *a, struct archive *ar, struct err *e)
{
    struct members *m = ar->m;
    struct archive_facts *facts = ar->facts;
    bool ok = archive_read_head(ar->own, &m->in, &m->toc, &facts->unknown, e);
    if (!ok && e->code == ERR_FORMAT && m->toc.odd != NULL)
        err_set(e, ERR_FORMAT, "the header is none that pg_dump writes: %s", m->toc.odd);
    if (!ok)
        return err_wrap(e, "archive");
    facts->version = arena_printf(a, "1.%u", m->toc.minor);
    if (facts->unknown != NULL) {
        facts->unknown = arena_strdup(a, facts->unknown);
        return false;
    }
    facts->compression = archive_packing_words[m->toc.packing];
    if (m->toc.database != NULL)
        facts->database = arena_strdup(a, m->toc.database);
    if (m->toc.odd != NULL)
        members_problem(m, PROBLEM_CODE_ARCHIVE_HEADER, NULL,
                        "the header is none that pg_dump writes: %s", m->toc.odd);
    return true;
}

/* Reads the header with what the format gave; NULL closes the archive. */
static struct source *open_archive(struct arena *a, struct archive *ar, struct members *m,
                                   struct err *e)
{
    CLEANUP(source_cleanup) struct source *link = &ar->base;
    if (m == NULL)
        return NULL;
    ar->m = m;
    ar->text = (struct archive_text){.out = &ar->out, .toc = &m->toc};
    return read_head(a, ar, e) ? TAKE(link) : NULL;
}

struct source *archive_custom(struct arena *a, struct source *below, struct archive_facts *facts,
                              struct err *e)
{
    struct archive *ar = new_archive(a, below, facts);
    return open_archive(a, ar, members_custom(ar->own, below, facts), e);
}

struct source *archive_tar(struct arena *a, struct source *below, struct archive_facts *facts,
                           struct err *e)
{
    struct archive *ar = new_archive(a, below, facts);
    return open_archive(a, ar, members_tar(ar->own, below, facts, e), e);
}

struct source *archive_directory(struct arena *a, const char *dir, struct archive_facts *facts,
                                 struct err *e)
{
    struct archive *ar = new_archive(a, NULL, facts);
    return open_archive(a, ar, members_directory(ar->own, dir, facts, e), e);
}
