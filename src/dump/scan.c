/* SPDX-License-Identifier: PostgreSQL */
#include "dump/scan.h"

#include "dump/archive.h"
#include "dump/glance.h"
#include "dump/scanner.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { STATEMENT_BYTES_DEFAULT = 64 * 1024 * 1024 };

static const struct {
    const char *code;
    enum problem_kind kind;
    enum problem_grade grade;
} codes[PROBLEM_CODES] = {
#define PROBLEM_CODE(code, kind, meaning)                                                          \
    [PROBLEM_CODE_##code] = {#code, PROBLEM_##kind, PROBLEM_FATAL},
#define PROBLEM_MILD(code, kind, grade, meaning)                                                   \
    [PROBLEM_CODE_##code] = {#code, PROBLEM_##kind, PROBLEM_##grade},
#include "dump/problem.def"
#undef PROBLEM_CODE
};

/* Counted from 1; 0 for what is no longer, or not yet, in memory. */
static uint64_t line_at(struct scanner *sc, uint64_t offset)
{
    struct window *w = &sc->window;
    uint64_t from = window_offset(w);
    if (offset < from || offset - from > window_left(w))
        return 0;
    return window_lines(w) + 1 + glance_newlines(window_bytes(w), (size_t)(offset - from));
}

struct problem scan_problem_new(enum problem_code code)
{
    return (struct problem){
        .kind = codes[code].kind, .grade = codes[code].grade, .code = codes[code].code};
}

/* The name of an object, which goes with the next one. */
static const char *kept(const struct scanner *sc, const char *name)
{
    return name == NULL ? NULL : arena_strdup(sc->how->arena, name);
}

struct problem *scan_problem(struct scanner *sc, enum problem_code code, uint64_t offset,
                             const char *subject, const char *format, ...)
{
    struct dump_facts *f = sc->facts;
    if (f->n_problems++ >= PROBLEMS_MAX)
        return NULL;
    va_list args;
    va_start(args, format);
    struct problem *p = vec_push(&f->problems);
    *p = scan_problem_new(code);
    p->subject = kept(sc, subject);
    p->text = arena_vprintf(sc->how->arena, format, args);
    p->offset = offset;
    p->line = line_at(sc, offset);
    va_end(args);
    return p;
}

struct slice scan_line(struct scanner *sc)
{
    struct window *w = &sc->window;
    size_t seen = 0;
    for (;;) {
        const char *p = window_bytes(w);
        size_t left = window_left(w);
        const char *end = memchr(p + seen, '\n', left - seen);
        if (end != NULL)
            return (struct slice){p, (size_t)(end - p) + 1};
        if (w->ended || left >= SCAN_LINE_MAX)
            return (struct slice){p, left};
        seen = left;
        window_more(w);
    }
}

/* The dump ends where a statement is not finished: what it is inside of. */
static const char *unfinished(const struct lexer *lx)
{
    switch (lx->mode) {
    case LEX_STRING:
    case LEX_ESTRING:
    case LEX_ESCAPE:
        return "inside a quoted string";
    case LEX_IDENTIFIER:
        return "inside a quoted name";
    case LEX_BODY:
    case LEX_BODY_DOLLAR:
        return "inside a dollar-quoted text";
    case LEX_COMMENT:
    case LEX_COMMENT_STAR:
    case LEX_COMMENT_SLASH:
        return "inside a comment";
    case LEX_PLAIN:
    case LEX_WORD:
    case LEX_DASH:
    case LEX_SLASH:
    case LEX_LINE_COMMENT:
    case LEX_ESTRING_CLOSED:
    case LEX_ESTRING_GAP:
    case LEX_DOLLAR:
        break;
    }
    return lx->begins > 0 ? "inside the body of a function" : "inside a statement";
}

/* What finding the end of a statement found. */
struct found {
    enum lex_stop stop; /* LEX_MORE: the input ended, or there is too much of it */
    size_t bytes;
    bool too_long;
};

static struct found find_end(struct scanner *sc)
{
    struct window *w = &sc->window;
    size_t limit =
        sc->how->max_statement_bytes != 0 ? sc->how->max_statement_bytes : STATEMENT_BYTES_DEFAULT;
    struct found f = {.stop = LEX_MORE};
    lexer_begin(&sc->lexer);
    for (;;) {
        size_t used = 0;
        f.stop = lexer_run(&sc->lexer, window_text(w) + f.bytes, window_left(w) - f.bytes, &used);
        f.bytes += used;
        if (f.stop != LEX_MORE || w->ended)
            return f;
        f.too_long = f.bytes > limit;
        if (f.too_long)
            return f;
        window_more(w);
    }
}

static bool stop_at_limit(struct scanner *sc)
{
    size_t limit = sc->how->max_statement_bytes;
    (void)scan_problem(sc, PROBLEM_CODE_STATEMENT_TOO_LONG, window_offset(&sc->window), sc->object,
                       "a statement of more than %zu bytes (verify.max_statement)",
                       limit != 0 ? limit : (size_t)STATEMENT_BYTES_DEFAULT);
    sc->stopped = true;
    return true;
}

/* A backslash in a statement: psql takes the rest of the line as a command. */
static bool pass_command(struct scanner *sc, size_t n, struct err *e)
{
    (void)scan_problem(sc, PROBLEM_CODE_META_COMMAND, window_offset(&sc->window) + n - 1,
                       sc->object, "a backslash command in the middle of a statement");
    return scan_consume(sc, n, e) && scan_consume(sc, scan_line(sc).n, e);
}

/* Is the text in the middle of something that must be closed? */
static bool is_inside(const struct lexer *lx)
{
    return !str_eq(unfinished(lx), "inside a statement") || lx->parentheses > 0;
}

/* The dump ends without a semicolon. Where pg_dump has something to say yet, it was cut; anywhere
 * else psql runs what there is. */
static bool take_last(struct scanner *sc, size_t n, struct err *e)
{
    const struct window *w = &sc->window;
    struct slice text = token_trim((struct slice){window_text(w), n});
    bool begun = sc->lexer.any || sc->lexer.comments > 0;
    if (w->broken || !begun)
        return scan_consume(sc, n, e);
    bool open = sc->is_open[SECTION_DATABASE] || sc->is_open[SECTION_CLUSTER];
    if (open || is_inside(&sc->lexer)) {
        (void)scan_problem(sc, PROBLEM_CODE_STATEMENT_UNFINISHED, window_offset(w), sc->object,
                           "the dump ends %s that begins at byte %llu", unfinished(&sc->lexer),
                           (unsigned long long)window_offset(w));
        return scan_consume(sc, n, e);
    }
    (void)scan_problem(sc, PROBLEM_CODE_NO_SEMICOLON, window_offset(w), sc->object,
                       "the last statement has no semicolon; psql runs it all the same");
    return scan_statement(sc, text, n, e);
}

/* Comments that only stand between the statements of pg_dump. */
static size_t find_boundary(const struct scanner *sc, struct slice text)
{
    static const char *const marks[] = {"\n-- Name: ", "\n-- Data for Name: ",
                                        "\n-- Statistics for Name: ", "\n-- PostgreSQL database "};
    struct lexer walk = {.standard_strings = sc->lexer.standard_strings};
    size_t first = text.n, used = 0;
    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        const char *at = memmem(text.p, first, marks[i], strlen(marks[i]));
        if (at != NULL)
            first = (size_t)(at - text.p);
    }
    if (first == text.n)
        return text.n;
    lexer_begin(&walk);
    enum lex_stop stop = lexer_run(&walk, text.p, first + 4, &used);
    return stop == LEX_MORE && walk.mode == LEX_LINE_COMMENT ? first + 1 : text.n;
}

/* Another object begins in the middle of a statement: it was cut there, and something was joined
 * behind it. What follows is read on its own. */
static bool take_cut(struct scanner *sc, size_t n, struct err *e)
{
    (void)scan_problem(sc, PROBLEM_CODE_STATEMENT_UNFINISHED, window_offset(&sc->window),
                       sc->object,
                       "the statement that begins at byte %llu is not finished where the next "
                       "object begins",
                       (unsigned long long)window_offset(&sc->window));
    return scan_consume(sc, n, e);
}

/* Takes the statement at the front: finds its end first. */
static bool take_statement(struct scanner *sc, struct err *e)
{
    struct found f = find_end(sc);
    if (f.too_long)
        return stop_at_limit(sc);
    if (sc->lexer.ambiguous)
        (void)scan_problem(sc, PROBLEM_CODE_STRING_AMBIGUOUS, window_offset(&sc->window),
                           sc->object,
                           "an escape string goes on in another line, with a backslash "
                           "there: psql and the server read it differently");
    struct slice text = {window_text(&sc->window), f.bytes};
    size_t boundary = sc->lexer.remark ? find_boundary(sc, text) : f.bytes;
    if (boundary < f.bytes)
        return take_cut(sc, boundary, e);
    switch (f.stop) {
    case LEX_END:
        text.n--;
        return scan_statement(sc, token_trim(text), f.bytes, e);
    case LEX_BACKSLASH:
        return pass_command(sc, f.bytes, e);
    case LEX_MORE:
        return take_last(sc, f.bytes, e);
    case LEX_REMARK:
        break;
    }
    return scan_consume(sc, f.bytes, e);
}

/* A line that no SQL begins with: it alone is passed over, so that what follows is still read. */
static bool take_stray(struct scanner *sc, struct err *e)
{
    struct slice line = scan_line(sc);
    bool cut = sc->window.broken && line.p[line.n - 1] != '\n';
    if (cut) /* who knows what it would have become */
        return scan_consume(sc, line.n, e);
    size_t shown = line.n < 80 ? line.n : 80;
    while (shown > 0 && ((unsigned char)line.p[shown - 1] <= ' '))
        shown--;
    const char *is = scan_noise(line);
    (void)scan_problem(sc, PROBLEM_CODE_STRAY_TEXT, window_offset(&sc->window), sc->object,
                       "no SQL: \"%.*s\"%s%s%s", (int)shown, line.p, is == NULL ? "" : " (",
                       is == NULL ? "" : is, is == NULL ? "" : ")");
    return scan_consume(sc, line.n, e);
}

/* A comment, which to the server ends at a carriage return, too: what follows is read. */
static bool take_comment(struct scanner *sc, struct slice line, struct err *e)
{
    const char *cr = memchr(line.p, '\r', line.n);
    bool early = cr != NULL && cr + 1 < line.p + line.n && cr[1] != '\n';
    if (early)
        line.n = (size_t)(cr - line.p) + 1;
    scan_comment(sc, line);
    return scan_consume(sc, line.n, e);
}

static struct dump_database *find_database(struct scanner *sc, const char *name)
{
    VEC_EACH (struct dump_database, d, &sc->facts->databases)
        if (str_eq(d->name, name))
            return d;
    if (name == NULL || sc->facts->databases.n == DATABASES_MAX)
        return NULL;
    struct dump_database *new = vec_push(&sc->facts->databases);
    new->name = name;
    return new;
}

/* What stood behind the last \connect is of its database. */
static void end_database(struct scanner *sc)
{
    struct dump_database *d = find_database(sc, sc->database);
    if (d == NULL)
        return;
    uint64_t makes = sc->facts->n_create_table + sc->facts->copies + sc->facts->n_insert;
    d->rows += sc->facts->rows - sc->before.rows;
    d->bytes += window_offset(&sc->window) - sc->before.bytes;
    d->makes |= makes > sc->before.makes;
}

static void begin_database(struct scanner *sc, const char *name)
{
    const struct dump_facts *f = sc->facts;
    end_database(sc);
    sc->database = name;
    sc->before = (struct scan_before){
        .rows = f->rows,
        .bytes = window_offset(&sc->window),
        .makes = f->n_create_table + f->copies + f->n_insert,
    };
    (void)find_database(sc, name);
}

/* A command to psql. Behind a \connect nothing is set any more. */
static bool take_meta(struct scanner *sc, struct slice line, struct err *e)
{
    sc->connects = NULL;
    scan_meta(sc, line);
    if (!scan_consume(sc, line.n, e))
        return false;
    if (sc->connects == NULL)
        return true;
    scan_encoding(sc, NULL);
    sc->lexer.standard_strings = true;
    begin_database(sc, sc->connects);
    return sc->listener.connect == NULL ||
           sc->listener.connect(sc->listener.context, sc->connects, e);
}

static size_t count_blanks(const struct window *w)
{
    const char *p = window_text(w);
    size_t n = window_left(w), i = 0;
    while (i < n && (p[i] == ' ' || (p[i] >= '\t' && p[i] <= '\r')))
        i++;
    return i;
}

/* Takes what stands at the front, which is not blank. */
static bool take_one(struct scanner *sc, struct err *e)
{
    struct window *w = &sc->window;
    while (window_left(w) < 64 && !w->ended) /* enough for the longest command word */
        window_more(w);
    const char *p = window_text(w);
    size_t left = window_left(w);
    if (*p == '\\' || (left >= 2 && memcmp(p, "--", 2) == 0)) {
        struct slice line = scan_line(sc);
        if (*line.p != '\\')
            return take_comment(sc, line, e);
        return take_meta(sc, line, e);
    }
    bool comment = left >= 2 && memcmp(p, "/*", 2) == 0;
    if (!comment && !scan_is_command((struct slice){p, left}))
        return take_stray(sc, e);
    return take_statement(sc, e);
}

static bool run(struct scanner *sc, struct err *e)
{
    struct window *w = &sc->window;
    while (!sc->stopped) {
        size_t blanks = count_blanks(w);
        if (blanks > 0 && !scan_consume(sc, blanks, e))
            return false;
        if (window_left(w) > 0) {
            if (!take_one(sc, e))
                return false;
        } else if (w->ended) {
            break;
        } else {
            window_more(w);
        }
    }
    return true;
}

/* What the failure of the source means: of the format or a limit, a problem; else our own. */
static bool judge_source(struct scanner *sc, struct err *e)
{
    const struct window *w = &sc->window;
    if (!w->broken)
        return true;
    bool format = w->why.code == ERR_FORMAT;
    if (!format && w->why.code != ERR_LIMIT) {
        *e = w->why;
        return false;
    }
    uint64_t end = window_offset(w) + window_left(w);
    enum problem_code code = format    ? PROBLEM_CODE_STREAM_BROKEN
                             : w->over ? PROBLEM_CODE_DUMP_TOO_LARGE
                                       : PROBLEM_CODE_LIMIT_REACHED;
    if (w->over && sc->how->beginning_only)
        (void)scan_problem(sc, PROBLEM_CODE_BEGINNING_ONLY, end, NULL,
                           "only the first %llu bytes of SQL were read", (unsigned long long)end);
    else
        (void)scan_problem(sc, code, end, NULL, "%s", w->why.text);
    return true;
}

/* The comments show what happened to the line ends of the whole. */
static void judge_line_ends(struct scanner *sc)
{
    if (sc->crlf_remarks == 0)
        return;
    bool all = sc->crlf_remarks == sc->remarks;
    (void)scan_problem(
        sc, all ? PROBLEM_CODE_LINE_ENDINGS_CRLF : PROBLEM_CODE_LINE_ENDINGS_MIXED, 0, NULL,
        all ? "lines end with carriage return and newline; where a text goes over several lines, "
              "as function bodies do, it has them, too"
            : "%llu of %llu lines of comment end with a carriage return: parts of the dump went "
              "through a terminal or another system",
        (unsigned long long)sc->crlf_remarks, (unsigned long long)sc->remarks);
}

static void conclude(struct scanner *sc)
{
    struct dump_facts *f = sc->facts;
    const struct window *w = &sc->window;
    end_database(sc);
    f->bytes = window_offset(w) + window_left(w);
    f->lines = window_lines(&sc->window);
    f->last_object = kept(sc, sc->object);
    f->whole_object = kept(sc, f->whole_object);
    f->last_table.schema = kept(sc, f->last_table.schema);
    f->last_table.name = kept(sc, f->last_table.name);
    f->has_header = sc->headers > 0;
    f->complete =
        sc->trailers > 0 && !sc->is_open[SECTION_DATABASE] && !sc->is_open[SECTION_CLUSTER];
    f->standard_strings = sc->lexer.standard_strings;
    f->is_dump = f->statements > 0 || f->has_header;
    scan_characters_end(sc);
    judge_line_ends(sc);
    if (sc->open_key != NULL && f->complete)
        (void)scan_problem(sc, PROBLEM_CODE_RESTRICT_UNBALANCED, f->bytes, NULL,
                           "\\restrict has no \\unrestrict");
}

/* What the archive's link noted while it was read; its texts go when that is closed. */
static void add_archive(struct arena *a, struct dump_facts *f, const struct archive_facts *archive)
{
    if (archive == NULL)
        return;
    f->n_told = archive->tables;
    if (f->create_database == NULL && archive->create_database != NULL)
        f->create_database = arena_strdup(a, archive->create_database);
    f->n_problems += archive->n_problems;
    VEC_EACH (const struct problem, p, &archive->problems) {
        if (f->problems.n == PROBLEMS_MAX)
            return;
        struct problem *copy = vec_push(&f->problems);
        *copy = *p;
        copy->text = arena_strdup(a, p->text);
        copy->subject = p->subject == NULL ? NULL : arena_strdup(a, p->subject);
    }
}

bool dump_scan(const struct scan *scan, struct dump_facts *facts, struct err *e)
{
    struct dump_facts found = {
        .databases = vec_new(scan->arena, sizeof(struct dump_database)),
        .tables = vec_new(scan->arena, sizeof(struct dump_table)),
        .inserts = vec_new(scan->arena, sizeof(struct dump_insert)),
        .problems = vec_new(scan->arena, sizeof(struct problem)),
    };
    struct scanner sc = {
        .how = scan,
        .facts = &found,
        .window = {.in = scan->in, .max_bytes = scan->max_bytes},
        .lexer = {.standard_strings = true},
        .masks = copy_masks_best(),
        .types = {.arena = scan->arena},
    };
    if (scan->listener != NULL)
        sc.listener = *scan->listener;
    bool ok = run(&sc, e) && judge_source(&sc, e);
    if (ok) {
        conclude(&sc);
        add_archive(scan->arena, &found, scan->archive);
        *facts = found;
    }
    window_cleanup(&sc.window);
    arena_free(sc.passing);
    names_cleanup(&sc.types);
    buf_cleanup(&sc.names[0]);
    buf_cleanup(&sc.names[1]);
    buf_cleanup(&sc.last_name[0]);
    buf_cleanup(&sc.last_name[1]);
    return ok;
}
