/* SPDX-License-Identifier: PostgreSQL */
/* The reader of manifests: what it accepts is written and read again without a change. */
#include "report/manifest.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct manifest *read_again(struct arena *a, const struct buf *text)
{
    struct manifest *m = NULL;
    struct err e = {0};
    bool intact = false;
    bool ok = manifest_read(a, (struct slice){text->p, text->n}, &m, &intact, &e);
    assert(ok && intact);
    (void)ok;
    return m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(buf_cleanup) struct buf first = {0}, second = {0};
    struct manifest *m = NULL;
    struct err e = {0};
    bool intact = false;
    if (!manifest_read(a, (struct slice){(const char *)data, size}, &m, &intact, &e)) {
        assert(e.text[0] != '\0' && m == NULL);
        return 0;
    }
    manifest_write(a, m, &first);
    manifest_write(a, read_again(a, &first), &second);
    assert(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
    return 0;
}
