/* SPDX-License-Identifier: PostgreSQL */
#include "dump/inventory.h"

#include "dump/inventory_read.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_TOKENS = 4 };

const char *const item_words[ITEM_KINDS] = {
#define ITEM(kind, plural) plural,
#define COUNTED(kind, plural) plural,
#define HEAD(words, kind, reader)
#include "dump/inventory.def"
#undef ITEM
#undef COUNTED
#undef HEAD
};

/* Of the kinds that no check asks for by name. */
static const bool is_counted[ITEM_KINDS] = {
#define ITEM(kind, plural) false,
#define COUNTED(kind, plural) true,
#define HEAD(words, kind, reader)
#include "dump/inventory.def"
#undef ITEM
#undef COUNTED
#undef HEAD
};

static const struct head {
    const char *words;
    enum item_kind kind;
    void (*read)(struct reading *r);
} heads[] = {
#define ITEM(kind, plural)
#define COUNTED(kind, plural)
#define HEAD(words, kind, reader) {words, ITEM_##kind, read_##reader},
#include "dump/inventory.def"
#undef ITEM
#undef COUNTED
#undef HEAD
};

/* Words behind CREATE that do not say what is made. */
static const struct {
    const char *word;
    unsigned flag;
} adjectives[] = {
    {"or", 0},
    {"replace", 0},
    {"unlogged", ITEM_UNLOGGED},
    {"temporary", ITEM_TEMPORARY},
    {"temp", ITEM_TEMPORARY},
    {"global", 0},
    {"local", 0},
    {"recursive", 0},
    {"unique", 0},
    {"trusted", ITEM_TRUSTED},
    {"procedural", 0},
    {"default", 0},
    {"constraint", 0},
};

void inventory_begin(struct inventory *inv, struct arena *a)
{
    *inv = (struct inventory){
        .arena = a,
        .names = {.arena = a},
        .items = vec_new(a, sizeof(struct item *)),
        .path = "public",
        .standard_strings = true,
    };
    grammar_begin(&inv->grammar, a);
    inv->path = names_keep(&inv->names, slice_of("public"));
    (void)names_keep(&inv->names, slice_of(""));
}

void inventory_cleanup(struct inventory *inv)
{
    buf_cleanup(&inv->insert);
    buf_cleanup(&inv->folded);
    buf_cleanup(&inv->quoted);
    grammar_cleanup(&inv->grammar);
    names_cleanup(&inv->names);
    free(inv->slots);
    inv->slots = NULL;
    inv->n_slots = 0;
}

/* ---- items --------------------------------------------------------------------------------------
 */

/* The slot of the item, or the empty one where it belongs. Names are compared by their pointers. */
static size_t slot_of(const struct inventory *inv, enum item_kind kind, struct name name)
{
    uint64_t h = names_mix((uint64_t)(uintptr_t)name.name ^
                           names_mix((uint64_t)(uintptr_t)name.scope + (uint64_t)kind));
    size_t i = (size_t)h & (inv->n_slots - 1);
    for (; inv->slots[i] != NULL; i = (i + 1) & (inv->n_slots - 1)) {
        const struct item *item = inv->slots[i];
        if (item->kind == kind && item->name == name.name && item->scope == name.scope)
            break;
    }
    return i;
}

static void widen(struct inventory *inv)
{
    free(inv->slots);
    inv->n_slots = inv->n_slots == 0 ? 256 : 2 * inv->n_slots;
    inv->slots = calloc(inv->n_slots, sizeof(struct item *));
    assert(inv->slots != NULL);
    VEC_EACH (struct item *const, item, &inv->items) {
        struct name name = {(*item)->scope, (*item)->name};
        inv->slots[slot_of(inv, (*item)->kind, name)] = *item;
    }
}

static bool is_full(const struct inventory *inv)
{
    return inv->items.n >= INVENTORY_ITEMS_MAX || inv->names.n >= INVENTORY_NAMES_MAX ||
           inv->names.bytes >= INVENTORY_NAME_BYTES_MAX;
}

bool reading_passes(const struct reading *r, enum item_kind kind)
{
    return is_counted[kind] && r->inv->items.n >= INVENTORY_COUNTED_KEPT_MAX;
}

