/* Transfers and their order, watched at a scripted server. Numbers are lines of the manners. */
#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/dispatch.h"
#include "diurnad/fetch.h"
#include "script_server.h"

#include <dlfcn.h>
#include <locale.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OK         "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n"
#define NOTHING    "Content-Length: 0\r\n\r\n"
#define DISALLOWED "User-agent: *\nDisallow: /closed\nCrawl-delay: 0.2\n"

static const struct script_row rows[] = {
	{"/feed",
		OK "ETag: W/\"a b\"\r\nLast-Modified: odd date\r\nContent-Type: text/xml\r\n"
		   "Cache-Control: max-age=100\r\nAge: 30\r\n"
		   "Link: </hub>; rel=\"hub\", <http://127.0.0.1/c>; rel=canonical\r\n\r\n<rss/>",
		SCRIPT_KEEP, 0},
	{"/304", "HTTP/1.1 304 Not Modified\r\nETag: \"new\"\r\n\r\n", SCRIPT_KEEP, 0},
	{"/301", "HTTP/1.1 301 Moved\r\nLocation: /308\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/308", "HTTP/1.1 308 Moved\r\nLocation: /302#there\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/302", "HTTP/1.1 302 Found\r\nLocation: /feed\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/to-other", "HTTP/1.1 302 Found\r\nLocation: http://localhost:%P/feed\r\n" NOTHING,
		SCRIPT_KEEP, 0},
	{"/loop", "HTTP/1.1 301 Moved\r\nLocation: /loop2\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/loop2", "HTTP/1.1 301 Moved\r\nLocation: /loop\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/nowhere", "HTTP/1.1 301 Moved\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/file", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/metadata", "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/x\r\n" NOTHING,
		SCRIPT_KEEP, 0},
	{"/decimal", "HTTP/1.1 302 Found\r\nLocation: http://167772161/x\r\n" NOTHING, SCRIPT_KEEP,
		0},
	{"/wait", "HTTP/1.1 302 Found\r\nLocation: /feed\r\nRetry-After: 90\r\n" NOTHING,
		SCRIPT_KEEP, 0},
	{"/204", "HTTP/1.1 204 Nothing\r\n\r\n", SCRIPT_KEEP, 0},
	{"/206", "HTTP/1.1 206 Partial\r\nContent-Length: 6\r\n\r\n<rss/>", SCRIPT_KEEP, 0},
	{"/410", "HTTP/1.1 410 Gone\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/500", "HTTP/1.1 500 Error\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/429", "HTTP/1.1 429 Slow\r\nRetry-After: 3000\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/429-bare", "HTTP/1.1 429 Slow\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/429-short", "HTTP/1.1 429 Slow\r\nRetry-After: 1\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/429-date",
		"HTTP/1.1 429 Slow\r\nDate: Mon, 23 Nov 2026 10:00:00 GMT\r\n"
		"Retry-After: Mon, 23 Nov 2026 10:10:00 GMT\r\n" NOTHING,
		SCRIPT_KEEP, 0},
	{"/503", "HTTP/1.1 503 Busy\r\nRetry-After: 120\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/503-bare", "HTTP/1.1 503 Busy\r\n" NOTHING, SCRIPT_KEEP, 0},
	{"/truncated", "HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n<rss>", SCRIPT_CLOSE, 0},
	{"/two-lengths", OK "Content-Length: 4\r\n\r\n<rss/>", SCRIPT_CLOSE, 0},
	{"/reset", "HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n<rss>", SCRIPT_RESET, 0},
	{"/empty-reply", "", SCRIPT_CLOSE, 0},
	{"/garbage", "\x01\x02 this is no HTTP at all\n\n", SCRIPT_CLOSE, 0},
	{"/bad-gzip", OK "Content-Encoding: gzip\r\n\r\n<rss/>", SCRIPT_KEEP, 0},
	{"/unknown-coding", OK "Content-Encoding: x-diurnal\r\n\r\n<rss/>", SCRIPT_KEEP, 0},
	{"/stall", "HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n", SCRIPT_STALL, 0},
	{"/silent", "", SCRIPT_STALL, 0},
	{"/large", "HTTP/1.1 200 OK\r\n\r\n", SCRIPT_CLOSE, LIMIT_FEED_BYTES + 1000000},
	{"/large-header", "HTTP/1.1 200 OK\r\nX: ", SCRIPT_CLOSE, 300000},
	{"/challenge",
		"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 60\r\n\r\n"
		"<!DOCTYPE html><html><head><title>Just a moment...</title>xx",
		SCRIPT_KEEP, 0},
	{"/mitigated", "HTTP/1.1 403 Forbidden\r\ncf-mitigated: challenge\r\n" NOTHING, SCRIPT_KEEP,
		0},
	{"/pdf", OK "Content-Type: application/pdf\r\n\r\n%PDF-1", SCRIPT_KEEP, 0},
	{"/robots.txt", "HTTP/1.1 200 OK\r\nContent-Length: 49\r\n\r\n" DISALLOWED, SCRIPT_KEEP, 0},
	{"/early", "HTTP/1.1 103 Early Hints\r\nETag: \"no\"\r\n\r\n" OK "\r\n<rss/>", SCRIPT_KEEP,
		0},
	{NULL, OK "\r\n<rss/>", SCRIPT_KEEP, 0},
};

struct fixture {
	struct ev_loop *loop;
	struct config config;
	struct script_server *server;
	struct fetcher *fetcher;
	struct dispatch *dispatch;
	char *recorded_robots; /* what on_robots said */
	int robots_status;
	struct host_row host; /* what on_host said */
};

