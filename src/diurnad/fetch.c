#include "config.h"

#include "diurnad/fetch.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"
#include "diurnad/guard.h"
#include "diurnad/headers.h"
#include "diurnad/transfer.h"
#include "diurnad/verdict.h"
#include "diurnad/weburl.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Kept of the body of an error: enough to know a challenge. */
enum { REFUSAL_BYTES = 64 * 1024 };

void fetch_response_finish(struct fetch_response *response)
{
	if (!response)
		return;
	free(response->final_url);
	free(response->permanent_url);
	free(response->content_type);
	free(response->content_language);
	free(response->etag);
	free(response->last_modified);
	free(response->link_canonical);
	free(response->link_hub);
	free(response->link_self);
	buf_finish(&response->body);
	memset(response, 0, sizeof(*response));
}

const char *fetch_user_agent(const struct config *config)
{
	static _Thread_local char text[300];

	if (str_is_empty(config->contact))
		return "diurna/" PACKAGE_VERSION;
	snprintf(text, sizeof(text), "diurna/%s (+%s)", PACKAGE_VERSION, config->contact);
	return text;
}

size_t fetch_running(const struct fetcher *fetcher)
{
	return fetcher->running;
}

static void drop_lines(struct transfer *transfer)
{
	curl_slist_free_all(transfer->lines);
	transfer->lines = NULL;
	free(transfer->conditions[0]);
	free(transfer->conditions[1]);
	transfer->conditions[0] = transfer->conditions[1] = NULL;
}

static void transfer_free(struct transfer *transfer)
{
	size_t i;

	for (i = 0; i < transfer->hop_count; i++)
		free(transfer->visited[i]);
	drop_lines(transfer);
	weburl_finish(&transfer->target);
	weburl_finish(&transfer->first);
	headers_finish(&transfer->headers);
	fetch_response_finish(&transfer->response);
	free(transfer);
}

static size_t on_header(char *line, size_t size, size_t count, void *context);
static size_t on_body(char *data, size_t size, size_t count, void *context);
static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address);

/* What every transfer has, set once a handle: most of a request's cost was to say it again. */
static void set_common_options(struct fetcher *fetcher, CURL *easy)
{
	const struct config *config = fetcher->config;
	int64_t stall_s = config->transfer_timeout_s < 30 ? config->transfer_timeout_s : 30;

	/* From the start: one that gets its share later loses what it kept sessions in until then.
	 */
	curl_easy_setopt(easy, CURLOPT_SHARE, fetcher_share(fetcher, ""));
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, fetcher->user_agent);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(config->connect_timeout_s * 1000));
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 16L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)(stall_s > 0 ? stall_s : 1));
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 30L);
	/* "" rather than nothing: the environment is not asked. */
	curl_easy_setopt(easy, CURLOPT_PROXY, config->proxy ? config->proxy : "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (config->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca_file);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* The handle goes back to the others; its connections stay in the multi handle. */
static void give_back(struct transfer *transfer)
{
	struct fetcher *fetcher = transfer->fetcher;

	if (!transfer->easy)
		return;
	if (transfer->pool) {
		curl_multi_remove_handle(transfer->pool->multi, transfer->easy);
		transfer->pool->running--;
		transfer->pool = NULL;
	}
	if (fetcher->idle_count < IDLE_HANDLES && transfer->generation == fetcher->generation) {
		if (transfer->is_special) {
			curl_easy_reset(transfer->easy);
			set_common_options(fetcher, transfer->easy);
		}
		curl_easy_setopt(transfer->easy, CURLOPT_ERRORBUFFER, NULL);
		curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, NULL);
		fetcher->idle[fetcher->idle_count++] = transfer->easy;
	} else {
		curl_easy_cleanup(transfer->easy);
	}
	transfer->easy = NULL;
}

