/* SPDX-License-Identifier: PostgreSQL */
#include "io/filter_gzip.h"

#include "io/filter.h"
#include "io/gzip_header.h"
#include "io/intake.h"

enum place {
    IN_HEADER, /* of the first member or of a later one that begins as one does */
    IN_MEMBER,
    BEHIND_MEMBER,
    AT_END,
};

struct gzip_link {
    struct source base;
    const struct inflate_ops *ops;
    void *inflate;
    struct intake in;
    struct gzip_header header;
    enum place place;
    struct filter_facts *facts, own_facts;
};

static bool broken(const struct gzip_link *g, const char *what, struct err *e)
{
    return err_set(e, ERR_FORMAT, "gzip: %s at byte %llu", what,
                   (unsigned long long)intake_offset(&g->in));
}

static bool read_header(struct gzip_link *g, struct err *e)
{
    bool any;
    if (!intake_fill(&g->in, &any, e))
        return false;
    if (!any && g->in.below->offset == 0)
        return broken(g, "the input is empty", e);
    if (!any)
        return broken(g, "the input ends inside a member header", e);
    size_t used;
    const char *wrong =
        gzip_header_add(&g->header, g->in.bytes + g->in.at, g->in.n - g->in.at, &used);
    g->in.at += used;
    if (wrong != NULL)
        return broken(g, wrong, e);
    if (g->header.part == GZIP_WHOLE)
        g->place = IN_MEMBER;
    return true;
}

static bool read_member(struct gzip_link *g, struct inflate_turn *t, struct err *e)
{
    bool any;
    if (!intake_fill(&g->in, &any, e))
        return false;
    t->in = g->in.bytes + g->in.at;
    t->in_n = g->in.n - g->in.at;
    const char *wrong = g->ops->turn(g->inflate, t);
    g->in.at += t->used;
    if (wrong != NULL)
        return broken(g, wrong, e);
    if (t->ended) {
        g->facts->checked++;
        g->place = BEHIND_MEMBER;
        return true;
    }
    if (!any && t->made == 0)
        return broken(g, "the input ends inside a member", e);
    return true;
}

/* Whatever begins like a member is one; what does not is padding or garbage. */
static bool read_behind(struct gzip_link *g, struct err *e)
{
    if (!intake_peek(&g->in, 2, e))
        return false;
    const uint8_t *next = g->in.bytes + g->in.at;
    if (g->in.n - g->in.at >= 2 && next[0] == 0x1f && next[1] == 0x8b) {
        g->header = (struct gzip_header){0};
        g->ops->again(g->inflate);
        g->facts->members++;
        g->place = IN_HEADER;
        return true;
    }
    g->place = AT_END;
    return intake_trailing(&g->in, g->facts, e);
}

static bool gzip_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct gzip_link *g = (struct gzip_link *)s;
    struct inflate_turn t = {.out = bytes, .out_n = n};
    while (g->place != AT_END && t.made == 0) {
        bool ok = g->place == IN_HEADER   ? read_header(g, e)
                  : g->place == IN_MEMBER ? read_member(g, &t, e)
                                          : read_behind(g, e);
        if (!ok)
            return false;
    }
    *got = t.made;
    return true;
}

static const struct source_ops gzip_ops = {.name = "gzip", .read = gzip_read};

struct source *filter_gzip_by(struct arena *a, struct source *below, struct filter_facts *facts,
                              const struct inflate_ops *ops)
{
    if (below == NULL)
        return NULL;
    struct gzip_link *g = ARENA_NEW(a, struct gzip_link);
    *g = (struct gzip_link){.base = {.ops = &gzip_ops, .below = below},
                            .ops = ops,
                            .inflate = ops->begin(a, INFLATE_GZIP),
                            .in = intake_new(a, below)};
    g->facts = facts == NULL ? &g->own_facts : facts;
    *g->facts = (struct filter_facts){.members = 1};
    return &g->base;
}

struct source *filter_gzip(struct arena *a, struct source *below, struct filter_facts *facts)
{
    return filter_gzip_by(a, below, facts, inflate_all[0]);
}
