/* SPDX-License-Identifier: PostgreSQL */
#include "golden/records.h"

#include <stdlib.h>
#include <string.h>

#define PUSH(list, type, ...) (*(type *)vec_push(&(list)) = (type){__VA_ARGS__})
#define TEXT_PUSH(list, text) (*(const char **)vec_push(&(list)) = (text))

enum { SECOND = 1000000 };

/* 2026-11-23 02:00:01 UTC */
static const int64_t night = INT64_C(1795399201) * SECOND;

const struct golden golden_records[] = {
    {"clean", golden_clean},
    {"failing", golden_failing},
    {"unknown", golden_unknown},
    {NULL, NULL},
};

static void stage(struct record *r, enum stage name, struct stage_facts facts)
{
    struct stage_facts *s = record_stage(r, name);
    facts.name = name;
    *s = facts;
}

static void describe_run(struct record *r)
{
    r->tool = (struct tool){.name = "pg_rehearse",
                            .version = "0.1.0",
                            .libpq = "15.18",
                            .pg_dump = "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"};
    r->run = (struct run_facts){.id = "01JDB4Q2M8T5X0V9W3K7R6N1PC",
                                .name = "nightly",
                                .command = "run",
                                .scenario = "scenarios/nightly.yaml",
                                .host = "drill1",
                                .user = "root",
                                .began = night,
                                .ended = night + INT64_C(92418331),
                                .took_us = 92418331};
    r->environment = (struct environment_facts){.os = "Debian GNU/Linux 12 (bookworm)",
                                                .kernel = "6.1.0-28-amd64",
                                                .cores = 2,
                                                .memory_bytes = INT64_C(25769803776),
                                                .free_bytes = INT64_C(65498251264),
                                                .work_dir = "/var/tmp",
                                                .installations = r->environment.installations};
    PUSH(r->environment.installations, struct installation,
         .version = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", .major = 15,
         .bindir = "/usr/lib/postgresql/15/bin", .server = true, .dump = true);
}

static void describe_backup(struct record *r)
{
    r->backup = (struct backup_facts){
        .origin = "taken",
        .path = "/var/backups/shop/shop-20261123T020001Z.sql.gz",
        .kept = true,
        .format = "plain",
        .compression = "gzip",
        .protection = "crc32",
        .size_bytes = 230118404,
        .sha256 = "9f2c1e6a5b0d4837c1e0aa4f6b7d2290e4515fb1c3d88a7e6f0912b3c4d5e6f7",
        .members = 1,
        .sql_bytes = 1191154271,
        .statements = 312,
        .tables = 12,
        .rows = 8123004,
        .dump_tool = "15.18 (Debian 15.18-0+deb12u1)",
        .server_version = "15.18 (Debian 15.18-0+deb12u1)",
        .database = "shop",
        .encoding = "UTF8",
        .taken = night + 412000,
        .taken_from = "snapshot",
        .took_us = KNOWN(11204551),
        .age_us = KNOWN(0),
        .snapshot = "00000003-0000001B-1"};
}

static void describe_servers(struct record *r)
{
    struct vec settings = r->target.settings, isolation = r->target.isolation;
    TEXT_PUSH(settings, "fsync = off");
    TEXT_PUSH(settings, "max_wal_size = 16GB");
    TEXT_PUSH(isolation, "listen_addresses is empty: no TCP listener");
    TEXT_PUSH(isolation, "socket folder /var/tmp/pgr-01JDB4Q2/socket is 0700, owned by postgres");
    r->source.kind = "server";
    r->source.dsn = "postgresql://backup@db1/shop";
    r->source.database = "shop";
    r->source.user = "backup";
    r->source.version = "PostgreSQL 15.18 (Debian 15.18-0+deb12u1)";
    r->source.version_num = 150018;
    r->source.encoding = "UTF8";
    r->source.collate = r->source.ctype = "C.UTF-8";
    r->source.locale_provider = "libc";
    r->source.size_bytes = KNOWN(INT64_C(1204881408));
    r->source.tables = KNOWN(12);
    r->source.max_connections = KNOWN(200);
    r->target = r->source;
    r->target.kind = "local";
    r->target.dsn = "host=/var/tmp/pgr-01JDB4Q2/socket dbname=shop";
    r->target.user = "postgres";
    r->target.bindir = "/usr/lib/postgresql/15/bin";
    r->target.account = "postgres";
    r->target.settings = settings;
    r->target.isolation = isolation;
    r->target.made =
        "from the template /var/cache/pg_rehearse/3f52902c05dcbdf044260cb4f1502be6.template";
    r->target.settings_from = "source";
    TEXT_PUSH(r->target.settings_later, "fsync = on");
}