static const char *const allow_loopback[] = {"127.0.0.0/8", "::1"};

static void on_host(void *context, const struct host_row *row)
{
	struct fixture *fixture = context;

	fixture->host.paused_until = row->paused_until;
	fixture->host.strikes = row->strikes;
}

static void on_robots(
	void *context, const char *authority, int http_status, const char *body, int64_t at)
{
	struct fixture *fixture = context;

	(void)authority;
	(void)at;
	fixture->robots_status = http_status;
	free(fixture->recorded_robots);
	fixture->recorded_robots = body ? xstrdup(body) : NULL;
}

static int set_up(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));
	const struct dispatch_hooks hooks = {
		.on_host = on_host, .on_robots = on_robots, .context = fixture};
	struct config *config = &fixture->config;

	/* As the daemon does: libcurl takes names for text of the locale. */
	setlocale(LC_CTYPE, "C.UTF-8");
	log_set_level(LOG_LEVEL_ERR);
	config->allow = allow_loopback;
	config->allow_count = 2;
	config->contact = "https://diurna.example/";
	config->max_connections = 16;
	config->host_connections = 1;
	config->connect_timeout_s = 10;
	config->transfer_timeout_s = 60;
	config->honours_robots = true;
	fixture->loop = ev_loop_new(0);
	fixture->server = script_server_new(rows);
	fixture->fetcher = fetcher_new(fixture->loop, config);
	fixture->dispatch = dispatch_new(fixture->loop, fixture->fetcher, config, &hooks);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	dispatch_free(fixture->dispatch);
	fetcher_free(fixture->fetcher);
	script_server_free(fixture->server);
	ev_loop_destroy(fixture->loop);
	free(fixture->recorded_robots);
	free(fixture);
	return 0;
}

/* One request and what came of it. */
struct probe {
	struct fetch_request request;
	struct fetch_response response;
	bool is_done;
	int order; /* it was the n-th to end, from 1 */
};

static int ended;

static void on_done(void *context, struct fetch_response *response)
{
	struct probe *probe = context;

	assert_false(probe->is_done);
	probe->response = *response;
	memset(response, 0, sizeof(*response));
	probe->is_done = true;
	probe->order = ++ended;
}

static void url_to(struct fixture *fixture, char url[200], const char *host, const char *path)
{
	snprintf(url, 200, "http://%s:%d%s", host, script_server_port(fixture->server), path);
}

static void run_until_done(struct fixture *fixture, const struct probe *probes, size_t count)
{
	int64_t stop_ms = clock_monotonic_ms() + 60000;
	size_t i;

	for (i = 0; i < count; i++)
		while (!probes[i].is_done) {
			assert_true(clock_monotonic_ms() < stop_ms);
			ev_run(fixture->loop, EVRUN_ONCE);
		}
}

static struct probe ask(struct fixture *fixture, struct fetch_request request, const char *path)
{
	struct probe probe = {.request = request};
	char url[200];

	url_to(fixture, url, "127.0.0.1", path);
	if (!probe.request.url)
		probe.request.url = url;
	fetch_start(fixture->fetcher, &probe.request, on_done, &probe);
	assert_false(probe.is_done);
	run_until_done(fixture, &probe, 1);
	probe.request.url = NULL;
	return probe;
}

static const struct fetch_request feed = {.kind = FETCH_FEED};
static const struct fetch_request page = {.kind = FETCH_PAGE};

static bool asked_with(struct fixture *fixture, size_t n, const char *line)
{
	const struct script_request *request = script_server_request(fixture->server, n);

	assert_non_null(request);
	return strstr(request->text, line) != NULL;
}

