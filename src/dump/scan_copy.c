/* SPDX-License-Identifier: PostgreSQL */
/* The data of COPY blocks, in pieces of whole lines. */
#include "dump/scanner.h"

#include <string.h>

enum { PIECE_BYTES = 1024 * 1024 };

/* Bytes at the front that are whole lines; all there are when a line is longer than a piece or the
 * input ends. Reads on as needed. */
static size_t whole_lines(struct window *w)
{
    for (;;) {
        const char *p = window_bytes(w);
        size_t left = window_left(w);
        const char *last = left == 0 ? NULL : memrchr(p, '\n', left);
        if (last != NULL)
            return (size_t)(last - p) + 1;
        if (w->ended || left >= PIECE_BYTES)
            return left;
        window_more(w);
    }
}

static void tell_defect(struct scanner *sc, enum problem_code code, const struct copy_defect *d,
                        const struct dump_table *table, uint64_t data_offset)
{
    if (d->n == 0)
        return;
    const char *more = d->n == 1 ? ""
                                 : arena_printf(sc->how->arena, ", and so have %llu more rows",
                                                (unsigned long long)d->n - 1);
    if (code == PROBLEM_CODE_COPY_COLUMNS)
        scan_problem(sc, code, data_offset + d->offset, sc->object,
                     "%s: row %llu has %llu columns instead of %zu%s", table->name,
                     (unsigned long long)d->row, (unsigned long long)d->columns, table->n_columns,
                     more);
    else
        scan_problem(sc, code, data_offset + d->offset, sc->object,
                     "%s: row %llu has an end-of-copy marker inside%s", table->name,
                     (unsigned long long)d->row, more);
}

/* What the rows of a block showed. */
static void judge_rows(struct scanner *sc, const struct copy_rows *rows, struct dump_table *table,
                       uint64_t data_offset)
{
    tell_defect(sc, PROBLEM_CODE_COPY_COLUMNS, &rows->bad_columns, table, data_offset);
    if (rows->lost) /* which is told, and the rest may be of lines that are no data */
        return;
    tell_defect(sc, PROBLEM_CODE_COPY_MARKER, &rows->bad_marker, table, data_offset);
    bool mixed = rows->crlf_rows > 0 && rows->crlf_rows < rows->rows;
    if (rows->bare_crs > 0 || mixed)
        scan_problem(sc, PROBLEM_CODE_COPY_LINE_ENDINGS, data_offset, sc->object,
                     "%s: %llu carriage returns inside rows, %llu of %llu rows end with one",
                     table->name, (unsigned long long)rows->bare_crs,
                     (unsigned long long)rows->crlf_rows, (unsigned long long)rows->rows);
}

static void note_table(struct scanner *sc, const struct copy_rows *rows, struct dump_table *table)
{
    struct dump_facts *f = sc->facts;
    table->rows = rows->rows;
    table->bytes = rows->bytes;
    table->digest = rows->digest;
    f->rows += rows->rows;
    *(struct dump_table *)vec_push(&f->tables) = *table;
}

/* One piece: counted, told to the listener, consumed. */
static enum copy_stop take_piece(struct scanner *sc, struct copy_rows *rows, size_t n, bool *ok,
                                 struct err *e)
{
    size_t used = 0;
    uint64_t before = rows->rows;
    enum copy_stop stop = copy_rows_add(rows, window_bytes(&sc->window), n, &used);
    bool ascii = !rows->sum.high && !rows->sum.nul;
    *ok = used == 0 || sc->listener.copy_data == NULL ||
          sc->listener.copy_data(sc->listener.context, window_bytes(&sc->window), used, e);
    sc->facts->rows += rows->rows - before;
    *ok = *ok && scan_consume(sc, used, ascii, e);
    sc->facts->rows -= rows->rows - before; /* the whole block is added at its end */
    return stop;
}

static bool end_block(struct scanner *sc, const struct copy_rows *rows, struct dump_table *table,
                      uint64_t data_offset, struct err *e)
{
    judge_rows(sc, rows, table, data_offset);
    if (!table->terminated && !sc->window.broken && !sc->stopped)
        scan_problem(sc, PROBLEM_CODE_COPY_UNTERMINATED, window_offset(&sc->window), sc->object,
                     "the data of %s ends without terminator after row %llu%s", table->name,
                     (unsigned long long)rows->rows,
                     copy_rows_open(rows) ? ", in the middle of the next one" : "");
    note_table(sc, rows, table);
    sc->facts->whole_until =
        table->terminated ? window_offset(&sc->window) : data_offset + rows->row_start;
    return sc->listener.copy_end == NULL || sc->listener.copy_end(sc->listener.context, table, e);
}

bool scan_copy(struct scanner *sc, struct dump_table *table, struct err *e)
{
    struct slice line = scan_line(sc); /* what is left of the line of the statement */
    if (!scan_consume(sc, line.n, false, e))
        return false;
    uint64_t data_offset = window_offset(&sc->window);
    CLEANUP(copy_rows_cleanup)
    struct copy_rows rows = {.masks = sc->masks,
                             .n_columns = table->n_columns,
                             .plain_lines = !table->is_counted,
                             .at_raw_start = true};
    enum copy_stop stop = COPY_MORE;
    while (stop == COPY_MORE && !sc->stopped) {
        bool ok = true;
        size_t n = whole_lines(&sc->window);
        if (n == 0)
            break;
        stop = take_piece(sc, &rows, n, &ok, e);
        if (!ok)
            return false;
    }
    table->terminated = stop == COPY_TERMINATOR;
    if (table->terminated && !scan_consume(sc, scan_line(sc).n, false, e))
        return false;
    return end_block(sc, &rows, table, data_offset, e);
}