static void clean_stages(struct record *r)
{
    static const struct stage_facts done[] = {
        [STAGE_preflight] = {.took_us = 96000,
                             .summary =
                                 "target local PostgreSQL 15.18, 65.5 GB free, pg_dump 15.18"},
        [STAGE_backup] = {.took_us = 11204551,
                          .summary = "shop-20261123T020001Z.sql.gz  230 MB from 1.19 GB SQL"},
        [STAGE_verify] = {.took_us = 912000, .summary = "12 tables, 8,123,004 rows, 9 checks"},
        [STAGE_provision] = {.took_us = 311000, .summary = "C.UTF-8, no TCP listener"},
        [STAGE_restore] = {.took_us = 11402118,
                           .summary = "63 indexes, 22 foreign keys, 0 errors; analyze 1.9 s"},
        [STAGE_compare] = {.took_us = 3711004,
                           .summary = "source = dump = restored in 12 of 12 tables"},
        [STAGE_integrity] = {.took_us = 1188200,
                             .summary = "63 indexes and 12 heaps sound, 14 sequences ahead of "
                                        "their data"},
        [STAGE_migrate] = {.outcome = OUTCOME_WARNED,
                           .took_us = 2104330,
                           .summary = "2 pending; 20261120_status.sql rewrites orders for 1.9 s"},
        [STAGE_load] = {.took_us = 60004117,
                        .summary = "100 users, 1,412 tps, p50 3.10 ms, p99 21.4 ms, 0 errors, pool "
                                   "71 % busy"},
        [STAGE_advise] = {.took_us = 1200, .summary = "6 objectives met, 2 recommendations"},
        [STAGE_teardown] = {.took_us = 204000, .summary = "nothing left behind"},
        [STAGE_report] = {.took_us = 0, .summary = "json, html, text"},
    };
    int64_t at = night;
    for (int s = 0; s < STAGE_WORDS; s++) {
        struct stage_facts facts = done[s];
        facts.outcome = facts.outcome == OUTCOME_WARNED ? OUTCOME_WARNED : OUTCOME_PASSED;
        facts.began = at;
        at += facts.took_us;
        stage(r, (enum stage)s, facts);
    }
}

static void clean_checks(struct record *r)
{
    static const struct check_facts checks[] = {
        {.name = "stream",
         .stage = STAGE_verify,
         .question = "Does every byte decode?",
         .detail = "1 gzip member, CRC-32 and length agree"},
        {.name = "complete",
         .stage = STAGE_verify,
         .question = "Does the dump end as pg_dump ends it?",
         .detail = "completion trailer at byte 1,191,154,232"},
        {.name = "copy_blocks",
         .stage = STAGE_verify,
         .question = "Has every row as many columns as its COPY names?",
         .detail = "12 blocks, 8,123,004 rows"},
        {.name = "restore_errors",
         .stage = STAGE_restore,
         .question = "Was every statement accepted?",
         .detail = "312 of 312"},
        {.name = "rows",
         .stage = STAGE_compare,
         .question = "Is any row missing?",
         .detail = "source = dump = restored in 12 of 12 tables"},
        {.name = "heaps",
         .stage = STAGE_integrity,
         .question = "Are all heaps sound?",
         .detail = "12 of 12 by verify_heapam"},
        {.name = "indexes",
         .stage = STAGE_integrity,
         .question = "Are all B-tree indexes sound?",
         .detail = "63 of 63 by bt_index_parent_check"},
    };
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        struct check_facts *c = vec_push(&r->checks);
        *c = checks[i];
        c->outcome = OUTCOME_PASSED;
        c->required = true;
        c->exit_code = 1;
    }
    PUSH(r->checks, struct check_facts, .name = "migrations", .stage = STAGE_migrate,
         .question = "Do the pending migrations apply?", .outcome = OUTCOME_WARNED,
         .required = true, .exit_code = 5, .detail = "2 of 2; one blocks readers for 1.9 s");
    PUSH(r->checks, struct check_facts, .name = "extensions", .stage = STAGE_integrity,
         .question = "Do all extensions load?", .outcome = OUTCOME_SKIPPED, .exit_code = 1,
         .detail = "the dump creates none");
}