static void list_remove(struct transfer *transfer)
{
	struct fetcher *fetcher = transfer->fetcher;

	if (transfer->prev)
		transfer->prev->next = transfer->next;
	else
		fetcher->transfers = transfer->next;
	if (transfer->next)
		transfer->next->prev = transfer->prev;
	fetcher->running--;
}

/* A host may be of any bytes, and the space for a sentence ends within a character. */
static void mend(char *text)
{
	size_t len = strlen(text), i, size;

	for (i = 0; i < len; i += size)
		if (utf8_decode(text + i, len - i, &size) == UTF8_BAD && size == 1)
			text[i] = '?';
}

/* The outcome is known; whoever waits is told from the loop, never from within fetch_start. */
__attribute__((format(printf, 3, 4))) static void end(
	struct transfer *transfer, enum poll_outcome outcome, const char *format, ...)
{
	struct fetch_response *response = &transfer->response;
	struct fetcher *fetcher = transfer->fetcher;
	va_list args;

	va_start(args, format);
	vsnprintf(response->error, sizeof(response->error), format, args);
	va_end(args);
	mend(response->error);
	response->outcome = outcome;
	response->duration_ms = clock_monotonic_ms() - transfer->started_ms;
	if (transfer->target.url && !response->final_url)
		response->final_url = xstrdup(transfer->target.url);
	if (outcome != POLL_OK)
		buf_finish(&response->body);
	give_back(transfer);
	transfer->next_ended = NULL;
	*fetcher->ended_tail = transfer;
	fetcher->ended_tail = &transfer->next_ended;
	if (!ev_is_active(&fetcher->tell))
		ev_timer_start(fetcher->loop, &fetcher->tell);
}

void fetcher_tell(struct fetcher *fetcher)
{
	struct transfer *transfer;

	while ((transfer = fetcher->ended)) {
		fetcher->ended = transfer->next_ended;
		if (!fetcher->ended)
			fetcher->ended_tail = &fetcher->ended;
		list_remove(transfer);
		transfer->on_done(transfer->context, &transfer->response);
		transfer_free(transfer);
	}
	fetcher_drop_pools(fetcher);
}

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

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * count;

	/* Trailers of a chunked body say nothing that may replace a header: RFC 9110, 6.5.1. */
	if (transfer->has_body)
		return len;
	headers_add(&transfer->headers, line, len);
	if (transfer->headers.bytes > LIMIT_HEADER_BYTES)
		return stop(transfer, POLL_TOO_LARGE, "the header is too large");
	return len;
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
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
		return stop(transfer, POLL_TOO_LARGE, "the body is too large");
	/* RFC 9309, 2.5: what is beyond the limit is not read; of an error nobody needs more. */
	buf_put(body, data, limit > body->len ? limit - body->len : 0);
	return stop(transfer, POLL_OK, "");
}

/* libcurl knows where it will connect to: the one place where every name has become an address. */
static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = context;
	const char *why = NULL;

	if (purpose == CURLSOCKTYPE_IPCXN && !transfer->has_proxy &&
		!guard_allows(transfer->fetcher->guard, &address->addr, &why)) {
		transfer->refused_why = why;
		return CURL_SOCKET_BAD;
	}
	if (purpose == CURLSOCKTYPE_IPCXN && !transfer->has_proxy && transfer->hop_count == 0 &&
		transfer->admit && !transfer->admit(transfer->context, &address->addr)) {
		transfer->is_postponed = true;
		return CURL_SOCKET_BAD;
	}
	transfer->has_tried = true;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void add_line(struct transfer *transfer, const char *name, const char *value)
{
	char *line = xasprintf("%s: %s", name, value);
	struct curl_slist *list = curl_slist_append(transfer->lines, line);

	free(line);
	if (list)
		transfer->lines = list;
}

/* The first line of a file with a secret; NULL: there is none. */
static char *read_secret(const char *path)
{
	char *line = file_first_line(path);

	if (!line)
		log_warning("credentials %s: cannot be read, the request goes without",
			log_visible(path));
	return line;
}

