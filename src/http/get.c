/* SPDX-License-Identifier: PostgreSQL */
#include "base/buf.h"
#include "base/clock.h"
#include "http/transfer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

enum { STATUS_OK = 200, STATUS_PART = 206, STATUS_ERROR = 300, EXPLAIN_BYTES_MAX = 16384 };

struct http_source {
    struct source base;
    struct arena *a; /* its own: it may be read on another thread than its caller's */
    struct http_request request;
    struct http_facts *facts;
    struct transfer transfer;
    bool begun;             /* the object's first head was seen: facts are its */
    unsigned tries, drops;  /* without a byte in between; in all */
    const char *last_words; /* why the last attempt ended */
};

/* ---- what answers mean -------------------------------------------------------------------------
 */

struct meaning {
    long from, to;
    enum err_code code;
    const char *text;
};
static const struct meaning meanings[] = {
    {401, 401, ERR_REFUSED, "not authorized"},
    {403, 403, ERR_REFUSED, "forbidden"},
    {404, 404, ERR_MISSING, "not found"},
    {410, 410, ERR_MISSING, "gone"},
    {416, 416, ERR_CONNECT, "there is nothing at that byte"},
    {429, 429, ERR_CONNECT, "too many requests"},
    {300, 399, ERR_REFUSED, "a redirect that is not followed"},
    {400, 499, ERR_CONNECT, "the request is refused"},
    {500, 599, ERR_CONNECT, "the server failed"},
    {0, 999, ERR_CONNECT, "an answer that is not understood"},
};

static const struct meaning *meaning_of(long status)
{
    const struct meaning *m = meanings;
    while (status < m->from || status > m->to)
        m++;
    return m;
}

/* Failures of libcurl that another attempt may not meet. */
static bool may_pass(CURLcode code)
{
    static const CURLcode passing[] = {
        CURLE_PARTIAL_FILE,       CURLE_RECV_ERROR,        CURLE_SEND_ERROR,   CURLE_GOT_NOTHING,
        CURLE_OPERATION_TIMEDOUT, CURLE_SSL_CONNECT_ERROR, CURLE_HTTP2_STREAM,
    };
    for (size_t i = 0; i < COUNT_OF(passing); i++)
        if (code == passing[i])
            return true;
    return false;
}

/* Failures that only mean something passing once the server has answered. */
static bool may_pass_later(CURLcode code)
{
    return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
           code == CURLE_COULDNT_RESOLVE_PROXY;
}

static bool is_worth_a_retry(const struct http_source *h)
{
    const struct transfer *t = &h->transfer;
    if (t->stalled || (t->result != CURLE_OK && may_pass(t->result)))
        return true;
    if (t->result != CURLE_OK)
        return h->begun && may_pass_later(t->result);
    return t->head.status >= 500 || t->head.status == 429;
}

static const char *curl_words(const struct transfer *t)
{
    if (t->stalled)
        return "no byte came for too long";
    return t->words[0] != '\0' ? t->words : curl_easy_strerror(t->result);
}

static bool curl_failed(const struct http_source *h, struct err *e)
{
    bool late = h->transfer.stalled || h->transfer.result == CURLE_OPERATION_TIMEDOUT;
    return err_set(e, late ? ERR_TIMEOUT : ERR_CONNECT, "%s: %s", h->request.shown,
                   curl_words(&h->transfer));
}

/* The rest of an error's body, for what it says; failing to read it says nothing. */
static struct slice error_body(struct http_source *h)
{
    struct transfer *t = &h->transfer;
    struct err none = {0};
    CLEANUP(buf_cleanup) struct buf body = {0};
    while (body.n < EXPLAIN_BYTES_MAX) {
        if (t->at == t->n &&
            (t->ended || !transfer_pump(t, &h->request.options, &none) || t->at == t->n))
            break;
        buf_append(&body, t->bytes + t->at, t->n - t->at);
        t->at = t->n;
    }
    size_t n = body.n < EXPLAIN_BYTES_MAX ? body.n : EXPLAIN_BYTES_MAX;
    return (struct slice){arena_strndup(h->a, buf_text(&body), n), n};
}

