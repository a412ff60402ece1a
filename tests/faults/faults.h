/* SPDX-License-Identifier: PostgreSQL */
/* The makers of the faults in faults.def. */
#ifndef PGR_FAULTS_FAULTS_H
#define PGR_FAULTS_FAULTS_H

#include "base/arena.h"
#include "base/str.h"

/* A fault gives the faulty bytes, made from the sound ones. */
#define SQL_FAULT(name, check, outcome, code)                                                      \
    struct slice fault_##name(struct arena *a, struct slice in);
#define FILE_FAULT(name, variant, check, outcome, code)                                            \
    struct slice fault_file_##name(struct arena *a, struct slice in);
#define SIDE_FAULT(name, check, outcome, code)                                                     \
    struct slice fault_side_##name(struct arena *a, struct slice in);
#include "faults/faults.def"
#undef SQL_FAULT
#undef FILE_FAULT
#undef SIDE_FAULT

#endif
