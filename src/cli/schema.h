/* SPDX-License-Identifier: PostgreSQL */
/* The JSON Schema of the configuration, made from the option rows. */
#ifndef PGR_CLI_SCHEMA_H
#define PGR_CLI_SCHEMA_H

#include "base/buf.h"

void config_schema(struct buf *out);

#endif
