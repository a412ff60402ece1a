/* SPDX-License-Identifier: PostgreSQL */
/* Subcommands: rows of command.def. */
#ifndef PGR_CLI_COMMAND_H
#define PGR_CLI_COMMAND_H

#include "base/arena.h"
#include "base/err.h"
#include "model/config.h"

#include <stddef.h>

/* What a subcommand is called with. */
struct call {
    struct arena *arena;
    struct config config;
    const char *const *operands;
    size_t n_operands;
};

struct command {
    const char *name;
    const char *operands; /* "BACKUP", or "" */
    size_t n_operands;    /* how many there must be */
    const char *help;
    /* Gives the exit status. Errors that end it are printed by it. */
    int (*carry_out)(struct call *call);
};

/* All subcommands, in the order of the help; a NULL name ends. */
extern const struct command commands[];

/* Finds one by name; NULL with ERR_USAGE and the nearest name when there is none. */
const struct command *command_find(const char *name, struct err *e);

/* Does an option belong to a command's help? */
bool command_has_option(const struct command *command, const struct opt *opt);

/* Prints "pg_rehearse: error: …" and gives the exit status that the error stands for. */
int command_failed(const struct err *e);

#endif
