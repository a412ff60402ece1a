/* SPDX-License-Identifier: PostgreSQL */
/* The data of COPY blocks, in pieces of whole lines. */
#include "dump/glance.h"
#include "dump/scanner.h"

#include <string.h>

enum { PIECE_BYTES = 1024 * 1024 };

/* Bytes at the front that are whole lines; all there are when a line is longer than a piece or the
 * input ends. Reads on as needed. */
static size_t whole_lines(struct window *w)
{
    for (;;) {
        const char *p = window_text(w);
        size_t left = window_left(w);
        const char *last = left == 0 ? NULL : memrchr(p, '\n', left);
        if (last != NULL)
            return (size_t)(last - p) + 1;
        if (w->ended || left >= PIECE_BYTES)
            return left;
        window_more(w);
    }
}

/* Where the data of a block begins, and how many newlines in it end no row. */
struct place {
    uint64_t offset, line, inner_newlines;
};

/* The line of a row is known as long as no newline stands inside of one. */
static void set_line(struct problem *p, const struct place *data, uint64_t row)
{
    if (p != NULL)
        p->line = data->inner_newlines == 0 ? data->line + row - 1 : 0;
}

static void tell_defect(struct scanner *sc, enum problem_code code, const struct copy_rows *rows,
                        const struct dump_table *table, const struct place *data)
{
    bool columns = code == PROBLEM_CODE_COPY_COLUMNS;
    const struct copy_defect *d = columns ? &rows->bad_columns : &rows->bad_marker;
    if (d->n == 0)
        return;
    struct arena *a = sc->how->arena;
    const char *more = "", *what = "an end-of-copy marker inside";
    if (d->n > 1)
        more = arena_printf(a, ", and so have %llu more rows", (unsigned long long)d->n - 1);
    if (columns)
        what = arena_printf(a, "%llu columns instead of %zu", (unsigned long long)d->columns,
                            table->n_columns);
    set_line(scan_problem(sc, code, data->offset + d->offset, sc->object, "%s: row %llu has %s%s",
                          table->name, (unsigned long long)d->row, what, more),
             data, d->row);
}

/* The server wants one kind of line ends throughout, the terminator's included. */
static void judge_line_ends(struct scanner *sc, const struct copy_rows *rows,
                            const struct dump_table *table, const struct place *data)
{
    bool mixed = rows->crlf_rows > 0 && rows->crlf_rows < rows->rows;
    bool all = rows->rows > 0 && rows->crlf_rows == rows->rows;
    struct slice end = table->terminated ? scan_line(sc) : (struct slice){0};
    bool end_differs = end.n > 2 && rows->rows > 0 && (end.p[2] == '\r') != all;
    struct problem *p = NULL;
    if (rows->bare_crs > 0 || mixed)
        p = scan_problem(sc, PROBLEM_CODE_COPY_LINE_ENDINGS, data->offset, sc->object,
                         "%s: %llu carriage returns inside rows, %llu of %llu rows end with one",
                         table->name, (unsigned long long)rows->bare_crs,
                         (unsigned long long)rows->crlf_rows, (unsigned long long)rows->rows);
    else if (end_differs)
        p = scan_problem(sc, PROBLEM_CODE_COPY_LINE_ENDINGS, window_offset(&sc->window), sc->object,
                         "%s: the terminator ends with%s carriage return, and the rows do not",
                         table->name, all ? "out" : " a");
    if (p != NULL && p->line == 0)
        p->line = data->line;
}

/* What the rows of a block showed. */
static void judge_rows(struct scanner *sc, const struct copy_rows *rows,
                       const struct dump_table *table, const struct place *data)
{
    tell_defect(sc, PROBLEM_CODE_COPY_COLUMNS, rows, table, data);
    if (rows->lost || !table->is_counted) /* the rest may be of lines that are no data */
        return;
    tell_defect(sc, PROBLEM_CODE_COPY_MARKER, rows, table, data);
    judge_line_ends(sc, rows, table, data);
}

static const char *set_text(struct buf *b, const char *text)
{
    buf_clear(b);
    buf_puts(b, text);
    return buf_text(b);
}

