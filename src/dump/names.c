/* SPDX-License-Identifier: PostgreSQL */
#include "dump/names.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The finalizer of MurmurHash3. */
uint64_t names_mix(uint64_t x)
{
    x ^= x >> 33;
    x *= UINT64_C(0xff51afd7ed558ccd);
    x ^= x >> 33;
    x *= UINT64_C(0xc4ceb9fe1a85ec53);
    return x ^ x >> 33;
}

/* FNV-1a. */
static uint64_t hash(struct slice text)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.n; i++)
        h = (h ^ (uint8_t)text.p[i]) * UINT64_C(0x100000001b3);
    return names_mix(h);
}

/* The slot that holds the text, or the empty one where it belongs. */
static size_t slot_of(const struct names *names, struct slice text)
{
    size_t i = (size_t)hash(text) & (names->n_slots - 1);
    for (; names->slots[i] != NULL; i = (i + 1) & (names->n_slots - 1))
        if (strncmp(names->slots[i], text.p, text.n) == 0 && names->slots[i][text.n] == '\0')
            break;
    return i;
}

static void grow(struct names *names)
{
    const char **old = names->slots;
    size_t n_old = names->n_slots;
    names->n_slots = n_old == 0 ? 256 : 2 * n_old;
    names->slots = calloc(names->n_slots, sizeof *names->slots);
    assert(names->slots != NULL);
    for (size_t i = 0; i < n_old; i++)
        if (old[i] != NULL)
            names->slots[slot_of(names, slice_of(old[i]))] = old[i];
    free(old);
}

void names_cleanup(struct names *names)
{
    free(names->slots);
    names->slots = NULL;
    names->n_slots = 0;
}

static struct slice up_to_nul(struct slice text)
{
    return (struct slice){text.p, strnlen(text.p, text.n)};
}

static const char *copy(struct names *names, struct slice text)
{
    enum { ROOM_BYTES = 4096 };
    size_t n = text.n + 1;
    if (n > names->left && n > ROOM_BYTES / 4)
        return arena_strndup(names->arena, text.p, text.n);
    if (n > names->left) {
        names->room = arena_alloc(names->arena, ROOM_BYTES);
        names->left = ROOM_BYTES;
    }
    char *kept = memcpy(names->room, text.p, text.n);
    names->room += n;
    names->left -= n;
    return kept;
}

const char *names_keep(struct names *names, struct slice text)
{
    text = up_to_nul(text);
    if (4 * (names->n + 1) > 3 * names->n_slots)
        grow(names);
    size_t i = slot_of(names, text);
    if (names->slots[i] == NULL) {
        names->slots[i] = copy(names, text);
        names->n++;
        names->bytes += text.n + 1;
    }
    return names->slots[i];
}

const char *names_find(const struct names *names, struct slice text)
{
    return names->n_slots == 0 ? NULL : names->slots[slot_of(names, up_to_nul(text))];
}
