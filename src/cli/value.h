/* SPDX-License-Identifier: PostgreSQL */
/* Texts into typed members of the configuration. */
#ifndef PGR_CLI_VALUE_H
#define PGR_CLI_VALUE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/config.h"

/* A text and where it comes from. */
struct value_item {
    const char *text;
    enum opt_origin origin;
};

/*
 * Sets one option from a text. A list gets one item more, unless what it holds came from a weaker
 * origin: then it starts anew. ERR_USAGE says what is expected; a secret is never in the text.
 * DSN: "env:NAME" and "file:PATH" are read from there.
 */
MUST bool value_set(struct arena *a, struct config *c, const struct opt *opt,
                    struct value_item given, struct err *e);

/* Sets every default. */
void value_set_defaults(struct arena *a, struct config *c);

/* The words of a choice, blank-separated, and its default, from the row. */
const char *value_choices(struct arena *a, const struct opt *opt);
const char *value_default(struct arena *a, const struct opt *opt);

/* "duration", "list of texts" … as help and messages call a kind, with an example. */
const char *value_kind_name(enum opt_kind kind);
const char *value_kind_hint(enum opt_kind kind);

/* "--load-users" and "PG_REHEARSE_LOAD_USERS" for the key load.users. */
const char *value_flag(struct arena *a, const struct opt *opt);
const char *value_env(struct arena *a, const struct opt *opt);

/* The row whose key is `key`, or NULL. */
const struct opt *value_find(const char *key);

#endif
