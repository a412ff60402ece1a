/* SPDX-License-Identifier: PostgreSQL */
/* Is it the dump of that database, of that server, which is expected? A dump of another one
 * restores perfectly. */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

#include <string.h>

static struct answer differs(const struct evidence *ev, const char *code, const char *text)
{
    ask_finding(ev, &check_identity,
                (struct finding){.code = code,
                                 .severity = SEVERITY_CRITICAL,
                                 .blame = BLAME_BACKUP,
                                 .subject = ev->record->backup.path,
                                 .text = text,
                                 .recommendation = "see which database the backup job dumps, and "
                                                   "whether the right file was picked"});
    return ask_answer(ev, OUTCOME_FAILED, "%s", text);
}

/* A pg_dumpall holds several, of which initdb's own are never created. */
static bool cluster_has(const struct evidence *ev, const char *database)
{
    const struct item *made =
        ev->inventory == NULL ? NULL : inventory_find(ev->inventory, ITEM_DATABASE, "", database);
    return (made != NULL && made->n > 0) || str_eq(database, "postgres") ||
           str_eq(database, "template1");
}

static const char *short_version(const struct evidence *ev, const char *version)
{
    if (version == NULL)
        return "of unknown version";
    return arena_strndup(ev->arena, version, strcspn(version, " "));
}

/* PASSED with a NULL detail: nothing was expected, or it is so. */
static struct answer ask_database(const struct evidence *ev)
{
    const char *expected = ev->config->verify_expect_database, *is = ev->facts->database;
    if (is == NULL)
        is = ev->record->backup.database; /* of an archive's header, or of the source */
    if (expected == NULL)
        return (struct answer){OUTCOME_PASSED, NULL};
    if (is == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN,
                          "database \"%s\" is expected, but the dump does not name its own "
                          "(pg_dump --create does)",
                          expected);
    if (ev->facts->is_cluster_dump && cluster_has(ev, expected))
        return (struct answer){OUTCOME_PASSED, NULL};
    const char *why;
    if (ev->facts->is_cluster_dump && !listing_is_whole(ev, &why))
        return ask_answer(ev, OUTCOME_UNKNOWN, "database \"%s\" was not met, but %s", expected,
                          why);
    if (!str_eq(expected, is))
        return differs(
            ev, "DATABASE_UNEXPECTED",
            arena_printf(ev->arena, "it is of database \"%s\", \"%s\" is expected", is, expected));
    return (struct answer){OUTCOME_PASSED, NULL};
}

static struct answer ask_server(const struct evidence *ev)
{
    uint64_t expected = ev->config->verify_expect_server_major;
    int64_t is = ask_major(ev->facts->server_version);
    if (!CONFIG_HAS(ev->config, verify_expect_server_major))
        return (struct answer){OUTCOME_PASSED, NULL};
    if (is == 0)
        return ask_answer(ev, OUTCOME_UNKNOWN,
                          "PostgreSQL %s is expected, but the dump does not name its server",
                          str_count(ev->arena, (int64_t)expected));
    if ((uint64_t)is != expected)
        return differs(ev, "SERVER_UNEXPECTED",
                       arena_printf(ev->arena, "it is of PostgreSQL %s, %s is expected",
                                    ev->facts->server_version,
                                    str_count(ev->arena, (int64_t)expected)));
    return (struct answer){OUTCOME_PASSED, NULL};
}

/* pg_dump itself refuses a server of a newer major. */
static bool is_older_tool(const struct evidence *ev)
{
    int64_t tool = ask_major(ev->facts->dump_version);
    return tool > 0 && tool < ask_major(ev->facts->server_version);
}

static struct answer tell_older_tool(const struct evidence *ev)
{
    const struct dump_facts *f = ev->facts;
    const char *text =
        arena_printf(ev->arena, "pg_dump %s is older than the server, %s",
                     short_version(ev, f->dump_version), short_version(ev, f->server_version));
    ask_finding(ev, &check_identity,
                (struct finding){.code = "TOOL_TOO_OLD",
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_BACKUP,
                                 .text = text,
                                 .recommendation = "it does not know what the newer version has: "
                                                   "dump with the server's own pg_dump"});
    return ask_answer(ev, OUTCOME_WARNED, "%s", text);
}

static struct answer ask(const struct evidence *ev)
{
    const struct dump_facts *f = ev->facts;
    if (f == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    struct answer database = ask_database(ev), server = ask_server(ev);
    if (database.outcome == OUTCOME_FAILED || server.outcome == OUTCOME_FAILED)
        return database.outcome == OUTCOME_FAILED ? database : server;
    if (database.outcome == OUTCOME_UNKNOWN || server.outcome == OUTCOME_UNKNOWN)
        return database.outcome == OUTCOME_UNKNOWN ? database : server;
    if (is_older_tool(ev))
        return tell_older_tool(ev);
    if (f->server_version == NULL && f->dump_version == NULL && f->database == NULL)
        return ask_answer(ev, OUTCOME_SKIPPED,
                          "nothing is expected, and the dump does not say what it is of");
    return ask_answer(ev, OUTCOME_PASSED, "pg_dump %s, server %s, database %s",
                      short_version(ev, f->dump_version), short_version(ev, f->server_version),
                      f->is_cluster_dump    ? "all of the server"
                      : f->database == NULL ? "not named"
                                            : f->database);
}

const struct check check_identity = {
    .name = "identity",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "is it the dump that is expected?",
    .doc = "Database and major version of the server against verify.expect; another one fails, and "
           "what the dump does not tell is unknown. A pg_dump older than its server is a warning.",
    .ask = ask,
};
