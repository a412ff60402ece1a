/* SPDX-License-Identifier: PostgreSQL */
/* The makers of the faults in faults.def. */
#ifndef PGR_FAULTS_FAULTS_H
#define PGR_FAULTS_FAULTS_H

#include "base/arena.h"
#include "base/str.h"

/* Gives the faulty bytes, made from the sound ones. */
typedef struct slice fault_fn(struct arena *a, struct slice in);

#define SQL_FAULT(name, check, outcome, code) fault_fn fault_##name;
#define FILE_FAULT(name, variant, check, outcome, code) fault_fn fault_file_##name;
#include "faults/faults.def"
#undef SQL_FAULT
#undef FILE_FAULT

#endif
