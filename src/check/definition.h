/* SPDX-License-Identifier: PostgreSQL */
/* Definitions as the server prints them. */
#ifndef PGR_CHECK_DEFINITION_H
#define PGR_CHECK_DEFINITION_H

#include <stdbool.h>

/*
 * Do two definitions differ in nothing but casts, parentheses and blanks? What PostgreSQL prints of
 * an expression is not always what it prints once it has read that again: of `v IN ('a', 'b')` with
 * a varchar column (ruleutils.c) first `(ARRAY['a'::character varying, …])::text[]`, then
 * `ARRAY[('a'::character varying)::text, …]`.
 */
bool definitions_alike(const char *a, const char *b);

#endif
