#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/headers.h"
#include "diurnad/weburl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 2026-11-23 10:30:00 UTC. */
#define NOW 1795429800LL

static struct headers read_lines(const char *text)
{
	struct headers headers = {0};
	const char *stop;

	for (; *text; text = stop) {
		stop = strchr(text, '\n') + 1;
		headers_add(&headers, text, (size_t)(stop - text));
	}
	return headers;
}

static const struct {
	const char *text;
	bool is_said;
	int64_t fresh_s;
	bool is_no_cache, is_no_store;
} freshness_cases[] = {
	{"ETag: x\n", false, 0, false, false},
	{"Cache-Control: max-age=100\n", true, 100, false, false},
	{"cache-control:MAX-AGE=100\r\n", true, 100, false, false},
	{"Cache-Control: max-age=\"100\"\n", true, 100, false, false},
	{"Cache-Control: public, max-age=100, immutable\n", true, 100, false, false},
	{"Cache-Control: max-age=100\nAge: 30\n", true, 70, false, false},
	{"Cache-Control: max-age=100\nAge: 300\n", true, 0, false, false},
	{"Cache-Control: max-age=100\nAge: old\n", true, 100, false, false},
	{"Cache-Control: max-age=100\nCache-Control: max-age=50\n", true, 50, false, false},
	{"Cache-Control: max-age=100\nExpires: 0\n", true, 100, false, false},
	{"Cache-Control: s-maxage=100\n", true, 0, false, false},
	{"Cache-Control: x-max-age=100\n", true, 0, false, false},
	{"Cache-Control: max-age=nonsense\n", true, 0, false, false},
	{"Cache-Control: max-age=99999999999999999999999\n", true, INT32_MAX, false, false},
	{"Cache-Control: max-age=-1\n", true, 0, false, false},
	{"Cache-Control: x=\"a, max-age=100\"\n", true, 0, false, false},
	{"Cache-Control: x=\"a\\\", no-store\", max-age=7\n", true, 7, false, false},
	{"Cache-Control: no-cache, max-age=315360000\n", true, 0, true, false},
	{"Cache-Control: no-store\n", true, 0, true, true},
	{"Cache-Control: private, max-age=0, must-revalidate\n", true, 0, false, false},
	{"Expires: 0\n", true, 0, false, false},
	{"Expires: Mon, 23 Nov 2026 11:00:00 GMT\n", true, 1800, false, false},
	/* The server's clock is wrong by hours: its own Date counts. */
	{"Date: Mon, 23 Nov 2026 20:00:00 GMT\nExpires: Mon, 23 Nov 2026 20:30:00 GMT\n", true,
		1800, false, false},
	{"Date: Mon, 23 Nov 2026 20:00:00 GMT\nExpires: Mon, 23 Nov 2026 19:30:00 GMT\n", true, 0,
		false, false},
	{"Expires: Monday, 23-Nov-26 11:00:00 GMT\n", true, 1800, false, false},
	{"Expires: Mon Nov 23 11:00:00 2026\n", true, 1800, false, false},
};

static void test_freshness(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(freshness_cases); i++) {
		struct headers headers = read_lines(freshness_cases[i].text);
		struct freshness freshness;

		headers_freshness(&headers, NOW, &freshness);
		if (freshness.is_said != freshness_cases[i].is_said ||
			freshness.fresh_s != freshness_cases[i].fresh_s ||
			freshness.is_no_cache != freshness_cases[i].is_no_cache ||
			freshness.is_no_store != freshness_cases[i].is_no_store)
			fail_msg("%s: %lld", freshness_cases[i].text, (long long)freshness.fresh_s);
		headers_finish(&headers);
	}
}

static void test_retry_after(void **state)
{
	static const struct {
		const char *text;
		int64_t wait_s;
	} cases[] = {
		{"ETag: x\n", 0},
		{"Retry-After: 120\n", 120},
		{"Retry-After:  120  \r\n", 120},
		{"Retry-After: 0\n", 0},
		{"Retry-After: -5\n", 0},
		{"Retry-After: soon\n", 0},
		{"Retry-After: 99999999999999\n", LIMIT_RETRY_AFTER_S},
		{"Retry-After: Mon, 23 Nov 2026 11:30:00 GMT\n", 3600},
		{"Retry-After: Mon, 23 Nov 2026 09:30:00 GMT\n", 0},
		{"Date: Mon, 23 Nov 2026 09:00:00 GMT\n"
		 "Retry-After: Mon, 23 Nov 2026 09:10:00 GMT\n",
			600},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct headers headers = read_lines(cases[i].text);

		if (headers_retry_after(&headers, NOW) != cases[i].wait_s)
			fail_msg("%s", cases[i].text);
		headers_finish(&headers);
	}
}

