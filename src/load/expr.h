/* SPDX-License-Identifier: PostgreSQL */
/* Whole-number expressions of load scripts: + - * / % ( ) :name random(a, b) random_zipfian(a, b,
 * s) random_exponential(a, b, s). */
#ifndef PGR_LOAD_EXPR_H
#define PGR_LOAD_EXPR_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "stat/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct expr;

/* A variable of a script: a number, or a text that no number can be made of. */
struct value {
    const char *text; /* NULL: it is the number */
    int64_t number;
};

/* Gives the number of a variable by its name, or -1 when it has not been set by then. */
struct expr_names {
    int (*find)(const void *context, struct slice name);
    const void *context;
};

enum { EXPR_DEPTH_MAX = 50, EXPR_NODES_MAX = 1000 };

/* The whole text is one expression; errors (ERR_USAGE) say what is wrong and where in it. */
MUST bool expr_parse(struct arena *a, struct slice text, const struct expr_names *names,
                     const struct expr **expr, struct err *e);

/* Division by zero, a result beyond 64 bits, an empty range or a text variable is ERR_LIMIT. */
MUST bool expr_eval(const struct expr *x, const struct value *variables, struct rng *rng,
                    int64_t *result, struct err *e);

#endif
