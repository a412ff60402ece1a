/* SPDX-License-Identifier: PostgreSQL */
#include "pg/pg.h"

#include "base/str.h"
#include "pg/wire.h"

#include <stdarg.h>
#include <string.h>

static bool sent(struct pg *pg, int ok, struct err *e)
{
    return ok == 1 || pg_err(pg->conn, NULL, e);
}

bool pg_run(struct pg *pg, const char *sql, struct err *e)
{
    int64_t deadline_us = wire_deadline(pg);
    return wire_idle(pg, e) && sent(pg, PQsendQuery(pg->conn, sql), e) &&
           wire_finish(pg, deadline_us, NULL, e);
}

bool pg_runf(struct pg *pg, struct err *e, const char *format, ...)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    va_list args;
    va_start(args, format);
    const char *sql = arena_vprintf(a, format, args);
    va_end(args);
    return pg_run(pg, sql, e);
}

bool pg_query(struct pg *pg, const char *sql, const struct pg_params *params, PGresult **result,
              struct err *e)
{
    int64_t deadline_us = wire_deadline(pg);
    const struct pg_params none = {0}, *p = params == NULL ? &none : params;
    return wire_idle(pg, e) &&
           sent(pg, PQsendQueryParams(pg->conn, sql, (int)p->n, NULL, p->values, NULL, NULL, 0),
                e) &&
           wire_finish(pg, deadline_us, result, e);
}

void pg_result_cleanup(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

bool pg_text(struct pg *pg, struct arena *a, const char *sql, const char **text, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    if (!pg_query(pg, sql, NULL, &r, e))
        return false;
    const char *cell = PQntuples(r) > 0 ? pg_cell(r, 0, 0) : NULL;
    *text = cell != NULL ? arena_strdup(a, cell) : NULL;
    return true;
}

bool pg_int(struct pg *pg, const char *sql, int64_t *n, struct err *e)
{
    CLEANUP(pg_result_cleanup) PGresult *r = NULL;
    if (!pg_query(pg, sql, NULL, &r, e))
        return false;
    const char *cell = PQntuples(r) > 0 ? pg_cell(r, 0, 0) : NULL;
    if (cell == NULL || !str_parse_int(cell, n))
        return err_set(e, ERR_SQL, "the server gave no number but %s",
                       cell != NULL ? cell : "nothing");
    return true;
}

const char *pg_cell(const PGresult *r, int row, int column)
{
    return PQgetisnull(r, row, column) != 0 ? NULL : PQgetvalue(r, row, column);
}

int64_t pg_cell_int(const PGresult *r, int row, int column)
{
    int64_t n = 0;
    return str_parse_int(PQgetvalue(r, row, column), &n) ? n : 0;
}

bool pg_cell_true(const PGresult *r, int row, int column)
{
    return strcmp(PQgetvalue(r, row, column), "t") == 0;
}
