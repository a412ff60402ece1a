/* SPDX-License-Identifier: PostgreSQL */
/* The encoding of the dump: which one is in force, and whether every character is one of it. */
#include "dump/glance.h"
#include "dump/scanner.h"

#include <string.h>

static void list_encoding(struct scanner *sc, const char *name)
{
    struct dump_facts *f = sc->facts;
    const char *all = f->encodings;
    f->encoding = name;
    if (all == NULL)
        f->encodings = name;
    else if (strstr(all, name) == NULL)
        f->encodings = arena_printf(sc->how->arena, "%s, %s", all, name);
}

/* Ends the present stretch: tells of characters in it that are none. */
static void judge_stretch(struct scanner *sc)
{
    const struct stretch *s = &sc->stretch;
    if (s->n_bad == 0 || s->unknown)
        return;
    enum problem_code code = s->set == NULL   ? PROBLEM_CODE_ENCODING_UNDECLARED
                             : s->set->is_any ? PROBLEM_CODE_SQL_ASCII_NOT_UTF8
                                              : PROBLEM_CODE_ENCODING_INVALID;
    const char *name = s->set == NULL || s->set->is_any ? "UTF8" : s->set->name;
    struct problem *p = scan_problem(sc, code, s->bad_offset, s->bad_where,
                                     "%llu characters are not valid %s; the first is %s%s",
                                     (unsigned long long)s->n_bad, name,
                                     s->bad_where == NULL ? "in front of all objects" : "in ",
                                     s->bad_where == NULL ? "" : s->bad_where);
    if (p != NULL)
        p->line = s->bad_line;
}

static void end_character(struct stretch *s)
{
    bool fine = s->reader.set != NULL ? charset_end(&s->reader) : utf8_end(&s->utf8);
    s->n_bad += !fine && s->n_bad == 0;
}

void scan_encoding(struct scanner *sc, const char *name)
{
    const struct charset *set = name == NULL ? NULL : charset_find(name);
    if (name != NULL && set == NULL && sc->facts->unknown_encoding == NULL)
        sc->facts->unknown_encoding = name;
    judge_stretch(sc);
    bool by_bytes = set != NULL && !set->is_utf8 && !set->is_any;
    sc->stretch = (struct stretch){.set = set,
                                   .unknown = name != NULL && set == NULL,
                                   .reader = {.set = by_bytes ? set : NULL}};
    window_encoding(&sc->window, set);
}

void scan_declared_encoding(struct scanner *sc, const char *name)
{
    const struct charset *set = charset_find(name);
    list_encoding(sc, set == NULL ? name : set->name);
    scan_encoding(sc, name);
}

void scan_characters(struct scanner *sc, const char *bytes, size_t n)
{
    struct stretch *s = &sc->stretch;
    size_t bad = n;
    uint64_t *count = s->reader.set != NULL ? &s->reader.n_bad : &s->utf8.n_bad, before = *count;
    if (s->unknown)
        return;
    if (s->reader.set != NULL)
        charset_add(&s->reader, bytes, n, &bad);
    else
        utf8_add(&s->utf8, bytes, n, &bad);
    if (*count > before && s->n_bad == 0) {
        s->bad_offset = window_offset(&sc->window) + bad;
        s->bad_line = window_lines(&sc->window) + 1 + glance_newlines(bytes, bad);
        s->bad_where = sc->object == NULL ? NULL : arena_strdup(sc->how->arena, sc->object);
    }
    s->n_bad += *count - before;
}

void scan_characters_end(struct scanner *sc)
{
    if (!sc->window.broken)
        end_character(&sc->stretch);
    judge_stretch(sc);
}

const char *scan_text(struct scanner *sc, const char *text)
{
    if (text == NULL)
        return NULL;
    return charset_text(sc->how->arena, sc->stretch.set, slice_of(text));
}

const char *scan_name(struct scanner *sc, struct arena *a, const struct token *t)
{
    struct token raw = {.kind = t->kind, .text = window_raw(&sc->window, t->text)};
    const char *name = token_name(a, &raw);
    return name == NULL ? NULL : charset_text(a, sc->stretch.set, slice_of(name));
}
