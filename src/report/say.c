/* SPDX-License-Identifier: PostgreSQL */
#include "report/say.h"

#include "base/buf.h"
#include "base/str.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

const char *say_text(const char *text)
{
    return text == NULL ? "" : text;
}

const char *say_item(const struct vec *texts, size_t i)
{
    return *(const char *const *)vec_at(texts, i);
}

const char *say_maybe(struct arena *a, struct maybe m)
{
    return m.known ? str_count(a, m.value) : "-";
}

/* As int64_t; what does not fit or is no number becomes the nearest that does, or 0. */
static int64_t whole(double x)
{
    if (!(fabs(x) < 9e18))
        return x > 0 ? INT64_MAX : x < 0 ? INT64_MIN : 0;
    return llround(x);
}

const char *say_rate(struct arena *a, double per_second)
{
    if (fabs(per_second) >= 10 || per_second == floor(per_second))
        return str_count(a, whole(per_second));
    return arena_printf(a, "%.1f", per_second);
}

/* Appends ", text" or, at the beginning, "text". */
static void add(struct buf *out, const char *separator, const char *text)
{
    if (*say_text(text) == '\0')
        return;
    buf_puts(out, out->n == 0 ? "" : separator);
    buf_puts(out, text);
}

static const char *verdict_word(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASSED:
        return "PASSED";
    case VERDICT_FAILED:
        return "FAILED";
    case VERDICT_INTERRUPTED:
        return "INTERRUPTED";
    case VERDICT_UNKNOWN:
    case VERDICT_WORDS:
        break;
    }
    return "UNKNOWN";
}

const char *say_verdict(struct arena *a, const struct record *r)
{
    size_t warnings = record_count_findings(r, SEVERITY_WARNING);
    const char *word = verdict_word(r->verdict);
    if (r->verdict != VERDICT_PASSED || warnings == 0)
        return word;
    return arena_printf(a, "%s with %s", word,
                        str_number_of(a, (int64_t)warnings, "warning", "warnings"));
}

/* `text` with a full stop unless it ends a sentence already. */
static const char *sentence(struct arena *a, const char *text)
{
    size_t n = strlen(text);
    bool ended = n == 0 || strchr(".!?", text[n - 1]) != NULL;
    return ended ? text : arena_printf(a, "%s.", text);
}

const char *say_conclusion(struct arena *a, const struct record *r)
{
    const char *text = say_text(r->conclusion);
    const char *word = verdict_word(r->verdict);
    size_t n = strlen(word);
    if (strncasecmp(text, word, n) == 0 && strchr(":.", text[n]) != NULL && text[n] != '\0')
        text += n + 1 + strspn(text + n + 1, " ");
    char *copy = arena_strdup(a, text);
    copy[0] = (char)toupper((unsigned char)copy[0]);
    return sentence(a, copy);
}

const char *say_figure(struct arena *a, double value, const char *unit)
{
    if (str_eq(unit, "us"))
        return str_duration(a, whole(value));
    if (str_eq(unit, "bytes"))
        return str_bytes(a, (uint64_t)whole(fabs(value)));
    if (str_eq(unit, "percent"))
        return str_percent(a, value);
    return arena_printf(a, "%g %s", value, say_text(unit));
}

/* "restore time" of "objectives.restore_time" */
static char *objective_words(struct arena *a, const struct objective *o)
{
    const char *name = say_text(o->name);
    if (str_starts(name, "objectives."))
        name += strlen("objectives.");
    char *words = arena_strdup(a, name);
    for (char *c = words; *c != '\0'; c++)
        *c = *c == '_' || *c == '.' ? ' ' : *c;
    return words;
}

const char *say_objective_title(struct arena *a, const struct objective *o)
{
    char *title = objective_words(a, o);
    title[0] = (char)toupper((unsigned char)title[0]);
    return title;
}

const char *say_objective(struct arena *a, const struct objective *o)
{
    if (o->text != NULL)
        return sentence(a, o->text);
    const char *title = say_objective_title(a, o), *limit = say_figure(a, o->limit, o->unit);
    if (!isfinite(o->measured))
        return arena_printf(a, "%s not measured (limit %s).", title, limit);
    return arena_printf(a, "%s %s of %s.", title, say_figure(a, o->measured, o->unit), limit);
}

