/* SPDX-License-Identifier: PostgreSQL */
#include "pg/async_error.h"

#include <stdio.h>
#include <string.h>

static bool is_sqlstate(const char *p)
{
    for (int i = 0; i < 5; i++)
        if (!((p[i] >= '0' && p[i] <= '9') || (p[i] >= 'A' && p[i] <= 'Z')))
            return false;
    return p[5] == ':' && p[6] == ' ';
}

bool async_error_sqlstate(const char *message, char sqlstate[6], const char **text)
{
    for (const char *p = strstr(message, ":  "); p != NULL; p = strstr(p + 1, ":  ")) {
        if (!is_sqlstate(p + 3))
            continue;
        memcpy(sqlstate, p + 3, 5);
        sqlstate[5] = '\0';
        *text = p + 10;
        return true;
    }
    return false;
}

static int first_line(const char *text)
{
    return (int)strcspn(text, "\n");
}

void async_error_result(const PGresult *r, struct err *e)
{
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    const char *text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
    if (text == NULL)
        text = PQresultErrorMessage(r);
    (void)err_set(e, ERR_SQL, "%.*s", first_line(text), text);
    (void)snprintf(e->sqlstate, sizeof e->sqlstate, "%s", state == NULL ? "" : state);
}

void async_error_broken(const PGconn *conn, bool login, struct err *e)
{
    const char *text = PQerrorMessage(conn);
    char state[6] = "";
    if (login)
        (void)async_error_sqlstate(text, state, &text);
    if (text[0] == '\0')
        text = "the connection is closed";
    (void)err_set(e, ERR_CONNECT, "%.*s", first_line(text), text);
    (void)snprintf(e->sqlstate, sizeof e->sqlstate, "%s", state);
}