static void test_outcomes(void **state)
{
	static const struct {
		const char *path;
		enum poll_outcome outcome;
		int status;
		enum fetch_kind kind;
	} cases[] = {
		{"/feed", POLL_OK, 200, FETCH_FEED},
		{"/early", POLL_OK, 200, FETCH_FEED},
		{"/302", POLL_OK, 200, FETCH_FEED},
		{"/304", POLL_HTTP_ERROR, 304, FETCH_FEED},
		{"/loop", POLL_REDIRECT_ERROR, 301, FETCH_FEED},
		{"/nowhere", POLL_REDIRECT_ERROR, 301, FETCH_FEED},
		{"/file", POLL_REFUSED, 302, FETCH_FEED},
		{"/metadata", POLL_REFUSED, 302, FETCH_FEED},
		{"/decimal", POLL_REFUSED, 302, FETCH_PAGE},
		{"/wait", POLL_LIMITED, 302, FETCH_FEED},
		{"/204", POLL_HTTP_ERROR, 204, FETCH_FEED},
		{"/206", POLL_HTTP_ERROR, 206, FETCH_FEED},
		{"/410", POLL_GONE, 410, FETCH_FEED},
		{"/500", POLL_HTTP_ERROR, 500, FETCH_FEED},
		{"/429", POLL_LIMITED, 429, FETCH_FEED},
		{"/503", POLL_LIMITED, 503, FETCH_FEED},
		{"/503-bare", POLL_HTTP_ERROR, 503, FETCH_FEED},
		{"/truncated", POLL_TRANSFER_ERROR, 200, FETCH_FEED},
		{"/two-lengths", POLL_TRANSFER_ERROR, 200, FETCH_FEED},
		{"/reset", POLL_TRANSFER_ERROR, 200, FETCH_FEED},
		{"/empty-reply", POLL_TRANSFER_ERROR, 0, FETCH_FEED},
		{"/garbage", POLL_TRANSFER_ERROR, 0, FETCH_FEED},
		{"/bad-gzip", POLL_TRANSFER_ERROR, 200, FETCH_FEED},
		{"/unknown-coding", POLL_TRANSFER_ERROR, 200, FETCH_FEED},
		{"/stall", POLL_TIMEOUT, 200, FETCH_FEED},
		{"/silent", POLL_TIMEOUT, 0, FETCH_FEED},
		{"/large", POLL_TOO_LARGE, 200, FETCH_FEED},
		{"/large", POLL_TOO_LARGE, 200, FETCH_PAGE},
		{"/large", POLL_OK, 200, FETCH_ROBOTS},
		{"/large-header", POLL_TOO_LARGE, 200, FETCH_FEED},
		{"/challenge", POLL_CHALLENGE, 403, FETCH_PAGE},
		{"/mitigated", POLL_CHALLENGE, 403, FETCH_FEED},
		{"/pdf", POLL_NOT_A_FEED, 200, FETCH_PAGE},
	};
	struct fixture *fixture = *state;
	struct fetch_request request = {0};
	struct probe probe;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		request.kind = cases[i].kind;
		fixture->config.transfer_timeout_s = cases[i].outcome == POLL_TIMEOUT ? 1 : 60;
		probe = ask(fixture, request, cases[i].path);
		if (probe.response.outcome != cases[i].outcome)
			print_error("%s: %s\n", cases[i].path, probe.response.error);
		assert_int_equal(probe.response.outcome, cases[i].outcome);
		if (!str_eq(cases[i].path, "/large-header"))
			assert_int_equal(probe.response.http_status, cases[i].status);
		assert_true((probe.response.outcome == POLL_OK) == !probe.response.error[0]);
		fetch_response_finish(&probe.response);
	}
}

static void test_no_connection(void **state)
{
	static const struct {
		const char *url;
		enum poll_outcome outcome;
	} cases[] = {
		{"http://127.0.0.1:1/", POLL_CONNECT_ERROR},
		{"http://no-such-host.invalid/", POLL_DNS_ERROR},
		{"https://127.0.0.1:%d/feed", POLL_TLS_ERROR},
		{"ftp://127.0.0.1/", POLL_REFUSED},
		{"http://", POLL_REFUSED},
		{"http://10.0.0.1/", POLL_REFUSED},
		{"http://[::ffff:10.0.0.1]/", POLL_REFUSED},
		{"http://0xa.1/", POLL_REFUSED},
	};
	struct fixture *fixture = *state;
	struct fetch_request request = feed;
	struct probe probe;
	char url[200];
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		const char *hole = strstr(cases[i].url, "%d");

		snprintf(url, sizeof(url), "%s", cases[i].url);
		if (hole)
			snprintf(url, sizeof(url), "https://127.0.0.1:%d/feed",
				script_server_port(fixture->server));
		request.url = url;
		probe = ask(fixture, request, NULL);
		if (probe.response.outcome != cases[i].outcome)
			print_error("%s: %s\n", url, probe.response.error);
		assert_int_equal(probe.response.outcome, cases[i].outcome);
		fetch_response_finish(&probe.response);
	}
	assert_int_equal(script_server_count(fixture->server), 0);
}

/*
 * DNS as a test wants it: a name below .rebind.test is its first label with '-' for '.' and '_'
 * for ':', several joined by "--"; "turn" is what the test says at the moment.
 */
static char turn[64];

int getaddrinfo(
	const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	char label[128] = "", *first = label, *rest;
	const char *dot = node ? strstr(node, ".rebind.test") : NULL;
	struct addrinfo *more = NULL;
	int code;

	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	if (!dot)
		return real(node, service, hints, list);
	snprintf(label, sizeof(label), "%.*s", (int)(dot - node), node);
	if (str_eq(label, "turn"))
		snprintf(label, sizeof(label), "%s", turn);
	rest = strstr(label, "--");
	if (rest)
		*rest = '\0';
	for (char *c = label; *c; c++)
		*c = *c == '-' ? '.' : *c == '_' ? ':' : *c;
	for (char *c = rest ? rest + 2 : first; rest && *c; c++)
		*c = *c == '-' ? '.' : *c == '_' ? ':' : *c;
	code = real(first, service, NULL, list);
	if (code == 0 && rest && real(rest + 2, service, NULL, &more) == 0) {
		struct addrinfo *last = *list;

		while (last->ai_next)
			last = last->ai_next;
		last->ai_next = more;
	}
	return code;
}

static void url_of_name(struct fixture *fixture, char url[200], const char *name)
{
	snprintf(url, 200, "http://%s.rebind.test:%d/feed", name,
		script_server_port(fixture->server));
}

static enum poll_outcome outcome_of(struct fixture *fixture, const char *name)
{
	struct fetch_request request = {.kind = FETCH_FEED};
	enum poll_outcome outcome;
	struct probe probe;
	char url[200];

	url_of_name(fixture, url, name);
	request.url = url;
	probe = ask(fixture, request, NULL);
	outcome = probe.response.outcome;
	fetch_response_finish(&probe.response);
	return outcome;
}

