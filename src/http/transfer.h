/* SPDX-License-Identifier: PostgreSQL */
/*
 * One attempt of a GET: what libcurl pushes is held back until it is asked for. At most
 * TRANSFER_BYTES are held; the server waits meanwhile.
 */
#ifndef PGR_HTTP_TRANSFER_H
#define PGR_HTTP_TRANSFER_H

#include "http/http.h"

#include <curl/curl.h>

enum { TRANSFER_BYTES = 512 * 1024 };

/* The head of an answer. */
struct answer_head {
    long status;
    bool chunked;
    uint64_t part_from, part_total; /* Content-Range: bytes FROM-…/TOTAL */
    bool is_part;
    struct http_facts facts;
};

struct transfer {
    CURLM *multi;
    CURL *easy;
    struct curl_slist *headers;
    char words[CURL_ERROR_SIZE]; /* libcurl's */
    struct answer_head head;
    uint8_t *bytes; /* TRANSFER_BYTES */
    size_t at, n;   /* bytes[at .. n) wait to be taken */
    bool paused;    /* libcurl holds bytes for which there was no room */
    bool ended;     /* with `result` */
    CURLcode result;
    bool stalled; /* no byte came in the time allowed */
};

struct transfer_part {
    uint64_t from;        /* byte to begin at */
    const char *if_range; /* validator of the object; NULL: none */
};
MUST bool transfer_begin(struct transfer *t, struct arena *a, const struct http_request *request,
                         const struct transfer_part *part, struct err *e);

/* Works until there are bytes, or it ended. False: interrupted. */
MUST bool transfer_pump(struct transfer *t, const struct http_options *options, struct err *e);

/* Ends the attempt; the buffer stays. Takes a zeroed one. */
void transfer_end(struct transfer *t);

/* One line of an answer's head, for transfer.c and tests. */
void answer_head_add(struct answer_head *head, struct slice line);

#endif
