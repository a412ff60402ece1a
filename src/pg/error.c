/* SPDX-License-Identifier: PostgreSQL */
#include "base/buf.h"
#include "base/str.h"
#include "pg/pg.h"

#include <string.h>

/* Appends a text in one line, "; " between it and what is there. */
static void add_line(struct buf *out, const char *label, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    buf_printf(out, "%s%s", out->n == 0 ? "" : "; ", label);
    bool blank = false;
    for (const char *p = text; *p != '\0'; p++) {
        bool space = strchr(" \t\r\n", *p) != NULL;
        if (!space && blank)
            buf_putc(out, ' ');
        if (!space)
            buf_putc(out, *p);
        blank = space;
    }
}

/* The server ends the connection, or it is gone. */
static bool is_lost(const PGconn *conn, const char *sqlstate)
{
    return PQstatus(conn) != CONNECTION_OK || str_starts(sqlstate, "08") ||
           str_starts(sqlstate, "57P");
}

bool pg_err(const PGconn *conn, const PGresult *r, struct err *e)
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    const char *sqlstate = r != NULL ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *primary = r != NULL ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (primary != NULL) {
        add_line(&text, "", primary);
        add_line(&text, "detail: ", PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL));
        add_line(&text, "hint: ", PQresultErrorField(r, PG_DIAG_MESSAGE_HINT));
        add_line(&text, "context: ", PQresultErrorField(r, PG_DIAG_CONTEXT));
    } else {
        add_line(&text, "", r != NULL ? PQresultErrorMessage(r) : PQerrorMessage(conn));
    }
    sqlstate = sqlstate != NULL ? sqlstate : "";
    enum err_code code = is_lost(conn, sqlstate)     ? ERR_CONNECT
                         : str_eq(sqlstate, "53100") ? ERR_SPACE
                                                     : ERR_SQL;
    (void)err_set(e, code, "%s", text.n > 0 ? buf_text(&text) : "the server gave no reason");
    if (strlen(sqlstate) < sizeof e->sqlstate)
        memcpy(e->sqlstate, sqlstate, strlen(sqlstate));
    return false;
}