/* Names that lead to where we do not go, whatever they look like. */
static void test_guard_names(void **state)
{
	static const char *const names[] = {"127-0-0-1", "10-0-0-1", "172-16-0-1", "192-168-1-1",
		"169-254-169-254", "100-64-0-1", "0-0-0-0", "224-0-0-1", "__1", "__ffff_127.0.0.1",
		"fd00__1", "fe80__1", "64_ff9b__7f00_1", "2002_7f00_1__1", "10-0-0-1--127-0-0-1"};
	struct fixture *fixture = *state;
	size_t i;

	fixture->config.allow_count = 0;
	fetcher_configure(fixture->fetcher, &fixture->config);
	for (i = 0; i < ARRAY_LEN(names); i++)
		if (outcome_of(fixture, names[i]) != POLL_REFUSED)
			fail_msg("%s is not refused", names[i]);
	assert_int_equal(script_server_count(fixture->server), 0);
}

/* What DNS says later is judged later; of two addresses only the allowed one is tried. */
static void test_guard_rebinding(void **state)
{
	static const char *const one[] = {"127.0.0.1/32"};
	struct fixture *fixture = *state;

	fixture->config.allow = one;
	fixture->config.allow_count = 1;
	fetcher_configure(fixture->fetcher, &fixture->config);
	strcpy(turn, "127-0-0-1");
	assert_int_equal(outcome_of(fixture, "turn"), POLL_OK);
	assert_int_equal(script_server_count(fixture->server), 1);
	strcpy(turn, "127-0-0-2");
	/* The connection that was judged may serve again, no other. */
	assert_int_equal(outcome_of(fixture, "turn"), POLL_OK);
	fetcher_configure(fixture->fetcher, &fixture->config);
	assert_int_equal(outcome_of(fixture, "turn"), POLL_REFUSED);
	assert_int_equal(outcome_of(fixture, "127-0-0-2--127-0-0-1"), POLL_OK);
	assert_int_equal(script_server_count(fixture->server), 3);
}

/* A proxy connects for us, so the name itself is judged, as libcurl will read it. */
static void test_guard_before_a_proxy(void **state)
{
	static const char *const urls[] = {"http://127.0.0.1/", "http://2130706433/",
		"http://0x7f.1/", "http://[::ffff:7f00:1]/", "http://localhost./",
		"http://\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x97.0.0.1/", /* full-width digits */
		("http://127\xE3\x80\x82"
		 "0\xE3\x80\x82"
		 "0\xE3\x80\x82"
		 "1/"), /* ideographic full stops */
		"http://%31%32%37.0.0.1/",
		("http://\xE2\x91\xA0"
		 "27.1/")}; /* a circled one */
	struct fixture *fixture = *state;
	struct fetch_request request = feed;
	struct probe probe;
	char proxy[64];
	size_t i;

	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", script_server_port(fixture->server));
	fixture->config.proxy = proxy;
	fixture->config.allow_count = 0;
	fetcher_configure(fixture->fetcher, &fixture->config);
	for (i = 0; i < ARRAY_LEN(urls); i++) {
		request.url = urls[i];
		probe = ask(fixture, request, NULL);
		if (probe.response.outcome != POLL_REFUSED)
			fail_msg("%s is not refused: %s", urls[i], probe.response.error);
		fetch_response_finish(&probe.response);
	}
	assert_int_equal(script_server_count(fixture->server), 0);
}

/* A name is judged by the address it has when the connection is made. */
static void test_guard_at_connect(void **state)
{
	struct fixture *fixture = *state;
	struct probe probe;

	fixture->config.allow_count = 0;
	fetcher_configure(fixture->fetcher, &fixture->config);
	probe = ask(fixture, feed, "/feed");
	assert_int_equal(probe.response.outcome, POLL_REFUSED);
	assert_int_equal(script_server_count(fixture->server), 0);
	fetch_response_finish(&probe.response);
}

static void test_line_2_3_conditions(void **state)
{
	struct fixture *fixture = *state;
	struct fetch_request request = feed;
	struct probe probe = ask(fixture, feed, "/feed");

	assert_false(asked_with(fixture, 0, "If-"));
	assert_string_equal(probe.response.etag, "W/\"a b\"");
	assert_string_equal(probe.response.last_modified, "odd date");
	assert_string_equal(buf_text(&probe.response.body), "<rss/>");
	assert_true(probe.response.has_freshness);
	assert_int_equal(probe.response.fresh_s, 70);
	assert_non_null(strstr(probe.response.link_hub, "/hub"));
	assert_string_equal(probe.response.link_canonical, "http://127.0.0.1/c");
	fetch_response_finish(&probe.response);
	request.etag = "W/\"a b\"";
	request.last_modified = "odd date";
	probe = ask(fixture, request, "/304");
	assert_int_equal(probe.response.outcome, POLL_NOT_MODIFIED);
	assert_string_equal(probe.response.etag, "\"new\"");
	assert_true(asked_with(fixture, 1, "\r\nIf-None-Match: W/\"a b\"\r\n"));
	assert_true(asked_with(fixture, 1, "\r\nIf-Modified-Since: odd date\r\n"));
	fetch_response_finish(&probe.response);
}

static void test_line_9_validators_of_another_url(void **state)
{
	struct fixture *fixture = *state;
	struct fetch_request request = feed;
	struct probe probe;
	char url[200];

	url_to(fixture, url, "127.0.0.1", "/feed");
	request.etag = "\"1\"";
	request.validators_url = url;
	probe = ask(fixture, request, "/302");
	assert_false(asked_with(fixture, 0, "If-None-Match"));
	assert_true(asked_with(fixture, 1, "If-None-Match: \"1\""));
	fetch_response_finish(&probe.response);
}

