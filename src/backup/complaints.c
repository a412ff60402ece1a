/* SPDX-License-Identifier: PostgreSQL */
#include "backup/child.h"
#include "base/buf.h"
#include "base/str.h"

#include <string.h>

/* "pg_dump: warning: text" gives the text; NULL when the line does not start so. */
static const char *after_label(const char *line, const char *label)
{
    size_t n = strlen(label);
    if (!str_starts(line, "pg_dump: ") || strncmp(line + 9, label, n) != 0)
        return NULL;
    return line + 9 + n;
}

static const char *follow_up(const char *line)
{
    const char *detail = after_label(line, "detail: ");
    return detail != NULL ? detail : after_label(line, "hint: ");
}

/* Messages that begin with `label`, their details and hints appended; pushes texts. */
static void collect(struct arena *a, const char *text, const char *label, struct vec *messages)
{
    char *rest = arena_strdup(a, text), *line;
    bool inside = false;
    while ((line = strsep(&rest, "\n")) != NULL) {
        const char *begun = after_label(line, label), *more = follow_up(line);
        if (begun != NULL)
            *(const char **)vec_push(messages) = begun;
        if (inside && begun == NULL && more != NULL) {
            const char **last = vec_at(messages, messages->n - 1);
            *last = arena_printf(a, "%s; %s", *last, more);
        }
        inside = begun != NULL || (inside && more != NULL);
    }
}

static const char *last_line(struct arena *a, const char *text)
{
    char *rest = arena_strdup(a, text), *line;
    const char *last = NULL;
    while ((line = strsep(&rest, "\n")) != NULL)
        if (*line != '\0')
            last = line;
    return last == NULL ? "it gave no reason" : last;
}

const char *dump_child_last_words(struct arena *a, const char *text)
{
    struct vec errors = vec_new(a, sizeof(const char *));
    collect(a, text, "error: ", &errors);
    if (errors.n == 0)
        return last_line(a, text);
    CLEANUP(buf_cleanup) struct buf words = {0};
    VEC_EACH (const char *const, one, &errors)
        buf_printf(&words, "%s%s", words.n == 0 ? "" : "; ", *one);
    return arena_strdup(a, buf_text(&words));
}

void dump_child_warnings(struct arena *a, const char *text, struct record *r)
{
    struct vec warnings = vec_new(a, sizeof(const char *));
    collect(a, text, "warning: ", &warnings);
    VEC_EACH (const char *const, one, &warnings)
        record_finding(r, (struct finding){
                              .code = "PG_DUMP_WARNING",
                              .severity = SEVERITY_WARNING,
                              .blame = BLAME_SOURCE,
                              .stage = STAGE_backup,
                              .subject = "pg_dump",
                              .text = *one,
                              .recommendation =
                                  "read what pg_dump warns about: part of the database may not "
                                  "come back as it was",
                          });
}