/* A variant is known again, not told: 32 bits of a hash say nothing of what went into it. */
static void mix(struct transfer *transfer, const char *text)
{
	uint8_t hash[32];
	struct buf buf = {0};

	buf_printf(&buf, "%u:%s", (unsigned)transfer->response.variant, text);
	if (EVP_Digest(buf_text(&buf), buf.len, hash, NULL, EVP_sha256(), NULL) == 1)
		memcpy(&transfer->response.variant, hash, sizeof(transfer->response.variant));
	transfer->response.variant |= 1;
	OPENSSL_cleanse(buf.data, buf.len);
	buf_finish(&buf);
}

static void basic(struct transfer *transfer, const char *user, const char *password)
{
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
	curl_easy_setopt(transfer->easy, CURLOPT_USERNAME, user);
	curl_easy_setopt(transfer->easy, CURLOPT_PASSWORD, password ? password : "");
	transfer->is_special = true;
	mix(transfer, user);
	mix(transfer, password ? password : "");
}

static void use_settings(struct transfer *transfer, const struct config_feed *settings)
{
	char *secret = settings->password_file ? read_secret(settings->password_file) : NULL;
	struct curl_slist *list;
	char *value;
	size_t i;

	if (settings->user) {
		basic(transfer, settings->user, secret);
	} else if (secret) {
		value = xasprintf("Bearer %s", secret);
		add_line(transfer, "Authorization", value);
		free(value);
	}
	free(secret);
	if (settings->cookie_file && (secret = read_secret(settings->cookie_file))) {
		add_line(transfer, "Cookie", secret);
		free(secret);
	}
	for (i = 0; i < settings->header_count; i++) {
		list = curl_slist_append(transfer->lines, settings->headers[i]);
		if (list)
			transfer->lines = list;
	}
	for (list = transfer->lines; list; list = list->next)
		mix(transfer, list->data);
}

/* Secrets go to the origin they were configured for, wherever redirects lead. */
static void add_credentials(struct transfer *transfer)
{
	const struct config_feed *settings = transfer->settings;
	struct weburl configured;

	if (transfer->first.user &&
		weburl_same_origin(transfer->first.origin, transfer->target.origin))
		basic(transfer, transfer->first.user, transfer->first.password);
	if (!settings || transfer->kind == FETCH_ROBOTS || !weburl_init(&configured, settings->url))
		return;
	if (weburl_same_origin(configured.origin, transfer->target.origin))
		use_settings(transfer, settings);
	weburl_finish(&configured);
}

static const char *accept_of(enum fetch_kind kind)
{
	switch (kind) {
	case FETCH_ARCHIVE:
	case FETCH_FEED:
		return "Accept: application/atom+xml, application/rss+xml, application/feed+json, "
		       "application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1";
	case FETCH_IMAGE: return "Accept: image/avif, image/webp, image/*, */*;q=0.1";
	case FETCH_PAGE: return "Accept: text/html, application/xhtml+xml;q=0.9, */*;q=0.1";
	case FETCH_HUB:
	case FETCH_ROBOTS: break;
	}
	return "Accept: text/plain, */*;q=0.1";
}

/* They belong to the URL that gave them, and to what was asked with: RFC 9111, 4.1. */
static bool may_be_conditional(const struct transfer *transfer)
{
	const char *from = transfer->validators_url;

	if (from ? !str_eq(from, transfer->target.url) : transfer->hop_count > 0)
		return false;
	return transfer->validators_variant == 0 ||
	       transfer->validators_variant == transfer->response.variant;
}

/* Our own lines before the configured ones: the list that libcurl reads. */
static struct curl_slist *link_lines(struct transfer *transfer)
{
	const char *values[] = {transfer->etag, transfer->last_modified};
	static const char *const names[] = {"If-None-Match", "If-Modified-Since"};
	bool is_asked = may_be_conditional(transfer);
	size_t i, count = 1;

