/* SPDX-License-Identifier: PostgreSQL */
#include "io/filter.h"

#include <assert.h>

struct limit_link {
    struct source base;
    struct filter_limit limit;
};

static bool expands_too_much(const struct filter_limit *limit, uint64_t out)
{
    if (limit->max_expansion == 0 || out <= FILTER_LIMIT_FREE_BYTES)
        return false;
    return out / limit->max_expansion > limit->counted->offset;
}

bool filter_limit_allows(const struct filter_limit *limit, uint64_t out, struct err *e)
{
    if (limit->max_bytes != 0 && out > limit->max_bytes)
        return err_set(e, ERR_LIMIT, "more than %llu bytes", (unsigned long long)limit->max_bytes);
    if (expands_too_much(limit, out))
        return err_set(e, ERR_LIMIT,
                       "the stream grows by more than %llu times: %llu bytes out of %llu",
                       (unsigned long long)limit->max_expansion, (unsigned long long)out,
                       (unsigned long long)limit->counted->offset);
    return true;
}

static bool limit_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    const struct filter_limit *limit = &((struct limit_link *)s)->limit;
    return source_read(s->below, bytes, n, got, e) &&
           filter_limit_allows(limit, s->offset + *got, e);
}

static const struct source_ops limit_ops = {.name = "limit", .read = limit_read};

struct source *filter_limit(struct arena *a, struct source *below, const struct filter_limit *limit)
{
    if (below == NULL)
        return NULL;
    assert(limit->max_expansion == 0 || limit->counted != NULL);
    struct limit_link *l = ARENA_NEW(a, struct limit_link);
    *l = (struct limit_link){.base = {.ops = &limit_ops, .below = below}, .limit = *limit};
    return &l->base;
}
