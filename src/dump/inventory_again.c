/* SPDX-License-Identifier: PostgreSQL */
/*
 * Statements that are, but for one number, like one that was read before: a dump has some for each
 * of millions of large objects. The number is an integer of at most nine digits, a token of its own
 * or the beginning or end of a string, and nothing of it was kept: then the tokens are the same,
 * the reader does the same again, and so does the grammar, which sees one kind of constant in
 * either.
 */
#include "dump/inventory_read.h"

#include <string.h>

enum { DIGITS_MAX = 9 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && is_digit(p[i]))
        i++;
    return i;
}

bool inventory_again(struct inventory *inv, struct slice text)
{
    for (size_t i = 0; i < INVENTORY_LIKENESSES; i++) {
        const struct likeness *l = &inv->likenesses[i];
        if (l->text_n == 0 || text.n <= l->before || memcmp(text.p, l->text, l->before) != 0)
            continue;
        size_t digits = count_digits(text.p + l->before, text.n - l->before);
        size_t at = l->before + digits;
        if (digits == 0 || digits > DIGITS_MAX || text.n - at != l->text_n - l->before ||
            memcmp(text.p + at, l->text + l->before, text.n - at) != 0)
            continue;
        for (size_t k = 0; k < l->n_made; k++)
            l->made[k]->n++;
        inv->n[l->kind] += l->counts;
        inv->grammar.n_parsed += l->parsed;
        return true;
    }
    return false;
}

/* May another number stand there without any other difference? Digits behind a parenthesis may be a
 * length, which the grammar limits. */
static bool stands_alone(struct slice text, size_t at, size_t digits)
{
    static const char before[] = " '", behind[] = " ')";
    bool begins = at > 0 && strchr(before, text.p[at - 1]) != NULL;
    size_t end = at + digits;
    return begins && digits <= DIGITS_MAX && (end == text.n || strchr(behind, text.p[end]) != NULL);
}

void inventory_liken(struct reading *r, struct likeness seen)
{
    struct inventory *inv = r->inv;
    struct slice text = r->s->text;
    size_t at = 0;
    if (text.n > LIKENESS_BYTES_MAX || inv->kept_digit || inv->n_made > LIKENESS_MADE_MAX)
        return;
    for (; at < text.n && !is_digit(text.p[at]); at++)
        if (strchr("$\\-/", text.p[at]) != NULL || text.p[at] == '\0')
            return;
    size_t digits = count_digits(text.p + at, text.n - at);
    if (digits == 0 || !stands_alone(text, at, digits))
        return;
    for (size_t i = at + digits; i < text.n; i++)
        if (strchr("$\\-/0123456789", text.p[i]) != NULL)
            return;
    for (size_t i = 0; i < inv->n_made; i++)
        if (inv->made[i]->name == NULL) /* not kept */
            return;
    struct likeness *l = &inv->likenesses[inv->n_likenesses++ % INVENTORY_LIKENESSES];
    *l = seen;
    l->before = at;
    l->text_n = text.n - digits;
    memcpy(l->text, text.p, at);
    memcpy(l->text + at, text.p + at + digits, text.n - at - digits);
    l->n_made = inv->n_made;
    memcpy(l->made, inv->made, sizeof l->made);
}