	transfer->own[0].data = (char *)(uintptr_t)accept_of(transfer->kind);
	transfer->is_conditional = false;
	for (i = 0; i < ARRAY_LEN(values); i++) {
		if (!is_asked || !values[i])
			continue;
		transfer->conditions[i] = xasprintf("%s: %s", names[i], values[i]);
		transfer->own[count++].data = transfer->conditions[i];
		transfer->is_conditional = true;
	}
	for (i = 0; i < count; i++)
		transfer->own[i].next = i + 1 < count ? &transfer->own[i + 1] : transfer->lines;
	return transfer->own;
}

/* What is new with this transfer. */
static void set_options(struct transfer *transfer)
{
	const struct config_feed *settings = transfer->settings;
	const char *proxy = transfer->fetcher->config->proxy;
	CURL *easy = transfer->easy;
	int64_t left = transfer->fetcher->config->transfer_timeout_s * 1000 -
		       (clock_monotonic_ms() - transfer->started_ms);

	curl_easy_setopt(easy, CURLOPT_URL, transfer->target.url);
	if (transfer->target.is_https)
		curl_easy_setopt(easy, CURLOPT_SHARE,
			fetcher_share(transfer->fetcher, transfer->target.host));
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->curl_error);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
	if (settings && settings->user_agent) {
		curl_easy_setopt(easy, CURLOPT_USERAGENT, settings->user_agent);
		transfer->is_special = true;
		mix(transfer, settings->user_agent);
	}
	if (settings && settings->proxy) {
		proxy = settings->proxy;
		curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
		transfer->is_special = true;
	}
	transfer->has_proxy = !str_is_empty(proxy);
	if (transfer->form) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->form);
		transfer->is_special = true;
	}
}

/* Everything of an earlier hop or handle is gone. */
static bool take_handle(struct transfer *transfer)
{
	struct fetcher *fetcher = transfer->fetcher;

	transfer->generation = fetcher->generation;
	if (fetcher->idle_count) {
		transfer->easy = fetcher->idle[--fetcher->idle_count];
	} else {
		transfer->easy = curl_easy_init();
		if (!transfer->easy)
			return false;
		set_common_options(fetcher, transfer->easy);
	}
	transfer->has_body = transfer->is_error_body = transfer->has_tried = false;
	transfer->is_stopped = transfer->is_special = transfer->is_postponed = false;
	transfer->refused_why = NULL;
	transfer->body_bytes = 0;
	transfer->curl_error[0] = '\0';
	transfer->response.variant = 1;
	headers_finish(&transfer->headers);
	buf_clear(&transfer->response.body);
	drop_lines(transfer);
	return true;
}

static bool is_ascii(const char *text)
{
	while (*text && !(*text & 0x80))
		text++;
	return !*text;
}

/* The host as libcurl will read it: letters and digits of other scripts become those of ASCII. */
static bool may_ask(const struct transfer *transfer, const char **why)
{
	const char *host = transfer->target.host;
	char *ascii = NULL;
	bool may = guard_allows_host(transfer->fetcher->guard, host, why);
#if LIBCURL_VERSION_NUM >= 0x075800
	CURLU *url = NULL;

	if (may && !is_ascii(host) && (url = curl_url()) &&
		curl_url_set(url, CURLUPART_URL, transfer->target.url, 0) == CURLUE_OK &&
		curl_url_get(url, CURLUPART_HOST, &ascii, CURLU_PUNYCODE) == CURLUE_OK)
		may = guard_allows_host(transfer->fetcher->guard, ascii, why);
	curl_url_cleanup(url);
#endif
	curl_free(ascii);
	return may;
}

static void start_hop(struct transfer *transfer)
{
	struct fetcher *fetcher = transfer->fetcher;
	const char *why = NULL;
	struct pool *pool;

	if (!may_ask(transfer, &why)) {
		end(transfer, POLL_REFUSED, "%.100s is %s", transfer->target.host, why);
		return;
	}
	if (!take_handle(transfer)) {
		end(transfer, POLL_TRANSFER_ERROR, "libcurl has no memory");
		return;
	}
	set_options(transfer);
	add_credentials(transfer);
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, link_lines(transfer));
	pool = fetcher_pool(fetcher);
	if (curl_multi_add_handle(pool->multi, transfer->easy) != CURLM_OK) {
		end(transfer, POLL_TRANSFER_ERROR, "libcurl does not take the transfer");
		return;
	}
	transfer->pool = pool;
	pool->running++;
}

