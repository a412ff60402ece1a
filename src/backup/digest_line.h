/* SPDX-License-Identifier: PostgreSQL */
/* Lists of digests as sha256sum writes them (GNU coreutils, "md5sum invocation"). */
#ifndef PGR_BACKUP_DIGEST_LINE_H
#define PGR_BACKUP_DIGEST_LINE_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

#include <stdbool.h>

struct digest_line {
    const char *hex, *name; /* no name: "" */
};

/* Cuts off the next line that is neither empty nor a comment; false at the end. */
bool digest_line_next(struct slice *list, struct slice *line);

/* "HEX", "HEX  NAME", "HEX *NAME", "SHA256 (NAME) = HEX", each with a backslash in front when the
 * name is escaped. False when it is none. */
MUST bool digest_line_parse(struct arena *a, struct slice s, struct digest_line *line);

/* Are these n hexadecimal digits? The same in small letters. */
bool digest_is_hex(struct slice s, size_t n);
const char *digest_lower(struct arena *a, struct slice s);

#endif
