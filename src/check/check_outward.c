/* SPDX-License-Identifier: PostgreSQL */
/* What would reach outside the restored database? Listed before anything runs. */
#include "base/str.h"
#include "check/ask.h"
#include "check/listing.h"

/* A kind of thing that reaches outside. The first row that fits an item tells it. */
struct outward {
    enum item_kind kind;
    unsigned with, without;     /* enum item_flag */
    enum reach reach;           /* ITEM_REACH alone */
    bool inside;                /* ITEM_REACH: in the body of a function */
    const char *const *details; /* one of these, NULL-terminated; NULL: any */
    const char *code;
    enum severity severity;
    const char *text;
};

static const char *const native[] = {"c", "internal", NULL};
static const char *const untrusted[] = {"plpythonu", "plpython2u", "plpython3u", "plperlu",
                                        "pltclu",    "plrustu",    "pljavau",    NULL};
static const char *const reaching[] = {"dblink",        "postgres_fdw", "file_fdw",   "mysql_fdw",
                                       "oracle_fdw",    "tds_fdw",      "mongo_fdw",  "redis_fdw",
                                       "pg_cron",       "pg_net",       "http",       "aws_s3",
                                       "pg_background", "adminpack",    "plpython3u", "plpythonu",
                                       "plperlu",       "pltclu",       NULL};

#define N SEVERITY_NOTE
#define W SEVERITY_WARNING
#define C SEVERITY_CRITICAL
#define AT(k) REACH_##k, false
#define IN(k) REACH_##k, true
#define ANY REACH_PROGRAM, false
static const struct outward rows[] = {
    {ITEM_REACH, 0, 0, AT(PROGRAM), NULL, "DO_PROGRAM", C,
     "a block of code runs a program on the server when it is restored; no pg_dump writes that"},
    {ITEM_REACH, 0, 0, AT(SERVER_FILE), NULL, "SERVER_FILE", W,
     "a statement reads or writes files of the server; what it reads is not in the dump"},
    {ITEM_REACH, 0, 0, AT(NETWORK), NULL, "NETWORK_CALL", W,
     "a statement connects to elsewhere when it is restored"},
    {ITEM_REACH, 0, 0, AT(ALTER_SYSTEM), NULL, "ALTER_SYSTEM", W,
     "ALTER SYSTEM changes the settings of the whole server"},
    {ITEM_REACH, 0, 0, AT(DO), NULL, "DO_BLOCK", N, "a block of code runs when it is restored"},
    {ITEM_REACH, 0, 0, IN(PROGRAM), NULL, "FUNCTION_PROGRAM", N,
     "code that runs a program on the server"},
    {ITEM_REACH, 0, 0, IN(SERVER_FILE), NULL, "FUNCTION_SERVER_FILE", N,
     "code that reads or writes files of the server"},
    {ITEM_REACH, 0, 0, IN(NETWORK), NULL, "FUNCTION_NETWORK", N, "code that connects to elsewhere"},
    {ITEM_SUBSCRIPTION, 0, ITEM_NO_CONNECT, ANY, NULL, "SUBSCRIPTION_CONNECTS", W,
     "the subscription connects to its publisher as soon as it is restored"},
    {ITEM_SUBSCRIPTION, 0, 0, ANY, NULL, "SUBSCRIPTION", N,
     "a subscription, restored without a connection: enabled, it would take changes from the "
     "publisher that production uses"},
    {ITEM_USER_MAPPING, ITEM_PASSWORD, 0, ANY, NULL, "PASSWORD_IN_DUMP", N,
     "the user mapping for this foreign server holds a password in clear"},
    {ITEM_SERVER, 0, 0, ANY, NULL, "FOREIGN_SERVER", N,
     "a foreign server: queries of its tables go elsewhere"},
    {ITEM_EVENT_TRIGGER, 0, 0, ANY, NULL, "EVENT_TRIGGER", N,
     "an event trigger runs its function on statements of the restore that come behind it"},
    {ITEM_EXTENSION, 0, 0, ANY, reaching, "EXTENSION_REACHES_OUT", N,
     "an extension whose purpose is to reach outside the database"},
    {ITEM_FUNCTION, 0, 0, ANY, untrusted, "UNTRUSTED_LANGUAGE", N,
     "a function in an untrusted language can do what the server's account can"},
    {ITEM_FUNCTION, 0, 0, ANY, native, "NATIVE_FUNCTION", N,
     "a function in machine code: its library must be there where it is restored"},
    {ITEM_FUNCTION, ITEM_DEFINER, ITEM_PATH_SET, ANY, NULL, "DEFINER_WITHOUT_PATH", N,
     "SECURITY DEFINER without a search_path of its own: who may create objects may act as its "
     "owner"},
};
#undef N
#undef W
#undef C
#undef AT
#undef IN
#undef ANY

