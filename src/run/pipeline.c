/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "report/report.h"
#include "run/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

struct stage_row {
    unsigned needs, after; /* bits of stages */
    bool (*carry_out)(struct run *run, struct err *e);
};

static const struct stage_row rows[STAGE_WORDS] = {
#define STAGE(name, needs, after, what) [STAGE_##name] = {needs, after, stage_##name},
#include "model/stages.def"
#undef STAGE
};

static const enum stage all_stages[] = {
#define STAGE(name, needs, after, what) STAGE_##name,
#include "model/stages.def"
#undef STAGE
};

/* Stages that are carried out even when a signal came. */
static const unsigned always = 1U << STAGE_advise | 1U << STAGE_teardown | 1U << STAGE_report;

/* 26 characters of Crockford's base 32: 48 bits of time, 80 random ones (github.com/ulid/spec). */
static const char *new_run_id(struct arena *a)
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t bytes[16];
    uint64_t ms = (uint64_t)(clock_wall_us() / 1000);
    for (size_t i = 0; i < 6; i++)
        bytes[i] = (uint8_t)(ms >> (8 * (5 - i)));
    while (getrandom(bytes + 6, 10, 0) != 10) {
    }
    char *id = arena_alloc(a, 27);
    for (size_t i = 0; i < 26; i++) {
        size_t bit = i * 5; /* of 130, the first two of which are 0 */
        unsigned value = 0;
        for (size_t b = bit; b < bit + 5; b++)
            value = value << 1 |
                    (b < 2 ? 0U : (unsigned)(bytes[(b - 2) / 8] >> (7 - (b - 2) % 8)) & 1U);
        id[i] = letters[value];
    }
    return id;
}

static unsigned stages_of(const struct plan *plan)
{
    unsigned bits = 0;
    for (size_t i = 0; i < plan->n_stages; i++)
        bits |= 1U << plan->order[i];
    return bits;
}

bool run_has_stage(const struct run *run, enum stage stage)
{
    return run->plan != NULL && (stages_of(run->plan) >> stage & 1U) != 0;
}

bool run_skip(struct run *run, enum stage stage, const char *reason)
{
    struct stage_facts *facts = record_stage(run->record, stage);
    facts->outcome = OUTCOME_SKIPPED;
    facts->reason = reason;
    return true;
}

void run_summary(struct run *run, enum stage stage, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record_stage(run->record, stage)->summary = arena_vprintf(run->arena, format, args);
    va_end(args);
}

struct evidence run_evidence(struct run *run)
{
    return (struct evidence){
        .arena = run->arena,
        .config = run->config,
        .record = run->record,
        .facts = run->verified ? &run->facts : NULL,
        .inventory = run->verified ? &run->inventory : NULL,
        .manifest = run->manifest,
        .objects = run->objects.n > 0 ? &run->objects : NULL,
        .restored_objects = run->restored_objects.n > 0 ? &run->restored_objects : NULL,
        .restored = run->restored.conn == NULL ? NULL : &run->restored,
    };
}

/* Why a stage cannot be carried out: the first stage of the two sets that is not as it must be.
 * Those that come later in this command, or not at all, are none of it. */
static const char *hindrance(struct run *run, enum stage stage)
{
    unsigned needs = rows[stage].needs & run->begun, after = rows[stage].after & run->begun;
    for (unsigned s = 0; s < STAGE_WORDS; s++) {
        enum outcome o = record_stage(run->record, (enum stage)s)->outcome;
        bool passed = o == OUTCOME_PASSED || o == OUTCOME_WARNED;
        bool done = passed || o == OUTCOME_FAILED;
        if ((needs >> s & 1U && !passed) || (after >> s & 1U && !done))
            return arena_printf(run->arena, "needs %s, which is %s", stage_words[s],
                                outcome_words[o]);
    }
    return NULL;
}

/* The outcome of a stage that was carried out: its checks, and its findings. */
static enum outcome settle_outcome(const struct record *r, enum stage stage)
{
    enum outcome worst = OUTCOME_PASSED;
    VEC_EACH (const struct check_facts, c, &r->checks) {
        if (c->stage != stage)
            continue;
        if (c->outcome == OUTCOME_FAILED)
            return c->required ? OUTCOME_FAILED : OUTCOME_WARNED;
        if (c->outcome == OUTCOME_UNKNOWN && c->required)
            worst = OUTCOME_UNKNOWN;
        if (c->outcome == OUTCOME_WARNED && worst == OUTCOME_PASSED)
            worst = OUTCOME_WARNED;
    }
    VEC_EACH (const struct finding, f, &r->findings) {
        if (f->stage == stage && f->severity != SEVERITY_NOTE && worst == OUTCOME_PASSED)
            worst = OUTCOME_WARNED;
    }
    return worst;
}

