/* SPDX-License-Identifier: PostgreSQL */
#include "dump/scan.h"

#include "dump/scanner.h"
#include "dump/token.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { PROGRESS_BYTES = 1024 * 1024, STATEMENT_BYTES_DEFAULT = 64 * 1024 * 1024 };

static const struct {
    const char *code;
    enum problem_kind kind;
} codes[PROBLEM_CODES] = {
#define PROBLEM_CODE(code, kind, meaning) [PROBLEM_CODE_##code] = {#code, PROBLEM_##kind},
#include "dump/problem.def"
#undef PROBLEM_CODE
};

void scan_problem(struct scanner *sc, enum problem_code code, uint64_t offset, const char *subject,
                  const char *format, ...)
{
    struct dump_facts *f = sc->facts;
    if (f->n_problems++ >= PROBLEMS_MAX)
        return;
    va_list args;
    va_start(args, format);
    *(struct problem *)vec_push(&f->problems) = (struct problem){
        .kind = codes[code].kind,
        .code = codes[code].code,
        .subject = subject,
        .text = arena_vprintf(sc->how->arena, format, args),
        .offset = offset,
    };
    va_end(args);
}

/* Follows the characters of bytes that are about to be consumed. */
static void check_encoding(struct scanner *sc, const char *bytes, size_t n)
{
    size_t bad = n;
    uint64_t before = sc->utf8.n_bad;
    utf8_add(&sc->utf8, bytes, n, &bad);
    if (sc->utf8.n_bad > before && sc->n_bad_utf8 == 0) {
        sc->bad_utf8_offset = window_offset(&sc->window) + bad;
        sc->bad_utf8_where = sc->object;
    }
    sc->n_bad_utf8 += sc->utf8.n_bad - before;
}