static bool is_one_of(const char *text, const char *const *words)
{
    for (; words != NULL && *words != NULL; words++)
        if (str_eq(text, *words))
            return true;
    return words == NULL;
}

static bool fits(const struct outward *row, const struct item *item)
{
    enum item_kind kind = item->kind == ITEM_PROCEDURE ? ITEM_FUNCTION : item->kind;
    if (kind != row->kind || item->n == 0 || (item->flags & row->with) != row->with ||
        (item->flags & row->without) != 0)
        return false;
    if (item->kind == ITEM_REACH)
        return item->value == (int64_t)row->reach && (item->scope[0] != '\0') == row->inside;
    const char *word = item->kind == ITEM_EXTENSION ? item->name : item->detail;
    return is_one_of(word, row->details);
}

static const struct outward *find(const struct item *item)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (fits(&rows[i], item))
            return &rows[i];
    return NULL;
}

/* All items of a row are one finding, and one name "CODE (a, b)" of the list. */
static void tell(const struct evidence *ev, const struct outward *row, struct listing *told)
{
    struct listing list = {.arena = ev->arena};
    uint64_t offset = 0;
    VEC_EACH (struct item *const, item, &ev->inventory->items) {
        if (!fits(row, *item) || find(*item) != row)
            continue;
        bool call = row->kind == ITEM_REACH;
        offset = list.n == 0 ? (*item)->offset : offset;
        listing_add(&list, call || row->kind == ITEM_USER_MAPPING ? "" : (*item)->scope,
                    call ? (*item)->scope : (*item)->name);
    }
    if (list.n == 0)
        return;
    const char *subject = listing_text(&list);
    bool named = subject[0] != '\0';
    ask_finding(ev, &check_outward,
                (struct finding){.code = row->code,
                                 .severity = row->severity,
                                 .blame = BLAME_BACKUP,
                                 .subject = named ? subject : NULL,
                                 .text = row->text,
                                 .offset = KNOWN(offset)});
    listing_add(told, "",
                named ? arena_printf(ev->arena, "%s (%s)", row->code, subject) : row->code);
}

static struct answer ask_read(const struct evidence *ev)
{
    if (ev->inventory == NULL)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the dump was not read");
    struct listing told[SEVERITY_WORDS];
    for (size_t i = 0; i < SEVERITY_WORDS; i++)
        told[i] = (struct listing){.arena = ev->arena};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        tell(ev, &rows[i], &told[rows[i].severity]);
    if (told[SEVERITY_CRITICAL].n > 0)
        return ask_answer(ev, OUTCOME_FAILED, "%s", listing_text(&told[SEVERITY_CRITICAL]));
    if (told[SEVERITY_WARNING].n > 0)
        return ask_answer(ev, OUTCOME_WARNED, "%s", listing_text(&told[SEVERITY_WARNING]));
    if (told[SEVERITY_NOTE].n > 0)
        return ask_answer(ev, OUTCOME_PASSED, "when used: %s", listing_text(&told[SEVERITY_NOTE]));
    return ask_answer(ev, OUTCOME_PASSED, "nothing that reaches outside the database was found");
}

static struct answer ask(const struct evidence *ev)
{
    return listing_answer(ev, ask_read(ev));
}

const struct check check_outward = {
    .name = "outward",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "what would reach outside the restored database?",
    .doc = "Subscriptions, foreign servers, extensions and functions that connect, read files or "
           "run code outside, event triggers, SECURITY DEFINER without a search_path: notes. What "
           "acts while it is restored, which no pg_dump writes, is a warning; a program that "
           "would be run fails (for COPY … PROGRAM see meta_commands). Code that is put together "
           "at run time is not seen.",
    .ask = ask,
};
