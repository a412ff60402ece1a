/* SPDX-License-Identifier: PostgreSQL */
#include "base/buf.h"
#include "pg/pg.h"

#include <string.h>

static const char *doubled(struct arena *a, const char *text, const char *open, const char *twice)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    buf_puts(&out, open);
    for (const char *p = text; *p != '\0'; p++) {
        if (strchr(twice, *p) != NULL)
            buf_putc(&out, *p);
        buf_putc(&out, *p);
    }
    buf_putc(&out, open[strlen(open) - 1]);
    return arena_strdup(a, buf_text(&out));
}

const char *pg_ident(struct arena *a, const char *name)
{
    return doubled(a, name, "\"", "\"");
}

const char *pg_qualified(struct arena *a, const char *schema, const char *name)
{
    return arena_printf(a, "%s.%s", pg_ident(a, schema), pg_ident(a, name));
}

/* The E form with doubled backslashes means the same whatever standard_conforming_strings says. */
const char *pg_literal(struct arena *a, const char *text)
{
    return doubled(a, text, strchr(text, '\\') != NULL ? "E'" : "'", "'\\");
}