bool scan_consume(struct scanner *sc, size_t n, bool ascii, struct err *e)
{
    const char *bytes = window_bytes(&sc->window);
    if (!sc->utf8_off && (!ascii || sc->utf8.left > 0))
        check_encoding(sc, bytes, n);
    const char *nul = ascii || sc->nul_seen ? NULL : memchr(bytes, '\0', n);
    if (nul != NULL) {
        sc->nul_seen = true;
        scan_problem(sc, PROBLEM_CODE_NUL_BYTE,
                     window_offset(&sc->window) + (uint64_t)(nul - bytes), sc->object,
                     "a zero byte in the text: something wrote over it");
    }
    sc->window.start += n;
    uint64_t offset = window_offset(&sc->window);
    if (offset - sc->told < PROGRESS_BYTES)
        return true;
    sc->told = offset;
    sc->facts->bytes = offset;
    if (sc->how->max_bytes != 0 && offset > sc->how->max_bytes && !sc->stopped) {
        scan_problem(sc, PROBLEM_CODE_DUMP_TOO_LARGE, offset, NULL,
                     "more than %llu bytes of SQL (verify.max_bytes)",
                     (unsigned long long)sc->how->max_bytes);
        sc->stopped = true;
    }
    sc->facts->last_object = sc->object;
    if (sc->listener.progress != NULL)
        sc->listener.progress(sc->listener.context, sc->facts);
    return interrupt_check(sc->how->intr, e);
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

/* Takes the statement at the front: finds its end first. */
static bool take_statement(struct scanner *sc, struct err *e)
{
    struct window *w = &sc->window;
    size_t limit =
        sc->how->max_statement_bytes != 0 ? sc->how->max_statement_bytes : STATEMENT_BYTES_DEFAULT;
    size_t seen = 0, used = 0;
    enum lex_stop stop = LEX_MORE;
    lexer_begin(&sc->lexer);
    while (stop == LEX_MORE) {
        stop = lexer_run(&sc->lexer, window_bytes(w) + seen, window_left(w) - seen, &used);
        seen += used;
        if (stop != LEX_MORE || w->ended)
            break;
        if (seen > limit) {
            scan_problem(sc, PROBLEM_CODE_STATEMENT_TOO_LONG, window_offset(w), sc->object,
                         "a statement of more than %zu bytes (verify.max_statement)", limit);
            sc->stopped = true;
            return true;
        }
        window_more(w);
    }
    struct slice text = {window_bytes(w), seen};
    if (stop == LEX_END) {
        text.n--;
        return scan_statement(sc, token_trim(text), seen, e);
    }
    if (stop == LEX_BACKSLASH)
        scan_problem(sc, PROBLEM_CODE_META_COMMAND, window_offset(w) + seen - 1, sc->object,
                     "a backslash command in the middle of a statement");
    else if (stop == LEX_MORE && !w->broken && (sc->lexer.any || sc->lexer.comments > 0))
        scan_problem(sc, PROBLEM_CODE_STATEMENT_UNFINISHED, window_offset(w), sc->object,
                     "the dump ends %s that begins at byte %llu", unfinished(&sc->lexer),
                     (unsigned long long)window_offset(w));
    return scan_consume(sc, seen, false, e);
}

/* A line that no SQL begins with: it alone is passed over, so that what follows is still read. */
static bool take_stray(struct scanner *sc, struct err *e)
{
    struct slice line = scan_line(sc);
    size_t shown = line.n < 80 ? line.n : 80;
    while (shown > 0 && ((unsigned char)line.p[shown - 1] <= ' '))
        shown--;
    scan_problem(sc, PROBLEM_CODE_STRAY_TEXT, window_offset(&sc->window), sc->object,
                 "no SQL: \"%.*s\"", (int)shown, line.p);
    return scan_consume(sc, line.n, false, e);
}

static size_t count_blanks(const struct window *w)
{
    const char *p = window_bytes(w);
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
    const char *p = window_bytes(w);
    size_t left = window_left(w);
    if (*p == '\\' || (left >= 2 && memcmp(p, "--", 2) == 0)) {
        struct slice line = scan_line(sc);
        if (*line.p == '\\')
            scan_meta(sc, line);
        else
            scan_comment(sc, line);
        return scan_consume(sc, line.n, false, e);
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
        if (blanks > 0 && !scan_consume(sc, blanks, true, e))
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
    scan_problem(sc, format ? PROBLEM_CODE_STREAM_BROKEN : PROBLEM_CODE_LIMIT_REACHED,
                 window_offset(w) + window_left(w), NULL, "%s", w->why.text);
    return true;
}

static bool declares_utf8(const char *encoding)
{
    return encoding != NULL &&
           (strcasecmp(encoding, "UTF8") == 0 || strcasecmp(encoding, "UTF-8") == 0 ||
            strcasecmp(encoding, "UNICODE") == 0);
}

static void conclude(struct scanner *sc)
{
    struct dump_facts *f = sc->facts;
    const struct window *w = &sc->window;
    f->bytes = window_offset(w) + window_left(w);
    f->last_object = sc->object;
    f->has_header = sc->headers > 0;
    f->complete = sc->trailers > 0 && sc->trailers >= sc->headers;
    f->standard_strings = sc->lexer.standard_strings;
    f->is_dump = f->statements > 0 || f->has_header;
    if (!sc->utf8_off && !w->broken && !utf8_end(&sc->utf8))
        sc->n_bad_utf8 += sc->n_bad_utf8 == 0;
    if (sc->n_bad_utf8 > 0 && declares_utf8(f->encoding))
        scan_problem(sc, PROBLEM_CODE_ENCODING_INVALID, sc->bad_utf8_offset, sc->bad_utf8_where,
                     "%llu characters are not valid UTF8; the first at byte %llu",
                     (unsigned long long)sc->n_bad_utf8, (unsigned long long)sc->bad_utf8_offset);
    if (sc->open_key != NULL && f->complete)
        scan_problem(sc, PROBLEM_CODE_RESTRICT_UNBALANCED, f->bytes, NULL,
                     "\\restrict has no \\unrestrict");
}

bool dump_scan(const struct scan *scan, struct dump_facts *facts, struct err *e)
{
    struct dump_facts found = {
        .tables = vec_new(scan->arena, sizeof(struct dump_table)),
        .problems = vec_new(scan->arena, sizeof(struct problem)),
    };
    struct scanner sc = {
        .how = scan,
        .facts = &found,
        .window = {.in = scan->in},
        .lexer = {.standard_strings = true},
        .masks = copy_masks_best(),
    };
    if (scan->listener != NULL)
        sc.listener = *scan->listener;
    bool ok = run(&sc, e) && judge_source(&sc, e);
    if (ok) {
        conclude(&sc);
        *facts = found;
    }
    window_cleanup(&sc.window);
    return ok;
}
