/* SPDX-License-Identifier: PostgreSQL */
#include "backup/place.h"

#include "backup/backup.h"
#include "backup/claims.h"
#include "base/clock.h"
#include "base/fs.h"
#include "http/s3_request.h"
#include "io/sink.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- configuration -----------------------------------------------------------------------------
 */

/* The option, else the first variable that is set, else the default. */
static const char *either(const char *option, const char *const *variables, const char *otherwise)
{
    if (option != NULL)
        return option;
    for (; *variables != NULL; variables++) {
        const char *value = getenv(*variables);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return otherwise;
}
#define EITHER(option, otherwise, ...)                                                             \
    either(option, (const char *const[]){__VA_ARGS__, NULL}, otherwise)

static bool wants_path_style(const struct config *c, const struct s3 *s3, const char *bucket)
{
    if (str_eq(c->backup_s3_path_style, "auto"))
        return s3->endpoint != NULL || strchr(bucket, '.') != NULL;
    return str_eq(c->backup_s3_path_style, "yes");
}

static bool configure_s3(const struct config *c, struct place *p, struct err *e)
{
    struct s3 *s3 = &p->s3;
    s3->endpoint = EITHER(c->backup_s3_endpoint, NULL, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
    s3->region = EITHER(c->backup_s3_region, "us-east-1", "AWS_REGION", "AWS_DEFAULT_REGION");
    s3->access_key = EITHER(c->backup_s3_access_key, NULL, "AWS_ACCESS_KEY_ID");
    s3->secret_key = EITHER(c->backup_s3_secret_key, NULL, "AWS_SECRET_ACCESS_KEY");
    s3->session_token = EITHER(c->backup_s3_session_token, NULL, "AWS_SESSION_TOKEN");
    s3->path_style = wants_path_style(c, s3, p->name.bucket);
    if ((s3->access_key == NULL) != (s3->secret_key == NULL))
        return err_set(e, ERR_USAGE, "%s: of access key and secret key there is only one",
                       p->shown);
    return true;
}

/* ---- finding -----------------------------------------------------------------------------------
 */

static const char *const origin_words[] = {
    [PLACE_FILE] = "file", [PLACE_STDIN] = "stdin", [PLACE_HTTP] = "http", [PLACE_S3] = "s3"};

/* A file may be called like that; otherwise "#" splits off a member. */
static const char *without_member(struct arena *a, const char *text, struct place *p)
{
    const char *mark = strrchr(text, '#');
    if (mark == NULL || mark[1] == '\0' || fs_exists(text))
        return text;
    p->member = mark + 1;
    return arena_strndup(a, text, (size_t)(mark - text));
}

static bool find_stdin(struct place *p, struct err *e)
{
    p->kind = PLACE_STDIN;
    p->shown = "standard input";
    return isatty(STDIN_FILENO) == 0 ||
           err_set(e, ERR_USAGE, "standard input is a terminal; a backup is expected there");
}

static bool find_http(struct arena *a, const struct config *c, const char *url, struct place *p)
{
    p->kind = PLACE_HTTP;
    p->url = url;
    p->shown = http_redact(a, url);
    p->s3.http = (struct http_options){.ca_file = c->backup_ca_file, .intr = p->intr};
    return true;
}

static void know_time(struct backup_facts *b, int64_t us)
{
    b->taken = us;
    b->taken_from = "server";
    int64_t age_us = clock_wall_us() - us;
    if (age_us >= 0)
        b->age_us = KNOWN(age_us);
}

static bool choose(struct arena *a, struct place *p, struct record *r, struct err *e)
{
    struct s3_found found;
    char time[CLOCK_ISO_BYTES];
    if (!s3_newest(a, &p->s3, &p->name, &found, e))
        return false;
    r->backup.chosen =
        arena_printf(a, "newest of %s that match %s, of %s", str_count(a, (int64_t)found.n_match),
                     p->shown, clock_iso(found.modified_us, time));
    r->backup.size_bytes = (int64_t)found.size_bytes;
    know_time(&r->backup, found.modified_us);
    p->name.key = found.key;
    p->shown = arena_printf(a, "s3://%s/%s", p->name.bucket, found.key);
    return true;
}

static bool find_s3(struct arena *a, const struct config *c, const char *url, struct place *p,
                    struct record *r, struct err *e)
{
    p->kind = PLACE_S3;
    p->shown = url;
    p->s3.http = (struct http_options){.ca_file = c->backup_ca_file, .intr = p->intr};
    if (!s3_split(a, url, &p->name, e) || !configure_s3(c, p, e))
        return false;
    if (s3_is_pattern(p->name.key))
        return choose(a, p, r, e);
    p->name.key = s3_plain_key(a, p->name.key);
    return true;
}

static bool find(struct arena *a, const struct config *c, const char *text, struct place *p,
                 struct record *r, struct err *e)
{
    if (str_eq(text, "-"))
        return find_stdin(p, e);
    if (str_starts(text, "http://") || str_starts(text, "https://"))
        return find_http(a, c, text, p);
    if (str_starts(text, "s3://"))
        return find_s3(a, c, text, p, r, e);
    if (!backup_find(a, text, r, e))
        return false;
    p->path = p->shown = r->backup.path;
    return true;
}

bool place_find(struct arena *a, const struct config *config, const char *text,
                struct interrupt *intr, struct record *r, struct place *place, struct err *e)
{
    *place = (struct place){.intr = intr};
    text = without_member(a, text, place);
    if (!find(a, config, text, place, r, e))
        return false;
    r->backup.origin = origin_words[place->kind];
    r->backup.path = place->shown;
    r->backup.member = place->member;
    r->backup.kept = place->kind != PLACE_STDIN;
    return true;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static struct http_request web_request(const char *url, const char *shown)
{
    return (struct http_request){.url = url, .shown = shown, .redirects = true};
}

static void tell(struct arena *a, struct place *p, struct record *r)
{
    const struct http_facts *f = &p->facts;
    int64_t modified_us = http_date_us(f->last_modified);
    if (f->length_known)
        r->backup.size_bytes = (int64_t)f->length;
    if (modified_us != 0)
        know_time(&r->backup, modified_us);
    if (!f->framed)
        record_gap(r, "whether all of the file came over", "the server did not say how long it is");
    if (p->kind == PLACE_S3)
        claims_of_server(a, f, p->s3.endpoint == NULL, &r->backup);
}

struct source *place_open(struct arena *a, struct place *place, struct record *r, struct err *e)
{
    if (place->kind == PLACE_STDIN)
        return source_fd(
            a, &(struct source_fd){.fd = STDIN_FILENO, .name = place->shown, .intr = place->intr});
    struct http_request web = web_request(place->url, place->shown);
    struct source *in = place->kind == PLACE_S3
                            ? s3_get(a, &place->s3, &place->name, &place->facts, e)
                            : http_get(a, &web, &place->s3.http, &place->facts, e);
    if (in == NULL)
        return NULL;
    tell(a, place, r);
    return claims_has(&r->backup, "md5") ? filter_md5(a, in, place->md5) : in;
}

void place_read_whole(struct place *place, struct arena *a, struct record *r)
{
    if (place->md5[0] != '\0')
        r->backup.md5 = arena_strdup(a, place->md5);
}

/* ---- spooling ----------------------------------------------------------------------------------
 */

static bool has_room(struct arena *a, const struct place *p, const char *path, struct err *e)
{
    uint64_t free_bytes;
    if (!p->facts.length_known)
        return true;
    if (!fs_free_bytes(path, &free_bytes, e))
        return false;
    if (free_bytes >= p->facts.length)
        return true;
    return err_set(e, ERR_SPACE, "%s has %s, and only %s are free for a copy; set work_dir",
                   p->shown, str_bytes(a, p->facts.length), str_bytes(a, free_bytes));
}

static bool copy(struct source *in, struct sink *out, struct err *e)
{
    enum { COPY_BYTES = 64 * 1024 };
    char bytes[COPY_BYTES];
    for (size_t got = 1; got > 0;)
        if (!source_read(in, bytes, sizeof bytes, &got, e) || !sink_write(out, bytes, got, e))
            return false;
    return sink_finish(out, e);
}

bool place_spool(struct arena *a, struct place *place, const char *path, struct record *r,
                 struct err *e)
{
    struct sink_digest digest;
    CLEANUP(fs_new_cleanup) struct fs_new file = {0};
    CLEANUP(source_cleanup) struct source *in = place_open(a, place, r, e);
    if (in == NULL || !has_room(a, place, path, e) || !fs_new_open(a, path, 0600, &file, e))
        return false;
    CLEANUP(sink_cleanup) struct sink *out = sink_digest(a, sink_fd(a, file.fd, path), &digest);
    if (!copy(in, out, e) || !fs_new_commit(&file, e))
        return err_wrap(e, "copy of %s", place->shown);
    place_read_whole(place, a, r);
    r->backup.size_bytes = (int64_t)digest.bytes;
    r->backup.sha256 = arena_strdup(a, digest.sha256);
    return digest.bytes > 0 || err_set(e, ERR_FORMAT, "backup %s is empty (0 bytes)", place->shown);
}

/* ---- files beside it ---------------------------------------------------------------------------
 */

/* The name, or that of another in the same folder. */
static const char *renamed(struct arena *a, const char *name, const struct beside *what)
{
    const char *slash = strrchr(name, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - name) + 1;
    if (what->suffix != NULL)
        return arena_printf(a, "%s%s", name, what->suffix);
    return arena_printf(a, "%.*s%s", (int)folder, name, what->instead);
}

static bool file_beside(struct arena *a, const char *path, size_t max, struct slice *text,
                        struct err *e)
{
    if (!fs_exists(path))
        return err_set(e, ERR_MISSING, "%s does not exist", path);
    return fs_read_file(a, path, max, text, e);
}

bool place_beside(struct arena *a, const struct place *place, const struct beside *what,
                  const char **shown, struct slice *text, struct err *e)
{
    *shown = renamed(a, place->shown, what);
    if (place->kind == PLACE_STDIN)
        return err_set(e, ERR_MISSING, "nothing lies beside standard input");
    if (place->kind == PLACE_FILE)
        return file_beside(a, *shown, what->max_bytes, text, e);
    if (place->kind == PLACE_HTTP) {
        if (strchr(place->url, '?') != NULL)
            return err_set(e, ERR_MISSING, "an address with a query has nothing beside it");
        struct http_request web = web_request(renamed(a, place->url, what), *shown);
        return http_get_small(a, &web, &place->s3.http, what->max_bytes, text, e);
    }
    struct s3_name name = {place->name.bucket, renamed(a, place->name.key, what)};
    struct http_request request = s3_request(a, &place->s3, &name, "");
    return http_get_small(a, &request, &place->s3.http, what->max_bytes, text, e);
}
