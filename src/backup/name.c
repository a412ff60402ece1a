/* SPDX-License-Identifier: PostgreSQL */
#include "backup/name.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

#include <stdbool.h>
#include <string.h>

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static char *plain_name(struct arena *a, const char *name)
{
    size_t n = strlen(name) > BACKUP_NAME_MAX ? BACKUP_NAME_MAX : strlen(name);
    char *out = n == 0 ? arena_strdup(a, "database") : arena_strndup(a, name, n);
    for (char *c = out; *c != '\0'; c++)
        if (!is_plain(*c) && (c == out || (*c != '.' && *c != '-')))
            *c = '_';
    return out;
}

const char *backup_file_name(struct arena *a, const char *database, int64_t wall_us,
                             const char *compression)
{
    char stamp[CLOCK_STAMP_BYTES];
    const char *suffix = str_eq(compression, "gzip")   ? ".gz"
                         : str_eq(compression, "zstd") ? ".zst"
                                                       : "";
    return arena_printf(a, "%s-%s.sql%s", plain_name(a, database), clock_stamp(wall_us, stamp),
                        suffix);
}

static void put_literal(struct buf *b, char c)
{
    if (c != '\0' && strchr("\\^$.[]|()*+?{}", c) != NULL)
        buf_putc(b, '\\');
    buf_putc(b, c);
}

const char *backup_pattern_regex(struct arena *a, const char *pattern)
{
    CLEANUP(buf_cleanup) struct buf b = {0};
    bool quoted = false;
    buf_puts(&b, "^(");
    for (const char *c = pattern; *c != '\0'; c++) {
        if (*c == '"' && quoted && c[1] == '"')
            put_literal(&b, *c++);
        else if (*c == '"')
            quoted = !quoted;
        else if (!quoted && *c == '*')
            buf_puts(&b, ".*");
        else if (!quoted && *c == '?')
            buf_putc(&b, '.');
        else if (!quoted && *c >= 'A' && *c <= 'Z')
            buf_putc(&b, (char)(*c - 'A' + 'a'));
        else if (quoted || *c == '$')
            put_literal(&b, *c);
        else
            buf_putc(&b, *c);
    }
    buf_puts(&b, ")$");
    return arena_strdup(a, buf_text(&b));
}
