/* SPDX-License-Identifier: PostgreSQL */
/* filter_gzip and filter_zlib with a decoder of one's choice: the tests hold all of them to the
 * same contract. */
#ifndef PGR_IO_FILTER_GZIP_H
#define PGR_IO_FILTER_GZIP_H

#include "io/filter.h"
#include "io/inflate.h"

struct source *filter_gzip_by(struct arena *a, struct source *below, struct filter_facts *facts,
                              const struct inflate_ops *ops);

struct source *filter_zlib_by(struct arena *a, struct source *below, struct filter_facts *facts,
                              const struct inflate_ops *ops);

#endif
