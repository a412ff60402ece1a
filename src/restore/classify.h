/* SPDX-License-Identifier: PostgreSQL */
/*
 * What may be done with a statement besides executing it in its place: the classes that the engine
 * tells apart. Whatever is not known for sure is CLASS_FENCE, which is always right.
 */
#ifndef PGR_RESTORE_CLASSIFY_H
#define PGR_RESTORE_CLASSIFY_H

#include "base/arena.h"
#include "base/str.h"
#include "restore/lexeme.h"

#include <stdbool.h>
#include <stddef.h>

enum class {
    /* In its place: behind all that came before, in front of all that follows. */
    CLASS_FENCE,
    /* A setting of the session that session.h follows. */
    CLASS_SESSION,
    /* It changes, or may change, the session in a way that cannot be followed: from here on
     * everything is done in file order on one connection. */
    CLASS_LOST,
    /* A row, a sequence, a large object, the end of a transaction: behind the COPYs before it, but
     * it does not mind indexes that are being built. */
    CLASS_DATA,
    /* The same for the beginning of a transaction, which is behind all that came before. */
    CLASS_BEGIN,
    /* A fence that makes a table, or a partition of one: tables_note. */
    CLASS_TABLE,
    /* A fence after which what is known of `table` (NULL: of all tables) holds no longer. */
    CLASS_CHANGE,
    /* A fence after which a COPY may touch other tables than its own: a trigger, a domain that
     * calls a function. */
    CLASS_SIDE,
    /* Builds an index on `table`, by itself or for a constraint. */
    CLASS_INDEX,
    /* The same, or a constraint, but it may read other tables or needs other indexes: behind all
     * that came before. */
    CLASS_CAREFUL,
    /* Is about `object` and nothing else, which the statement before it made. */
    CLASS_RIDER,
    /* A foreign key of `table` that refers to `other`. */
    CLASS_FOREIGN_KEY,
};

/* Tables and objects as name_key gives them; NULL: none, or of no interest. */
struct kind {
    enum class class;
    const char *table, *other;
    const char *object; /* the index or constraint */
    bool exclusive;     /* nothing else can be done with the table meanwhile */
    bool only;          /* not its partitions or children */
};

/* What names mean at this place of the dump. */
struct meaning {
    const char *schema; /* of unqualified names; NULL: not known */
    bool closed;        /* the search_path is empty: a function without schema is PostgreSQL's */
};

/* Texts of the answer are in the arena. */
struct kind classify(struct arena *a, struct slice statement, const struct meaning *m);

/* The table of a COPY … FROM stdin; NULL when it cannot be told for sure, or the COPY has options.
 */
const char *classify_copy(struct arena *a, struct slice statement, const struct meaning *m);

/* The table of an INSERT; NULL when it cannot be told for sure. */
const char *classify_insert(struct arena *a, struct slice statement, const struct meaning *m);

/* A name with its schema as one text, equal for equal ones. */
const char *name_key(struct arena *a, const char *schema, const char *name);

/* Reads "schema.name" or "name" and gives its key; NULL when it cannot be told. */
const char *read_key(struct lexemes *t, struct arena *a, const struct meaning *m);

/* Watches lexemes for calls of functions and operators that the dump may have made. They may read
 * any table, whatever they say. A zeroed one begins. */
struct call_watch {
    bool named, qualified, op, dot;
};
bool sees_call(struct call_watch *w, const struct lexeme *lexeme, bool closed);

#endif