static bool is_unmeasured(const struct objective *o)
{
    return o->outcome == OUTCOME_UNKNOWN && !isfinite(o->measured);
}

const char *say_objectives(struct arena *a, const struct record *r)
{
    CLEANUP(buf_cleanup) struct buf judged = {0};
    CLEANUP(buf_cleanup) struct buf unmeasured = {0};
    VEC_EACH (const struct objective, o, &r->objectives) {
        if (is_unmeasured(o))
            add(&unmeasured, ", ", objective_words(a, o));
        else if (o->outcome != OUTCOME_SKIPPED && o->outcome != OUTCOME_PENDING)
            add(&judged, "  ", say_objective(a, o));
    }
    if (unmeasured.n > 0)
        add(&judged, "  ", arena_printf(a, "Not measured: %s.", buf_text(&unmeasured)));
    return arena_strdup(a, buf_text(&judged));
}

const char *say_stage(struct arena *a, const struct stage_facts *stage)
{
    const char *summary = say_text(stage->summary), *reason = say_text(stage->reason);
    if (*summary == '\0' || strcmp(summary, reason) == 0)
        return reason;
    if (*reason == '\0' || stage->outcome == OUTCOME_PASSED)
        return summary;
    return arena_printf(a, "%s; %s", summary, reason);
}

const char *say_finding(struct arena *a, const struct finding *f)
{
    const char *subject = say_text(f->subject), *text = say_text(f->text);
    if (*subject == '\0' || strstr(text, subject) != NULL)
        return text;
    return arena_printf(a, "%s: %s", subject, text);
}

const char *say_version(struct arena *a, const char *version)
{
    const char *start = say_text(version);
    if (str_starts(start, "PostgreSQL "))
        start += strlen("PostgreSQL ");
    return arena_strndup(a, start, strcspn(start, " ,("));
}

const char *say_backup(struct arena *a, const struct backup_facts *b)
{
    CLEANUP(buf_cleanup) struct buf out = {0};
    const char *packing = say_text(b->compression);
    if (!str_eq(packing, "none"))
        add(&out, ", ", packing);
    if (b->members > 0)
        add(&out, ", ", str_number_of(a, b->members, "member", "members"));
    if (b->size_bytes > 0)
        add(&out, ", ", str_bytes(a, (uint64_t)b->size_bytes));
    if (b->member != NULL)
        add(&out, ", ", arena_printf(a, "member \"%s\"", b->member));
    const char *format = say_text(b->format);
    if (*format != '\0')
        add(&out, "; ",
            str_eq(format, "plain") ? "plain SQL" : arena_printf(a, "%s format", format));
    if (b->dump_tool != NULL)
        add(&out, " ", arena_printf(a, "of pg_dump %s", say_version(a, b->dump_tool)));
    if (b->server_version != NULL)
        add(&out, " ", arena_printf(a, "from PostgreSQL %s", say_version(a, b->server_version)));
    if (b->database != NULL)
        add(&out, ", ", arena_printf(a, "database \"%s\"", b->database));
    add(&out, ", ", b->encoding);
    add(&out, "; ", b->chosen);
    return arena_strdup(a, buf_text(&out));
}

const char *say_contents(struct arena *a, const struct backup_facts *b)
{
    if (b->sql_bytes <= 0)
        return "";
    return arena_printf(a, "%s, %s, %s of SQL", str_number_of(a, b->tables, "table", "tables"),
                        str_number_of(a, b->rows, "row", "rows"),
                        str_bytes(a, (uint64_t)b->sql_bytes));
}

const char *say_server(struct arena *a, const struct server_facts *s)
{
    CLEANUP(buf_cleanup) struct buf in = {0};
    if (s->version != NULL)
        add(&in, ", ", arena_printf(a, "PostgreSQL %s", say_version(a, s->version)));
    if (s->size_bytes.known)
        add(&in, ", ", str_bytes(a, (uint64_t)s->size_bytes.value));
    if (s->tables.known)
        add(&in, ", ", str_number_of(a, s->tables.value, "table", "tables"));
    const char *name = s->database != NULL ? s->database : say_text(s->dsn);
    return in.n == 0 ? name : arena_printf(a, "%s (%s)", name, buf_text(&in));
}
