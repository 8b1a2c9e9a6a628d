/* What an answer amounts to: names for what libcurl and servers say. */
#ifndef DIURNA_DIURNAD_VERDICT_H
#define DIURNA_DIURNAD_VERDICT_H

#include "diurnad/fetch.h"
#include "diurnad/headers.h"

#include <curl/curl.h>

/* The outcome behind a failure of libcurl. */
enum poll_outcome verdict_of_curl(CURLcode code);

/* For people, instead of libcurl's own words and beside a status; NULL: there are none. */
const char *verdict_curl_words(CURLcode code);
const char *verdict_status_words(int http_status);

/*
 * What libcurl has written of a failure, without the numbers and places that OpenSSL puts into it,
 * and in words of ours for what is seen most. text is changed; what comes back may be it.
 */
const char *verdict_plain(char *text);

/*
 * The answer is a page that wants to see a browser: Cloudflare and the like. body is what came of
 * it. Pages that merely carry a challenge's script along are none.
 */
bool verdict_is_challenge(enum fetch_kind kind, int http_status, const struct headers *headers,
	const struct buf *body);

/* "is a PDF": why nobody wants the body of this type; NULL: it may be wanted. */
const char *verdict_unwanted_type(enum fetch_kind kind, const char *content_type);

#endif
