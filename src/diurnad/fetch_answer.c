#include "config.h"

#include "diurnad/transfer.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/limits.h"
#include "core/reason.h"
#include "diurnad/verdict.h"

#include <stdio.h>

/* Kept of the body of an error: enough to know a challenge. */
enum { REFUSAL_BYTES = 64 * 1024 };

static size_t body_limit(const struct transfer *transfer)
{
	switch (transfer->kind) {
	case FETCH_ARCHIVE:
	case FETCH_FEED: return LIMIT_FEED_BYTES;
	case FETCH_PAGE: return LIMIT_PAGE_BYTES;
	case FETCH_IMAGE: return (size_t)transfer->fetcher->config->max_image_bytes;
	case FETCH_HUB: return LIMIT_HUB_BYTES;
	case FETCH_ROBOTS: break;
	}
	return LIMIT_ROBOTS_BYTES;
}

static size_t stop(struct transfer *transfer, enum poll_outcome outcome, const char *why)
{
	transfer->is_stopped = true;
	transfer->stop_outcome = outcome;
	transfer->stop_why = why;
	return 0;
}

size_t transfer_on_header(char *line, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * count;

	/* Trailers of a chunked body say nothing that may replace a header: RFC 9110, 6.5.1. */
	if (transfer->has_body)
		return len;
	headers_add(&transfer->headers, line, len);
	if (transfer->headers.bytes > LIMIT_HEADER_BYTES)
		return stop(transfer, POLL_TOO_LARGE, reason_text(REASON_HEADER_LARGE));
	return len;
}

size_t transfer_on_body(char *data, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	struct buf *body = &transfer->response.body;
	size_t len = size * count, limit = body_limit(transfer);
	const char *why;
	long status = 0;

	if (!transfer->has_body) {
		curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
		transfer->is_error_body = status >= 300;
		why = verdict_unwanted_type(
			transfer->kind, transfer->headers.values[HEADER_CONTENT_TYPE]);
		if (why && !transfer->is_error_body)
			return stop(transfer, POLL_NOT_A_FEED, why);
	}
	transfer->has_body = true;
	transfer->body_bytes += len;
	if (transfer->is_error_body)
		limit = REFUSAL_BYTES;
	if (transfer->body_bytes <= limit) {
		buf_put(body, data, len);
		return len;
	}
	if (!transfer->is_error_body && transfer->kind != FETCH_ROBOTS)
		return stop(transfer, POLL_TOO_LARGE, reason_text(REASON_BODY_LARGE));
	/* RFC 9309, 2.5: what is beyond the limit is not read; of an error nobody needs more. */
	buf_put(body, data, limit > body->len ? limit - body->len : 0);
	return stop(transfer, POLL_OK, "");
}

static char *take(struct headers *headers, enum header_id id)
{
	char *value = headers->values[id];

	headers->values[id] = NULL;
	return value;
}

static void read_headers(struct transfer *transfer)
{
	struct fetch_response *response = &transfer->response;
	const struct headers *headers = &transfer->headers;
	int64_t now = clock_now();
	struct freshness freshness;

	headers_freshness(headers, now, &freshness);
	response->has_freshness = freshness.is_said;
	response->fresh_s = freshness.fresh_s;
	response->is_no_cache = freshness.is_no_cache;
	response->is_no_store = freshness.is_no_store;
	response->retry_after_s = headers_retry_after(headers, now);
}

