/* SPDX-License-Identifier: PostgreSQL */
/* Integrity: the checks of this stage ask the restored server themselves. */
#include "run/run.h"

bool stage_integrity(struct run *run, struct err *e)
{
    if (run->restored.conn == NULL)
        return err_set(e, ERR_DEFECT, "no connection to the restored database");
    return interrupt_check(&run->intr, e);
}
