/* SPDX-License-Identifier: PostgreSQL */
#include "golden/records.h"

#include <math.h>

#define PUSH(list, type, ...) (*(type *)vec_push(&(list)) = (type){__VA_ARGS__})

enum { SECOND = 1000000 };

static const int64_t morning = INT64_C(1795420800) * SECOND;

/* Names in a dump are attackers' text: markup, terminal escapes, reordering marks, no UTF-8. */
static const char markup[] = "<img src=x onerror=alert(1)>\"'&";
static const char escapes[] = "evil\033[2J\033]0;owned\a";
static const char reversed[] = "invoice\xe2\x80\xaegnp.exe";
static const char latin1[] = "Stra\xdf"
                             "e";

static void set_stage(struct record *r, enum stage name, enum outcome outcome, int64_t took_us,
                      const char *text)
{
    struct stage_facts *s = record_stage(r, name);
    s->outcome = outcome;
    s->took_us = took_us;
    s->began = took_us == 0 ? 0 : morning;
    if (outcome == OUTCOME_PASSED)
        s->summary = text;
    else
        s->reason = text;
}

static void describe_file(struct record *r)
{
    r->tool = (struct tool){.name = "pg_rehearse", .version = "0.1.0", .libpq = "15.18"};
    r->run = (struct run_facts){.id = "01JDBVEXG0Q4N8Y2H6C1T7S5ZA",
                                .name = "rehearsal",
                                .command = "run",
                                .host = "drill1",
                                .user = "postgres",
                                .began = morning,
                                .ended = morning + 1304000,
                                .took_us = 1304000};
    r->backup = (struct backup_facts){
        .origin = "file",
        .path = "/backups/shop.sql.gz",
        .kept = true,
        .format = "plain",
        .compression = "gzip",
        .protection = "crc32",
        .size_bytes = 198441207,
        .sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        .members = 1,
        .sql_bytes = 1017220096,
        .statements = 44,
        .tables = 3,
        .rows = 2104331,
        .dump_tool = "15.18",
        .server_version = "15.18",
        .database = "shop",
        .encoding = "UTF8",
        .taken = morning - INT64_C(31) * 3600 * SECOND,
        .taken_from = "file",
        .age_us = KNOWN(INT64_C(31) * 3600 * SECOND)};
}

static void failing_stages(struct record *r)
{
    static const char unverified[] = "verify failed: the dump is not executed";
    set_stage(r, STAGE_preflight, OUTCOME_PASSED, 31000, "target local PostgreSQL 15.18");
    set_stage(r, STAGE_backup, OUTCOME_PASSED, 402000, "/backups/shop.sql.gz  198 MB");
    set_stage(r, STAGE_verify, OUTCOME_FAILED, 866000,
              "input ends inside the gzip member at byte 198,441,207");
    for (int s = STAGE_provision; s <= STAGE_load; s++)
        set_stage(r, (enum stage)s, OUTCOME_UNKNOWN, 0, unverified);
    set_stage(r, STAGE_advise, OUTCOME_PASSED, 400, "1 objective missed, 2 without a figure");
    set_stage(r, STAGE_teardown, OUTCOME_PASSED, 1100, "nothing left behind");
    set_stage(r, STAGE_report, OUTCOME_PASSED, 0, "json, html, text");
}

static void failing_checks(struct record *r)
{
    PUSH(r->checks, struct check_facts, .name = "stream", .stage = STAGE_verify,
         .question = "Does every byte decode?", .outcome = OUTCOME_FAILED, .required = true,
         .exit_code = 1, .detail = "input ends inside the gzip member at byte 198,441,207");
    PUSH(r->checks, struct check_facts, .name = "complete", .stage = STAGE_verify,
         .question = "Does the dump end as pg_dump ends it?", .outcome = OUTCOME_FAILED,
         .required = true, .exit_code = 1,
         .detail = "no completion trailer; whole up to table public.orders, row 1,204,331 (SQL "
                   "byte 1,017,220,096)");
    PUSH(r->checks, struct check_facts, .name = "encoding", .stage = STAGE_verify,
         .question = "Is every text valid in the dump's encoding?", .outcome = OUTCOME_WARNED,
         .exit_code = 1, .detail = latin1);
    PUSH(r->checks, struct check_facts, .name = "rows", .stage = STAGE_compare,
         .question = "Is any row missing?", .outcome = OUTCOME_UNKNOWN, .required = true,
         .exit_code = 1, .detail = "nothing was restored");
    PUSH(r->checks, struct check_facts, .name = "migrations", .stage = STAGE_migrate,
         .question = "Do the pending migrations apply?", .outcome = OUTCOME_SKIPPED, .exit_code = 5,
         .detail = "no folder is configured");
}