/* Nor are they sent when something else is asked with than when they were got. */
static void test_line_9_33_validators_of_another_request(void **state)
{
	static const char *const headers[] = {"X-Edition: evening"};
	struct config_feed settings = {.headers = headers, .header_count = 1};
	struct fixture *fixture = *state;
	struct fetch_request request = feed;
	struct probe probe;
	char url[200];
	uint32_t plain;

	probe = ask(fixture, request, "/feed");
	plain = probe.response.variant;
	assert_int_not_equal(plain, 0);
	fetch_response_finish(&probe.response);
	url_to(fixture, url, "127.0.0.1", "/feed");
	settings.url = url;
	request.etag = "\"1\"";
	request.validators_variant = plain;
	probe = ask(fixture, request, "/feed");
	fetch_response_finish(&probe.response);
	assert_true(asked_with(fixture, 1, "If-None-Match: \"1\""));
	request.settings = &settings;
	probe = ask(fixture, request, "/feed");
	assert_true(asked_with(fixture, 2, "X-Edition: evening"));
	assert_false(asked_with(fixture, 2, "If-None-Match"));
	request.validators_variant = probe.response.variant;
	assert_int_not_equal(plain, request.validators_variant);
	fetch_response_finish(&probe.response);
	probe = ask(fixture, request, "/feed");
	fetch_response_finish(&probe.response);
	assert_true(asked_with(fixture, 3, "If-None-Match: \"1\""));
}

static void test_line_11_32_33_34_request(void **state)
{
	static const char *const never[] = {"Cache-Control", "Pragma", "If-Match", "Range", "HEAD ",
		"Cookie", "Referer", "Authorization", "curl"};
	struct fixture *fixture = *state;
	struct probe probe = ask(fixture, feed, "/feed?A=%7e&b=C");
	size_t i;

	assert_true(asked_with(fixture, 0, "GET /feed?A=%7e&b=C HTTP/1.1\r\n"));
	assert_true(asked_with(fixture, 0, "\r\nUser-Agent: diurna/"));
	assert_true(asked_with(fixture, 0, " (+https://diurna.example/)\r\n"));
	assert_true(asked_with(fixture, 0, "\r\nAccept: application/atom+xml, "));
	assert_true(asked_with(fixture, 0, "\r\nAccept-Encoding: "));
	assert_true(asked_with(fixture, 0, "gzip"));
	for (i = 0; i < ARRAY_LEN(never); i++)
		assert_false(asked_with(fixture, 0, never[i]));
	fetch_response_finish(&probe.response);
}

static void test_line_30_redirects(void **state)
{
	struct fixture *fixture = *state;
	struct probe probe = ask(fixture, feed, "/301");

	assert_int_equal(probe.response.outcome, POLL_OK);
	assert_true(str_ends(probe.response.final_url, "/feed"));
	assert_true(str_ends(probe.response.permanent_url, "/302"));
	fetch_response_finish(&probe.response);
	probe = ask(fixture, feed, "/302");
	assert_null(probe.response.permanent_url);
	fetch_response_finish(&probe.response);
}

static void test_line_34_35_credentials(void **state)
{
	static const char *const lines[] = {"X-Key: secret"};
	struct fixture *fixture = *state;
	struct config_feed settings = {.headers = lines, .header_count = 1};
	struct fetch_request request = feed;
	struct probe probe;
	char url[200], own[200];

	snprintf(url, sizeof(url), "http://me:p%%40ss@127.0.0.1:%d/to-other",
		script_server_port(fixture->server));
	url_to(fixture, own, "127.0.0.1", "/whatever");
	settings.url = own;
	request.url = url;
	request.settings = &settings;
	probe = ask(fixture, request, NULL);
	assert_int_equal(probe.response.outcome, POLL_OK);
	assert_int_equal(script_server_count(fixture->server), 2);
	assert_true(asked_with(fixture, 0, "\r\nAuthorization: Basic bWU6cEBzcw==\r\n"));
	assert_true(asked_with(fixture, 0, "\r\nX-Key: secret\r\n"));
	assert_false(asked_with(fixture, 0, "me:p"));
	assert_false(asked_with(fixture, 1, "Authorization"));
	assert_false(asked_with(fixture, 1, "X-Key"));
	assert_null(strstr(probe.response.final_url, "p%40ss"));
	fetch_response_finish(&probe.response);
}

static void submit(struct fixture *fixture, struct probe *probe, struct fetch_request request,
	const char *host, const char *path)
{
	char url[200];

	url_to(fixture, url, host, path);
	request.url = url;
	memset(probe, 0, sizeof(*probe));
	dispatch_submit(fixture->dispatch, &request, on_done, probe);
	assert_false(probe->is_done);
}

static void finish_all(struct probe *probes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		fetch_response_finish(&probes[i].response);
}

static void test_line_29_one_connection_and_gap(void **state)
{
	struct fixture *fixture = *state;
	struct probe probes[6];
	size_t i;

	fixture->config.feed_gap_ms = 60;
	for (i = 0; i < ARRAY_LEN(probes); i++)
		submit(fixture, &probes[i], feed, "127.0.0.1", "/x");
	assert_int_equal(dispatch_waiting(fixture->dispatch), 6);
	run_until_done(fixture, probes, ARRAY_LEN(probes));
	assert_int_equal(script_server_most_busy(fixture->server), 1);
	for (i = 1; i < ARRAY_LEN(probes); i++)
		assert_true(script_server_request(fixture->server, i)->at_ms -
				    script_server_request(fixture->server, i - 1)->at_ms >=
			    60);
	assert_int_equal(dispatch_waiting(fixture->dispatch), 0);
	finish_all(probes, ARRAY_LEN(probes));
}

