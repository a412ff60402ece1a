/* SPDX-License-Identifier: PostgreSQL */
#include "cli/command.h"

#include "base/log.h"
#include "base/str.h"
#include "cli/help.h"
#include "run/run.h"

#include <string.h>

/* ---- what the subcommands do: each is one call into the floors below
 * ------------------------------ */

static int cmd_run(struct call *call)
{
    return run_rehearse(call->arena, &call->config);
}

static int cmd_verify(struct call *call)
{
    return run_verify(call->arena, &call->config, call->operands[0]);
}

static int cmd_dump(struct call *call)
{
    return run_dump(call->arena, &call->config);
}

static int cmd_restore(struct call *call)
{
    return run_restore(call->arena, &call->config, call->operands[0]);
}

static int cmd_compare(struct call *call)
{
    return run_compare(call->arena, &call->config, call->operands);
}

static int cmd_attest(struct call *call)
{
    return run_attest(call->arena, &call->config, call->operands);
}

static int cmd_doctor(struct call *call)
{
    return run_doctor(call->arena, &call->config);
}

static int cmd_reap(struct call *call)
{
    return run_reap(call->arena, &call->config);
}

static int cmd_docs(struct call *call)
{
    struct err e = {0};
    if (help_page(call->operands[0], stdout))
        return 0;
    (void)err_set(&e, ERR_USAGE, "docs: there is no page \"%s\"", call->operands[0]);
    return command_failed(&e);
}

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
