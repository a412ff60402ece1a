/* SPDX-License-Identifier: PostgreSQL */
/* The makers of the faults in archives.def. */
#ifndef PGR_FAULTS_ARCHIVES_H
#define PGR_FAULTS_ARCHIVES_H

#include "lib/archives.h"

#define MODEL_FAULT(name, form, check, outcome, code) void fault_model_##name(struct model *m);
#define BYTES_FAULT(name, form, check, outcome, code)                                              \
    struct slice fault_bytes_##name(struct arena *a, struct slice in);
#include "faults/archives.def"
#undef MODEL_FAULT
#undef BYTES_FAULT

#endif