static bool status_failed(struct http_source *h, struct err *e)
{
    long status = h->transfer.head.status;
    const struct meaning *m = meaning_of(status);
    const char *more = NULL;
    if (h->request.explain != NULL)
        more = h->request.explain(h->a, error_body(h));
    return err_set(e, m->code, "%s: the server answers %ld, %s%s%s", h->request.shown, status,
                   m->text, more == NULL ? "" : ": ", more == NULL ? "" : more);
}

/* ---- attempts ----------------------------------------------------------------------------------
 */

/* Waits before a retry; ends early when interrupted. */
static bool back_off(struct http_source *h, struct err *e)
{
    int64_t wait_us =
        h->request.options.backoff_us == 0 ? HTTP_BACKOFF_US : h->request.options.backoff_us;
    int64_t until_us = clock_mono_us() + (wait_us << (h->tries - 1));
    for (int ms; (ms = clock_poll_ms(until_us)) > 0;) {
        struct pollfd intr = {.fd = interrupt_fd(h->request.options.intr), .events = POLLIN};
        if (poll(&intr, 1, ms) < 0 && errno != EINTR)
            return err_sys(e, "cannot wait");
        if (!interrupt_check(h->request.options.intr, e))
            return false;
    }
    return true;
}

/* RFC 9110, 13.1.5: only what changes with every change of the object may stand there. */
static const char *validator(const struct http_facts *facts)
{
    if (facts->etag[0] == '"')
        return facts->etag;
    return facts->last_modified[0] != '\0' ? facts->last_modified : NULL;
}

static bool begin(struct http_source *h, struct err *e)
{
    struct transfer_part part = {.from = h->base.offset};
    transfer_end(&h->transfer);
    if (part.from > 0 && (part.if_range = validator(h->facts)) == NULL)
        return err_set(e, ERR_CONNECT,
                       "%s: the connection broke off at byte %llu (%s), and the server gives "
                       "neither ETag nor Last-Modified that would let it go on safely",
                       h->request.shown, (unsigned long long)part.from, h->last_words);
    return transfer_begin(&h->transfer, h->a, &h->request, &part, e);
}

/* Is the answer to a resumed request the rest of the very same object? */
static bool is_the_rest(const struct http_source *h, struct err *e)
{
    const struct answer_head *head = &h->transfer.head;
    const struct http_facts *was = h->facts, *is = &head->facts;
    unsigned long long from = h->base.offset;
    bool same = str_eq(was->etag, is->etag) && str_eq(was->last_modified, is->last_modified);
    if (!same)
        return err_set(e, ERR_CONNECT,
                       "%s: the connection broke off at byte %llu, and the object has changed "
                       "since; start again",
                       h->request.shown, from);
    if (head->status != STATUS_PART)
        return err_set(e, ERR_CONNECT,
                       "%s: the connection broke off at byte %llu, and the server cannot go on "
                       "from there",
                       h->request.shown, from);
    bool fits = head->is_part && head->part_from == from &&
                (!was->length_known || head->part_total == was->length);
    return fits || err_set(e, ERR_CONNECT,
                           "%s: asked for the rest from byte %llu on, the server gives another "
                           "part",
                           h->request.shown, from);
}

/* The head of an attempt that succeeded: the object's, or one that must agree with it. */
static bool take_head(struct http_source *h, struct err *e)
{
    const struct answer_head *head = &h->transfer.head;
    if (h->base.offset > 0) {
        h->facts->resumed++;
        return is_the_rest(h, e);
    }
    if (head->status != STATUS_OK)
        return err_set(e, ERR_CONNECT, "%s: the server answers %ld to a plain request",
                       h->request.shown, head->status);
    unsigned resumed = h->facts->resumed;
    *h->facts = head->facts;
    h->facts->framed = head->chunked || head->facts.length_known;
    h->facts->resumed = resumed;
    h->begun = true;
    return true;
}

