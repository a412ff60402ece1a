/* SPDX-License-Identifier: PostgreSQL */
/* RFC 1950: two bytes of header, a deflated body, Adler-32. */
#include "io/filter.h"
#include "io/filter_gzip.h"
#include "io/intake.h"

enum { HEADER_BYTES = 2, METHOD_MASK = 0x0f, DEFLATE = 8, HEADER_MODULUS = 31, DICTIONARY = 0x20 };

enum place { AT_HEADER, IN_STREAM, BEHIND_STREAM, AT_END };

struct zlib_link {
    struct source base;
    const struct inflate_ops *ops;
    void *inflate;
    struct intake in;
    enum place place;
    struct filter_facts *facts, own_facts;
};

static bool broken(const struct zlib_link *z, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "zlib: %s at byte %llu", what,
                   (unsigned long long)intake_offset(&z->in));
}

static bool read_header(struct zlib_link *z, struct err *e)
{
    if (!intake_peek(&z->in, HEADER_BYTES, e))
        return false;
    const uint8_t *p = z->in.bytes + z->in.at;
    if (z->in.n - z->in.at < HEADER_BYTES)
        return broken(z, z->in.n == z->in.at ? "the input is empty" : "the input ends in its head",
                      e);
    if ((p[0] & METHOD_MASK) != DEFLATE || (p[0] << 8 | p[1]) % HEADER_MODULUS != 0 ||
        (p[1] & DICTIONARY) != 0)
        return broken(z, "this is no zlib stream", e);
    z->in.at += HEADER_BYTES;
    z->place = IN_STREAM;
    return true;
}

static bool read_stream(struct zlib_link *z, struct inflate_turn *t, struct err *e)
{
    bool any;
    if (!intake_fill(&z->in, &any, e))
        return false;
    t->in = z->in.bytes + z->in.at;
    t->in_n = z->in.n - z->in.at;
    const char *wrong = z->ops->turn(z->inflate, t);
    z->in.at += t->used;
    if (wrong != NULL)
        return broken(z, wrong, e);
    if (!t->ended)
        return any || t->made > 0 || broken(z, "the input ends inside the stream", e);
    z->facts->checked++;
    z->place = BEHIND_STREAM;
    return true;
}

static bool read_behind(struct zlib_link *z, struct err *e)
{
    z->place = AT_END;
    return intake_trailing(&z->in, z->facts, e);
}

static bool zlib_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct zlib_link *z = (struct zlib_link *)s;
    struct inflate_turn t = {.out = bytes, .out_n = n};
    while (z->place != AT_END && t.made == 0) {
        bool ok = z->place == AT_HEADER   ? read_header(z, e)
                  : z->place == IN_STREAM ? read_stream(z, &t, e)
                                          : read_behind(z, e);
        if (!ok)
            return false;
    }
    *got = t.made;
    return true;
}

static const struct source_ops zlib_link_ops = {.name = "zlib", .read = zlib_read};

struct source *filter_zlib_by(struct arena *a, struct source *below, struct filter_facts *facts,
                              const struct inflate_ops *ops)
{
    if (below == NULL)
        return NULL;
    struct zlib_link *z = ARENA_NEW(a, struct zlib_link);
    *z = (struct zlib_link){.base = {.ops = &zlib_link_ops, .below = below},
                            .ops = ops,
                            .inflate = ops->begin(a, INFLATE_ZLIB),
                            .in = intake_new(a, below)};
    z->facts = facts == NULL ? &z->own_facts : facts;
    *z->facts = (struct filter_facts){.members = 1};
    return &z->base;
}

struct source *filter_zlib(struct arena *a, struct source *below, struct filter_facts *facts)
{
    return filter_zlib_by(a, below, facts, inflate_all[0]);
}
