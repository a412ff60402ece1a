/* SPDX-License-Identifier: PostgreSQL */
/* Settles the configuration: flag over environment over file over default. */
#ifndef PGR_CLI_SETTLE_H
#define PGR_CLI_SETTLE_H

#include "base/str.h"
#include "cli/command.h"

/*
 * Reads the words behind the subcommand, the environment, and the file of -c. ERR_USAGE with file,
 * line, column or flag and the nearest known name. *help: -h or --help was there. Passwords that
 * stood on the command line are blotted out in argv.
 */
MUST bool settle_call(const struct command *command, char **words, struct call *call, bool *help,
                      struct err *e);

/* Reads one configuration file over what is set already. */
MUST bool settle_file(struct arena *a, const char *path, struct config *c, struct err *e);

/* The same for text that was read already; `path` is for messages. */
MUST bool settle_yaml(struct arena *a, struct slice text, const char *path, struct config *c,
                      struct err *e);

/* Takes PG_REHEARSE_* and the DB_* aliases; an unknown PG_REHEARSE_ name is an error. */
MUST bool settle_environment(struct arena *a, char **environment, struct config *c, struct err *e);

/* Refuses combinations that cannot be meant. */
MUST bool settle_combinations(const struct config *c, struct err *e);

#endif
