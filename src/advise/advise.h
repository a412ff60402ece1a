/* SPDX-License-Identifier: PostgreSQL */
/* Judges the objectives and works out recommendations from the figures of the record. */
#ifndef PGR_ADVISE_ADVISE_H
#define PGR_ADVISE_ADVISE_H

#include "base/arena.h"
#include "model/config.h"
#include "model/record.h"

/* Fills record->objectives (unknown where there is no figure) and a finding for each one missed. */
void advise_objectives(struct arena *a, const struct config *config, struct record *r);

/* Fills record->recommendations; every one names its evidence. Pure: the record is all it reads. */
void advise_recommend(struct arena *a, const struct config *config, struct record *r);

#endif
