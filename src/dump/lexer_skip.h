/* SPDX-License-Identifier: PostgreSQL */
/* Passes over the values of an INSERT, which nothing in a statement but its lexer has to look at.
 */
#ifndef PGR_DUMP_LEXER_SKIP_H
#define PGR_DUMP_LEXER_SKIP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * From between two tokens over words, numbers and plain strings in '…' (whose backslashes mean
 * themselves), in whole blocks: to a byte that needs thought, to the word in front of a quote that
 * may make another kind of string of it, or to where less than a block is left. *in_string: the
 * place reached is inside a plain string. Gives how many bytes are behind; 0 is always right.
 */
typedef size_t lexer_skip_fn(const char *bytes, size_t n, bool *in_string);

size_t lexer_skip_portable(const char *bytes, size_t n, bool *in_string); /* 0 */

/* The fastest one that this processor has. */
lexer_skip_fn *lexer_skip_best(void);

#endif
