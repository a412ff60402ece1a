/* SPDX-License-Identifier: PostgreSQL */
/*
 * Reads a plain SQL dump once, in constant memory: statements, COPY blocks, psql's \restrict, the
 * header and trailer that pg_dump writes. What is wrong with the *dump* goes into the facts as
 * problems and never stops the scan; only the source's failures do (and are noted as a problem of
 * their own where they are ERR_FORMAT).
 */
#ifndef PGR_DUMP_SCAN_H
#define PGR_DUMP_SCAN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/interrupt.h"
#include "base/str.h"
#include "base/vec.h"
#include "dump/rows_digest.h"
#include "io/source.h"

#include <stdbool.h>
#include <stdint.h>

/* What a problem is about; each is judged by one check. */
enum problem_kind {
    PROBLEM_STREAM,    /* the bytes below end or break in the middle */
    PROBLEM_STRUCTURE, /* an unterminated quote, comment, dollar quote; text that is no SQL */
    PROBLEM_COPY,      /* column count, missing terminator */
    PROBLEM_TRAILER,   /* header and completion lines of pg_dump that do not belong together */
    PROBLEM_RESTRICT,  /* \restrict and \unrestrict do not match, or no literal key */
    PROBLEM_META,      /* another psql meta-command, or a program or file of the server */
    PROBLEM_ENCODING,  /* bytes that the declared client encoding forbids */
    PROBLEM_LIMIT,     /* a limit of the options */
    PROBLEM_ARCHIVE,   /* header, table of contents and data of an archive do not agree */
    PROBLEM_KINDS
};

/* How bad it is. A problem is fatal unless it says otherwise. */
enum problem_grade {
    PROBLEM_FATAL,  /* the dump is broken or hostile */
    PROBLEM_DOUBT,  /* it restores, but perhaps not as meant: a warning */
    PROBLEM_REMARK, /* worth knowing: a note */
};

struct problem {
    enum problem_kind kind;
    enum problem_grade grade;
    const char *code;    /* finding code: "COPY_UNTERMINATED" */
    const char *subject; /* table or object, or NULL */
    const char *text;
    uint64_t offset; /* byte in the decoded dump */
    uint64_t line;   /* of that byte, counted from 1; 0: not known */
};

/* What a \connect of the dump opened: a database of a cluster's, or the only one. */
struct dump_database {
    const char *name;
    uint64_t rows;  /* of its COPY blocks, where they are counted */
    uint64_t bytes; /* of SQL, from the \connect on */
    bool makes;     /* does it make a table, or fill one? */
};

/* A COPY block of the dump. */
struct dump_table {
    const char *schema, *name; /* unquoted; schema "" when it is not given */
    uint64_t rows;             /* rows before the terminator */
    uint64_t bytes;            /* of the data lines, newlines included */
    size_t n_columns;          /* 0 when the COPY has no column list */
    const char *columns;       /* the list, quoted, in UTF-8; NULL: none, or it is not kept */
    uint64_t offset;           /* of the word COPY */
    struct rows_digest digest; /* of those rows, where they are counted */
    bool terminated;
    bool is_counted; /* text format: `rows` is exact; other formats may have newlines in a row */
    const char *database; /* of the \connect before it, or NULL */
    const char *encoding; /* declared for the session that fills it, or NULL */
};

/* INSERT statements that begin alike: into one table, with one list of columns. */
struct dump_insert {
    const char *schema, *name; /* as in dump_table */
    uint64_t rows;             /* of VALUES lists */
    uint64_t n_uncounted;      /* statements whose rows cannot be counted: queries */
    struct slice head; /* as it is written up to VALUES or, without that, the table's name */
    bool has_columns, has_values;
};