/* A stage whose work is its checks is summed up by what they measured. */
static const char *summary_of_checks(struct run *run, enum stage stage)
{
    const char *text = NULL;
    VEC_EACH (const struct check_facts, c, &run->record->checks)
        if (c->stage == stage && c->outcome != OUTCOME_SKIPPED && c->detail != NULL)
            text = text == NULL ? c->detail : arena_printf(run->arena, "%s, %s", text, c->detail);
    return text;
}

static void not_carried_out(struct run *run, enum stage stage, enum outcome outcome,
                            const char *reason)
{
    struct stage_facts *facts = record_stage(run->record, stage);
    facts->outcome = outcome;
    facts->reason = reason;
    check_not_asked(run->record, stage, outcome, reason);
}

/* Carries one stage out and settles how it ended. */
static void carry_out(struct run *run, enum stage stage, struct err *first)
{
    struct stage_facts *facts = record_stage(run->record, stage);
    struct err e = {0};
    bool (*own)(struct run *, struct err *) = run->plan->instead[stage];
    bool ok = own != NULL ? own(run, &e) : rows[stage].carry_out(run, &e);
    facts = record_stage(run->record, stage);
    if (!ok) {
        if (first->code == ERR_NONE || e.code == ERR_DEFECT)
            *first = e;
        /* A given file that is no backup at all is an answer, not a hindrance. */
        bool defective = stage == STAGE_backup && run->source_dsn == NULL && e.code == ERR_FORMAT;
        not_carried_out(run, stage, defective ? OUTCOME_FAILED : OUTCOME_UNKNOWN,
                        arena_strdup(run->arena, e.text));
    } else if (facts->outcome == OUTCOME_SKIPPED) {
        check_not_asked(run->record, stage, OUTCOME_SKIPPED, facts->reason);
    } else {
        struct evidence ev = run_evidence(run);
        check_ask(stage, &ev);
        facts->outcome = settle_outcome(run->record, stage);
        if (facts->summary == NULL)
            facts->summary = summary_of_checks(run, stage);
    }
}

/* What was refused was never started, and nothing but why is said. */
static bool is_refused(const struct run *run, enum stage stage, const struct err *e)
{
    bool decides = run->plan->preflight_decides && e->code != ERR_INTERRUPTED;
    if (stage == STAGE_preflight)
        return e->code == ERR_USAGE || (decides && e->code != ERR_NONE);
    return stage == STAGE_backup && decides && e->code == ERR_USAGE;
}

static void run_stage(struct run *run, enum stage stage, struct err *first)
{
    struct stage_facts *facts = record_stage(run->record, stage);
    const char *reason = hindrance(run, stage);
    if (interrupt_pending(&run->intr) && !(always >> stage & 1U))
        reason = "interrupted before it began";
    int64_t began_us = clock_mono_us();
    facts->began = clock_wall_us();
    display_stage_begin(&run->display, stage);
    if (reason != NULL)
        not_carried_out(run, stage, OUTCOME_UNKNOWN, reason);
    else
        carry_out(run, stage, first);
    facts->took_us = clock_mono_us() - began_us;
    run->begun |= 1U << stage;
    run->refused = is_refused(run, stage, first);
    if (run->refused)
        return;
    if (stage == STAGE_preflight) /* which has found out what the head tells */
        display_head(&run->display, run->record);
    display_stage_end(&run->display, facts);
}

/* The exit status: what the checks say, unless an error of ours weighs more. */
static int exit_status(struct run *run, const struct err *first)
{
    struct record *r = run->record;
    check_conclude(r, run->config->strict, run->intr.signo);
    if (first->code == ERR_DEFECT) {
        r->verdict = VERDICT_UNKNOWN;
        r->exit_code = err_exit_status(ERR_DEFECT);
    }
    return (int)r->exit_code;
}

static void fill_run_facts(struct run *run)
{
    struct run_facts *facts = &run->record->run;
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    facts->id = new_run_id(run->arena);
    facts->name = run->config->name;
    facts->scenario = run->config->file;
    facts->host = arena_strdup(run->arena, host);
    facts->began = clock_wall_us();
    run_describe_machine(run);
}

static bool open_run(struct run *run, const struct plan *plan, const struct config *config,
                     struct err *e)
{
    struct arena *a = run->arena;
    *run = (struct run){.arena = a, .config = config, .plan = plan, .record = record_new(a)};
    display_open(&run->display, config);
    run->undo = undo_new(a);
    run->report_paths = vec_new(a, sizeof(const char *));
    if (!interrupt_open(&run->intr, e)) /* first of all: what comes later starts programs */
        return false;
    fill_run_facts(run);
    run->record->run.command = plan->command;
    return check_plan(run->record, config, stages_of(plan), e);
}

void run_end(struct run *run)
{
    pg_cleanup(&run->restored);
    pg_cleanup(&run->into);
    inventory_cleanup(&run->inventory);
    plan_cleanup(&run->early);
    interrupt_cleanup(&run->intr);
    display_cleanup(&run->display);
}

