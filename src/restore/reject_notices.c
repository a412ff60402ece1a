/* SPDX-License-Identifier: PostgreSQL */
/* Warnings of the server: the statement was executed, but not quite as it says. */
#include "restore/reject.h"

#include <string.h>

enum { WARNINGS_MAX = 20 };

/* The first row that fits; a row without a code is no finding. */
static const struct warning {
    const char *sqlstate, *words; /* its beginning; words in the message */
    const char *code;
    enum severity severity;
    const char *recommendation;
} warnings[] = {
    /* Our server writes no WAL for others, and nobody subscribes to it. */
    {"55000", "wal_level is insufficient", NULL, SEVERITY_NOTE, NULL},
    /* A dump that ends what it did not begin. */
    {"25", "transaction in progress", NULL, SEVERITY_NOTE, NULL},
    {"01007", "", "PRIVILEGES_NOT_GRANTED", SEVERITY_WARNING,
     "the role that restored may not grant these: compare the rights of the copy before you rely "
     "on them, and restore as a superuser"},
    {"01006", "", "PRIVILEGES_NOT_GRANTED", SEVERITY_WARNING,
     "the role that restored may not revoke these: compare the rights of the copy before you rely "
     "on them, and restore as a superuser"},
    {"", "", "SERVER_WARNING", SEVERITY_NOTE, "see whether it says the same in a real restore"},
};

static const struct warning *warning_of(const char *sqlstate, const char *message)
{
    const struct warning *w = warnings, *last = &warnings[COUNT_OF(warnings) - 1];
    while (w < last && (!str_starts(sqlstate, w->sqlstate) || strstr(message, w->words) == NULL))
        w++;
    return w;
}

/* Said before, or too many of them. */
static bool is_enough(const struct record *r, const struct warning *w, const char *message)
{
    size_t n = 0;
    VEC_EACH (const struct finding, f, &r->findings) {
        if (!str_eq(f->code, w->code))
            continue;
        if (str_eq(f->text, message) || ++n == WARNINGS_MAX)
            return true;
    }
    return false;
}

static void hear(void *context, const PGresult *notice)
{
    struct rejects *all = context;
    const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *sqlstate = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    struct err e;
    if (!str_eq(severity, "WARNING") || sqlstate == NULL)
        return;
    (void)pg_err(NULL, notice, &e);
    const struct warning *w = warning_of(sqlstate, e.text);
    if (w->code == NULL || is_enough(all->record, w, e.text))
        return;
    record_finding(all->record, (struct finding){
                                    .code = w->code,
                                    .severity = w->severity,
                                    .blame = BLAME_ENVIRONMENT,
                                    .stage = STAGE_restore,
                                    .text = arena_strdup(all->arena, e.text),
                                    .recommendation = w->recommendation,
                                });
}

void rejects_hear(struct rejects *all, PGconn *conn)
{
    (void)PQsetNoticeReceiver(conn, hear, all);
}