/* Four names of one machine: two requests at a time and a gap, also when nobody knew that yet. */
static void test_line_29_hosts_of_one_address(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost", "a.localhost", "b.localhost"};
	struct fixture *fixture = *state;
	struct probe probes[12];
	int64_t first_ms, last_ms;
	size_t i, n = ARRAY_LEN(probes);

	fixture->config.address_connections = 2;
	fixture->config.address_gap_ms = 30;
	dispatch_configure(fixture->dispatch, &fixture->config);
	for (i = 0; i < n; i++)
		submit(fixture, &probes[i], feed, hosts[i % ARRAY_LEN(hosts)], "/x");
	run_until_done(fixture, probes, n);
	for (i = 0; i < n; i++)
		assert_string_equal(probes[i].response.error, "");
	assert_int_equal(script_server_count(fixture->server), n);
	assert_in_range(script_server_most_busy(fixture->server), 1, 2);
	first_ms = script_server_request(fixture->server, 0)->at_ms;
	last_ms = script_server_request(fixture->server, n - 1)->at_ms;
	assert_true(last_ms - first_ms >= (int64_t)(n - 2) * 30);
	assert_int_equal(dispatch_waiting(fixture->dispatch), 0);
	finish_all(probes, n);
}

static void test_line_36_connection_is_reused(void **state)
{
	struct fixture *fixture = *state;
	struct probe probes[5];
	size_t i;

	for (i = 0; i < ARRAY_LEN(probes); i++)
		submit(fixture, &probes[i], feed, "127.0.0.1", "/x");
	run_until_done(fixture, probes, ARRAY_LEN(probes));
	for (i = 1; i < ARRAY_LEN(probes); i++)
		assert_int_equal(script_server_request(fixture->server, i)->connection, 0);
	assert_true(probes[0].response.is_new_connection);
	assert_false(probes[4].response.is_new_connection);
	finish_all(probes, ARRAY_LEN(probes));
}

/* Every 127.x is a host of its own: 200 requests to one that is dead hold back none of the others.
 */
static void test_dead_host_delays_nobody(void **state)
{
	struct fixture *fixture = *state;
	struct probe dead[200], alive[8];
	char host[40];
	size_t i;

	for (i = 0; i < ARRAY_LEN(dead); i++)
		submit(fixture, &dead[i], feed, "127.0.0.1", "/silent");
	/* The server listens on one address, so one name more stands for the living. */
	for (i = 0; i < ARRAY_LEN(alive); i++) {
		snprintf(host, sizeof(host), "localhost");
		submit(fixture, &alive[i], feed, host, "/x");
	}
	run_until_done(fixture, alive, ARRAY_LEN(alive));
	for (i = 1; i < ARRAY_LEN(dead); i++)
		assert_false(dead[i].is_done);
	for (i = 0; i < ARRAY_LEN(alive); i++)
		assert_int_equal(alive[i].response.outcome, POLL_OK);
	finish_all(alive, ARRAY_LEN(alive));
	finish_all(dead, ARRAY_LEN(dead));
}

static void test_silent_host_is_not_asked_for_every_feed(void **state)
{
	struct fixture *fixture = *state;
	struct fetch_request refused = {.kind = FETCH_FEED, .url = "http://127.0.0.1:1/"};
	struct probe probes[10], alive;
	size_t i;

	/* No time has to pass between the first and the third. */
	fixture->config.connect_timeout_s = 0;
	memset(probes, 0, sizeof(probes));
	for (i = 0; i < ARRAY_LEN(probes); i++)
		dispatch_submit(fixture->dispatch, &refused, on_done, &probes[i]);
	run_until_done(fixture, probes, ARRAY_LEN(probes));
	for (i = 0; i < ARRAY_LEN(probes); i++) {
		assert_int_equal(probes[i].response.outcome, POLL_CONNECT_ERROR);
		assert_true(!!strstr(probes[i].response.error, "not asked") == (i >= 3));
	}
	finish_all(probes, ARRAY_LEN(probes));

	/* The next is tried, and once there was an answer all are asked again. */
	submit(fixture, &alive, feed, "127.0.0.1", "/feed");
	run_until_done(fixture, &alive, 1);
	assert_int_equal(alive.response.outcome, POLL_OK);
	finish_all(&alive, 1);
	memset(probes, 0, sizeof(probes));
	for (i = 0; i < 3; i++)
		dispatch_submit(fixture->dispatch, &refused, on_done, &probes[i]);
	run_until_done(fixture, probes, 3);
	for (i = 0; i < 3; i++)
		assert_null(strstr(probes[i].response.error, "not asked"));
	finish_all(probes, 3);
}

