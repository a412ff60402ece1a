/* SPDX-License-Identifier: PostgreSQL */
/*
 * Load scripts: a subset of pgbench's language. One execution of a script is one transaction of a
 * virtual user.
 *
 *     -- a comment
 *     \query orders SELECT max(id) FROM orders      once, when the load starts; one line
 *     \set id random(1, :orders)                    a whole number
 *     \sleep 10 ms                                  us, ms or s; s when nothing is said
 *     SELECT * FROM orders WHERE id = :id;          :name becomes a parameter, never text in the
 * SQL
 */
#ifndef PGR_LOAD_SCRIPT_H
#define PGR_LOAD_SCRIPT_H

#include "base/vec.h"
#include "load/expr.h"

enum {
    SCRIPT_BYTES_MAX = 1 << 20,
    SCRIPT_VARIABLES_MAX = 64,
    SCRIPT_PARAMS_MAX = 64,
    SCRIPT_COMMANDS_MAX = 256,
    SCRIPT_WEIGHT_MAX = 1000000,
};

/* Rows of texts to pick from: n rows of `width` cells. */
struct sample {
    size_t n, width;
    const char *const *cells;
};

enum command_kind {
    COMMAND_SET,   /* variable := expr */
    COMMAND_PICK,  /* variable, variable + 1 … := a random row of the sample */
    COMMAND_SLEEP, /* expr times unit_us */
    COMMAND_SQL,
};

struct command {
    enum command_kind kind;
    int line;
    int variable;
    const struct expr *expr;
    int64_t unit_us;
    const struct sample *sample;
    int statement;   /* number in the whole load */
    const char *sql; /* with $1 … */
    int n_params;
    const int *params; /* variables */
};

struct script_query {
    int line;
    int variable;
    const char *sql;
};

struct script {
    const char *name;
    uint64_t weight;
    struct vec commands;  /* struct command */
    struct vec queries;   /* struct script_query */
    struct vec variables; /* names, const char * */
    struct value *start;  /* values before the first command: those of the queries */
};

/* The variable that every script has: the number of the user, from 0. */
enum { SCRIPT_CLIENT_ID = 0 };

struct script *script_new(struct arena *a, const char *name, uint64_t weight);

/* A new variable, or the one of that name; -1 when there are too many. */
int script_variable(struct script *s, struct slice name);

/* Reads a script from text. `next_statement` numbers the statements on. Errors are ERR_USAGE and
 * begin with NAME:LINE. */
MUST bool script_parse(struct arena *a, struct slice text, struct script *s, int *next_statement,
                       struct err *e);

/* Reads FILE[@WEIGHT]. */
MUST bool script_load(struct arena *a, const char *spec, int *next_statement,
                      struct script **script, struct err *e);

/* ---- between the files of this folder ---- */

struct script_reader {
    struct arena *arena;
    struct script *script;
    const char *p, *end;
    int line;
    struct err *e;
};

/* ERR_USAGE with the place in front. Always false. */
bool script_fail(struct script_reader *r, const char *what);

/* Skips blanks and comments; false when a comment does not end. */
MUST bool script_skip(struct script_reader *r);

/* Reads one SQL statement up to its semicolon, or the end of the file. */
MUST bool script_sql(struct script_reader *r, struct command *c);

#endif
