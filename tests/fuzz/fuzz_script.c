/* SPDX-License-Identifier: PostgreSQL */
/* Any bytes as a load script: either an error that names the script, or commands that keep the
 * limits, name only known variables, and whose expressions can be evaluated. */
#include "load/script.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_command(const struct script *s, const struct command *c)
{
    struct value values[SCRIPT_VARIABLES_MAX] = {{0}};
    struct rng rng = rng_seeded(1, 1);
    struct err e = {0};
    int64_t n = 0;
    assert(c->line >= 1 && c->variable >= 0 && (size_t)c->variable < s->variables.n);
    if (c->kind == COMMAND_SQL) {
        assert(c->sql != NULL && c->n_params <= SCRIPT_PARAMS_MAX);
        for (int i = 0; i < c->n_params; i++)
            assert((size_t)c->params[i] < s->variables.n);
    } else if (!expr_eval(c->expr, values, &rng, &n, &e)) {
        assert(e.code == ERR_LIMIT && e.text[0] != '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_cleanup) struct arena *a = arena_new();
    struct script *s = script_new(a, "fuzz.sql", 1);
    struct err e = {0};
    int statements = 0;
    if (!script_parse(a, (struct slice){(const char *)data, size}, s, &statements, &e)) {
        assert(e.code == ERR_USAGE && strncmp(e.text, "fuzz.sql", 8) == 0);
        return 0;
    }
    assert(s->commands.n > 0 && s->commands.n <= SCRIPT_COMMANDS_MAX);
    VEC_EACH (const struct command, c, &s->commands)
        check_command(s, c);
    return 0;
}
