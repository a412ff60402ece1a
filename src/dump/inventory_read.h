/* SPDX-License-Identifier: PostgreSQL */
/* The insides of the inventory: reading one statement, token by token. */
#ifndef PGR_DUMP_INVENTORY_READ_H
#define PGR_DUMP_INVENTORY_READ_H

#include "dump/inventory.h"
#include "dump/token.h"

struct reading {
    struct inventory *inv;
    const struct statement *s;
    struct token t;      /* the one at hand */
    struct slice rest;   /* behind it */
    unsigned depth;      /* of parentheses around `t`; a closing one is outside */
    enum item_kind kind; /* of the statement; a reader may know better */
    unsigned flags;      /* enum item_flag: of the words behind CREATE */
    bool passing;        /* the next item is only counted: its names are not kept */
};

/* Both kept; `name` is NULL where there is none, or no room for it. */
struct name {
    const char *scope, *name;
};

/* On to the next token; TOKEN_END again and again at the end. */
void reading_next(struct reading *r);

/* Are these the words ("if not exists") from here on? Then it stands behind them. */
bool reading_take(struct reading *r, const char *words);

/* Passes over what is in parentheses; false at the end. */
bool reading_outside(struct reading *r);

/* Reads on until these words outside parentheses, and stands behind them; false at the end. */
bool reading_find(struct reading *r, const char *words);

/* The name at hand, and on: without a schema; with one, its own or that of the search path. */
struct name reading_plain(struct reading *r);
struct name reading_local(struct reading *r);

/* The one copy of a text; NULL when it is a new one and no more are kept. */
const char *reading_keep(struct reading *r, struct slice text);

/* A string, quoted name or word: what it says, kept (or NULL); and on. */
const char *reading_value(struct reading *r);

/* Are things of that kind only counted by now? */
bool reading_passes(const struct reading *r, enum item_kind kind);

/* The same, not kept: until the next name is read; and on. */
struct slice reading_text(struct reading *r);

/* The item with that name, new or not. Never NULL: what cannot be kept is thrown away. */
struct item *reading_item(struct reading *r, enum item_kind kind, struct name name);

/* The same, made once more by this statement. */
struct item *reading_made(struct reading *r, enum item_kind kind, struct name name);

/* The same, filled once more by this statement. */
struct item *reading_filled(struct reading *r, enum item_kind kind, struct name name);

/* Notes the roles of a list "a, GROUP b"; the tablespace at hand. */
void reading_roles(struct reading *r);
void reading_tablespace(struct reading *r);

/* "schema.table" of a name, kept: the scope of what belongs to a table. */
const char *reading_table(struct reading *r, struct name table);

/* Looks for what reaches outside in SQL or PL/pgSQL; `where`: kept name, "" for the dump itself. */
void reading_reach(struct reading *r, struct slice code, const char *where);
void reading_reaches(struct reading *r, enum reach reach, const char *where);

/* Takes a statement like one before. False: it is not, and has to be read. */
bool inventory_again(struct inventory *inv, struct slice text);

/* Keeps what the statement did, if it may come again with another number. `seen`: kind, counts and
 * parsed. Only for readers that do nothing but keep names and make items. */
void inventory_liken(struct reading *r, struct likeness seen);

/* One for each kind of head: sees what the statement tells. `t` is behind the head's words. */
#define ITEM(kind, plural)
#define COUNTED(kind, plural)
#define HEAD(words, kind, reader) void read_##reader(struct reading *r);
#include "dump/inventory.def"
#undef ITEM
#undef COUNTED
#undef HEAD

#endif