const char *reading_keep(struct reading *r, struct slice text)
{
    struct names *names = &r->inv->names;
    for (size_t i = 0; i < text.n; i++)
        r->inv->kept_digit |= text.p[i] >= '0' && text.p[i] <= '9';
    bool no_more = r->passing || is_full(r->inv);
    return no_more ? names_find(names, text) : names_keep(names, text);
}

struct item *reading_item(struct reading *r, enum item_kind kind, struct name name)
{
    struct inventory *inv = r->inv;
    inv->spare = (struct item){.kind = kind};
    if (reading_passes(r, kind))
        return &inv->spare;
    if (name.name == NULL || name.scope == NULL) {
        inv->n_not_kept += is_full(inv);
        return &inv->spare;
    }
    if (4 * (inv->items.n + 1) > 3 * inv->n_slots)
        widen(inv);
    size_t i = slot_of(inv, kind, name);
    if (inv->slots[i] != NULL)
        return inv->slots[i];
    if (is_full(inv)) {
        inv->n_not_kept++;
        return &inv->spare;
    }
    struct item *item = ARENA_NEW(inv->arena, struct item);
    *item =
        (struct item){.kind = kind, .scope = name.scope, .name = name.name, .offset = r->s->offset};
    *(struct item **)vec_push(&inv->items) = item;
    inv->slots[i] = item;
    return item;
}

struct item *reading_made(struct reading *r, enum item_kind kind, struct name name)
{
    struct item *item = reading_item(r, kind, name);
    r->passing = false; /* it was read for this item alone */
    if (item->n++ == 0)
        item->offset = r->s->offset;
    if (r->inv->n_made < LIKENESS_MADE_MAX)
        r->inv->made[r->inv->n_made] = item;
    r->inv->n_made++;
    return item;
}

struct item *reading_filled(struct reading *r, enum item_kind kind, struct name name)
{
    struct item *item = reading_item(r, kind, name);
    item->n_filled++;
    return item;
}

const struct item *inventory_find(const struct inventory *inv, enum item_kind kind,
                                  const char *scope, const char *name)
{
    struct name kept = {names_find(&inv->names, slice_of(scope)),
                        names_find(&inv->names, slice_of(name))};
    if (kept.scope == NULL || kept.name == NULL || inv->n_slots == 0)
        return NULL;
    return inv->slots[slot_of(inv, kind, kept)];
}

uint64_t inventory_count(const struct inventory *inv, enum item_kind kind)
{
    uint64_t n = 0;
    if (kind == ITEM_LARGE_OBJECT || is_counted[kind]) /* not kept apart, or not all of them */
        return inv->n[kind];
    enum item_kind of = kind == ITEM_DATA      ? ITEM_TABLE
                        : kind == ITEM_SETVAL  ? ITEM_SEQUENCE
                        : kind == ITEM_REFRESH ? ITEM_MATVIEW
                                               : kind;
    VEC_EACH (struct item *const, item, &inv->items)
        n += (*item)->kind == of && (of == kind ? (*item)->n : (*item)->n_filled) > 0;
    return n;
}

/* ---- statements ---------------------------------------------------------------------------------
 */

/* Letters of the first of the `words` when the token is that word, in any case; 0 otherwise. */
static size_t is_first(const struct token *t, const char *words)
{
    size_t n = 0;
    if (t->kind != TOKEN_WORD)
        return 0;
    for (; n < t->text.n && words[n] != '\0' && words[n] != ' '; n++)
        if ((t->text.p[n] | 0x20) != words[n])
            return 0;
    return n == t->text.n && (words[n] == '\0' || words[n] == ' ') ? n : 0;
}

/* The first tokens, and what is behind each; adjectives behind CREATE are left out. */
struct beginning {
    struct token t[HEAD_TOKENS];
    struct slice rest[HEAD_TOKENS];
    unsigned flags;
};

static bool is_adjective(const struct token *t, unsigned *flags)
{
    for (size_t i = 0; i < COUNT_OF(adjectives); i++)
        if (is_first(t, adjectives[i].word) > 0) {
            *flags |= adjectives[i].flag;
            return true;
        }
    return false;
}