static int say_error(const struct err *e)
{
    log_line(LOG_ERROR, "%s", e->text);
    return err_exit_status(e->code);
}

/* A proof that nobody can read is none, and neither is one that leaves something behind. */
static int proven_but(struct record *r, const char *what, const char *why)
{
    r->verdict = VERDICT_UNKNOWN;
    r->exit_code = err_exit_status(ERR_SYSTEM);
    r->conclusion = arena_printf(r->checks.arena, "%s, but %s: %s", r->conclusion, what, why);
    return (int)r->exit_code;
}

/* Whatever was leased is given back. */
static int refuse(struct run *run, const struct err *e)
{
    struct vec failures = vec_new(run->arena, sizeof(const char *));
    (void)undo_all(&run->undo, &failures);
    display_end(&run->display, true);
    return say_error(e);
}

/* Everything but the report. */
static void run_stages(struct run *run, struct err *first)
{
    const struct plan *plan = run->plan;
    int64_t began_us = clock_mono_us();
    for (size_t i = 0; i < plan->n_stages && !run->refused; i++)
        if (plan->order[i] != STAGE_report)
            run_stage(run, plan->order[i], first);
    run->record->run.ended = clock_wall_us();
    run->record->run.took_us = clock_mono_us() - began_us;
}

void run_show(struct run *run)
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    if (!run->config->verify_json) {
        display_conclusion(&run->display, run->record, &run->report_paths);
        return;
    }
    report_json(run->record, &text);
    buf_clear(&run->display.held);
    run->display.quiet = false;
    display_text(&run->display, buf_text(&text));
}

int run_plan(struct arena *a, const struct config *config, const struct plan *plan)
{
    struct err first = {0};
    CLEANUP(run_end) struct run run = {.arena = a};
    if (!open_run(&run, plan, config, &first))
        return say_error(&first);
    run_stages(&run, &first);
    if (run.refused)
        return refuse(&run, &first);
    int status = exit_status(&run, &first);
    if (plan->concluded != NULL)
        plan->concluded(&run);
    if (run_has_stage(&run, STAGE_report))
        run_stage(&run, STAGE_report, &first);
    if (record_stage(run.record, STAGE_report)->outcome == OUTCOME_UNKNOWN && status == 0)
        status = proven_but(run.record, "the report could not be written",
                            record_stage(run.record, STAGE_report)->reason);
    if (plan->show != NULL)
        plan->show(&run);
    else
        run_show(&run);
    display_end(&run.display, status == 0);
    return status;
}

int run_rehearse(struct arena *a, const struct config *config)
{
    static const struct plan plan = {
        .command = "run", .order = all_stages, .n_stages = COUNT_OF(all_stages)};
    return run_plan(a, config, &plan);
}

/* With --json the record goes to standard output, whatever the verdict; else the page for people.
 */
static void show_verified(struct run *run)
{
    CLEANUP(buf_cleanup) struct buf text = {0};
    if (run->config->verify_json) {
        report_json(run->record, &text);
        run->display.quiet = false;
        display_text(&run->display, buf_text(&text));
    } else if (run->display.json) {
        display_conclusion(&run->display, run->record, &run->report_paths);
    } else {
        if (run->config->verify_list)
            report_list(run->record, &text);
        report_verify(run->record, run->display.color, &text);
        display_text(&run->display, buf_text(&text));
    }
    display_end(&run->display, run->record->verdict == VERDICT_PASSED);
}

int run_verify_quietly(struct run *run, const struct config *config, const char *path)
{
    static const enum stage order[] = {STAGE_verify};
    static const struct plan plan = {
        .command = "verify", .order = order, .n_stages = 1, .without_servers = true};
    struct err e = {0}, left = {0};
    if (!open_run(run, &plan, config, &e))
        return say_error(&e);
    struct stage_facts *facts = record_stage(run->record, STAGE_verify);
    facts->began = clock_wall_us();
    int64_t began_us = clock_mono_us();
    run->place = run_place(run);
    if (!place_find(&run->place, path, &e))
        return say_error(&e);
    run->backup_path = run->place.path;
    display_stage_begin(&run->display, STAGE_verify);
    carry_out(run, STAGE_verify, &e);
    bool clean = run_leave_nothing(run, STAGE_verify, &left);
    run_note_gaps(run);
    facts->took_us = clock_mono_us() - began_us;
    run->record->run.ended = clock_wall_us();
    run->record->run.took_us = facts->took_us;
    int status = exit_status(run, &e);
    if (!clean && status == 0)
        status = proven_but(run->record, "something was left behind", left.text);
    return status;
}

int run_verify(struct arena *a, const struct config *config, const char *path)
{
    CLEANUP(run_end) struct run run = {.arena = a};
    struct config own = *config;
    own.compare_content = "none"; /* there is nothing to compare with */
    int status = run_verify_quietly(&run, &own, path);
    if (run.record != NULL && run.record->conclusion != NULL)
        show_verified(&run);
    return status;
}
