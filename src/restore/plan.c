/* SPDX-License-Identifier: PostgreSQL */
#include "restore/plan.h"

#include "restore/classify.h"
#include "restore/guard.h"

#include <search.h>
#include <string.h>

void plan_begin(struct restore_plan *plan, struct arena *a)
{
    *plan = (struct restore_plan){.arena = a, .session = session_new(a)};
}

static void leave_alone(void *table)
{
    (void)table; /* it is the arena's */
}

void plan_cleanup(struct restore_plan *plan)
{
    tdestroy(plan->tables, leave_alone);
    buf_cleanup(&plan->insert);
    session_cleanup(&plan->session);
    plan->tables = NULL;
}

static int by_key(const void *a, const void *b)
{
    const struct plan_table *x = a, *y = b;
    return strcmp(x->key, y->key);
}

const struct plan_table *plan_find(const struct restore_plan *plan, const char *key)
{
    const struct plan_table wanted = {.key = key};
    struct plan_table *const *found = tfind(&wanted, &plan->tables, by_key);
    return found == NULL ? NULL : *found;
}

/* Counts against the bound; false when it is reached. */
static bool has_room(struct restore_plan *plan, size_t bytes)
{
    plan->bytes += bytes;
    plan->over |= plan->bytes > PLAN_BYTES_MAX;
    return !plan->over;
}

/* NULL: nothing is planned any more, for too much is. */
static struct plan_table *table_at(struct restore_plan *plan, const char *key)
{
    const struct plan_table wanted = {.key = key};
    struct plan_table **found = tfind(&wanted, &plan->tables, by_key);
    if (found != NULL)
        return *found;
    if (!has_room(plan, sizeof wanted + strlen(key)))
        return NULL;
    struct plan_table *new = ARENA_NEW(plan->arena, struct plan_table);
    *new = (struct plan_table){.key = arena_strdup(plan->arena, key),
                               .built = vec_new(plan->arena, sizeof(struct statement))};
    (void)tsearch(new, &plan->tables, by_key);
    return new;
}

/* Rows of INSERT statements follow each other by the million. */
static bool is_as_before(const struct restore_plan *plan, const struct statement *s)
{
    return plan->insert.n > 0 && s->text.n >= plan->insert.n &&
           memcmp(s->text.p, plan->insert.p, plan->insert.n) == 0;
}

static void take_data(struct restore_plan *plan, const struct statement *s, struct arena *scratch)
{
    struct lexemes t = lexemes_of(s->text);
    if (!lexemes_begin(&t, "INSERT")) {
        plan->in_transaction &= !lexemes_begin(&t, "COMMIT") && !lexemes_begin(&t, "END");
        return;
    }
    const char *key = classify_insert(scratch, s->text, &plan->session.meaning);
    struct plan_table *table = key == NULL ? NULL : table_at(plan, key);
    if (table == NULL) {
        plan->over = true;
        return;
    }
    table->late = true;
    (void)lexemes_find(&t, "INTO");
    (void)read_key(&t, scratch, &plan->session.meaning);
    buf_clear(&plan->insert);
    struct lexemes behind = t;
    struct lexeme next = lexeme_next(&behind);
    if (next.kind == LEXEME_WORD) /* VALUES, which ends the name */
        buf_append(&plan->insert, s->text.p, (size_t)(behind.p - s->text.p));
}

static void take_index(struct restore_plan *plan, const struct statement *s,
                       const struct kind *kind)
{
    struct plan_table *t = table_at(plan, kind->table);
    if (t == NULL || t->copies == 0 || t->late || plan->in_transaction)
        return;
    struct epoch now = session_epoch(&plan->session);
    if (now.encoding != t->epoch.encoding || now.settings != t->epoch.settings ||
        !has_room(plan, s->text.n + 256))
        return;
    struct arena *a = plan->arena;
    *(struct statement *)vec_push(&t->built) = (struct statement){
        .text = {arena_strndup(a, s->text.p, s->text.n), s->text.n},
        .offset = s->offset,
        .object = s->object == NULL ? NULL : arena_strdup(a, s->object),
        .object_type = s->object_type == NULL ? NULL : arena_strdup(a, s->object_type),
    };
    plan->n_planned++;
}

void plan_statement(struct restore_plan *plan, const struct statement *s)
{
    if (plan->over || s->text.n == 0 || is_as_before(plan, s) || guard_is_about_database(s->text) ||
        guard_refusal(s->text) != NULL)
        return;
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    struct kind kind = classify(scratch, s->text, &plan->session.meaning);
    switch (kind.class) {
    case CLASS_SESSION:
        plan->over = plan->in_transaction || !session_note(&plan->session, s->text);
        break;
    case CLASS_DATA:
        take_data(plan, s, scratch);
        break;
    case CLASS_BEGIN:
        plan->in_transaction = true;
        break;
    case CLASS_INDEX:
        take_index(plan, s, &kind);
        break;
    case CLASS_CAREFUL:
    case CLASS_RIDER:
        break;
    case CLASS_SIDE:
    case CLASS_LOST:
        plan->over = true;
        break;
    case CLASS_FENCE:
    case CLASS_TABLE:
    case CLASS_CHANGE:
    case CLASS_FOREIGN_KEY:
        plan->over = plan->n_copies > 0; /* what the tables are made with comes before */
        break;
    }
}

void plan_copy(struct restore_plan *plan, const struct copy_head *head)
{
    CLEANUP(arena_cleanup) struct arena *scratch = arena_new();
    const char *key = classify_copy(scratch, head->statement.text, &plan->session.meaning);
    plan->n_copies++;
    struct plan_table *table = key == NULL || plan->over ? NULL : table_at(plan, key);
    plan->over |= table == NULL; /* it could be any */
    if (table == NULL)
        return;
    table->copies++;
    table->late |= plan->in_transaction;
    table->epoch = session_epoch(&plan->session);
}
