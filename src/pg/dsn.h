/* SPDX-License-Identifier: PostgreSQL */
/* Private to this folder: connection strings taken apart by libpq. */
#ifndef PGR_PG_DSN_H
#define PGR_PG_DSN_H

#include "pg/pg.h"

void dsn_options_cleanup(PQconninfoOption **options);

/* Can libpq read it? ERR_USAGE otherwise, with libpq's words but nothing that may be a secret. */
MUST bool dsn_check(const char *dsn, struct err *e);

#endif
