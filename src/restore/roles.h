/* SPDX-License-Identifier: PostgreSQL */
/* The roles that a statement refers to. A pg_dump does not hold them. */
#ifndef PGR_RESTORE_ROLES_H
#define PGR_RESTORE_ROLES_H

#include "base/str.h"
#include "base/vec.h"

/*
 * Pushes (const char *, in the vec's arena) the names of the roles that a statement of a dump
 * needs: OWNER TO, GRANT and REVOKE, CREATE POLICY … TO, ALTER DEFAULT PRIVILEGES FOR ROLE, SET
 * ROLE, SET SESSION AUTHORIZATION, CREATE SCHEMA … AUTHORIZATION, CREATE TABLESPACE … OWNER,
 * CREATE USER MAPPING FOR, ALTER ROLE. PUBLIC, CURRENT_USER and the like are none. A name may come
 * twice.
 */
void roles_of_statement(struct slice statement, struct vec *names);

#endif
