/* SPDX-License-Identifier: PostgreSQL */
/* The tables of a dump, one a line. */
#include "base/str.h"
#include "base/utf8.h"
#include "report/report.h"
#include "report/say.h"

#include <string.h>

enum { ROWS_COLUMNS = 15, BYTES_COLUMNS = 9, DIGEST_COLUMNS = 32 };

static void write_line(struct buf *out, const char *const cells[4])
{
    buf_printf(out, "%*s  %*s  %-*s  ", ROWS_COLUMNS, cells[0], BYTES_COLUMNS, cells[1],
               DIGEST_COLUMNS, cells[2]);
    utf8_show(out, cells[3]);
    buf_putc(out, '\n');
}

void report_list(const struct record *r, struct buf *out)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    write_line(out, (const char *const[]){"rows", "bytes", "digest of the rows", "table"});
    VEC_EACH (const struct table_facts, t, &r->tables) {
        const char *schema = say_text(t->schema);
        uint64_t bytes = t->dump_bytes.known ? (uint64_t)t->dump_bytes.value : 0;
        write_line(
            out,
            (const char *const[]){
                say_maybe(a, t->dump_rows), t->dump_bytes.known ? str_bytes(a, bytes) : "-",
                t->dump_digest == NULL ? "-" : t->dump_digest,
                arena_printf(a, "%s%s%s", schema, *schema == '\0' ? "" : ".", say_text(t->name))});
    }
}
