#include "config.h"

#include "diurnad/fetch.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/reason.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"
#include "diurnad/guard.h"
#include "diurnad/headers.h"
#include "diurnad/transfer.h"
#include "diurnad/weburl.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, transfer_on_header);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, transfer_on_body);
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
}

/* A host may be of any bytes, and the space for a sentence ends within a character. */
static void mend(char *text)
{
	size_t len = strlen(text), i, size;

	for (i = 0; i < len; i += size)
		if (utf8_decode(text + i, len - i, &size) == UTF8_BAD && size == 1)
			text[i] = '?';
}

void transfer_end(struct transfer *transfer, enum poll_outcome outcome, const char *format, ...)
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
		transfer_end(transfer, POLL_REFUSED, "%.100s is not public: %s",
			transfer->target.host, why);
		return;
	}
	if (!take_handle(transfer)) {
		transfer_end(transfer, POLL_TRANSFER_ERROR, "libcurl has no memory");
		return;
	}
	transfer_compose(transfer);
	pool = fetcher_pool(fetcher);
	if (curl_multi_add_handle(pool->multi, transfer->easy) != CURLM_OK) {
		transfer_end(transfer, POLL_TRANSFER_ERROR, "libcurl does not take the transfer");
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
		*why = reason_text(REASON_NOWHERE);
		return POLL_REDIRECT_ERROR;
	}
	url_resolve(transfer->target.url, location, &url);
	is_web = url_has_scheme(buf_text(&url), "http") || url_has_scheme(buf_text(&url), "https");
	if (!weburl_init(to, buf_text(&url)))
		*why = reason_text(is_web ? REASON_NO_URL : REASON_OTHER_SCHEME);
	buf_finish(&url);
	if (*why)
		return is_web ? POLL_REDIRECT_ERROR : POLL_REFUSED;
	if (transfer->target.is_https && !to->is_https)
		*why = reason_text(REASON_LESS_SAFE);
	else if (transfer->form && transfer->response.http_status != 307 &&
		 transfer->response.http_status != 308)
		*why = "a redirect that is not for a POST";
	else if (was_visited(transfer, to->url))
		*why = reason_text(REASON_CIRCLE);
	else if (transfer->hop_count >= LIMIT_REDIRECTS)
		*why = reason_text(REASON_MANY_REDIRECTS);
	return POLL_REDIRECT_ERROR;
}

void transfer_redirect(struct transfer *transfer)
{
	struct fetch_response *response = &transfer->response;
	int status = response->http_status;
	enum poll_outcome outcome;
	const char *why = NULL;
	struct weburl to = {0};
	char span[DATE_TEXT_BYTES];

	if (response->retry_after_s > 0) {
		transfer_end(transfer, POLL_LIMITED, "a redirect that asks to wait %s",
			date_span(response->retry_after_s, span));
		return;
	}
	outcome = judge_target(transfer, transfer->headers.values[HEADER_LOCATION], &to, &why);
	if (why) {
		weburl_finish(&to);
		transfer_end(transfer, outcome, "%s", why);
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

void fetcher_on_ended(struct pool *pool)
{
	struct transfer *transfer;
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(pool->multi, &left))) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &transfer);
		transfer_judge(transfer, msg->data.result);
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
	if (!weburl_init(&transfer->target, request->url)) {
		transfer_end(transfer, POLL_REFUSED, "%s", reason_text(REASON_NOT_WEB));
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
