/* SPDX-License-Identifier: PostgreSQL */
/* Lines between statements that are no SQL: psql's backslash commands, and noise. */
#include "base/str.h"
#include "dump/scanner.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Takes the command's word off the front when it is this one: blanks or the end follow it. */
static bool take_word(struct slice *s, const char *word)
{
    size_t n = strlen(word);
    if (s->n < n || memcmp(s->p, word, n) != 0 || (s->n > n && s->p[n] > ' '))
        return false;
    *s = (struct slice){s->p + n, s->n - n};
    while (s->n > 0 && *s->p <= ' ')
        *s = (struct slice){s->p + 1, s->n - 1};
    return true;
}

/* ---- \restrict ---------------------------------------------------------------------------------
 */

/* A key as pg_dump makes it: letters and digits, nothing that psql would expand. */
static const char *literal_key(struct arena *a, struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!isalnum((unsigned char)s.p[i]))
            return NULL;
    return s.n == 0 ? NULL : arena_strndup(a, s.p, s.n);
}

static void take_restrict(struct scanner *sc, struct slice argument, bool begins)
{
    const char *key = literal_key(sc->how->arena, argument);
    uint64_t offset = window_offset(&sc->window);
    if (key == NULL) {
        (void)scan_problem(sc, PROBLEM_CODE_RESTRICT_KEY, offset, NULL,
                           "\\%s with something else than a literal key: \"%.40s\"",
                           begins ? "restrict" : "unrestrict",
                           arena_strndup(sc->how->arena, argument.p, argument.n));
        return;
    }
    bool fits = begins ? sc->open_key == NULL : str_eq(sc->open_key, key);
    if (!fits)
        (void)scan_problem(sc, PROBLEM_CODE_RESTRICT_UNBALANCED, offset, NULL,
                           begins ? "\\restrict while another one is in force"
                                  : "\\unrestrict with a key that no \\restrict gave");
    sc->open_key = begins ? key : NULL;
    sc->facts->restrict_key = key;
}

/* ---- \connect ----------------------------------------------------------------------------------
 */

/* The value of "dbname='x'", libpq's escapes undone, when the text is that and no more; or NULL. */
static char *lone_dbname(struct arena *a, const char *text)
{
    static const char prefix[] = "dbname='";
    if (!str_starts(text, prefix))
        return NULL;
    const char *p = text + sizeof prefix - 1;
    char *name = arena_alloc(a, strlen(p) + 1), *w = name;
    for (; *p != '\0' && *p != '\''; p++) {
        p += *p == '\\' && p[1] != '\0';
        *w++ = *p;
    }
    return str_eq(p, "'") ? name : NULL;
}

/* The forms that pg_dump writes: one name, or -reuse-previous=on and a quoted dbname='x'. Anything
 * behind them (a user, a host, another command) is refused: psql would act on it. The new session
 * begins with the settings of its database, which the dump does not tell. */
static bool take_connect(struct scanner *sc, struct slice argument)
{
    struct arena *a = sc->how->arena;
    bool reuse = take_word(&argument, "-reuse-previous=on");
    struct token t = token_next(&argument);
    if (token_next(&argument).kind != TOKEN_END)
        return false;
    bool quoted = t.kind == TOKEN_QUOTED;
    if (!quoted && (reuse || t.kind != TOKEN_WORD))
        return false;
    char *name = token_value(a, &t); /* psql does not fold it */
    if (reuse)
        name = lone_dbname(a, name);
    if (name == NULL)
        return false;
    sc->connects = scan_text(sc, name);
    if (!sc->facts->is_cluster_dump || sc->facts->database == NULL)
        sc->facts->database = sc->connects;
    if (sc->open_key != NULL)
        (void)scan_problem(sc, PROBLEM_CODE_RESTRICT_UNBALANCED, window_offset(&sc->window), NULL,
                           "\\connect while \\restrict is in force, which psql refuses");
    return true;
}

/* pg_dumpall writes \encoding SQL_ASCII in front of a \connect with an odd name. Anything else is
 * read as psql would, but nobody tells the server of it where the dump is restored. */
static bool take_encoding(struct scanner *sc, struct slice argument)
{
    const char *name = arena_strndup(sc->how->arena, argument.p, argument.n);
    const struct charset *set = charset_find(name);
    if (set == NULL)
        return false;
    if (!set->is_any)
        (void)scan_problem(sc, PROBLEM_CODE_META_COMMAND_HARMLESS, window_offset(&sc->window),
                           sc->object,
                           "\\encoding %s is a command to psql; SET client_encoding "
                           "works everywhere",
                           name);
    scan_encoding(sc, name);
    sc->stretch.unknown |= set->is_any; /* the name is in whatever encoding there was before */
    return true;
}

