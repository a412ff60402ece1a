/* SPDX-License-Identifier: PostgreSQL */
#include "http/transfer.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static size_t take_header(char *line, size_t one, size_t n, void *transfer)
{
    struct transfer *t = transfer;
    answer_head_add(&t->head, (struct slice){line, n});
    return one * n;
}

static size_t take_bytes(char *bytes, size_t one, size_t n, void *transfer)
{
    struct transfer *t = transfer;
    if (TRANSFER_BYTES - t->n < n) {
        t->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    memcpy(t->bytes + t->n, bytes, n);
    t->n += n;
    return one * n;
}

#define SET(t, option, value) (curl_easy_setopt((t)->easy, CURLOPT_##option, value) == CURLE_OK)

/* What is the same for every request. HTTP/1.1, since held back streams of HTTP/2 pile up. */
static bool set_manners(struct transfer *t, const struct http_options *o)
{
    int64_t connect_us = o->connect_us == 0 ? HTTP_CONNECT_US : o->connect_us;
    return SET(t, HEADERFUNCTION, take_header) && SET(t, HEADERDATA, t) &&
           SET(t, WRITEFUNCTION, take_bytes) && SET(t, WRITEDATA, t) &&
           SET(t, ERRORBUFFER, t->words) && SET(t, NOSIGNAL, 1L) && SET(t, NOPROGRESS, 1L) &&
           SET(t, QUICK_EXIT, 1L) && SET(t, HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
           SET(t, BUFFERSIZE, (long)TRANSFER_BYTES / 4) && SET(t, PATH_AS_IS, 1L) &&
           SET(t, CONNECTTIMEOUT_MS, (long)(connect_us / 1000)) && SET(t, TCP_KEEPALIVE, 1L) &&
           SET(t, USERAGENT, "pg_rehearse/" PGR_VERSION) && SET(t, SSL_VERIFYPEER, 1L) &&
           SET(t, SSL_VERIFYHOST, 2L) && (o->ca_file == NULL || SET(t, CAINFO, o->ca_file));
}

/* A secured beginning stays secured. */
static bool set_target(struct transfer *t, const struct http_request *r)
{
    const char *protocols = str_starts(r->url, "https:") ? "https" : "http,https";
    return SET(t, URL, r->url) && SET(t, PROTOCOLS_STR, "http,https") &&
           SET(t, REDIR_PROTOCOLS_STR, protocols) &&
           SET(t, FOLLOWLOCATION, r->redirects ? 1L : 0L) &&
           SET(t, MAXREDIRS, (long)HTTP_REDIRECTS_MAX);
}

static bool set_headers(struct transfer *t, struct arena *a, const struct http_request *r,
                        const char *if_range)
{
    struct vec lines = vec_new(a, sizeof(const char *));
    if (r->headers != NULL)
        r->headers(r->context, a, &lines);
    if (if_range != NULL)
        *(const char **)vec_push(&lines) = arena_printf(a, "If-Range: %s", if_range);
    VEC_EACH (const char *, line, &lines) {
        struct curl_slist *longer = curl_slist_append(t->headers, *line);
        if (longer == NULL)
            return false;
        t->headers = longer;
    }
    return SET(t, HTTPHEADER, t->headers);
}

static bool set_range(struct transfer *t, uint64_t from)
{
    char range[32]; /* libcurl copies it */
    if (from == 0)
        return true;
    (void)snprintf(range, sizeof range, "%llu-", (unsigned long long)from);
    return SET(t, RANGE, range);
}

bool transfer_begin(struct transfer *t, struct arena *a, const struct http_request *request,
                    const struct transfer_part *part, struct err *e)
{
    uint8_t *bytes = t->bytes == NULL ? arena_alloc(a, TRANSFER_BYTES) : t->bytes;
    *t = (struct transfer){.bytes = bytes, .multi = curl_multi_init(), .easy = curl_easy_init()};
    if (t->multi == NULL || t->easy == NULL || !set_manners(t, &request->options) ||
        !set_target(t, request) || !set_headers(t, a, request, part->if_range) ||
        !set_range(t, part->from) || curl_multi_add_handle(t->multi, t->easy) != CURLM_OK)
        return err_set(e, ERR_SYSTEM, "libcurl cannot be set up for %s", request->shown);
    return true;
}

static void take_messages(struct transfer *t)
{
    int left;
    for (CURLMsg *m = curl_multi_info_read(t->multi, &left); m != NULL;
         m = curl_multi_info_read(t->multi, &left)) {
        if (m->msg != CURLMSG_DONE)
            continue;
        t->ended = true;
        t->result = m->data.result;
    }
}

/* Once; false when libcurl itself fails. */
static bool work(struct transfer *t)
{
    int running;
    if (t->paused) {
        t->paused = false;
        if (curl_easy_pause(t->easy, CURLPAUSE_CONT) != CURLE_OK)
            return false;
    }
    if (curl_multi_perform(t->multi, &running) != CURLM_OK)
        return false;
    take_messages(t);
    return true;
}

static bool wait_a_while(struct transfer *t, const struct http_options *o)
{
    enum { WAIT_MS = 1000 };
    struct curl_waitfd intr = {.fd = interrupt_fd(o->intr), .events = CURL_WAIT_POLLIN};
    return curl_multi_poll(t->multi, &intr, intr.fd < 0 ? 0 : 1, WAIT_MS, NULL) == CURLM_OK;
}

bool transfer_pump(struct transfer *t, const struct http_options *options, struct err *e)
{
    int64_t stall_us = options->stall_us == 0 ? HTTP_STALL_US : options->stall_us;
    int64_t since_us = clock_mono_us();
    if (t->at == t->n)
        t->at = t->n = 0;
    while (t->at == t->n && !t->ended) {
        if (!interrupt_check(options->intr, e))
            return false;
        if (!work(t))
            return err_set(e, ERR_SYSTEM, "libcurl failed");
        if (t->at < t->n || t->ended)
            break;
        t->stalled = clock_mono_us() - since_us > stall_us;
        t->ended = t->stalled;
        if (!t->ended && !wait_a_while(t, options))
            return err_set(e, ERR_SYSTEM, "libcurl cannot wait");
    }
    return true;
}

void transfer_end(struct transfer *t)
{
    if (t->multi != NULL && t->easy != NULL)
        (void)curl_multi_remove_handle(t->multi, t->easy);
    curl_easy_cleanup(t->easy);
    if (t->multi != NULL)
        (void)curl_multi_cleanup(t->multi);
    curl_slist_free_all(t->headers);
    t->easy = NULL;
    t->multi = NULL;
    t->headers = NULL;
}
