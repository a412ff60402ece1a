/* SPDX-License-Identifier: PostgreSQL */
/*
 * What the server must have before a dump can be executed in it, and no pg_dump holds: roles,
 * tablespaces, the files of extensions.
 */
#ifndef PGR_RESTORE_PREPARE_H
#define PGR_RESTORE_PREPARE_H

#include "base/str.h"
#include "dump/inventory.h"
#include "model/record.h"
#include "pg/pg.h"

struct prepare {
    struct arena *arena; /* the record's */
    struct record *record;
    struct pg *admin;       /* superuser, on a database that is not restored into */
    bool is_theirs;         /* the server is the user's: nothing is made outside the database */
    struct vec roles;       /* const char *, that exist */
    struct vec tablespaces; /* likewise */
    size_t n_roles_made;
};

/* Reads what the server has; arena, record, admin and is_theirs are set by the caller. */
MUST bool prepare_begin(struct prepare *p, struct err *e);

/*
 * Before the first statement, where it is known what the dump holds: makes the roles (NOLOGIN; the
 * check roles_known names them) and tablespaces (inside the folder of the server, a note each)
 * that it refers to and does not make itself. What the server cannot install is EXTENSION_MISSING,
 * blamed on the environment; EXTENSION_HOOK is advice about those that need more than their files.
 */
MUST bool prepare_inventory(struct prepare *p, const struct inventory *inv, struct err *e);

/* Before a statement: makes the roles and the tablespace that it names. It is nobody's failure when
 * one cannot be made: the statement will fail, and be judged. */
MUST bool prepare_statement(struct prepare *p, struct slice statement, struct err *e);

/* What to install for an extension, in the arena: "install the Debian package …". */
const char *prepare_package(struct arena *a, const char *extension, int64_t major);

/*
 * Extensions of the source against what the restored database has of them: EXTENSION_VERSION, a
 * note where the server offers the version of the source, too, a warning where it does not.
 * `facts`: struct source_fact of the source, others than extensions are passed over.
 */
MUST bool prepare_compare_versions(struct record *r, const struct vec *facts, struct pg *restored,
                                   struct err *e);

/* ---- private to the folder ---- */

MUST bool prepare_extensions(struct prepare *p, const struct inventory *inv, struct err *e);

#endif
