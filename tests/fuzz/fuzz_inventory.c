/* SPDX-License-Identifier: PostgreSQL */
/* The inventory, given pieces of text as statements: what it keeps is found again, and the same
 * text gives the same. */
#include "dump/inventory.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Semicolons part the statements here, wherever they stand: halves of them are wanted. */
static void take(struct inventory *inv, struct arena *a, const uint8_t *data, size_t size)
{
    inventory_begin(inv, a);
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, ';', size - at);
        size_t n = end == NULL ? size - at : (size_t)(end - data) - at;
        char *copy = arena_strndup(a, (const char *)data + at, n); /* of its exact size */
        struct statement s = {.text = {copy, n}, .offset = at};
        struct copy_head head = {.statement = s};
        inventory_statement(inv, &s);
        inventory_copy(inv, &head);
        at += n + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    CLEANUP(inventory_cleanup) struct inventory inv = {0}, again = {0};
    take(&inv, a, data, size);
    VEC_EACH (struct item *const, item, &inv.items) {
        assert((*item)->name != NULL && (*item)->scope != NULL && (*item)->kind < ITEM_KINDS);
        assert(inventory_find(&inv, (*item)->kind, (*item)->scope, (*item)->name) == *item);
    }
    take(&again, a, data, size);
    assert(inv.items.n == again.items.n && inv.names.n == again.names.n);
    assert(memcmp(inv.n, again.n, sizeof inv.n) == 0);
    assert(inv.grammar.n_parsed == again.grammar.n_parsed);
    return 0;
}