static void clean_findings(struct record *r)
{
    record_finding(r, (struct finding){
                          .code = "MIGRATION_BLOCKS",
                          .severity = SEVERITY_WARNING,
                          .blame = BLAME_MIGRATION,
                          .stage = STAGE_migrate,
                          .check = "migrations",
                          .subject = "20261120_status.sql",
                          .text = "20261120_status.sql rewrites orders (412 MB) under ACCESS "
                                  "EXCLUSIVE for 1.9 s",
                          .recommendation = "add the column without default, backfill in batches, "
                                            "then set the default"});
    record_finding(r, (struct finding){.code = "SEQUENCE_UNLINKED",
                                       .severity = SEVERITY_NOTE,
                                       .blame = BLAME_SOURCE,
                                       .stage = STAGE_integrity,
                                       .subject = "public.invoice_no",
                                       .text = "no column owns public.invoice_no"});
    record_gap(r, "row contents", "rows were counted, not digested; compare.content is off");
    record_gap(r, "pgvector 0.7 index contents", "amcheck does not cover hnsw");
}

static void clean_tables(struct record *r)
{
    static const struct {
        const char *schema, *name;
        int64_t rows, bytes, us;
    } tables[] = {
        {"audit", "events", 2300000, 401223104, 2911000},
        {"public", "addresses", 121004, 18100224, 144000},
        {"public", "carts", 88120, 9112044, 91000},
        {"public", "categories", 412, 31022, 1200},
        {"public", "customers", 100000, 22710400, 188000},
        {"public", "inventory", 48000, 4108800, 61000},
        {"public", "order_items", 3902117, 288120041, 3104000},
        {"public", "orders", 1204331, 201880122, 1688000},
        {"public", "payments", 301004, 71220400, 402000},
        {"public", "products", 48000, 61280120, 255000},
        {"public", "reviews", 10004, 4100882, 39000},
        {"public", "stores", 12, 1822, 900},
    };
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        PUSH(r->tables, struct table_facts, .schema = tables[i].schema, .name = tables[i].name,
             .source_rows = KNOWN(tables[i].rows), .dump_rows = KNOWN(tables[i].rows),
             .restored_rows = KNOWN(tables[i].rows), .dump_bytes = KNOWN(tables[i].bytes),
             .restored_bytes = KNOWN(tables[i].bytes * 3 / 2), .restore_us = KNOWN(tables[i].us),
             .outcome = OUTCOME_PASSED);
}

static void clean_restore(struct record *r)
{
    struct restore_facts *x = &r->restore;
    x->statements = 312;
    x->copies = 12;
    x->rows = 8123004;
    x->bytes = 1191154271;
    x->jobs = 1;
    x->took_us = 11402118;
    x->analyze_us = 1904222;
    x->recovery_us = KNOWN(14529340);
    PUSH(x->phases, struct timing, .name = "pre-data", .took_us = 211400);
    PUSH(x->phases, struct timing, .name = "data", .took_us = 8885900, .bytes = KNOWN(1190901120),
         .rows = KNOWN(8123004));
    PUSH(x->phases, struct timing, .name = "post-data", .took_us = 2304818);
    PUSH(x->slowest, struct timing, .name = "COPY public.order_items", .took_us = 3104000,
         .bytes = KNOWN(288120041), .rows = KNOWN(3902117));
    PUSH(x->slowest, struct timing, .name = "COPY audit.events", .took_us = 2911000,
         .bytes = KNOWN(401223104), .rows = KNOWN(2300000));
    PUSH(x->slowest, struct timing, .name = "CREATE INDEX order_items_product_idx",
         .took_us = 811200);
}

static void clean_migrations(struct record *r)
{
    PUSH(r->migrations, struct migration_facts, .version = "20261101",
         .file = "20261101_coupons.sql",
         .sha256 = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9",
         .outcome = OUTCOME_SKIPPED);
    PUSH(r->migrations, struct migration_facts, .version = "20261118",
         .file = "20261118_returns.sql",
         .sha256 = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
         .outcome = OUTCOME_PASSED, .statements = 4, .took_us = 88000,
         .slowest = "CREATE TABLE returns", .slowest_us = 41000);
    PUSH(r->migrations, struct migration_facts, .version = "20261120",
         .file = "20261120_status.sql",
         .sha256 = "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35",
         .outcome = OUTCOME_WARNED, .statements = 3, .took_us = 1999000,
         .slowest = "ALTER TABLE orders ADD COLUMN status", .slowest_us = 1911000);
}

