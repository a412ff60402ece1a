/* SPDX-License-Identifier: PostgreSQL */
#include "run/undo.h"

struct undo undo_new(struct arena *a)
{
    return (struct undo){vec_new(a, sizeof(struct undo_step))};
}

void undo_push(struct undo *u, const char *what, bool (*fn)(void *context, struct err *e),
               void *context)
{
    *(struct undo_step *)vec_push(&u->steps) = (struct undo_step){what, fn, context};
}

bool undo_all(struct undo *u, struct vec *failures)
{
    size_t before = failures->n;
    while (u->steps.n > 0) {
        struct undo_step step = *(struct undo_step *)vec_at(&u->steps, u->steps.n - 1);
        u->steps.n--;
        struct err e = {0};
        if (!step.fn(step.context, &e))
            *(const char **)vec_push(failures) =
                arena_printf(failures->arena, "%s: %s", step.what, e.text);
    }
    return failures->n == before;
}
