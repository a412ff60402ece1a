/* SPDX-License-Identifier: PostgreSQL */
#include "cli/command.h"

#include "base/log.h"
#include "base/str.h"

#include <string.h>

#define COMMAND(name, operands, n, help) int cmd_##name(struct call *call);
#include "cli/command.def"
#undef COMMAND

const struct command commands[] = {
#define COMMAND(name, operands, n, help) {#name, operands, n, help, cmd_##name},
#include "cli/command.def"
#undef COMMAND
    {.name = NULL},
};

const struct command *command_find(const char *name, struct err *e)
{
    const char *names[COUNT_OF(commands)] = {0};
    for (size_t i = 0; commands[i].name != NULL; i++) {
        names[i] = commands[i].name;
        if (str_eq(name, commands[i].name))
            return &commands[i];
    }
    const char *near = str_nearest(name, names);
    (void)err_set(e, ERR_USAGE, "there is no subcommand \"%s\"%s%s%s; see pg_rehearse --help", name,
                  near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                  near == NULL ? "" : "\"?");
    return NULL;
}

bool command_has_option(const struct command *command, const struct opt *opt)
{
    size_t n = strlen(command->name);
    const char *at = opt->commands;
    if (str_eq(at, "*"))
        return true;
    for (at = strstr(at, command->name); at != NULL; at = strstr(at + n, command->name))
        if ((at == opt->commands || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    return false;
}

int command_failed(const struct err *e)
{
    log_line(LOG_ERROR, "%s", e->text);
    return err_exit_status(e->code);
}