static bool was_visited(const struct transfer *transfer, const char *url)
{
	size_t i;

	for (i = 0; i < transfer->hop_count; i++)
		if (str_eq(transfer->visited[i], url))
			return true;
	return str_eq(transfer->target.url, url);
}

/* Where a redirect leads, by the rules; NULL in *why: go there. */
static enum poll_outcome judge_target(
	const struct transfer *transfer, const char *location, struct weburl *to, const char **why)
{
	struct buf url = {0};
	bool is_web;

	if (str_is_empty(location)) {
		*why = "a redirect to nowhere";
		return POLL_REDIRECT_ERROR;
	}
	url_resolve(transfer->target.url, location, &url);
	is_web = url_has_scheme(buf_text(&url), "http") || url_has_scheme(buf_text(&url), "https");
	if (!weburl_init(to, buf_text(&url)))
		*why = is_web ? "a redirect to something that is no URL"
			      : "a redirect to a scheme that is not ours";
	buf_finish(&url);
	if (*why)
		return is_web ? POLL_REDIRECT_ERROR : POLL_REFUSED;
	if (transfer->target.is_https && !to->is_https)
		*why = "a redirect from https to http";
	else if (transfer->form && transfer->response.http_status != 307 &&
		 transfer->response.http_status != 308)
		*why = "a redirect that is not for a POST";
	else if (was_visited(transfer, to->url))
		*why = "redirects in a circle";
	else if (transfer->hop_count >= LIMIT_REDIRECTS)
		*why = "too many redirects";
	return POLL_REDIRECT_ERROR;
}