/* Many hosts that are down leave most of the connections to those that are not. */
static void test_dead_hosts_have_a_share_of_the_connections(void **state)
{
	struct fixture *fixture = *state;
	struct probe dead[24], alive[4];
	char host[40];
	size_t i, before;

	fixture->config.transfer_timeout_s = 1;
	for (i = 0; i < ARRAY_LEN(dead); i++) {
		snprintf(host, sizeof(host), "dead%zu.localhost", i);
		submit(fixture, &dead[i], feed, host, "/silent");
	}
	run_until_done(fixture, dead, ARRAY_LEN(dead));
	for (i = 0; i < ARRAY_LEN(dead); i++)
		assert_int_equal(dead[i].response.outcome, POLL_TIMEOUT);
	finish_all(dead, ARRAY_LEN(dead));

	fixture->config.transfer_timeout_s = 60;
	before = script_server_count(fixture->server);
	for (i = 0; i < ARRAY_LEN(dead); i++) {
		snprintf(host, sizeof(host), "dead%zu.localhost", i);
		submit(fixture, &dead[i], feed, host, "/silent");
	}
	for (i = 0; i < ARRAY_LEN(alive); i++) {
		snprintf(host, sizeof(host), "alive%zu.localhost", i);
		submit(fixture, &alive[i], feed, host, "/feed");
	}
	run_until_done(fixture, alive, ARRAY_LEN(alive));
	for (i = 0; i < ARRAY_LEN(alive); i++)
		assert_int_equal(alive[i].response.outcome, POLL_OK);
	for (i = 0; i < ARRAY_LEN(dead); i++)
		assert_false(dead[i].is_done);
	assert_in_range(script_server_count(fixture->server) - before, ARRAY_LEN(alive),
		ARRAY_LEN(alive) + 16 / 4);
	finish_all(alive, ARRAY_LEN(alive));
}

static void test_feeds_before_pages(void **state)
{
	struct fixture *fixture = *state;
	struct probe probes[4];
	size_t i;

	fixture->config.honours_robots = false;
	ended = 0;
	for (i = 0; i < 2; i++)
		submit(fixture, &probes[i], page, "127.0.0.1", "/x");
	for (; i < 4; i++)
		submit(fixture, &probes[i], feed, "127.0.0.1", "/x");
	run_until_done(fixture, probes, 4);
	assert_int_equal(probes[2].order, 1);
	assert_int_equal(probes[3].order, 2);
	assert_int_equal(probes[0].order, 3);
	finish_all(probes, 4);
}

static void test_line_23_429_pauses_the_host(void **state)
{
	struct fixture *fixture = *state;
	struct probe probes[3];

	submit(fixture, &probes[0], feed, "127.0.0.1", "/429");
	submit(fixture, &probes[1], feed, "127.0.0.1", "/x");
	submit(fixture, &probes[2], feed, "localhost", "/x");
	run_until_done(fixture, probes, 3);
	assert_int_equal(probes[0].response.outcome, POLL_LIMITED);
	assert_int_equal(probes[0].response.retry_after_s, 3000);
	assert_int_equal(probes[1].response.outcome, POLL_LIMITED);
	assert_int_equal(probes[1].response.http_status, 0);
	assert_true(probes[1].response.retry_after_s >= 2990);
	assert_int_equal(probes[2].response.outcome, POLL_OK);
	assert_int_equal(script_server_count(fixture->server), 2);
	assert_int_equal(fixture->host.strikes, 1);
	assert_true(fixture->host.paused_until >= clock_now() + 2990);
	finish_all(probes, 3);
}

static void test_line_23_429_without_time(void **state)
{
	struct fixture *fixture = *state;
	struct probe probe;

	submit(fixture, &probe, feed, "127.0.0.1", "/429-bare");
	run_until_done(fixture, &probe, 1);
	assert_true(fixture->host.paused_until >= clock_now() + 3590);
	finish_all(&probe, 1);
}

static void test_line_23_retry_after_date(void **state)
{
	struct probe probe = ask(*state, feed, "/429-date");

	assert_int_equal(probe.response.retry_after_s, 600);
	finish_all(&probe, 1);
}

static void test_line_23_short_pause_is_waited_for(void **state)
{
	struct fixture *fixture = *state;
	struct probe probes[2];

	submit(fixture, &probes[0], feed, "127.0.0.1", "/429-short");
	submit(fixture, &probes[1], feed, "127.0.0.1", "/x");
	run_until_done(fixture, probes, 2);
	assert_int_equal(probes[1].response.outcome, POLL_OK);
	assert_int_equal(fixture->host.strikes, 0);
	finish_all(probes, 2);
}

static void test_restored_pause_holds(void **state)
{
	struct fixture *fixture = *state;
	char name[] = "127.0.0.1";
	const struct host_row row = {.name = name, .paused_until = clock_now() + 500, .strikes = 1};
	struct probe probe;

	dispatch_restore_host(fixture->dispatch, &row);
	submit(fixture, &probe, feed, "127.0.0.1", "/x");
	run_until_done(fixture, &probe, 1);
	assert_int_equal(probe.response.outcome, POLL_LIMITED);
	assert_int_equal(script_server_count(fixture->server), 0);
	finish_all(&probe, 1);
}

/* Until a time of the clock that was set back since. */
static void test_pause_does_not_outlast_a_clock_set_back(void **state)
{
	enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S };
	struct fixture *fixture = *state;
	char name[] = "127.0.0.1";
	struct host_row row = {.name = name, .paused_until = clock_now() + DAY_S - 1};
	struct probe probes[2];

	dispatch_restore_host(fixture->dispatch, &row);
	dispatch_set_back(fixture->dispatch, DAY_S);
	submit(fixture, &probes[0], feed, "127.0.0.1", "/x");
	run_until_done(fixture, &probes[0], 1);
	assert_int_equal(probes[0].response.outcome, POLL_OK);
	row.paused_until = clock_now() + DAY_S + HOUR_S;
	dispatch_restore_host(fixture->dispatch, &row);
	dispatch_set_back(fixture->dispatch, DAY_S);
	submit(fixture, &probes[1], feed, "127.0.0.1", "/x");
	run_until_done(fixture, &probes[1], 1);
	assert_int_equal(probes[1].response.outcome, POLL_LIMITED);
	finish_all(probes, 2);
}

