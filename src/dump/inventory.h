/* SPDX-License-Identifier: PostgreSQL */
/*
 * What a dump claims to contain: every object, every data section, every name that it refers to,
 * gathered from the statements while they pass. Grammar is not judged here (dump/grammar.h): a
 * statement that is not understood is counted and nothing else.
 */
#ifndef PGR_DUMP_INVENTORY_H
#define PGR_DUMP_INVENTORY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "dump/grammar.h"
#include "dump/names.h"
#include "dump/scan.h"

#include <stdbool.h>
#include <stdint.h>

enum item_kind {
#define ITEM(kind, plural) ITEM_##kind,
#define COUNTED(kind, plural) ITEM_##kind,
#define HEAD(words, kind, reader)
#include "dump/inventory.def"
#undef ITEM
#undef COUNTED
#undef HEAD
    ITEM_KINDS
};

/* What some kinds of items are besides; bits. */
enum item_flag {
    ITEM_UNLOGGED = 1U << 0,    /* table */
    ITEM_TEMPORARY = 1U << 1,   /* table */
    ITEM_PARTITIONED = 1U << 2, /* table: holds no rows itself */
    ITEM_PARTITION = 1U << 3,   /* table: `of` is what it is a partition of */
    ITEM_FILLED = 1U << 4,      /* table: made by a query */
    ITEM_IDENTITY = 1U << 5,    /* sequence: of an identity column */
    ITEM_DEFINER = 1U << 6,     /* function: SECURITY DEFINER */
    ITEM_PATH_SET = 1U << 7,    /* function: with a search_path of its own */
    ITEM_TRUSTED = 1U << 8,     /* language */
    ITEM_PASSWORD = 1U << 9,    /* user mapping, subscription: the dump holds a password */
    ITEM_NO_CONNECT = 1U << 10, /* subscription: is made without connecting */
    ITEM_NOT_CALLED = 1U << 11, /* sequence: setval with is_called = false */
};

/* What ITEM_REACH is about. */
enum reach {
    REACH_PROGRAM,     /* COPY … PROGRAM */
    REACH_SERVER_FILE, /* COPY … 'file', or a function that reads or writes files of the server */
    REACH_NETWORK,     /* a function that connects to elsewhere */
    REACH_ALTER_SYSTEM, /* settings of the whole server */
    REACH_DO,           /* a block of code that is run */
    REACH_KINDS
};

struct item {
    enum item_kind kind;
    unsigned flags;    /* enum item_flag */
    const char *scope; /* its schema; the table of a trigger or policy; see inventory.def; or "" */
    const char *name;
    const char *detail; /* function: language; extension: schema; server: wrapper; foreign table:
                         * server; a setting that is kept: of whom; or NULL */
    struct item *of;    /* table: see ITEM_PARTITION, or NULL */
    uint32_t n;         /* statements that make it, in all databases of the dump; 0: only named */
    uint32_t n_filled;  /* table: COPY sections; sequence: setvals; materialized view: refreshes */
    uint64_t offset;    /* of the first, in the decoded dump */
    int64_t value;      /* sequence: of the last setval; REACH: which */
};

/* A statement that was read, without the one number in it, and what that did. */
enum { LIKENESS_BYTES_MAX = 120, LIKENESS_MADE_MAX = 4, INVENTORY_LIKENESSES = 8 };
struct likeness {
    enum item_kind kind;
    bool counts; /* as one statement of that kind */
    bool parsed; /* by the grammar, without objection */
    size_t n_made;
    struct item *made[LIKENESS_MADE_MAX];
    size_t before, text_n; /* bytes before the number, and in all */
    char text[LIKENESS_BYTES_MAX];
};

/* Texts live in the arena; each is there once. */
struct inventory {
    struct arena *arena;
    struct names names;
    struct vec items;       /* struct item *, in the order met */
    uint64_t n[ITEM_KINDS]; /* statements of each kind, those not kept included */
    uint64_t n_not_kept;    /* items met beyond the limits below that checks ask for by name */
    struct grammar grammar;
    /* its own */
    struct item **slots;
    size_t n_slots;
    const char *path;      /* the schema of unqualified names */
    bool standard_strings; /* standard_conforming_strings */
    struct item *inserted; /* the table of the last INSERT … */
    struct buf insert;     /* … and how that began, up to the table's name */
    struct buf folded;     /* a name on its way to `names` */
    struct buf quoted;     /* SQL that stood in a string */
    struct item spare;     /* what is not kept is written here */
    bool kept_digit;       /* of the statement in hand: a text with a digit was kept */
    size_t n_made;         /* and it made these items, of which the first are here: */
    struct item *made[LIKENESS_MADE_MAX];
    size_t n_likenesses; /* so far */
    struct likeness likenesses[INVENTORY_LIKENESSES];
};
/* With these no more than about 34 MiB are used: enough for a database of a million objects when no
 * more than 300,000 of them are tables, sequences, their data and positions, functions, and others
 * that checks ask for by name. */
enum {
    INVENTORY_ITEMS_MAX = 300000,
    INVENTORY_COUNTED_KEPT_MAX = 10000, /* from there on the others are counted only */
    INVENTORY_NAMES_MAX = 310000,
    INVENTORY_NAME_BYTES_MAX = 8 * 1024 * 1024,
};

/* Give it back with inventory_cleanup; what it points to is the arena's. */
void inventory_begin(struct inventory *inv, struct arena *a);
void inventory_cleanup(struct inventory *inv);

/* For a listener's callbacks. */
void inventory_statement(struct inventory *inv, const struct statement *s);
void inventory_copy(struct inventory *inv, const struct copy_head *head);

/* The first item of that kind and name, or NULL. One that is only referred to has n == 0. There are
 * no items of the kinds DATA, SETVAL and REFRESH: see n_filled. */
const struct item *inventory_find(const struct inventory *inv, enum item_kind kind,
                                  const char *scope, const char *name);

/* How many different ones of a kind are made; of those kinds that are only counted: how often one
 * is. */
uint64_t inventory_count(const struct inventory *inv, enum item_kind kind);

/* "tables" */
extern const char *const item_words[ITEM_KINDS];

#endif
