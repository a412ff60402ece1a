/* SPDX-License-Identifier: PostgreSQL */
/* A record in which everything is filled, made by walking the tables of the model. */
#ifndef PGR_UNIT_REPORT_SAMPLE_H
#define PGR_UNIT_REPORT_SAMPLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/record.h"

/* Every text is there, every figure known, every list has two elements. */
struct record *sample_full(struct arena *a);

/* report_json() of it. */
const char *sample_json(struct arena *a);

#endif