/* ---- the others --------------------------------------------------------------------------------
 */

/* What only prints, or sets how psql prints. (psql, "Meta-Commands") */
static const char *const harmless[] = {
    "\\a",   "\\C", "\\echo", "\\f",      "\\H",    "\\pset", "\\qecho",
    "\\set", "\\t", "\\T",    "\\timing", "\\warn", "\\x",
};

/* Another command on the line, a backquote or a variable could do anything. */
static bool is_harmless(struct slice s)
{
    for (size_t i = 1; i < s.n; i++)
        if (strchr("\\`:|", s.p[i]) != NULL)
            return false;
    for (size_t i = 0; i < COUNT_OF(harmless); i++) {
        struct slice rest = s;
        if (take_word(&rest, harmless[i]))
            return true;
    }
    return false;
}

/* The commands that pg_dump and pg_dumpall write. */
static bool take_known(struct scanner *sc, struct slice s)
{
    bool begins = take_word(&s, "\\restrict");
    if (begins || take_word(&s, "\\unrestrict")) {
        take_restrict(sc, s, begins);
        return true;
    }
    if (take_word(&s, "\\connect") || take_word(&s, "\\c"))
        return take_connect(sc, s);
    return take_word(&s, "\\encoding") && take_encoding(sc, s);
}

void scan_meta(struct scanner *sc, struct slice line)
{
    struct slice s = slice_trim_right(line);
    if (take_known(sc, s))
        return;
    bool harmless_one = is_harmless(s);
    (void)scan_problem(
        sc, harmless_one ? PROBLEM_CODE_META_COMMAND_HARMLESS : PROBLEM_CODE_META_COMMAND,
        window_offset(&sc->window), sc->object, "\"%.*s\" is a command to psql%s",
        s.n < 60 ? (int)s.n : 60, s.p, harmless_one ? " and is not carried out here" : ", not SQL");
}

/* ---- noise -------------------------------------------------------------------------------------
 */

static const struct {
    const char *begins, *is;
} noises[] = {
    {"pg_dump:", "a message of pg_dump, whose errors went into the dump"},
    {"pg_dumpall:", "a message of pg_dumpall, whose errors went into the dump"},
    {"pg_restore:", "a message of pg_restore"},
    {"psql:", "a message of psql"},
    {"NOTICE:", "a message of the server"},
    {"WARNING:", "a message of the server"},
    {"ERROR:", "a message of the server"},
    {"FATAL:", "a message of the server"},
    {"DETAIL:", "a message of the server"},
    {"HINT:", "a message of the server"},
    {"CONTEXT:", "a message of the server"},
    {"Password", "a question for a password"},
    {"Warning: Permanently added", "a message of ssh"},
    {"Connection to ", "a message of ssh"},
    {"Pseudo-terminal ", "a message of ssh"},
    {"ssh:", "a message of ssh"},
    {"mysqldump:", "a message of mysqldump"},
    {"mysql:", "a message of mysql"},
    {"PHP ", "a message of PHP"},
    {"Warning:", "a message of PHP or another program"},
    {"Fatal error:", "a message of PHP or another program"},
    {"Error response from daemon", "a message of docker"},
    {"could not change directory", "a message of sudo"},
    {"sudo:", "a message of sudo"},
    {"bash:", "a message of the shell"},
    {"sh:", "a message of the shell"},
    {"/bin/", "a message of the shell"},
    {"tput:", "a message of the shell"},
    {"stdin: is not a tty", "a message of the shell"},
    {"Killed", "a message of the shell: the dumping program was killed"},
    {"Terminated", "a message of the shell: the dumping program was ended"},
    {"Segmentation fault", "a message of the shell: the dumping program crashed"},
    {"<", "HTML or XML"},
    {"{", "JSON"},
    {"\xef\xbb\xbf", "a byte order mark in the middle, as where two files were joined"},
    {"\xff\xfe", "UTF-16, as PowerShell's redirection writes it"},
};

const char *scan_noise(struct slice line)
{
    for (size_t i = 0; i < COUNT_OF(noises); i++) {
        size_t n = strlen(noises[i].begins);
        if (line.n >= n && strncasecmp(line.p, noises[i].begins, n) == 0)
            return noises[i].is;
    }
    return NULL;
}
