/* SPDX-License-Identifier: PostgreSQL */
/* Teardown: everything is undone, last in, first out, and its absence proved. */
#include "run/run.h"

bool run_leave_nothing(struct run *run, enum stage stage, struct err *e)
{
    struct vec failures = vec_new(run->arena, sizeof(const char *));
    interrupt_mask(&run->intr);
    pg_cleanup(&run->restored);
    if (undo_all(&run->undo, &failures))
        return true;
    VEC_EACH (const char *, failure, &failures)
        record_finding(
            run->record,
            (struct finding){
                .code = "LEFT_BEHIND",
                .severity = SEVERITY_CRITICAL,
                .blame = BLAME_ENVIRONMENT,
                .stage = stage,
                .check = stage == STAGE_teardown ? "nothing_left" : NULL,
                .subject = run->work_dir,
                .text = *failure,
                .recommendation = "run pg_rehearse reap; what is left may hold production data",
            });
    return err_set(e, ERR_SYSTEM, "%s", *(const char **)vec_at(&failures, 0));
}

bool stage_teardown(struct run *run, struct err *e)
{
    if (!run_leave_nothing(run, STAGE_teardown, e))
        return false;
    run_summary(run, STAGE_teardown, "nothing left behind");
    return true;
}