static void test_line_38_robots(void **state)
{
	struct fixture *fixture = *state;
	const struct config_feed consent = {.url = "http://a.example/", .ignores_robots = true};
	struct fetch_request with_consent = page;
	struct probe probes[4];

	submit(fixture, &probes[0], page, "127.0.0.1", "/open");
	submit(fixture, &probes[1], page, "127.0.0.1", "/closed/1");
	submit(fixture, &probes[2], page, "127.0.0.1", "/open/2");
	run_until_done(fixture, probes, 3);
	assert_int_equal(probes[0].response.outcome, POLL_OK);
	assert_int_equal(probes[1].response.outcome, POLL_REFUSED);
	assert_int_equal(probes[1].response.retry_after_s, 0);
	assert_int_equal(probes[2].response.outcome, POLL_OK);
	assert_int_equal(script_server_count(fixture->server), 3);
	assert_true(asked_with(fixture, 0, "GET /robots.txt "));
	assert_string_equal(fixture->recorded_robots, DISALLOWED);
	/* Crawl-delay: 0.2 */
	assert_true(script_server_request(fixture->server, 2)->at_ms -
			    script_server_request(fixture->server, 1)->at_ms >=
		    200);
	with_consent.settings = &consent;
	submit(fixture, &probes[3], with_consent, "127.0.0.1", "/closed/1");
	run_until_done(fixture, &probes[3], 1);
	assert_int_equal(probes[3].response.outcome, POLL_OK);
	finish_all(probes, 4);
}

static const struct script_row robots_500[] = {
	{"/robots.txt", "HTTP/1.1 500 Error\r\n" NOTHING, SCRIPT_KEEP, 0},
	{NULL, OK "\r\n<rss/>", SCRIPT_KEEP, 0},
};

static const struct script_row robots_403[] = {
	{"/robots.txt", "HTTP/1.1 403 No\r\n" NOTHING, SCRIPT_KEEP, 0},
	{NULL, OK "\r\n<rss/>", SCRIPT_KEEP, 0},
};

static void test_line_38_robots_errors(void **state)
{
	struct fixture *fixture = *state;
	struct probe probe;

	script_server_free(fixture->server);
	fixture->server = script_server_new(robots_500);
	submit(fixture, &probe, page, "127.0.0.1", "/x");
	run_until_done(fixture, &probe, 1);
	assert_int_equal(probe.response.outcome, POLL_REFUSED);
	assert_true(probe.response.retry_after_s >= 3600);
	assert_int_equal(fixture->robots_status, 500);
	finish_all(&probe, 1);
	script_server_free(fixture->server);
	fixture->server = script_server_new(robots_403);
	submit(fixture, &probe, page, "127.0.0.1", "/x");
	run_until_done(fixture, &probe, 1);
	assert_int_equal(probe.response.outcome, POLL_OK);
	finish_all(&probe, 1);
}

static void test_closed_starts_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct probe probe;
	int64_t stop_ms = clock_monotonic_ms() + 100;

	dispatch_set_open(fixture->dispatch, false);
	submit(fixture, &probe, feed, "127.0.0.1", "/x");
	while (clock_monotonic_ms() < stop_ms)
		ev_run(fixture->loop, EVRUN_NOWAIT);
	assert_false(probe.is_done);
	assert_int_equal(script_server_count(fixture->server), 0);
	dispatch_set_open(fixture->dispatch, true);
	run_until_done(fixture, &probe, 1);
	assert_int_equal(probe.response.outcome, POLL_OK);
	finish_all(&probe, 1);
}

/* Ended with requests waiting and at work: nothing is called, nothing is lost. */
static void test_end_in_the_middle(void **state)
{
	struct fixture *fixture = *state;
	static struct probe probes[20];
	size_t i;

	for (i = 0; i < ARRAY_LEN(probes); i++)
		submit(fixture, &probes[i], i % 2 ? page : feed, "127.0.0.1", "/silent");
	for (i = 0; i < 10; i++)
		ev_run(fixture->loop, EVRUN_NOWAIT);
	assert_int_equal(dispatch_running(fixture->dispatch), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_outcomes),
		TEST(test_no_connection),
		TEST(test_guard_at_connect),
		TEST(test_guard_names),
		TEST(test_guard_rebinding),
		TEST(test_guard_before_a_proxy),
		TEST(test_line_2_3_conditions),
		TEST(test_line_9_validators_of_another_url),
		TEST(test_line_9_33_validators_of_another_request),
		TEST(test_line_11_32_33_34_request),
		TEST(test_line_30_redirects),
		TEST(test_line_34_35_credentials),
		TEST(test_line_29_one_connection_and_gap),
		TEST(test_line_29_hosts_of_one_address),
		TEST(test_line_36_connection_is_reused),
		TEST(test_dead_host_delays_nobody),
		TEST(test_silent_host_is_not_asked_for_every_feed),
		TEST(test_dead_hosts_have_a_share_of_the_connections),
		TEST(test_feeds_before_pages),
		TEST(test_line_23_429_pauses_the_host),
		TEST(test_line_23_429_without_time),
		TEST(test_line_23_retry_after_date),
		TEST(test_line_23_short_pause_is_waited_for),
		TEST(test_restored_pause_holds),
		TEST(test_pause_does_not_outlast_a_clock_set_back),
		TEST(test_line_38_robots),
		TEST(test_line_38_robots_errors),
		TEST(test_closed_starts_nothing),
		TEST(test_end_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