static void redirect(struct transfer *transfer)
{
	struct fetch_response *response = &transfer->response;
	int status = response->http_status;
	enum poll_outcome outcome;
	const char *why = NULL;
	struct weburl to = {0};
	char span[DATE_TEXT_BYTES];

	if (response->retry_after_s > 0) {
		end(transfer, POLL_LIMITED, "a redirect that asks to wait %s",
			date_span(response->retry_after_s, span));
		return;
	}
	outcome = judge_target(transfer, transfer->headers.values[HEADER_LOCATION], &to, &why);
	if (why) {
		weburl_finish(&to);
		end(transfer, outcome, "%s", why);
		return;
	}
	if (status != 301 && status != 308)
		transfer->is_moving = true;
	if (!transfer->is_moving) {
		free(response->permanent_url);
		response->permanent_url = xstrdup(to.url);
	}
	transfer->visited[transfer->hop_count++] = xstrdup(transfer->target.url);
	weburl_finish(&transfer->target);
	transfer->target = to;
	give_back(transfer);
	start_hop(transfer);
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
		redirect(transfer);
		return;
	}
	keep_headers(transfer);
	if (status == 429 || (status == 503 && wait_s > 0)) {
		if (wait_s)
			end(transfer, POLL_LIMITED, "asked to wait %s", date_span(wait_s, span));
		else
			end(transfer, POLL_LIMITED, "asked to slow down");
	} else if (verdict_is_challenge(
			   transfer->kind, status, &transfer->headers, &response->body)) {
		end(transfer, POLL_CHALLENGE, "a challenge for browsers");
	} else if (status == 304 && transfer->is_conditional) {
		end(transfer, POLL_NOT_MODIFIED, "%s", "");
	} else if (status == 304) {
		end(transfer, POLL_HTTP_ERROR, "304 to a request without condition");
	} else if (status == 410) {
		end(transfer, POLL_GONE, "gone");
	} else if (status == 200 || status == 203 ||
		   (transfer->kind == FETCH_HUB && status > 200 && status < 300)) {
		end(transfer, POLL_OK, "%s", "");
	} else {
		words = verdict_status_words(status);
		end(transfer, POLL_HTTP_ERROR, "HTTP %d%s%s", status, words ? ", " : "",
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
	end(transfer, POLL_LIMITED, "its address is busy with other requests of ours");
}

static void on_ended(struct transfer *transfer, CURLcode code)
{
	const struct config *config = transfer->fetcher->config;
	const char *words = verdict_curl_words(code);
	enum poll_outcome outcome;

	count(transfer);
	read_headers(transfer);
	if (transfer->is_stopped && transfer->stop_outcome != POLL_OK) {
		keep_headers(transfer);
		end(transfer, transfer->stop_outcome, "%s", transfer->stop_why);
		return;
	}
	if (headers_have_two_lengths(&transfer->headers)) {
		end(transfer, POLL_TRANSFER_ERROR, "two lengths that disagree");
		return;
	}
	/* What an error said stands in its header, however its body ended. */
	if (code == CURLE_OK || transfer->is_stopped || transfer->is_error_body) {
		judge(transfer);
		return;
	}
	outcome = verdict_of_curl(code);
	if (outcome == POLL_TOO_LARGE && code != CURLE_FILESIZE_EXCEEDED)
		end(transfer, outcome, "the header is too large");
	else if (outcome == POLL_CONNECT_ERROR && transfer->is_postponed)
		end_postponed(transfer);
	else if (outcome == POLL_CONNECT_ERROR && transfer->refused_why && !transfer->has_tried)
		end(transfer, POLL_REFUSED, "%.100s has %s", transfer->target.host,
			transfer->refused_why);
	else if (outcome == POLL_TIMEOUT)
		end(transfer, outcome, "%s (of %lld s)",
			transfer->response.http_status ? "the answer took too long"
						       : "no answer in time",
			(long long)config->transfer_timeout_s);
	else if (words)
		end(transfer, outcome, "%s", words);
	else
		end(transfer, outcome, "%.150s",
			transfer->curl_error[0] ? verdict_plain(transfer->curl_error)
						: curl_easy_strerror(code));
}

void fetcher_on_ended(struct pool *pool)
{
	struct transfer *transfer;
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(pool->multi, &left))) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &transfer);
		on_ended(transfer, msg->data.result);
	}
}

void fetch_start(struct fetcher *fetcher, const struct fetch_request *request, fetch_done *on_done,
	void *context)
{
	struct transfer *transfer = xcalloc(1, sizeof(*transfer));

	transfer->fetcher = fetcher;
	transfer->kind = request->kind;
	transfer->settings = request->settings;
	transfer->etag = request->etag;
	transfer->last_modified = request->last_modified;
	transfer->validators_url = request->validators_url;
	transfer->validators_variant = request->validators_variant;
	transfer->form = request->form;
	transfer->admit = request->admit;
	transfer->on_done = on_done;
	transfer->context = context;
	transfer->started_ms = clock_monotonic_ms();
	transfer->next = fetcher->transfers;
	if (transfer->next)
		transfer->next->prev = transfer;
	fetcher->transfers = transfer;
	fetcher->running++;
	if (!weburl_init(&transfer->target, request->url)) {
		end(transfer, POLL_REFUSED, "not a URL of the web");
		return;
	}
	if (transfer->target.user)
		weburl_init(&transfer->first, request->url);
	start_hop(transfer);
}

void fetcher_drop_idle(struct fetcher *fetcher)
{
	while (fetcher->idle_count)
		curl_easy_cleanup(fetcher->idle[--fetcher->idle_count]);
	fetcher->generation++;
}

void fetcher_drop_all(struct fetcher *fetcher)
{
	struct transfer *transfer;

	while ((transfer = fetcher->transfers)) {
		give_back(transfer);
		list_remove(transfer);
		transfer_free(transfer);
	}
	fetcher_drop_idle(fetcher);
}
