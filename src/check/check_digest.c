/* SPDX-License-Identifier: PostgreSQL */
/* Is the file the one that was written, as those say who know its digest? */
#include "base/str.h"
#include "check/ask.h"

static const char *measured(const struct backup_facts *b, const struct digest_claim *c)
{
    if (c->found != NULL)
        return c->found;
    return str_eq(c->algorithm, "md5") ? b->md5 : b->sha256;
}

/* A digest that differs. What only looks like a digest proves nothing. */
static void differs(const struct evidence *ev, const struct digest_claim *c, const char *is)
{
    ask_finding(
        ev, &check_digest,
        (struct finding){
            .code = "DIGEST_MISMATCH",
            .severity = c->sure ? SEVERITY_CRITICAL : SEVERITY_WARNING,
            .blame = BLAME_BACKUP,
            .subject = c->source,
            .text = arena_printf(ev->arena, "%s should be %s, and is %s%s", c->algorithm, c->digest,
                                 is, c->sure ? "" : ", unless this server's ETags are no MD5"),
            .recommendation = "get the file again from where it was written; what lies here is "
                              "not what was meant to",
        });
}

static void unreadable(const struct evidence *ev, const struct digest_claim *c)
{
    ask_finding(ev, &check_digest,
                (struct finding){
                    .code = "DIGEST_UNREADABLE",
                    .severity = SEVERITY_WARNING,
                    .blame = BLAME_BACKUP,
                    .subject = c->source,
                    .text = arena_printf(ev->arena, "it cannot be used: %s", c->problem),
                    .recommendation = "write it with sha256sum, or remove it",
                });
}

struct tally {
    size_t fit, differ, unusable, unread;
    const char *who; /* the last that differs, else that fits */
};

static void weigh(const struct evidence *ev, const struct digest_claim *c, struct tally *t)
{
    const char *is = measured(&ev->record->backup, c);
    if (c->problem != NULL) {
        t->unusable++;
    } else if (is == NULL) {
        t->unread++;
    } else if (str_eq(is, c->digest)) {
        t->fit++;
        t->who = t->differ > 0 ? t->who : c->source;
    } else {
        differs(ev, c, is);
        t->differ++;
        t->who = c->source;
    }
}

/* What only may be a digest is asked when nothing better speaks for the file. */
static struct tally weigh_all(const struct evidence *ev, bool sure)
{
    struct tally t = {0};
    VEC_EACH (const struct digest_claim, c, &ev->record->backup.digests)
        if (c->sure == sure)
            weigh(ev, c, &t);
    return t;
}

static struct answer ask(const struct evidence *ev)
{
    const struct backup_facts *b = &ev->record->backup;
    VEC_EACH (const struct digest_claim, c, &b->digests)
        if (c->problem != NULL)
            unreadable(ev, c);
    struct tally sure = weigh_all(ev, true);
    if (sure.differ > 0)
        return ask_answer(ev, OUTCOME_FAILED, "the file is not what %s says", sure.who);
    if (sure.unread > 0)
        return ask_answer(ev, OUTCOME_UNKNOWN, "the file was not read to its end");
    if (sure.fit > 0)
        return ask_answer(ev, OUTCOME_PASSED, "the file is what %s says", sure.who);
    struct tally other = weigh_all(ev, false);
    if (other.differ > 0)
        return ask_answer(ev, OUTCOME_WARNED, "the file is not what %s says", other.who);
    if (other.unusable > 0)
        return ask_answer(ev, OUTCOME_WARNED, "unverified: the digest beside it cannot be used");
    if (other.fit > 0)
        return ask_answer(ev, OUTCOME_PASSED, "the file is what %s says", other.who);
    if (str_eq(b->origin, "taken"))
        return ask_answer(ev, OUTCOME_SKIPPED, "the dump was taken by this run");
    return ask_answer(ev, OUTCOME_SKIPPED, "unverified: no sidecar");
}

const struct check check_digest = {
    .name = "digest",
    .stage = STAGE_verify,
    .required = true,
    .exit_code = 1,
    .question = "is the file the one that was written?",
    .doc =
        "Compares the file with FILE.sha256, SHA256SUMS and FILE.manifest.json beside it, and "
        "an object with the digests that an S3 server sends. The files of a directory archive "
        "may be listed one by one, also in SHA256SUMS in the folder; the digest of the folder is "
        "that of `sha256sum *.dat* *.toc | LC_ALL=C sort -k 2`. Without any of them it is "
        "skipped: unverified.",
    .ask = ask,
};
