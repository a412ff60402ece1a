/* SPDX-License-Identifier: PostgreSQL */
/* Is the file as small as was wished, and has it not shrunk since the previous run? */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

static void tell_large(const struct evidence *ev, struct listing *told)
{
    const struct backup_facts *b = &ev->record->backup;
    if (!CONFIG_HAS(ev->config, objective_backup_size) ||
        (uint64_t)b->size_bytes <= ev->config->objective_backup_size_bytes)
        return;
    const char *text = arena_printf(ev->arena, "the backup has %s, %s are wished",
                                    str_bytes(ev->arena, (uint64_t)b->size_bytes),
                                    str_bytes(ev->arena, ev->config->objective_backup_size_bytes));
    ask_finding(ev, &check_backup_size,
                (struct finding){.code = "BACKUP_TOO_LARGE",
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_OBJECTIVE,
                                 .subject = b->path,
                                 .text = text});
    listing_add(told, "", text);
}

/* A figure of the previous run and of this one. */
struct change {
    const char *what;
    struct maybe before;
    int64_t now;
};

static bool has_shrunk(const struct evidence *ev, const struct change *c)
{
    double least =
        (double)c->before.value * (1.0 - ev->config->objective_backup_shrink_percent / 100.0);
    return c->before.known && (double)c->now < least;
}

static void tell_shrunk(const struct evidence *ev, const struct change *c, struct listing *told)
{
    const struct previous_facts *p = &ev->record->backup.previous;
    if (!has_shrunk(ev, c))
        return;
    const char *text =
        arena_printf(ev->arena, "%s %s, %s in the previous run", c->what,
                     str_count(ev->arena, c->now), str_count(ev->arena, c->before.value));
    ask_finding(ev, &check_backup_size,
                (struct finding){.code = "BACKUP_SHRUNK",
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_BACKUP,
                                 .subject = c->what,
                                 .text = arena_printf(ev->arena, "%s (%s)", text, p->run),
                                 .recommendation = "see whether rows were deleted, or the backup "
                                                   "job leaves something out"});
    listing_add(told, "", text);
}

static struct answer ask(const struct evidence *ev)
{
    const struct backup_facts *b = &ev->record->backup;
    const struct previous_facts *p = &b->previous;
    bool shrink = p->run != NULL && CONFIG_HAS(ev->config, objective_backup_shrink);
    if (!shrink && !CONFIG_HAS(ev->config, objective_backup_size))
        return ask_answer(ev, OUTCOME_SKIPPED,
                          "objectives.backup_size is not set, and there is no previous run");
    if (b->size_bytes <= 0)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the size of the backup is not known");
    struct listing told = {.arena = ev->arena};
    tell_large(ev, &told);
    const struct change changes[] = {
        {"bytes", str_eq(p->compression, b->compression) ? p->size_bytes : (struct maybe){0},
         b->size_bytes},
        {"tables", p->tables, b->tables},
        {"rows", p->rows, b->rows},
    };
    for (size_t i = 0; shrink && i < COUNT_OF(changes); i++)
        tell_shrunk(ev, &changes[i], &told);
    if (told.n > 0)
        return ask_answer(ev, OUTCOME_WARNED, "%s", listing_text(&told));
    return ask_answer(ev, OUTCOME_PASSED, "%s, %s rows%s",
                      str_bytes(ev->arena, (uint64_t)b->size_bytes), str_count(ev->arena, b->rows),
                      shrink ? arena_printf(ev->arena, "; %s rows in the previous run",
                                            str_count(ev->arena, p->rows.value))
                             : "");
}

const struct check check_backup_size = {
    .name = "backup_size",
    .stage = STAGE_verify,
    .required = false,
    .exit_code = 4,
    .question = "is the file as small as wished, and no smaller than the one before?",
    .doc = "Size against objectives.backup_size; size, tables and rows against the previous run of "
           "the same rehearsal (report.dir), which may shrink by objectives.backup_shrink: "
           "warnings. Skipped where there is nothing to compare with.",
    .ask = ask,
};