struct dump_facts {
    bool is_dump;                 /* looks like SQL at all */
    const char *dump_version;     /* "Dumped by pg_dump version …" or NULL */
    const char *server_version;   /* "Dumped from database version …" or NULL */
    const char *started;          /* "Started on …" of pg_dump --verbose, the first, or NULL */
    const char *encoding;         /* of the last SET client_encoding, or NULL */
    const char *encodings;        /* all of them, "UTF8, LATIN1", or NULL */
    const char *unknown_encoding; /* the first that PostgreSQL up to 18 does not have, or NULL */
    const char *database;         /* of \connect or CREATE DATABASE, or NULL */
    const char *create_database;  /* the first such statement, or an archive's; or NULL */
    bool is_cluster_dump;         /* pg_dumpall */
    bool has_header, complete;    /* a header line; for each one its completion line */
    bool standard_strings;        /* last seen standard_conforming_strings */
    const char *restrict_key;     /* or NULL */
    uint64_t bytes, lines, statements, copies, rows;
    uint64_t n_uncounted;    /* COPY blocks of a format whose rows are not counted, nor in `rows` */
    uint64_t n_create_table; /* CREATE TABLE statements (not partitions' attach) */
    uint64_t n_table_data;   /* comments of pg_dump over a table's data, which may have no rows */
    uint64_t n_told;   /* data of tables in an archive's table of contents; 0: there is none */
    uint64_t n_insert; /* INSERT statements: data of --inserts dumps */
    uint64_t n_insert_uncounted; /* of them: not in `rows` */
    uint64_t n_insert_nowhere; /* of them: not in `inserts`, since their table is not understood or
                                  is one too many; and statements that change rows otherwise */
    struct vec inserts;        /* struct dump_insert, at most INSERT_HEADS_MAX */
    struct vec databases;      /* struct dump_database, each once, at most DATABASES_MAX */
    struct vec tables;         /* struct dump_table, in file order, at most max_tables … */
    uint64_t n_tables;         /* … of so many */
    struct dump_table last_table; /* of them; all zero when there is none */
    struct vec problems;          /* struct problem, at most PROBLEMS_MAX; n_problems counts all */
    uint64_t n_problems;
    const char *last_object; /* name in the last "-- Name: …" comment: how far the dump goes */
    const char *whole_object, *whole_type; /* of the last whole statement or block; or NULL */
    uint64_t whole_until; /* byte behind the last complete statement, or row of a COPY block */
};
enum {
    PROBLEMS_MAX = 200,
    DATABASES_MAX = 1000,
    INSERT_HEADS_MAX = 20000,
    INSERT_HEAD_BYTES_MAX = 4 * 1024 * 1024,
};

/* Sections as pg_dump orders them; told by the statement's kind. */
struct statement {
    struct slice text;  /* without the final semicolon, leading comments and blanks stripped */
    uint64_t offset;    /* byte in the decoded dump */
    const char *object; /* of the "-- Name: x; Type: y; Schema: z" comment before it, or NULL */
    const char *object_type; /* its Type, or NULL */
};

struct copy_head {
    struct statement statement; /* COPY … FROM stdin */
    const struct dump_table *table;
};

/* Who listens. Each may be NULL. A false stops the scan with that error. Slices and the
 * names of objects live until the call returns; the name of a database, which is UTF-8, as the
 * arena of the scan. What follows a `connect` is meant for a new session in that database. COPY
 * data comes in chunks that end at a line end unless a line is longer than the chunk; the
 * terminator line is not part of it. */
struct dump_listener {
    void *context;
    bool (*statement)(void *context, const struct statement *s, struct err *e);
    bool (*copy_begin)(void *context, const struct copy_head *head, struct err *e);
    bool (*copy_data)(void *context, const char *bytes, size_t n, struct err *e);
    bool (*copy_end)(void *context, const struct dump_table *table, struct err *e);
    bool (*connect)(void *context, const char *database, struct err *e);
    void (*progress)(void *context, const struct dump_facts *so_far); /* about each MiB */
};

struct archive_facts;

struct scan {
    struct arena *arena; /* for the facts' texts; bounded by the number of tables with data */
    struct source *in;   /* decoded SQL; stays the caller's */
    const struct dump_listener *listener; /* or NULL */
    size_t max_statement_bytes;           /* 0: 64 MiB */
    uint64_t max_bytes;                   /* 0: none */
    bool keep_columns;                    /* of each COPY */
    size_t max_tables;                    /* COPY blocks whose facts are kept; 0: any */
    bool beginning_only;                  /* what lies behind max_bytes is left out, as asked for */
    struct interrupt *intr;               /* or NULL */
    const struct archive_facts *archive;  /* whose problems are the dump's too, or NULL */
};

/*
 * Scans to the end of the source. True: the source was read to its end or to where it is broken (a
 * PROBLEM_STREAM says so); false: a listener failed, an interrupt, an I/O error. Names in the facts
 * are UTF-8 whatever the dump is in; what the listener is given is as it stands in the dump.
 */
MUST bool dump_scan(const struct scan *scan, struct dump_facts *facts, struct err *e);

#endif
