/* SPDX-License-Identifier: PostgreSQL */
/* Lines between statements: the comments that pg_dump writes, and psql's backslash commands. */
#include "base/str.h"
#include "dump/scanner.h"
#include "dump/token.h"

#include <ctype.h>
#include <string.h>

static struct slice trim_right(struct slice s)
{
    while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= ' ')
        s.n--;
    return s;
}

/* Takes `prefix` off the front. */
static bool take_prefix(struct slice *s, const char *prefix)
{
    size_t n = strlen(prefix);
    if (s->n < n || memcmp(s->p, prefix, n) != 0)
        return false;
    *s = (struct slice){s->p + n, s->n - n};
    return true;
}

/* Where `text` stands in a slice, or NULL. */
static const char *find_text(struct slice s, const char *text)
{
    size_t n = strlen(text); /* memmem prepares for longer texts than a line */
    const char *end = s.p + s.n, *at = s.p;
    while ((at = memchr(at, *text, (size_t)(end - at))) != NULL && (size_t)(end - at) >= n) {
        if (memcmp(at, text, n) == 0)
            return at;
        at++;
    }
    return NULL;
}

/* "shop.orders; Type: TABLE; Schema: public; Owner: shop" behind "-- Name: ": a name may hold "; "
 * too, so the markers are looked for as pg_dump writes them. */
static void take_entry(struct scanner *sc, struct slice rest)
{
    struct arena *a = sc->how->arena;
    const char *type = find_text(rest, "; Type: ");
    if (type == NULL)
        return;
    struct slice tail = {type + 8, (size_t)(rest.p + rest.n - type) - 8};
    const char *schema = find_text(tail, "; Schema: ");
    if (schema == NULL)
        return;
    struct slice schema_name = {schema + 10, (size_t)(tail.p + tail.n - schema) - 10};
    const char *owner = find_text(schema_name, "; Owner: ");
    if (owner == NULL)
        owner = find_text(schema_name, "; Owner:");
    if (owner != NULL)
        schema_name.n = (size_t)(owner - schema_name.p);
    const char *name = arena_strndup(a, rest.p, (size_t)(type - rest.p));
    sc->object_type = arena_strndup(a, tail.p, (size_t)(schema - tail.p));
    sc->object = name;
    if (!slice_eq(schema_name, "-"))
        sc->object = arena_printf(a, "%.*s.%s", (int)schema_name.n, schema_name.p, name);
}

void scan_comment(struct scanner *sc, struct slice line)
{
    struct arena *a = sc->how->arena;
    struct slice s = trim_right(line);
    if (!take_prefix(&s, "-- "))
        return;
    if (take_prefix(&s, "Name: ") || take_prefix(&s, "Data for Name: ") ||
        take_prefix(&s, "Data Pos: "))
        take_entry(sc, s);
    else if (slice_eq(s, "PostgreSQL database dump") ||
             slice_eq(s, "PostgreSQL database cluster dump"))
        sc->headers++;
    else if (slice_eq(s, "PostgreSQL database dump complete") ||
             slice_eq(s, "PostgreSQL database cluster dump complete"))
        sc->trailers++;
    else if (take_prefix(&s, "Dumped from database version ") && sc->facts->server_version == NULL)
        sc->facts->server_version = arena_strndup(a, s.p, s.n);
    else if (take_prefix(&s, "Started on ") && sc->facts->started == NULL)
        sc->facts->started = arena_strndup(a, s.p, s.n);
    else if (take_prefix(&s, "Dumped by pg_dump version ") && sc->facts->dump_version == NULL)
        sc->facts->dump_version = arena_strndup(a, s.p, s.n);
    if (find_text(line, "PostgreSQL database cluster dump") != NULL)
        sc->facts->is_cluster_dump = true;
}

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
        scan_problem(sc, PROBLEM_CODE_RESTRICT_KEY, offset, NULL,
                     "\\%s with something else than a literal key: \"%.40s\"",
                     begins ? "restrict" : "unrestrict",
                     arena_strndup(sc->how->arena, argument.p, argument.n));
        return;
    }
    bool fits = begins ? sc->open_key == NULL : str_eq(sc->open_key, key);
    if (!fits)
        scan_problem(sc, PROBLEM_CODE_RESTRICT_UNBALANCED, offset, NULL,
                     begins ? "\\restrict while another one is in force"
                            : "\\unrestrict with a key that no \\restrict gave");
    sc->open_key = begins ? key : NULL;
    sc->facts->restrict_key = key;
}

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
 * behind them (a user, a host, another command) is refused: psql would act on it. */
static bool take_connect(struct scanner *sc, struct slice argument)
{
    struct arena *a = sc->how->arena;
    bool reuse = take_prefix(&argument, "-reuse-previous=on ");
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
    if (!sc->facts->is_cluster_dump || sc->facts->database == NULL)
        sc->facts->database = name;
    return true;
}

void scan_meta(struct scanner *sc, struct slice line)
{
    struct slice s = trim_right(line);
    struct slice shown = s;
    if (shown.n > 60)
        shown.n = 60;
    if (take_prefix(&s, "\\restrict "))
        take_restrict(sc, s, true);
    else if (take_prefix(&s, "\\unrestrict "))
        take_restrict(sc, s, false);
    else if (!take_prefix(&s, "\\connect ") || !take_connect(sc, s))
        scan_problem(sc, PROBLEM_CODE_META_COMMAND, window_offset(&sc->window), sc->object,
                     "\"%.*s\" is a command to psql, not SQL", (int)shown.n, shown.p);
}
