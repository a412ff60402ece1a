/* SPDX-License-Identifier: PostgreSQL */
#include "dump/archive_blobs.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

struct blob {
    uint32_t oid;
    bool met;
};

static int compare(const void *x, const void *y)
{
    uint32_t a = ((const struct blob *)x)->oid, b = ((const struct blob *)y)->oid;
    return (a > b) - (a < b);
}

static void add(struct blobs *b, const char *digits)
{
    *(struct blob *)vec_push(&b->expected) =
        (struct blob){(uint32_t)strtoul(digits, NULL, 10), false};
}

/* One OID on each line. */
static void add_lines(struct blobs *b, const char *lines)
{
    for (const char *end; (end = strchr(lines, '\n')) != NULL; lines = end + 1)
        add(b, lines);
}

struct blobs blobs_of(struct members *m)
{
    enum { MINOR_OF_BLOB_ENTRIES = 12 };
    struct blobs b = {.expected = vec_new(m->a, sizeof(struct blob))};
    VEC_EACH (const struct archive_entry, t, &m->toc.entries) {
        b.known = b.known || (t->has_data && str_eq(t->type, "BLOBS"));
        if (str_eq(t->type, "BLOB"))
            add(&b, t->tag);
        else if (str_eq(t->type, "BLOB METADATA") && t->definition != NULL)
            add_lines(&b, t->definition);
    }
    /* An archive of --section=data has the data without what announces them. */
    b.known = b.known && b.expected.n > 0 && m->toc.minor >= MINOR_OF_BLOB_ENTRIES;
    if (b.expected.n > 1)
        qsort(b.expected.items, b.expected.n, b.expected.item_bytes, compare);
    return b;
}

bool blobs_met(struct blobs *b, struct members *m, uint32_t oid)
{
    if (!b->known)
        return true;
    struct blob key = {.oid = oid};
    struct blob *found = b->expected.n == 0 ? NULL
                                            : bsearch(&key, b->expected.items, b->expected.n,
                                                      b->expected.item_bytes, compare);
    if (found == NULL)
        members_problem(m, PROBLEM_CODE_ARCHIVE_DATA_UNKNOWN, arena_printf(m->a, "%u", oid),
                        "the table of contents has no large object %u", oid);
    else if (found->met)
        members_problem(m, PROBLEM_CODE_ARCHIVE_DATA_TWICE, arena_printf(m->a, "%u", oid),
                        "large object %u is there twice", oid);
    bool fits = found != NULL && !found->met;
    if (found != NULL)
        found->met = true;
    return fits;
}

bool blobs_all_met(const struct blobs *b, struct members *m)
{
    const struct blob *first = NULL;
    size_t n = 0;
    VEC_EACH (const struct blob, x, &b->expected) {
        first = first == NULL && !x->met ? x : first;
        n += !x->met;
    }
    if (!b->known || n == 0)
        return true;
    members_problem(m, PROBLEM_CODE_ARCHIVE_DATA_MISSING, arena_printf(m->a, "%u", first->oid),
                    "%zu large objects of the table of contents have no data, the first is %u", n,
                    first->oid);
    return false;
}
