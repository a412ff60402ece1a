/* SPDX-License-Identifier: PostgreSQL */
/* Pages that are made from the tables: help, man page, tables of the README, schema, completion. */
#ifndef PGR_CLI_HELP_H
#define PGR_CLI_HELP_H

#include "cli/command.h"

#include <stdio.h>

void help_program(FILE *out);
void help_command(const struct command *command, FILE *out);

/* Prints one page: "man", "options", … ; false when there is none of that name. */
bool help_page(const char *name, FILE *out);

#endif