static void failing_findings(struct record *r)
{
    record_finding(r, (struct finding){.code = "ENCODING_MIXED",
                                       .severity = SEVERITY_WARNING,
                                       .blame = BLAME_SOURCE,
                                       .stage = STAGE_verify,
                                       .check = "encoding",
                                       .subject = markup,
                                       .text = "a name is no valid UTF-8"});
    record_finding(r, (struct finding){.code = "STREAM_TRUNCATED",
                                       .severity = SEVERITY_CRITICAL,
                                       .blame = BLAME_BACKUP,
                                       .stage = STAGE_verify,
                                       .check = "stream",
                                       .subject = "/backups/shop.sql.gz",
                                       .text = "input ends inside the gzip member at byte "
                                               "198,441,207",
                                       .offset = KNOWN(1017220096),
                                       .recommendation = "take the backup again, and copy it with "
                                                         "a tool that compares sizes; the file "
                                                         "that lies here was cut while it was "
                                                         "written or copied"});
    record_finding(r, (struct finding){.code = "NAME_SUSPICIOUS",
                                       .severity = SEVERITY_WARNING,
                                       .blame = BLAME_SOURCE,
                                       .stage = STAGE_verify,
                                       .subject = escapes,
                                       .text = "the name would act on a terminal",
                                       .sqlstate = "42602"});
    record_gap(r, "restore, rows, indexes, migrations, load", "the dump did not pass verify");
}

static void failing_tables(struct record *r)
{
    static const char *const names[] = {"customers", escapes, reversed, latin1, markup, "orders"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        PUSH(r->tables, struct table_facts, .schema = "public", .name = names[i],
             .dump_rows = KNOWN(1000 * (int64_t)i), .outcome = OUTCOME_UNKNOWN);
    struct table_facts *cut = vec_at(&r->tables, COUNT_OF(names) - 1);
    cut->outcome = OUTCOME_FAILED;
    cut->reason = "the dump ends inside its data";
    cut->dump_rows = KNOWN(1204331);
    for (int i = 0; i < 60; i++)
        PUSH(r->tables, struct table_facts, .schema = "archive", .name = "orders_old",
             .dump_rows = KNOWN(i), .outcome = OUTCOME_UNKNOWN);
}

struct record *golden_failing(struct arena *a)
{
    struct record *r = record_new(a);
    describe_file(r);
    failing_stages(r);
    failing_checks(r);
    failing_findings(r);
    failing_tables(r);
    PUSH(r->objectives, struct objective, .name = "objectives.backup_age", .unit = "us",
         .limit = 24.0 * 3600e6, .measured = (double)r->backup.age_us.value,
         .outcome = OUTCOME_FAILED);
    PUSH(r->objectives, struct objective, .name = "objectives.restore_time", .unit = "us",
         .limit = 60e6, .measured = (double)NAN, .outcome = OUTCOME_UNKNOWN);
    PUSH(r->restore.errors, struct statement_error, .sqlstate = "42601", .object = markup,
         .message = "syntax error at or near \"<\"\nLINE 1: <script>", .statement = escapes,
         .offset = KNOWN(77), .row = KNOWN(3));
    r->restore.n_errors = 2;
    r->verdict = VERDICT_FAILED;
    r->exit_code = 1;
    r->conclusion = "the backup is defective: 2 of 3 tables are whole in this file";
    return r;
}

struct record *golden_unknown(struct arena *a)
{
    struct record *r = record_new(a);
    r->tool = (struct tool){.name = "pg_rehearse", .version = "0.1.0"};
    r->run.id = "01JDBW0000000000000000000A";
    r->run.command = "run";
    r->run.began = morning;
    r->run.ended = morning + 4100000;
    r->run.took_us = 4100000;
    set_stage(r, STAGE_preflight, OUTCOME_PASSED, 51000, "target local PostgreSQL 15.18");
    set_stage(r, STAGE_backup, OUTCOME_PASSED, 2104000, "shop.sql.zst  167 MB from 1.19 GB SQL");
    set_stage(r, STAGE_verify, OUTCOME_PASSED, 801000, "12 tables, 8,123,004 rows");
    set_stage(r, STAGE_provision, OUTCOME_PASSED, 304000, "C.UTF-8, no TCP listener");
    set_stage(r, STAGE_restore, OUTCOME_UNKNOWN, 840000, "interrupted by signal 15 (Terminated)");
    for (int s = STAGE_compare; s <= STAGE_advise; s++)
        set_stage(r, (enum stage)s, OUTCOME_UNKNOWN, 0, "interrupted before it began");
    set_stage(r, STAGE_migrate, OUTCOME_SKIPPED, 0, "no folder is configured");
    set_stage(r, STAGE_teardown, OUTCOME_FAILED, 31000, "/var/tmp/pgr-x is still there");
    PUSH(r->checks, struct check_facts, .name = "rows", .stage = STAGE_compare,
         .question = "Is any row missing?", .outcome = OUTCOME_UNKNOWN, .required = true,
         .exit_code = 1, .detail = "interrupted before it was asked");
    record_gap(r, "everything behind restore", "the run was interrupted");
    r->verdict = VERDICT_INTERRUPTED;
    r->exit_code = 143;
    r->conclusion = "Interrupted: signal 15 (Terminated) came while restoring";
    return r;
}
