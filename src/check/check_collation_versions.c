/* SPDX-License-Identifier: PostgreSQL */
/* Does the restored copy sort as the source does? */
#include "base/embed.h"
#include "base/str.h"
#include "check/ask.h"

#include <ctype.h>

EMBED(collation_versions_sql, "src/check/collation_versions.sql");

/* "en_US.UTF-8" and "en_US.utf8" are one locale. */
static bool same_locale(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    while (*a != '\0' || *b != '\0') {
        if (*a == '-') {
            a++;
        } else if (*b == '-') {
            b++;
        } else if (tolower((unsigned char)*a++) != tolower((unsigned char)*b++)) {
            return false;
        }
    }
    return true;
}

static const char *describe(struct arena *a, const struct server_facts *s)
{
    return arena_printf(a, "%s %s/%s by %s%s%s", s->encoding == NULL ? "?" : s->encoding,
                        s->collate == NULL ? "?" : s->collate, s->ctype == NULL ? "?" : s->ctype,
                        s->locale_provider == NULL ? "?" : s->locale_provider,
                        s->icu_locale == NULL ? "" : " ",
                        s->icu_locale == NULL ? "" : s->icu_locale);
}

static bool sorts_alike(const struct server_facts *a, const struct server_facts *b)
{
    return same_locale(a->encoding, b->encoding) && same_locale(a->collate, b->collate) &&
           same_locale(a->ctype, b->ctype) && same_locale(a->locale_provider, b->locale_provider) &&
           same_locale(a->icu_locale, b->icu_locale);
}

static struct answer differs(const struct evidence *ev)
{
    const char *text = arena_printf(ev->arena, "the source is %s, the restored copy %s",
                                    describe(ev->arena, &ev->record->source),
                                    describe(ev->arena, &ev->record->target));
    ask_finding(ev, &check_collation_versions,
                (struct finding){.code = "LOCALE_DIFFERS",
                                 .severity = SEVERITY_WARNING,
                                 .blame = BLAME_ENVIRONMENT,
                                 .subject = ev->record->target.database,
                                 .text = text,
                                 .recommendation =
                                     "install the locale of the source on this machine: "
                                     "order and uniqueness of texts depend on it"});
    return ask_answer(ev, OUTCOME_WARNED, "%s", text);
}

static struct answer ask(const struct evidence *ev)
{
    struct answer answer = ask_list(
        ev, &(struct ask_list){.check = &check_collation_versions,
                               .sql = collation_versions_sql,
                               .one = "collation",
                               .many = "collations",
                               .code = "COLLATION_VERSION",
                               .severity = SEVERITY_WARNING,
                               .blame = BLAME_ENVIRONMENT,
                               .recommendation = "REINDEX what uses it, then ALTER COLLATION "
                                                 "... REFRESH VERSION"});
    if (answer.outcome != OUTCOME_PASSED)
        return answer;
    const struct server_facts *source = &ev->record->source;
    record_gap(ev->record, "version of the source's collation library", "a dump does not hold it");
    if (source->collate == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the locale of the source is not known");
    if (!sorts_alike(source, &ev->record->target))
        return differs(ev);
    return ask_answer(ev, OUTCOME_PASSED, "%s on both sides", describe(ev->arena, source));
}

const struct check check_collation_versions = {
    .name = "collation_versions",
    .stage = STAGE_integrity,
    .required = false,
    .exit_code = 1,
    .question = "does the restored copy sort as the source does?",
    .doc =
        "Encoding, locale and provider of source and copy, and the version of every collation of "
        "the copy; a difference is a warning. The locale of a file's source is not known.",
    .ask = ask,
};
