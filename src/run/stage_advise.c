/* SPDX-License-Identifier: PostgreSQL */
/* Advise: objectives and recommendations, from the record alone. */
#include "advise/advise.h"
#include "run/run.h"

bool stage_advise(struct run *run, struct err *e)
{
    (void)e;
    advise_objectives(run->arena, run->config, run->record);
    advise_recommend(run->arena, run->config, run->record);
    size_t met = 0, judged = 0, n = run->record->recommendations.n;
    VEC_EACH (const struct objective, o, &run->record->objectives) {
        met += o->outcome == OUTCOME_PASSED;
        judged += o->outcome != OUTCOME_SKIPPED;
    }
    run_summary(run, STAGE_advise, "%zu of %zu objectives met, %zu recommendation%s", met, judged,
                n, n == 1 ? "" : "s");
    return true;
}
