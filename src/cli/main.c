/* SPDX-License-Identifier: PostgreSQL */
#include "cli/command.h"
#include "cli/help.h"
#include "cli/settle.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Carries out the subcommand words[0]. */
static int carry_out(struct arena *a, char **words)
{
    struct err e = {0};
    struct call call = {.arena = a};
    bool help = false;
    const struct command *command = command_find(words[0], &e);
    if (command == NULL || !settle_call(command, words, &call, &help, &e))
        return command_failed(&e);
    if (help) {
        help_command(command, stdout);
        return 0;
    }
    return command->carry_out(&call);
}

int main(int argc, char **argv)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    const char *word = argc < 2 ? "--help" : argv[1];
    (void)sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        help_program(argc < 2 ? stderr : stdout);
        return argc < 2 ? err_exit_status(ERR_USAGE) : 0;
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        (void)printf("pg_rehearse %s\n", PGR_VERSION);
        return 0;
    }
    return carry_out(a, argv + 1);
}
