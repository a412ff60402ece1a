/* SPDX-License-Identifier: PostgreSQL */
/* Any bytes as gzip: see link.h. Every decoder there is must come to the same result. */
#include "fuzz/link.h"
#include "io/filter_gzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct source *open_fast(struct arena *a, struct source *below, struct filter_facts *facts,
                                struct err *e)
{
    (void)e;
    return filter_gzip(a, below, facts);
}

static struct source *open_last(struct arena *a, struct source *below, struct filter_facts *facts,
                                struct err *e)
{
    size_t i = 0;
    (void)e;
    while (inflate_all[i + 1] != NULL)
        i++;
    return filter_gzip_by(a, below, facts, inflate_all[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct link fast_link = {open_fast}, last_link = {open_last};
    struct link_result fast = {0}, last = {0};
    link_decode(&fast_link, data, size, SIZE_MAX, &fast);
    link_decode(&last_link, data, size, SIZE_MAX, &last);
    assert(fast.ok == last.ok);
    assert(!fast.ok || (fast.out.n == last.out.n &&
                        memcmp(buf_text(&fast.out), buf_text(&last.out), fast.out.n) == 0));
    buf_cleanup(&fast.out);
    buf_cleanup(&last.out);
    return link_fuzz(&fast_link, data, size);
}