static void test_links(void **state)
{
	static const struct {
		const char *text, *relation, *want;
	} cases[] = {
		{"Link: <https://h.example/>; rel=hub\n", "hub", "https://h.example/"},
		{"Link: </h>; rel=\"hub\"\n", "hub", "https://a.example/h"},
		{"Link: <x>;rel=self , <y>; title=\"a, b; rel=hub\"; rel=\"x HUB\"\n", "hub",
			"https://a.example/d/y"},
		{"Link: <x>; rel=self\nLink: <y>; rel=hub\n", "hub", "https://a.example/d/y"},
		{"Link: <x>; rel=self; rel=hub\n", "hub", NULL},
		{"Link: <x>; rel=hubris\n", "hub", NULL},
		{"Link: <x,y;z>; rel=hub\n", "hub", "https://a.example/d/x,y;z"},
		{"Link: x; rel=hub\n", "hub", NULL},
		{"Link: <x; rel=hub\n", "hub", NULL},
		{"Link: <x>\n", "hub", NULL},
		{"Link: ,,<x>;;rel=hub\n", "hub", "https://a.example/d/x"},
		{"ETag: x\n", "hub", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct headers headers = read_lines(cases[i].text);
		char *link = headers_link(&headers, cases[i].relation, "https://a.example/d/feed");

		if (!str_eq(link, cases[i].want))
			fail_msg("%s: %s", cases[i].text, link ? link : "none");
		free(link);
		headers_finish(&headers);
	}
}

static void test_lengths(void **state)
{
	static const struct {
		const char *text;
		bool disagree;
	} cases[] = {
		{"ETag: x\n", false},
		{"Content-Length: 5\n", false},
		{"Content-Length: 5\nContent-Length: 5\n", false},
		{"Content-Length: 5, 5\n", false},
		{"Content-Length: 5\nContent-Length: 50\n", true},
		{"Content-Length: 50\nContent-Length: 5\n", true},
		{"Content-Length: 5, 5, 6\n", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct headers headers = read_lines(cases[i].text);

		if (headers_have_two_lengths(&headers) != cases[i].disagree)
			fail_msg("%s", cases[i].text);
		headers_finish(&headers);
	}
}

/* Validators come back as they were; those that are too long for that do not come back at all. */
static void test_values(void **state)
{
	struct headers headers = read_lines("HTTP/1.1 103 Early\r\nETag: \"a\"\r\n\r\n"
					    "HTTP/1.1 200 OK\r\n"
					    "etag:\t W/\"x  y\" \r\n"
					    "Last-Modified: yesterday, about noon\r\n");
	char *line = xasprintf("Location: /%0*d\r\n", LIMIT_HEADER_VALUE, 1);

	(void)state;
	assert_string_equal(headers.values[HEADER_ETAG], "W/\"x  y\"");
	assert_string_equal(headers.values[HEADER_LAST_MODIFIED], "yesterday, about noon");
	headers_add(&headers, line, strlen(line));
	assert_null(headers.values[HEADER_LOCATION]);
	headers_add(&headers, "HTTP/1.1 200 OK\r\n", 17);
	assert_null(headers.values[HEADER_ETAG]);
	free(line);
	headers_finish(&headers);
}

static void test_weburl(void **state)
{
	static const struct {
		const char *text, *url, *host, *authority, *origin, *path;
	} cases[] = {
		{" http://A.example ", "http://a.example/", "a.example", "http://a.example",
			"http://a.example:80", "/"},
		{"HTTPS://a.example:443/B%7e/../c?D=e#f", "https://a.example/B%7e/../c?D=e",
			"a.example", "https://a.example", "https://a.example:443",
			"/B%7e/../c?D=e"},
		{"http://u:p@[::1]:8080?q", "http://[::1]:8080/?q", "::1", "http://[::1]:8080",
			"http://[::1]:8080", "/?q"},
		{"http://a.example/\xC3\xA9 x", "http://a.example/%C3%A9%20x", "a.example",
			"http://a.example", "http://a.example:80", "/%C3%A9%20x"},
		{"http://127%2e0.0.1/", "http://127.0.0.1/", "127.0.0.1", "http://127.0.0.1",
			"http://127.0.0.1:80", "/"},
		{"http://good.example@evil.example/", "http://evil.example/", "evil.example",
			"http://evil.example", "http://evil.example:80", "/"},
	};
	static const char *const bad[] = {"", "a.example", "//a.example", "ftp://a.example/",
		"http://", "http:///x", "http://:80/", "http://a.example:0/",
		"http://a.example:65536/", "http://a.example:x/", "file:///etc/passwd",
		"http://a b.example/", "javascript:alert(1)",
		/* another host for whoever reads it next */
		"http://169.254.169.254%2f.a.example/", "http://a.example%40b.example/",
		"http://a.example%3a80/", "http://a%252fb.example/", "http://[::1/]/"};
	struct weburl weburl;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(weburl_init(&weburl, cases[i].text));
		assert_string_equal(weburl.url, cases[i].url);
		assert_string_equal(weburl.host, cases[i].host);
		assert_string_equal(weburl.authority, cases[i].authority);
		assert_string_equal(weburl.origin, cases[i].origin);
		assert_string_equal(weburl.path_query, cases[i].path);
		weburl_finish(&weburl);
	}
	for (i = 0; i < ARRAY_LEN(bad); i++)
		if (weburl_init(&weburl, bad[i]))
			fail_msg("%s", bad[i]);
	assert_true(weburl_init(&weburl, "http://me%40x:p%3Aw:d@a.example/"));
	assert_string_equal(weburl.user, "me@x");
	assert_string_equal(weburl.password, "p:w:d");
	weburl_finish(&weburl);
	assert_true(weburl_same_origin("http://a:80", "https://a:443"));
	assert_false(weburl_same_origin("https://a:443", "http://a:80"));
	assert_false(weburl_same_origin("http://a:80", "https://b:443"));
	assert_false(weburl_same_origin("http://a:80", "https://ab:443"));
	assert_false(weburl_same_origin("http://a:80", "http://a:81"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_freshness),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_weburl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
