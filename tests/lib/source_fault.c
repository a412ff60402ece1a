/* SPDX-License-Identifier: PostgreSQL */
#include "lib/source_fault.h"

struct fault_link {
    struct source base;
    struct fault fault;
};

static size_t allowed(const struct fault *f, uint64_t offset, size_t n)
{
    if (f->piece_bytes != 0 && n > f->piece_bytes)
        n = f->piece_bytes;
    if (f->stop_at != 0 && n > f->stop_at - offset)
        n = (size_t)(f->stop_at - offset);
    if (f->fail_at != 0 && n > f->fail_at - 1 - offset)
        n = (size_t)(f->fail_at - 1 - offset);
    return f->stop_empty ? 0 : n;
}

static bool fault_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    const struct fault *f = &((struct fault_link *)s)->fault;
    if (f->fail_at != 0 && s->offset == f->fail_at - 1)
        return err_set(e, ERR_SYSTEM, "made to fail at byte %llu", (unsigned long long)s->offset);
    n = allowed(f, s->offset, n);
    *got = 0;
    if (n > 0 && !source_read(s->below, bytes, n, got, e))
        return false;
    if (f->flip_bit != 0) {
        uint64_t byte = (f->flip_bit - 1) / 8;
        if (byte >= s->offset && byte - s->offset < *got)
            ((uint8_t *)bytes)[byte - s->offset] ^= (uint8_t)(1U << ((f->flip_bit - 1) % 8));
    }
    return true;
}

static const struct source_ops fault_ops = {.name = "fault", .read = fault_read};

struct source *source_fault(struct arena *a, struct source *below, struct fault fault)
{
    struct fault_link *l = ARENA_NEW(a, struct fault_link);
    *l = (struct fault_link){.base = {.ops = &fault_ops, .below = below}, .fault = fault};
    return &l->base;
}
