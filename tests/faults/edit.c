/* SPDX-License-Identifier: PostgreSQL */
#include "faults/edit.h"

#include <check.h>

#include <string.h>

size_t edit_find(struct slice in, const char *text)
{
    const char *at = memmem(in.p, in.n, text, strlen(text));
    ck_assert_msg(at != NULL, "the dump has no \"%s\"", text);
    return at == NULL ? 0 : (size_t)(at - in.p);
}

struct slice edit_cut(struct slice in, size_t n)
{
    ck_assert_uint_le(n, in.n);
    return (struct slice){in.p, n};
}

struct slice edit_cut_at(struct slice in, const char *s)
{
    return edit_cut(in, edit_find(in, s));
}

struct slice edit_splice(struct arena *a, struct slice in, size_t at, size_t n, struct slice with)
{
    ck_assert_uint_le(at + n, in.n);
    char *out = arena_alloc(a, in.n - n + with.n + 1);
    memcpy(out, in.p, at);
    memcpy(out + at, with.p, with.n);
    memcpy(out + at + with.n, in.p + at + n, in.n - at - n);
    return (struct slice){out, in.n - n + with.n};
}

struct slice edit_replace(struct arena *a, struct slice in, const char *from, const char *to)
{
    return edit_splice(a, in, edit_find(in, from), strlen(from), slice_of(to));
}

struct slice edit_flip(struct arena *a, struct slice in, size_t byte)
{
    ck_assert_uint_lt(byte, in.n);
    char flipped = (char)(in.p[byte] ^ 0x10);
    return edit_splice(a, in, byte, 1, (struct slice){&flipped, 1});
}
