/* SPDX-License-Identifier: PostgreSQL */
#include "load/inside.h"

/* Values of the \query lines become known to all transactions of the script. */
static bool run_query(struct load *l, struct pg *pg, struct script *s, const struct script_query *q,
                      struct err *e)
{
    const char *text = NULL;
    int64_t number = 0;
    if (!pg_text(pg, l->arena, q->sql, &text, e))
        return err_wrap(e, "%s:%d", s->name, q->line);
    if (text == NULL) {
        return err_set(e, ERR_MISSING, "%s:%d: the \\query gives no value", s->name, q->line);
    }
    bool is_number = str_parse_int(text, &number);
    s->start[q->variable] = (struct value){.text = is_number ? NULL : text, .number = number};
    return true;
}

static bool load_scripts(struct load *l, struct vec *scripts, struct err *e)
{
    const struct opt_list *specs = &l->job->config->load_script;
    int next_statement = 0;
    for (size_t i = 0; i < specs->n; i++) {
        struct script *s = NULL;
        if (!script_load(l->arena, specs->items[i], &next_statement, &s, e))
            return false;
        *(struct script **)vec_push(scripts) = s;
    }
    return true;
}

static bool run_queries(struct load *l, struct pg *pg, const struct vec *scripts, struct err *e)
{
    VEC_EACH (struct script *const, s, scripts) {
        VEC_EACH (const struct script_query, q, &(*s)->queries)
            if (!run_query(l, pg, *s, q, e))
                return false;
        *(struct part *)vec_push(&l->parts) = (struct part){.script = *s};
    }
    return true;
}

bool prepare_scripts(struct load *l, struct err *e)
{
    const struct load_job *job = l->job;
    struct vec scripts = vec_new(l->arena, sizeof(struct script *));
    CLEANUP(pg_cleanup) struct pg pg = {0};
    if (!load_scripts(l, &scripts, e))
        return false;
    if (!pg_open(job->dsn, job->intr, job->config->load_timeout_us, &pg, e))
        return err_wrap(e, "load");
    if (scripts.n > 0 ? !run_queries(l, &pg, &scripts, e) : !auto_scripts(l, &pg, e))
        return false;
    VEC_EACH (struct part, part, &l->parts) {
        part->response = hist_new(l->arena);
        l->weights += part->script->weight;
    }
    return true;
}