/* One attempt up to its first byte or its end. *again: it failed, and another one may not. */
static bool attempt(struct http_source *h, bool *again, struct err *e)
{
    struct transfer *t = &h->transfer;
    *again = false;
    if (!begin(h, e) || !transfer_pump(t, &h->request.options, e))
        return false;
    bool failed = t->at == t->n && (t->stalled || t->result != CURLE_OK);
    if (failed || t->head.status >= STATUS_ERROR) {
        *again = is_worth_a_retry(h);
        return failed ? curl_failed(h, e) : status_failed(h, e);
    }
    return take_head(h, e);
}

static bool try_until_it_runs(struct http_source *h, struct err *e)
{
    for (bool again;;) {
        if (attempt(h, &again, e))
            return true;
        if (!again || h->tries == HTTP_RETRIES_MAX || h->drops == HTTP_DROPS_MAX)
            return false;
        h->last_words = arena_strdup(h->a, curl_words(&h->transfer));
        h->tries++;
        h->drops++;
        if (!back_off(h, e))
            return false;
    }
}

/* ---- the source --------------------------------------------------------------------------------
 */

/* The attempt ended behind the bytes that it gave: the end of the object, or a drop. */
static bool ended(struct http_source *h, bool *clean, struct err *e)
{
    struct transfer *t = &h->transfer;
    *clean = t->result == CURLE_OK && !t->stalled;
    if (*clean && h->facts->length_known && h->base.offset != h->facts->length)
        return err_set(e, ERR_CONNECT, "%s: %llu bytes were announced, %llu came", h->request.shown,
                       (unsigned long long)h->facts->length, (unsigned long long)h->base.offset);
    if (*clean)
        return true;
    if (!is_worth_a_retry(h) || h->drops == HTTP_DROPS_MAX)
        return curl_failed(h, e);
    h->last_words = arena_strdup(h->a, curl_words(t));
    h->drops++;
    h->tries = 1;
    return back_off(h, e) && try_until_it_runs(h, e);
}

static bool http_read(struct source *s, void *bytes, size_t n, size_t *got, struct err *e)
{
    struct http_source *h = (struct http_source *)s;
    struct transfer *t = &h->transfer;
    while (t->at == t->n) {
        if (!t->ended && !transfer_pump(t, &h->request.options, e))
            return false;
        bool clean = false;
        if (t->at == t->n && t->ended && !ended(h, &clean, e))
            return false;
        if (clean) {
            *got = 0;
            return true;
        }
    }
    h->tries = 0;
    *got = n < t->n - t->at ? n : t->n - t->at;
    memcpy(bytes, t->bytes + t->at, *got);
    t->at += *got;
    return true;
}

static void http_close(struct source *s)
{
    struct http_source *h = (struct http_source *)s;
    transfer_end(&h->transfer);
    arena_free(h->a);
    curl_global_cleanup();
}

static const struct source_ops http_ops = {.name = "http", .read = http_read, .close = http_close};

struct source *http_get(struct arena *a, const struct http_request *request,
                        struct http_facts *facts, struct err *e)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        (void)err_set(e, ERR_SYSTEM, "libcurl cannot be set up");
        return NULL;
    }
    struct http_source *h = ARENA_NEW(a, struct http_source);
    *h = (struct http_source){
        .base = {.ops = &http_ops}, .a = arena_new(), .request = *request, .facts = facts};
    *facts = (struct http_facts){0};
    if (try_until_it_runs(h, e))
        return &h->base;
    source_close(&h->base);
    return NULL;
}

bool http_get_small(struct arena *a, const struct http_request *request, size_t max,
                    struct slice *body, struct err *e)
{
    struct http_facts facts;
    CLEANUP(source_cleanup) struct source *in = http_get(a, request, &facts, e);
    if (in == NULL)
        return false;
    char *text = arena_alloc(a, max + 2);
    size_t got;
    if (!source_read_full(in, text, max + 1, &got, e))
        return false;
    if (got > max)
        return err_set(e, ERR_LIMIT, "%s: more than %zu bytes", request->shown, max);
    text[got] = '\0';
    *body = (struct slice){text, got};
    return true;
}