static void keep_headers(struct transfer *transfer)
{
	struct fetch_response *response = &transfer->response;
	struct headers *headers = &transfer->headers;
	const char *base = transfer->target.url;

	response->content_type = take(headers, HEADER_CONTENT_TYPE);
	response->content_language = take(headers, HEADER_CONTENT_LANGUAGE);
	response->etag = take(headers, HEADER_ETAG);
	response->last_modified = take(headers, HEADER_LAST_MODIFIED);
	response->link_canonical = headers_link(headers, "canonical", base);
	response->link_hub = headers_link(headers, "hub", base);
	response->link_self = headers_link(headers, "self", base);
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* A whole answer came. */
static void judge(struct transfer *transfer)
{
	struct fetch_response *response = &transfer->response;
	int status = response->http_status;
	int64_t wait_s = response->retry_after_s;
	const char *words;
	char span[DATE_TEXT_BYTES];

	if (is_redirect(status)) {
		transfer_redirect(transfer);
		return;
	}
	keep_headers(transfer);
	if (status == 429 || (status == 503 && wait_s > 0)) {
		if (wait_s)
			transfer_end(transfer, POLL_LIMITED, "asked to wait %s",
				date_span(wait_s, span));
		else
			transfer_end(transfer, POLL_LIMITED, "%s", reason_text(REASON_SLOW_DOWN));
	} else if (verdict_is_challenge(
			   transfer->kind, status, &transfer->headers, &response->body)) {
		transfer_end(transfer, POLL_CHALLENGE, "%s", reason_text(REASON_CHALLENGE));
	} else if (status == 304 && transfer->is_conditional) {
		transfer_end(transfer, POLL_NOT_MODIFIED, "%s", "");
	} else if (status == 304) {
		transfer_end(
			transfer, POLL_HTTP_ERROR, "HTTP 304, %s", reason_text(REASON_AS_IF_KNOWN));
	} else if (status == 410) {
		transfer_end(transfer, POLL_GONE, "%s", reason_text(REASON_GONE));
	} else if (status == 200 || status == 203 ||
		   (transfer->kind == FETCH_HUB && status > 200 && status < 300)) {
		transfer_end(transfer, POLL_OK, "%s", "");
	} else {
		words = verdict_status_words(status);
		transfer_end(transfer, POLL_HTTP_ERROR, "HTTP %d%s%s", status, words ? ", " : "",
			words ? words : "");
	}
}

static void count(struct transfer *transfer)
{
	struct fetch_response *response = &transfer->response;
	curl_off_t body = 0;
	long status = 0, header = 0, made = 0;
	const char *address = NULL;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_DOWNLOAD_T, &body);
	curl_easy_getinfo(transfer->easy, CURLINFO_HEADER_SIZE, &header);
	curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &made);
	response->http_status = (int)status;
	response->bytes += body + header;
	if (transfer->hop_count == 0 && !transfer->has_proxy &&
		curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address) == CURLE_OK &&
		address)
		snprintf(response->address, sizeof(response->address), "%s", address);
	response->is_new_connection = made > 0;
	transfer->pool->made += (size_t)made;
}

static void end_postponed(struct transfer *transfer)
{
	transfer->response.is_postponed = true;
	transfer_end(transfer, POLL_LIMITED, "%s", reason_text(REASON_BUSY));
}

void transfer_judge(struct transfer *transfer, CURLcode code)
{
	const struct config *config = transfer->fetcher->config;
	const char *words = verdict_curl_words(code);
	enum poll_outcome outcome;

	count(transfer);
	read_headers(transfer);
	if (transfer->is_stopped && transfer->stop_outcome != POLL_OK) {
		keep_headers(transfer);
		transfer_end(transfer, transfer->stop_outcome, "%s", transfer->stop_why);
		return;
	}
	if (headers_have_two_lengths(&transfer->headers)) {
		transfer_end(transfer, POLL_TRANSFER_ERROR, "%s", reason_text(REASON_TWO_LENGTHS));
		return;
	}
	/* What an error said stands in its header, however its body ended. */
	if (code == CURLE_OK || transfer->is_stopped || transfer->is_error_body) {
		judge(transfer);
		return;
	}
	outcome = verdict_of_curl(code);
	if (outcome == POLL_TOO_LARGE && code != CURLE_FILESIZE_EXCEEDED)
		transfer_end(transfer, outcome, "%s", reason_text(REASON_HEADER_LARGE));
	else if (outcome == POLL_CONNECT_ERROR && transfer->is_postponed)
		end_postponed(transfer);
	else if (outcome == POLL_CONNECT_ERROR && transfer->refused_why && !transfer->has_tried)
		transfer_end(transfer, POLL_REFUSED, "%.100s is not public: %s",
			transfer->target.host, transfer->refused_why);
	else if (outcome == POLL_TIMEOUT)
		transfer_end(transfer, outcome, "%s (of %lld s)",
			transfer->response.http_status ? "the answer took too long"
						       : "no answer in time",
			(long long)config->transfer_timeout_s);
	else if (words)
		transfer_end(transfer, outcome, "%s", words);
	else
		transfer_end(transfer, outcome, "%.150s",
			transfer->curl_error[0] ? verdict_plain(transfer->curl_error)
						: curl_easy_strerror(code));
}
