/* SPDX-License-Identifier: PostgreSQL */
/* Follows what a dump sets in its session, so that another connection can be brought to the same.
 */
#ifndef PGR_RESTORE_SESSION_H
#define PGR_RESTORE_SESSION_H

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "dump/names.h"
#include "restore/classify.h"

#include <stdbool.h>

/* A state of the session: statements that lead to it, each with a semicolon. Equal states of one
 * session have equal pointers. The encoding has to be set before the others are sent: they are
 * written in it. */
struct epoch {
    const char *encoding, *settings;
};

/* Ready with session_new; to be given back with session_cleanup. */
struct session {
    struct arena *arena;
    struct vec settings; /* struct setting, in the order in which they take effect */
    struct names texts;
    struct meaning meaning;
    struct epoch now;
    bool stale; /* `now` is to be made anew */
};

struct session session_new(struct arena *a);
void session_cleanup(struct session *s); /* takes a zeroed one */

/* A statement of CLASS_SESSION was executed. False: it cannot be followed. */
MUST bool session_note(struct session *s, struct slice statement);

/* The state as it is now. */
struct epoch session_epoch(struct session *s);

#endif
