/* SPDX-License-Identifier: PostgreSQL */
/* Comment lines between statements, as pg_dump and pg_dumpall write them. */
#include "base/str.h"
#include "dump/scanner.h"

#include <string.h>

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

static void add_text(struct scanner *sc, struct buf *b, struct slice s)
{
    const struct charset *set = sc->stretch.set;
    if (set == NULL || set->is_utf8)
        buf_append(b, s.p, s.n);
    else
        buf_puts(b, charset_text(sc->how->arena, set, s));
}

/* A dump may have millions of objects: of their names only the present one and that of the last
 * whole object are kept. */
static void name_object(struct scanner *sc, struct slice schema, struct slice name)
{
    struct buf *b = &sc->names[sc->facts->whole_object == sc->names[0].p];
    buf_clear(b);
    if (!slice_eq(schema, "-")) {
        add_text(sc, b, schema);
        buf_putc(b, '.');
    }
    add_text(sc, b, name);
    sc->object = buf_text(b);
}

/* A name that holds a newline ends its comment, and what follows is read as something else. */
static void broken_out(struct scanner *sc, struct slice line)
{
    if (sc->headers == 0) /* other people's comments may look like anything */
        return;
    (void)scan_problem(sc, PROBLEM_CODE_NAME_BREAKS_OUT, window_offset(&sc->window), NULL,
                       "the comment \"%.*s\" ends in the middle of a name",
                       line.n < 60 ? (int)line.n : 60, line.p);
}

/* pg_dump knows about fifty of them. */
static const char *keep_type(struct scanner *sc, struct slice type)
{
    enum { TYPES_MAX = 1000 };
    if (sc->object_type != NULL && slice_eq(type, sc->object_type))
        return sc->object_type;
    const char *known = names_find(&sc->types, type);
    if (known != NULL)
        return known;
    return sc->types.n < TYPES_MAX ? names_keep(&sc->types, type) : "?";
}

/* "shop.orders; Type: TABLE; Schema: public; Owner: shop" behind "-- Name: ": a name may hold "; "
 * too, so the markers are looked for as pg_dump writes them. False: they are not there. */
static bool take_entry(struct scanner *sc, struct slice rest)
{
    const char *type = find_text(rest, "; Type: ");
    if (type == NULL)
        return false;
    struct slice tail = {type + 8, (size_t)(rest.p + rest.n - type) - 8};
    const char *schema = find_text(tail, "; Schema: ");
    if (schema == NULL)
        return false;
    struct slice schema_name = {schema + 10, (size_t)(tail.p + tail.n - schema) - 10};
    const char *owner = find_text(schema_name, "; Owner: ");
    if (owner == NULL)
        owner = find_text(schema_name, "; Owner:");
    if (owner != NULL)
        schema_name.n = (size_t)(owner - schema_name.p);
    struct slice kind = {tail.p, (size_t)(schema - tail.p)};
    sc->object_type = keep_type(sc, kind);
    name_object(sc, schema_name, (struct slice){rest.p, (size_t)(type - rest.p)});
    return true;
}

static const char *const section_names[SECTIONS] = {
    [SECTION_DATABASE] = "database dump",
    [SECTION_CLUSTER] = "database cluster dump",
};

/* A header while the same kind is open, or an end of the cluster while a database is: that one was
 * cut, and something was joined behind it. */
static void lost_trailer(struct scanner *sc, enum section section)
{
    if (!sc->is_open[section])
        return;
    (void)scan_problem(sc, PROBLEM_CODE_TRAILER_MISSING, window_offset(&sc->window), sc->object,
                       "another dump begins or ends here, but the %s before it has no completion "
                       "line: it is whole up to byte %llu%s%s",
                       section_names[section], (unsigned long long)sc->facts->whole_until,
                       sc->facts->whole_object == NULL ? "" : ", up to ",
                       sc->facts->whole_object == NULL ? "" : sc->facts->whole_object);
    sc->is_open[section] = false;
}

static void take_header(struct scanner *sc, enum section section)
{
    lost_trailer(sc, section);
    if (section == SECTION_CLUSTER)
        lost_trailer(sc, SECTION_DATABASE);
    sc->is_open[section] = true;
    sc->headers++;
    sc->facts->is_cluster_dump |= section == SECTION_CLUSTER;
}

static void take_trailer(struct scanner *sc, enum section section)
{
    if (section == SECTION_CLUSTER) {
        lost_trailer(sc, SECTION_DATABASE);
        sc->facts->is_cluster_dump = true;
    }
    if (!sc->is_open[section])
        (void)scan_problem(sc, PROBLEM_CODE_HEADER_MISSING, window_offset(&sc->window), NULL,
                           "the completion line of a %s whose header is not there: its beginning "
                           "is lost",
                           section_names[section]);
    sc->is_open[section] = false;
    sc->trailers++;
}

/* "PostgreSQL database dump" and its kin. */
static bool take_section(struct scanner *sc, struct slice s)
{
    if (!take_prefix(&s, "PostgreSQL "))
        return false;
    for (enum section i = 0; i < SECTIONS; i++) {
        struct slice rest = s;
        if (!take_prefix(&rest, section_names[i]))
            continue;
        if (rest.n == 0)
            take_header(sc, i);
        else if (slice_eq(rest, " complete"))
            take_trailer(sc, i);
    }
    return true;
}

/* What pg_dumpall writes round a name: the text before it, and the last byte behind. */
static const struct {
    const char *before, *behind;
} quoted_names[] = {{"Database \"", "\" dump"}, {"User Config \"", "\""}};

static void take_quoted(struct scanner *sc, struct slice line, struct slice s)
{
    for (size_t i = 0; i < COUNT_OF(quoted_names); i++) {
        struct slice rest = s;
        size_t n = strlen(quoted_names[i].behind);
        if (take_prefix(&rest, quoted_names[i].before) &&
            (rest.n < n || memcmp(rest.p + rest.n - n, quoted_names[i].behind, n) != 0))
            broken_out(sc, line);
    }
}

void scan_comment(struct scanner *sc, struct slice line)
{
    struct slice all = slice_trim_right(line), s = all;
    sc->remarks++;
    sc->crlf_remarks += line.n >= 2 && memcmp(line.p + line.n - 2, "\r\n", 2) == 0;
    if (!take_prefix(&s, "-- ") || take_section(sc, s))
        return;
    sc->facts->n_table_data += find_text(s, "; Type: TABLE DATA; ") != NULL;
    if (take_prefix(&s, "Name: ") || take_prefix(&s, "Data for Name: ") ||
        take_prefix(&s, "Statistics for Name: ")) { /* the last from PostgreSQL 18 on */
        if (!take_entry(sc, s))
            broken_out(sc, all);
    } else if (take_prefix(&s, "Dumped from database version ")) {
        if (sc->facts->server_version == NULL)
            sc->facts->server_version = arena_strndup(sc->how->arena, s.p, s.n);
    } else if (take_prefix(&s, "Started on ")) {
        if (sc->facts->started == NULL)
            sc->facts->started = arena_strndup(sc->how->arena, s.p, s.n);
    } else if (take_prefix(&s, "Dumped by pg_dump version ")) {
        if (sc->facts->dump_version == NULL)
            sc->facts->dump_version = arena_strndup(sc->how->arena, s.p, s.n);
    } else {
        take_quoted(sc, all, s);
    }
}
