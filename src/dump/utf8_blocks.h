/* SPDX-License-Identifier: PostgreSQL */
/* UTF-8 in blocks: a quick yes for sound text; what it does not vouch for is looked at byte by
 * byte. */
#ifndef PGR_DUMP_UTF8_BLOCKS_H
#define PGR_DUMP_UTF8_BLOCKS_H

#include <stddef.h>

/* How many bytes at the front, which begin with a character, are whole and valid characters for
 * certain; more may be. */
typedef size_t utf8_blocks_fn(const char *bytes, size_t n);

size_t utf8_blocks_portable(const char *bytes, size_t n); /* vouches for plain ASCII alone */

/* The fastest one that this processor has. */
utf8_blocks_fn *utf8_blocks_best(void);

#endif
