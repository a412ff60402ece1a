/* SPDX-License-Identifier: PostgreSQL */
/*
 * Any bytes through a decoding link, whole and in pieces. Whatever the pieces: the same bytes come
 * out, as far as they come; success and its facts are the same; a failure has a text; the memory of
 * the link is bounded.
 */
#ifndef PGR_FUZZ_LINK_H
#define PGR_FUZZ_LINK_H

#include "base/buf.h"
#include "io/filter.h"

#include <assert.h>
#include <string.h>

struct link {
    struct source *(*open)(struct arena *a, struct source *below, struct filter_facts *facts,
                           struct err *e);
};

struct link_pieces {
    struct source base;
    const uint8_t *p;
    size_t left, piece;
};

static inline bool link_pieces_read(struct source *s, void *bytes, size_t n, size_t *got,
                                    struct err *e)
{
    struct link_pieces *in = (struct link_pieces *)s;
    (void)e;
    *got = n < in->piece ? n : in->piece;
    *got = *got < in->left ? *got : in->left;
    if (*got > 0)
        memcpy(bytes, in->p, *got);
    in->p += *got;
    in->left -= *got;
    return true;
}

static const struct source_ops link_pieces_ops = {.name = "pieces", .read = link_pieces_read};

struct link_result {
    bool ok;
    struct err e;
    struct buf out;
    struct filter_facts facts;
};

static inline void link_decode(const struct link *link, const uint8_t *data, size_t size,
                               size_t piece, struct link_result *r)
{
    enum { OUT_BYTES_MAX = 1 << 20, READ_BYTES = 4096, MEMORY_BYTES_MAX = 8 << 20 };
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct link_pieces in = {.base = {.ops = &link_pieces_ops}, data, size, piece};
    const struct filter_limit limit = {.max_bytes = OUT_BYTES_MAX};
    CLEANUP(source_cleanup)
    struct source *s = filter_limit(a, link->open(a, &in.base, &r->facts, &r->e), &limit);
    assert(s != NULL);
    size_t got = 1, n = piece < READ_BYTES ? piece : READ_BYTES;
    for (r->ok = true; r->ok && got > 0;) {
        got = 0;
        r->ok = source_read(s, buf_reserve(&r->out, n), n, &got, &r->e);
        r->out.n += got;
    }
    assert(r->ok || r->e.text[0] != '\0');
    assert(arena_used_bytes(a) <= MEMORY_BYTES_MAX);
}

static inline int link_fuzz(const struct link *link, const uint8_t *data, size_t size)
{
    static const size_t pieces[] = {SIZE_MAX, 1, 7, 600};
    struct link_result first = {0};
    link_decode(link, data, size, pieces[0], &first);
    for (size_t i = 1; i < COUNT_OF(pieces) && size < 65536; i++) {
        struct link_result r = {0};
        link_decode(link, data, size, pieces[i], &r);
        size_t same = r.out.n < first.out.n ? r.out.n : first.out.n;
        assert(same == 0 || memcmp(r.out.p, first.out.p, same) == 0);
        assert(r.ok == first.ok);
        assert(!r.ok ||
               (r.out.n == first.out.n && r.facts.members == first.facts.members &&
                r.facts.checked == first.facts.checked && r.facts.garbage == first.facts.garbage &&
                r.facts.padding_bytes == first.facts.padding_bytes &&
                r.facts.trailing_offset == first.facts.trailing_offset));
        buf_cleanup(&r.out);
    }
    buf_cleanup(&first.out);
    return 0;
}

#endif
