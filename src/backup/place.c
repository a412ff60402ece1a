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

static bool wants_path_style(const struct place *p)
{
    const char *style = p->config->backup_s3_path_style;
    if (str_eq(style, "auto"))
        return p->s3.endpoint != NULL || strchr(p->name.bucket, '.') != NULL;
    return str_eq(style, "yes");
}

static bool configure_s3(struct place *p, struct err *e)
{
    const struct config *c = p->config;
    struct s3 *s3 = &p->s3;
    s3->endpoint = EITHER(c->backup_s3_endpoint, NULL, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
    s3->region = EITHER(c->backup_s3_region, "us-east-1", "AWS_REGION", "AWS_DEFAULT_REGION");
    s3->access_key = EITHER(c->backup_s3_access_key, NULL, "AWS_ACCESS_KEY_ID");
    s3->secret_key = EITHER(c->backup_s3_secret_key, NULL, "AWS_SECRET_ACCESS_KEY");
    s3->session_token = EITHER(c->backup_s3_session_token, NULL, "AWS_SESSION_TOKEN");
    s3->path_style = wants_path_style(p);
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
static const char *without_member(struct place *p, const char *text)
{
    const char *mark = strrchr(text, '#');
    if (mark == NULL || mark[1] == '\0' || fs_exists(text))
        return text;
    p->member = mark + 1;
    return arena_strndup(p->arena, text, (size_t)(mark - text));
}

static bool find_stdin(struct place *p, struct err *e)
{
    p->kind = PLACE_STDIN;
    p->shown = "standard input";
    return isatty(STDIN_FILENO) == 0 ||
           err_set(e, ERR_USAGE, "standard input is a terminal; a backup is expected there");
}

static struct http_options web_options(const struct place *p)
{
    return (struct http_options){.ca_file = p->config->backup_ca_file, .intr = p->intr};
}

static bool find_http(struct place *p, const char *url)
{
    p->kind = PLACE_HTTP;
    p->url = url;
    p->shown = http_redact(p->arena, url);
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

static bool choose(struct place *p, struct err *e)
{
    struct arena *a = p->arena;
    struct backup_facts *b = &p->record->backup;
    struct s3_found found;
    char time[CLOCK_ISO_BYTES];
    if (!s3_newest(a, &p->s3, &p->name, &found, e))
        return false;
    b->chosen =
        arena_printf(a, "newest of %s that match %s, of %s", str_count(a, (int64_t)found.n_match),
                     p->shown, clock_iso(found.modified_us, time));
    b->size_bytes = (int64_t)found.size_bytes;
    know_time(b, found.modified_us);
    p->name.key = found.key;
    p->shown = arena_printf(a, "s3://%s/%s", p->name.bucket, found.key);
    return true;
}

static bool find_s3(struct place *p, const char *url, struct err *e)
{
    p->kind = PLACE_S3;
    p->shown = url;
    p->s3.http = web_options(p);
    if (!s3_split(p->arena, url, &p->name, e) || !configure_s3(p, e))
        return false;
    if (s3_is_pattern(p->name.key))
        return choose(p, e);
    p->name.key = s3_plain_key(p->arena, p->name.key);
    return true;
}

static bool find_file(struct place *p, const char *path, struct err *e)
{
    if (!backup_find(p->arena, path, p->record, e))
        return false;
    p->path = p->shown = p->record->backup.path;
    return true;
}

static bool find(struct place *p, const char *text, struct err *e)
{
    if (str_eq(text, "-"))
        return find_stdin(p, e);
    if (str_starts(text, "http://") || str_starts(text, "https://"))
        return find_http(p, text);
    return str_starts(text, "s3://") ? find_s3(p, text, e) : find_file(p, text, e);
}

bool place_find(struct place *place, const char *text, struct err *e)
{
    struct backup_facts *b = &place->record->backup;
    text = without_member(place, text);
    if (!find(place, text, e))
        return false;
    b->origin = origin_words[place->kind];
    b->path = place->shown;
    b->member = place->member;
    b->kept = place->kind != PLACE_STDIN;
    return true;
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static struct http_request web_request(const struct place *p, const char *url, const char *shown)
{
    return (struct http_request){
        .url = url, .shown = shown, .redirects = true, .options = web_options(p)};
}

/* What the head of the answer says. */
static void tell(struct place *p)
{
    struct backup_facts *b = &p->record->backup;
    const struct http_facts *f = &p->facts;
    int64_t modified_us = http_date_us(f->last_modified);
    if (f->length_known)
        b->size_bytes = (int64_t)f->length;
    if (modified_us != 0)
        know_time(b, modified_us);
    if (!f->framed)
        record_gap(p->record, "whether all of the file came over",
                   "the server did not say how long it is");
    if (p->kind == PLACE_S3)
        claims_of_server(p->arena, f, p->s3.endpoint == NULL, b);
}

static struct source *open_web(struct place *p, struct err *e)
{
    if (p->kind == PLACE_S3)
        return s3_get(p->arena, &p->s3, &p->name, &p->facts, e);
    struct http_request request = web_request(p, p->url, p->shown);
    return http_get(p->arena, &request, &p->facts, e);
}

struct source *place_open(struct place *place, struct err *e)
{
    if (place->kind == PLACE_STDIN)
        return source_fd(
            place->arena,
            &(struct source_fd){.fd = STDIN_FILENO, .name = place->shown, .intr = place->intr});
    struct source *in = open_web(place, e);
    if (in == NULL)
        return NULL;
    tell(place);
    bool wants_md5 = claims_has(&place->record->backup, "md5");
    return wants_md5 ? filter_md5(place->arena, in, place->md5) : in;
}

void place_read_whole(struct place *place)
{
    if (place->md5[0] != '\0')
        place->record->backup.md5 = arena_strdup(place->arena, place->md5);
}

/* ---- spooling ----------------------------------------------------------------------------------
 */

static bool has_room(const struct place *p, const char *path, struct err *e)
{
    struct arena *a = p->arena;
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

bool place_spool(struct place *place, const char *path, struct err *e)
{
    struct arena *a = place->arena;
    struct backup_facts *b = &place->record->backup;
    struct sink_digest digest;
    CLEANUP(fs_new_cleanup) struct fs_new file = {0};
    CLEANUP(source_cleanup) struct source *in = place_open(place, e);
    if (in == NULL || !has_room(place, path, e) || !fs_new_open(a, path, 0600, &file, e))
        return false;
    CLEANUP(sink_cleanup) struct sink *out = sink_digest(a, sink_fd(a, file.fd, path), &digest);
    if (!copy(in, out, e) || !fs_new_commit(&file, e))
        return err_wrap(e, "copy of %s", place->shown);
    place_read_whole(place);
    b->size_bytes = (int64_t)digest.bytes;
    b->sha256 = arena_strdup(a, digest.sha256);
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

static bool web_beside(const struct place *p, const struct beside *what, const char *shown,
                       struct slice *text, struct err *e)
{
    struct http_request request;
    if (p->kind == PLACE_HTTP && strchr(p->url, '?') != NULL)
        return err_set(e, ERR_MISSING, "an address with a query has nothing beside it");
    if (p->kind == PLACE_HTTP) {
        request = web_request(p, renamed(p->arena, p->url, what), shown);
    } else {
        struct s3_name name = {p->name.bucket, renamed(p->arena, p->name.key, what)};
        request = s3_request(p->arena, &p->s3, &name, "");
    }
    return http_get_small(p->arena, &request, what->max_bytes, text, e);
}

bool place_beside(const struct place *place, const struct beside *what, const char **shown,
                  struct slice *text, struct err *e)
{
    *shown = renamed(place->arena, place->shown, what);
    if (place->kind == PLACE_STDIN)
        return err_set(e, ERR_MISSING, "nothing lies beside standard input");
    if (place->kind == PLACE_FILE)
        return file_beside(place->arena, *shown, what->max_bytes, text, e);
    return web_beside(place, what, *shown, text, e);
}