static struct latency latency(int64_t n, int64_t p50_us)
{
    return (struct latency){.n = n,
                            .p50_us = p50_us,
                            .p90_us = p50_us * 3,
                            .p95_us = p50_us * 4,
                            .p99_us = p50_us * 69 / 10,
                            .max_us = p50_us * 61,
                            .mean_us = (double)p50_us * 1.4375};
}

static void clean_pool(struct pool_facts *p)
{
    p->min = 10;
    p->max = 50;
    p->peak = 48;
    p->utilization_percent = 71.25;
    p->over_80_percent = 6.5;
    p->takes = 84720;
    p->queued = 1204;
    p->connects = 52;
    p->retired = 2;
    p->peak_queue = 17;
    p->wait = latency(84720, 40);
    TEXT_PUSH(p->warnings, "connection timeout of 30 s is longer than a user waits");
}

static void clean_load(struct record *r)
{
    struct load_facts *l = &r->load;
    l->users = 100;
    l->duration_us = INT64_C(60) * SECOND;
    l->think_us = 100000;
    l->seed = INT64_C(9007199254740993);
    l->transactions = 84720;
    l->statements = 254160;
    l->tps = 1412;
    l->response = latency(84720, 3100);
    l->service = latency(84720, 2900);
    l->generator_busy_percent = 11.5;
    l->backends = 52;
    clean_pool(&l->pool);
    PUSH(l->scripts, struct script_facts, .name = "browse.sql", .weight = 7, .transactions = 59304,
         .response = latency(59304, 2700));
    PUSH(l->scripts, struct script_facts, .name = "checkout.sql", .weight = 3,
         .transactions = 25416, .response = latency(25416, 4800));
    for (int s = 0; s < 60; s++) {
        int64_t bump = s == 31 ? 41 : s == 32 ? 18 : 0;
        PUSH(l->seconds, struct second_facts, .second = s,
             .transactions = 1412 + (s * 7919 % 97) - 48 - bump * 12,
             .p99_us = 21390 + (s * 104729 % 7001) - 3500 + bump * 1300, .in_use = 30 + s * 31 % 17,
             .waiting = bump);
    }
}

static void objective(struct record *r, const char *name, const char *unit, double limit,
                      double measured)
{
    PUSH(r->objectives, struct objective, .name = name, .unit = unit, .limit = limit,
         .measured = measured, .outcome = OUTCOME_PASSED);
}

static void clean_objectives(struct record *r)
{
    objective(r, "objectives.restore_time", "us", 60e6, 11402118);
    objective(r, "objectives.recovery_time", "us", 300e6, 14529340);
    objective(r, "objectives.backup_age", "us", 86400e6, 0);
    objective(r, "objectives.load.p99", "us", 1e6, 21390);
    objective(r, "objectives.load.errors", "percent", 0, 0);
    objective(r, "objectives.pool.utilization", "percent", 80, 71.25);
    struct objective *first = vec_at(&r->objectives, 0);
    first->text = "Restore 11.4 s of 60 s";
    PUSH(r->recommendations, struct recommendation, .code = "INDEX_BUILD_MEMORY",
         .text = "set maintenance_work_mem to 512 MB for the restore",
         .evidence = "order_items_product_idx took 0.8 s and spilled 212 MB to disk");
    PUSH(r->recommendations, struct recommendation, .code = "POOL_HEADROOM",
         .text = "keep load.pool.max at 50",
         .evidence = "48 of 50 connections at the peak, 71 % of the time-weighted maximum");
}

struct record *golden_clean(struct arena *a)
{
    struct record *r = record_new(a);
    describe_run(r);
    describe_backup(r);
    describe_servers(r);
    clean_stages(r);
    clean_checks(r);
    clean_findings(r);
    clean_tables(r);
    clean_restore(r);
    clean_migrations(r);
    clean_load(r);
    clean_objectives(r);
    r->verdict = VERDICT_PASSED;
    r->conclusion = "every required check passed: 8,123,004 rows of 12 tables came back, and the "
                    "application's load ran on them";
    return r;
}
