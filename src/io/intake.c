/* SPDX-License-Identifier: PostgreSQL */
#include "io/intake.h"

#include <assert.h>
#include <string.h>

struct intake intake_new(struct arena *a, struct source *below)
{
    return (struct intake){.below = below, .bytes = arena_alloc(a, INTAKE_BYTES)};
}

bool intake_fill(struct intake *in, bool *any, struct err *e)
{
    if (in->at == in->n) {
        in->at = in->n = 0;
        size_t got;
        if (!source_read(in->below, in->bytes, INTAKE_BYTES, &got, e))
            return false;
        in->n = got;
    }
    *any = in->at < in->n;
    return true;
}

bool intake_peek(struct intake *in, size_t want, struct err *e)
{
    enum { PEEK_BYTES_MAX = 32 };
    assert(want <= PEEK_BYTES_MAX);
    if (in->n - in->at >= want)
        return true;
    memmove(in->bytes, in->bytes + in->at, in->n - in->at);
    in->n -= in->at;
    in->at = 0;
    size_t got;
    if (!source_read_full(in->below, in->bytes + in->n, want - in->n, &got, e))
        return false;
    in->n += got;
    return true;
}

uint64_t intake_offset(const struct intake *in)
{
    return in->below->offset - (in->n - in->at);
}

bool intake_trailing(struct intake *in, struct filter_facts *facts, struct err *e)
{
    for (bool any = true;;) {
        if (!intake_fill(in, &any, e))
            return false;
        if (!any)
            return true;
        if (facts->padding_bytes == 0 && !facts->garbage)
            facts->trailing_offset = intake_offset(in);
        size_t zeros = 0;
        while (!facts->garbage && zeros < in->n - in->at && in->bytes[in->at + zeros] == 0)
            zeros++;
        in->at += zeros;
        facts->padding_bytes += zeros;
        if (in->at == in->n)
            continue;
        if (!facts->garbage)
            facts->trailing_offset = intake_offset(in);
        facts->garbage = true;
        in->at = in->n;
    }
}