static void begin(struct beginning *b, struct slice text)
{
    struct slice rest = text;
    b->flags = 0;
    for (size_t i = 0; i < HEAD_TOKENS; i++) {
        b->t[i] = token_next(&rest);
        while (i == 1 && token_is(&b->t[0], "create") && is_adjective(&b->t[1], &b->flags))
            b->t[1] = token_next(&rest);
        b->rest[i] = rest;
    }
}

/* How many tokens the words of the head are, when the statement begins with them; 0 otherwise. */
static size_t head_tokens(const struct beginning *b, const char *words)
{
    size_t i = 0;
    for (const char *word = words; *word != '\0'; i++) {
        size_t n = i < HEAD_TOKENS ? is_first(&b->t[i], word) : 0;
        if (n == 0)
            return 0;
        word += n + (word[n] == ' ');
    }
    return i;
}

/* The same table as the INSERT before: all that need be done millions of times. */
static bool is_insert_again(struct inventory *inv, struct slice text)
{
    const struct buf *begun = &inv->insert;
    if (begun->n == 0 || text.n <= begun->n || memcmp(text.p, begun->p, begun->n) != 0)
        return false;
    if (text.p[begun->n] != ' ' && text.p[begun->n] != '(')
        return false;
    inv->inserted->n++;
    inv->n[ITEM_INSERT]++;
    return true;
}

/* Rows, and what is written for a large object, are no grammar that anybody doubts. */
static bool is_worth_parsing(const struct reading *r)
{
    return r->kind != ITEM_INSERT && r->kind != ITEM_LARGE_OBJECT && r->kind != ITEM_SETVAL;
}

/* The reader of the statement's head, which it calls; NULL when no head fits. */
static const struct head *read_by_head(struct reading *r, const struct beginning *b)
{
    const struct token *first = &b->t[0];
    char letter = first->kind == TOKEN_WORD ? (char)(*first->text.p | 0x20) : '\0';
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        size_t n = *heads[i].words == letter ? head_tokens(b, heads[i].words) : 0;
        if (n == 0)
            continue;
        r->kind = heads[i].kind;
        r->passing = reading_passes(r, r->kind);
        r->rest = b->rest[n - 1];
        reading_next(r);
        heads[i].read(r);
        return &heads[i];
    }
    return NULL;
}

/* Does the reader do nothing but keep names and make items? */
static bool is_simple(const struct head *h, const struct reading *r)
{
    return h != NULL &&
           (h->read == read_owner || h->read == read_grant || r->kind == ITEM_LARGE_OBJECT);
}

void inventory_statement(struct inventory *inv, const struct statement *s)
{
    if (is_insert_again(inv, s->text) || inventory_again(inv, s->text))
        return;
    struct beginning b;
    begin(&b, s->text);
    struct reading r = {.inv = inv, .s = s, .kind = ITEM_REST, .flags = b.flags};
    uint64_t large_objects = inv->n[ITEM_LARGE_OBJECT], parsed = inv->grammar.n_parsed;
    inv->kept_digit = false;
    inv->n_made = 0;
    const struct head *head = read_by_head(&r, &b);
    inv->n[r.kind]++;
    bool counts = r.kind != ITEM_LARGE_OBJECT || inv->n[r.kind] > large_objects;
    bool parse = is_worth_parsing(&r);
    if (parse)
        grammar_statement(&inv->grammar, s, inv->standard_strings);
    bool is_parsed = inv->grammar.n_parsed > parsed;
    if (is_simple(head, &r) && parse == is_parsed)
        inventory_liken(&r, (struct likeness){.kind = r.kind, .counts = counts, .parsed = parse});
}

/* Read from the statement as it stands, like the names of the tables that are created. */
void inventory_copy(struct inventory *inv, const struct copy_head *head)
{
    struct reading r = {.inv = inv, .s = &head->statement, .rest = head->statement.text};
    reading_next(&r);
    (void)reading_take(&r, "copy");
    (void)reading_take(&r, "binary");
    inv->n[ITEM_DATA]++;
    (void)reading_filled(&r, ITEM_TABLE, reading_local(&r));
}
