/* SPDX-License-Identifier: PostgreSQL */
#include "lib/nasty.h"

#include "base/embed.h"
#include "lib/cluster.h"

EMBED(nasty_sql, "tests/lib/nasty.sql");

void nasty_fill(const char *dsn)
{
    test_cluster_sql(dsn, nasty_sql);
}

void nasty_drop_roles(const char *dsn)
{
    test_cluster_sql(dsn, "DROP ROLE IF EXISTS nasty_owner; DROP ROLE IF EXISTS \"nasty Reader\"; "
                          "DROP ROLE IF EXISTS \"nasty \"\"quote\"\"\"");
}
