/* SPDX-License-Identifier: PostgreSQL */
/* What the words of a server's message tell. */
#include "restore/reject.h"

#include <stdlib.h>
#include <string.h>

/* Behind `words`, or NULL. */
static const char *behind(const char *text, const char *words)
{
    const char *at = text == NULL ? NULL : strstr(text, words);
    return at == NULL ? NULL : at + strlen(words);
}

int64_t copy_row(const char *message)
{
    const char *line = behind(behind(behind(message, "context: "), "COPY "), ", line ");
    return line == NULL ? 0 : strtoll(line, NULL, 10);
}

const char *message_quoted(struct arena *a, const char *message)
{
    const char *from = behind(message, "\"");
    const char *to = from == NULL ? NULL : strchr(from, '"');
    return to == NULL ? NULL : arena_strndup(a, from, (size_t)(to - from));
}

/* Contexts: SQL function "f" during inlining; PL/pgSQL function public.f(integer) line 1 at … */
const char *message_function(struct arena *a, const char *message)
{
    const char *context = behind(message, "context: ");
    const char *sql = behind(context, "SQL function "), *pl = behind(context, "/pgSQL function ");
    if (sql != NULL && (pl == NULL || sql < pl))
        return message_quoted(a, sql);
    const char *close = pl == NULL ? NULL : strchr(pl, ')');
    return close == NULL ? NULL : arena_strndup(a, pl, (size_t)(close - pl) + 1);
}

/* The arguments of a function may have schemas: its name ends where they begin. */
static bool is_qualified(const char *name)
{
    return memchr(name, '.', strcspn(name, "(")) != NULL;
}

const char *message_unqualified(struct arena *a, const char *message)
{
    static const char missing[] = " does not exist", operator[] = "operator does not exist: ";
    if (str_starts(message, operator)) {
        const char *name = message + strlen(operator);
        return arena_strndup(a, name, strcspn(name, ";"));
    }
    const char *end = strstr(message, missing);
    if (end == NULL)
        return NULL;
    const char *name = message_quoted(a, arena_strndup(a, message, (size_t)(end - message)));
    if (str_starts(message, "function "))
        name = arena_strndup(a, message + strlen("function "),
                             (size_t)(end - message) - strlen("function "));
    return name == NULL || is_qualified(name) ? NULL : name;
}