static void note_table(struct scanner *sc, const struct copy_rows *rows, struct dump_table *table)
{
    struct dump_facts *f = sc->facts;
    table->rows = rows->rows;
    table->bytes = rows->bytes;
    table->digest = rows->digest;
    f->rows += table->is_counted ? rows->rows : 0;
    f->last_table = *table;
    f->last_table.schema = set_text(&sc->last_name[0], table->schema);
    f->last_table.name = set_text(&sc->last_name[1], table->name);
    if (sc->how->max_tables == 0 || f->n_tables < sc->how->max_tables)
        *(struct dump_table *)vec_push(&f->tables) = *table;
    f->n_tables++;
}

/* One piece: counted, told to the listener, consumed. */
static enum copy_stop take_piece(struct scanner *sc, struct copy_rows *rows, struct place *data,
                                 bool *ok, struct err *e)
{
    size_t n = whole_lines(&sc->window), used = 0;
    uint64_t rows_before = rows->rows, inner_before = rows->inner_newlines;
    const char *bytes = rows->raw = window_bytes(&sc->window);
    enum copy_stop stop = copy_rows_add(rows, window_text(&sc->window), n, &used);
    uint64_t new_rows = rows->rows - rows_before;
    uint64_t lines = new_rows + rows->inner_newlines - inner_before;
    if (stop != COPY_MORE) /* what lies behind the stop may have been counted */
        lines = glance_newlines(bytes, used);
    bool ascii = !rows->sum.high && !rows->sum.nul;
    *ok = used == 0 || sc->listener.copy_data == NULL ||
          sc->listener.copy_data(sc->listener.context, bytes, used, e);
    uint64_t rows_so_far = rows->rows;
    sc->facts->rows += rows_so_far;
    *ok = *ok && scan_pass(sc, used, lines, ascii, e);
    sc->facts->rows -= rows_so_far; /* the whole block is added at its end */
    data->inner_newlines += lines - new_rows;
    return stop;
}

static bool end_block(struct scanner *sc, const struct copy_rows *rows, struct dump_table *table,
                      const struct place *data, struct err *e)
{
    judge_rows(sc, rows, table, data);
    if (!table->terminated && !sc->window.broken && !sc->stopped)
        (void)scan_problem(sc, PROBLEM_CODE_COPY_UNTERMINATED, window_offset(&sc->window),
                           sc->object, "the data of %s ends without terminator after row %llu%s",
                           table->name, (unsigned long long)rows->rows,
                           copy_rows_open(rows) ? ", in the middle of the next one" : "");
    note_table(sc, rows, table);
    if (table->terminated && !scan_consume(sc, scan_line(sc).n, e))
        return false;
    sc->facts->whole_until =
        table->terminated ? window_offset(&sc->window) : data->offset + rows->row_start;
    return sc->listener.copy_end == NULL || sc->listener.copy_end(sc->listener.context, table, e);
}

/* What is left of the line of the statement: psql runs it behind the data. */
static bool pass_head_line(struct scanner *sc, struct err *e)
{
    struct slice line = scan_line(sc), rest = token_trim(line);
    if (rest.n > 0)
        (void)scan_problem(sc, PROBLEM_CODE_STRAY_TEXT, window_offset(&sc->window), sc->object,
                           "\"%.*s\" stands behind COPY on its line, in front of the data",
                           rest.n < 60 ? (int)rest.n : 60, rest.p);
    return scan_consume(sc, line.n, e);
}

static bool read_data(struct scanner *sc, struct dump_table *table, struct err *e)
{
    struct place data = {.offset = window_offset(&sc->window),
                         .line = window_lines(&sc->window) + 1};
    CLEANUP(copy_rows_cleanup)
    struct copy_rows rows = {.masks = sc->masks,
                             .n_columns = table->n_columns,
                             .plain_lines = !table->is_counted,
                             .at_raw_start = true};
    enum copy_stop stop = COPY_MORE;
    while (stop == COPY_MORE && !sc->stopped) {
        bool ok = true;
        if (whole_lines(&sc->window) == 0)
            break;
        stop = take_piece(sc, &rows, &data, &ok, e);
        if (!ok)
            return false;
    }
    table->terminated = stop == COPY_TERMINATOR;
    return end_block(sc, &rows, table, &data, e);
}

bool scan_copy(struct scanner *sc, struct dump_table *table, struct err *e)
{
    const char *own = sc->copy_encoding;
    const char *clients = sc->stretch.set == NULL ? NULL : sc->stretch.set->name;
    if (!pass_head_line(sc, e))
        return false;
    if (own != NULL)
        scan_encoding(sc, own);
    bool ok = read_data(sc, table, e);
    if (own != NULL)
        scan_encoding(sc, clients);
    return ok;
}
