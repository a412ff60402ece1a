/* SPDX-License-Identifier: PostgreSQL */
#include "base/clock.h"
#include "http/http.h"

#include <curl/curl.h>

static void url_cleanup(CURLU **url)
{
    curl_url_cleanup(*url);
}

static void text_cleanup(char **text)
{
    curl_free(*text);
}

const char *http_redact(struct arena *a, const char *url)
{
    static const CURLUPart secret[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                       CURLUPART_QUERY, CURLUPART_FRAGMENT};
    CLEANUP(url_cleanup) CURLU *parts = curl_url();
    CLEANUP(text_cleanup) char *text = NULL;
    if (parts == NULL || curl_url_set(parts, CURLUPART_URL, url, CURLU_PATH_AS_IS) != CURLUE_OK)
        return "(no URL)";
    for (size_t i = 0; i < COUNT_OF(secret); i++)
        (void)curl_url_set(parts, secret[i], NULL, 0);
    if (curl_url_get(parts, CURLUPART_URL, &text, 0) != CURLUE_OK)
        return "(no URL)";
    return arena_strdup(a, text);
}

int64_t http_date_us(const char *text)
{
    static const time_t last = 253402300799; /* of the year 9999: RFC 9110, 5.6.7 */
    time_t at = curl_getdate(text, NULL);
    return at <= 0 || at > last ? 0 : (int64_t)at * CLOCK_SECOND_US;
}
