/* SPDX-License-Identifier: PostgreSQL */
/*
 * Gives statements to PostgreSQL's own parser, as libpg_query has it: the grammar of an early
 * PostgreSQL 15. What that refuses may be sound SQL of another version, so a refusal says no more
 * than "not judged".
 */
#ifndef PGR_DUMP_GRAMMAR_H
#define PGR_DUMP_GRAMMAR_H

#include "base/buf.h"
#include "base/vec.h"
#include "dump/scan.h"

#include <stdbool.h>
#include <stdint.h>

/* A statement that was refused. */
struct refusal {
    const char *object; /* the statement's, or NULL */
    const char *text;   /* the parser's words */
    uint64_t offset;
};

struct grammar {
    uint64_t n_parsed;
    uint64_t n_refused;
    uint64_t n_passed_over; /* too long, too many, or not in the encoding that the parser reads */
    struct vec refusals;    /* struct refusal, the first GRAMMAR_REFUSALS_MAX */
    /* its own */
    uint64_t bytes; /* parsed */
    struct buf text;
};
/* The parser's stack is on the heap and bounded, so depth needs no limit; time does. */
enum {
    GRAMMAR_STATEMENT_BYTES_MAX = 1024 * 1024,
    GRAMMAR_STATEMENTS_MAX = 100000,
    GRAMMAR_BYTES_MAX = 32 * 1024 * 1024,
    GRAMMAR_REFUSALS_MAX = 10,
};

void grammar_begin(struct grammar *g, struct arena *a);
void grammar_cleanup(struct grammar *g);

/* Parses the statement. `standard_strings`: as standard_conforming_strings is; the parser knows no
 * other way than on. */
void grammar_statement(struct grammar *g, const struct statement *s, bool standard_strings);

#endif
