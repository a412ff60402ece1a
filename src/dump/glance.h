/* SPDX-License-Identifier: PostgreSQL */
/* What many bytes in a row have in common, at memory speed. */
#ifndef PGR_DUMP_GLANCE_H
#define PGR_DUMP_GLANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint64_t glance_newlines(const char *bytes, size_t n);

/* Are all of them ASCII, and none NUL? */
bool glance_is_plain(const char *bytes, size_t n);

#endif
