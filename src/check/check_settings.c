/* SPDX-License-Identifier: PostgreSQL */
/* Does the dump set what breaks its restore: timeouts, or settings that the server does not know?
 */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

#include <string.h>

static const struct {
    const char *name;
    int64_t since, gone;
} versions[] = {
#define SETTING(name, since, gone) {#name, since, gone},
#include "check/settings.def"
#undef SETTING
};

static bool is_timeout(const char *name)
{
    static const char *const names[] = {"statement_timeout", "lock_timeout",
                                        "idle_in_transaction_session_timeout",
                                        "transaction_timeout", "idle_session_timeout"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_eq(name, names[i]))
            return true;
    return false;
}

/* "0", "0ms", "default" */
static bool is_zero(const char *value)
{
    char behind = value[strspn(value, "0")];
    return str_eq(value, "default") || (*value == '0' && (behind < '1' || behind > '9'));
}

/* What is found of one sort, in one finding. */
struct sort {
    const char *code;
    enum severity severity;
    enum blame blame;
    const char *text, *recommendation;
    struct listing list;
};

static void tell(const struct evidence *ev, const struct sort *sort)
{
    if (sort->list.n > 0)
        ask_finding(ev, &check_settings,
                    (struct finding){.code = sort->code,
                                     .severity = sort->severity,
                                     .blame = sort->blame,
                                     .subject = listing_text(&sort->list),
                                     .text = sort->text,
                                     .recommendation = sort->recommendation});
}

static void add_versions(const struct evidence *ev, struct sort *newer, struct sort *gone)
{
    int64_t server = ask_major(ev->facts->server_version);
    for (size_t i = 0; i < COUNT_OF(versions); i++) {
        bool is_set = false;
        LISTING_EACH(item, ev->inventory, ITEM_SETTING)
        is_set = is_set || str_eq((*item)->name, versions[i].name);
        if (is_set && server > 0 && server < versions[i].since)
            listing_add(&newer->list, "", versions[i].name);
        if (is_set && versions[i].gone > 0)
            listing_add(&gone->list, "", versions[i].name);
    }
}

static void add_timeouts(const struct evidence *ev, struct sort *here, struct sort *kept)
{
    LISTING_EACH(item, ev->inventory, ITEM_SETTING)
    if (is_timeout((*item)->name) && !is_zero((*item)->scope))
        listing_add(&here->list, "",
                    arena_printf(ev->arena, "%s = %s", (*item)->name, (*item)->scope));
    LISTING_EACH(item, ev->inventory, ITEM_SETTING_KEPT)
    if (is_timeout((*item)->name) && !is_zero((*item)->scope))
        listing_add(&kept->list, "",
                    arena_printf(ev->arena, "%s of %s = %s", (*item)->name,
                                 (*item)->detail == NULL ? "?" : (*item)->detail, (*item)->scope));
}

static struct answer ask_read(const struct evidence *ev)
{
    if (ev->inventory == NULL || ev->facts == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    struct listing none = {.arena = ev->arena};
    struct sort newer = {"SETTING_TOO_NEW",
                         SEVERITY_WARNING,
                         BLAME_ENVIRONMENT,
                         "a server of the version that was dumped does not know this setting and "
                         "rejects the line: pg_dump was newer",
                         "dump with the pg_dump of the server's own major version",
                         none};
    struct sort gone = {"SETTING_GONE",
                        SEVERITY_NOTE,
                        BLAME_ENVIRONMENT,
                        "newer servers have this setting no more and reject the line",
                        "nothing is lost by that",
                        none};
    struct sort here = {"TIMEOUT_SET",
                        SEVERITY_WARNING,
                        BLAME_BACKUP,
                        "the dump sets a timeout for its own restore, which may end it early",
                        "take it out of the dump: pg_dump itself sets all of them to 0",
                        none};
    struct sort kept = {"TIMEOUT_KEPT",
                        SEVERITY_NOTE,
                        BLAME_SOURCE,
                        "roles or the database carry a timeout: restored by such a role, long "
                        "index builds are ended by it",
                        "restore as a role without one",
                        none};
    add_versions(ev, &newer, &gone);
    add_timeouts(ev, &here, &kept);
    const struct sort *const sorts[] = {&here, &newer, &gone, &kept};
    for (size_t i = 0; i < COUNT_OF(sorts); i++)
        tell(ev, sorts[i]);
    for (size_t i = 0; i < COUNT_OF(sorts); i++)
        if (sorts[i]->list.n > 0 && sorts[i]->severity > SEVERITY_NOTE)
            return ask_answer(ev, OUTCOME_WARNED, "%s", listing_text(&sorts[i]->list));
    return ask_answer(ev, OUTCOME_PASSED, "%s settings, none that breaks a restore",
                      str_count(ev->arena, (int64_t)inventory_count(ev->inventory, ITEM_SETTING)));
}

static struct answer ask(const struct evidence *ev)
{
    return listing_answer(ev, ask_read(ev));
}

const struct check check_settings = {
    .name = "settings",
    .stage = STAGE_verify,
    .required = false,
    .exit_code = 1,
    .question = "does it set anything that breaks its own restore?",
    .doc = "Timeouts that are not 0, and settings of a newer pg_dump (transaction_timeout) that "
           "the dumped server's version rejects, are warnings; timeouts of roles and of the "
           "database a note.",
    .ask = ask,
};
