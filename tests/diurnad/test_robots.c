#include "core/buf.h"
#include "core/limits.h"
#include "core/mem.h"
#include "diurnad/robots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *text, *path;
	bool is_allowed;
} cases[] = {
	{"", "/", true},
	{"nonsense\n<html>\n", "/", true},
	{"User-agent: *\nDisallow: /\n", "/a", false},
	{"User-agent: *\nDisallow: /\n", "/robots.txt", true},
	{"User-agent: *\nDisallow:\n", "/a", true},
	{"\xEF\xBB\xBFUser-agent: *\r\nDisallow: /a\r\n", "/a", false},
	{"user-AGENT:*\rdisallow:/a", "/ab", false},
	{"User-agent: * # all\n  Disallow : /a # this\n", "/a", false},
	{"Disallow: /a\nUser-agent: *\n", "/a", true},
	/* the group of our name, whatever its case and place; else that of all */
	{"User-agent: *\nDisallow: /\nUser-agent: diurna\nDisallow: /b\n", "/a", true},
	{"User-agent: *\nDisallow: /\nUser-agent: diurna\nDisallow: /b\n", "/b", false},
	{"User-agent: DIURNA/1.0\nDisallow: /a\n", "/a", false},
	{"User-agent: diurnal\nDisallow: /a\n", "/a", true},
	{"User-agent: diurna-x\nDisallow: /a\n", "/a", true},
	{"User-agent: other\nUser-agent: diurna\nDisallow: /a\n", "/a", false},
	{"User-agent: diurna\nSitemap: x\nUser-agent: other\nDisallow: /a\n", "/a", false},
	{"User-agent: other\nDisallow: /a\nUser-agent: diurna\nDisallow: /b\n", "/a", true},
	{"User-agent: diurna\nDisallow: /a\nUser-agent: x\nDisallow: /\n"
	 "User-agent: diurna\nDisallow: /b\n",
		"/b", false},
	{"User-agent: diurna\n\nUser-agent: *\nDisallow: /\n", "/a", false},
	/* the longest match, and of two as long the one that allows */
	{"User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", true},
	{"User-agent: *\nAllow: /a/b\nDisallow: /a\n", "/a/c", false},
	{"User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", true},
	{"User-agent: *\nAllow: /\nDisallow: /a\n", "/a", false},
	/* stars and ends */
	{"User-agent: *\nDisallow: /*.pdf$\n", "/x/y.pdf", false},
	{"User-agent: *\nDisallow: /*.pdf$\n", "/x/y.pdf?z", true},
	{"User-agent: *\nDisallow: /*.pdf$\n", "/x.pdf/y.pdf", false},
	{"User-agent: *\nDisallow: /a$\n", "/a", false},
	{"User-agent: *\nDisallow: /a$\n", "/ab", true},
	{"User-agent: *\nDisallow: /a*b*c\n", "/a1b2c3", false},
	{"User-agent: *\nDisallow: /a*b*c\n", "/a1c2b3", true},
	{"User-agent: *\nDisallow: *x\n", "/yyx", false},
	{"User-agent: *\nDisallow: /ab*ba$\n", "/aba", true},
	{"User-agent: *\nDisallow: /*\n", "/", false},
	{"User-agent: *\nDisallow: a\n", "/a", false},
	/* percent-encoding and case */
	{"User-agent: *\nDisallow: /a%3cd.html\n", "/a%3Cd.html", false},
	{"User-agent: *\nDisallow: /%7Ejoe/\n", "/~joe/index.html", false},
	{"User-agent: *\nDisallow: /a%2Fb\n", "/a/b", true},
	{"User-agent: *\nDisallow: /\xC3\xA9\n", "/%c3%a9", false},
	{"User-agent: *\nDisallow: /A\n", "/a", true},
	{"User-agent: *\nDisallow: /a?x=1\n", "/a?x=1&y=2", false},
};

static void test_rules(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct robots *robots = robots_parse(cases[i].text, strlen(cases[i].text));

		if (robots_allows(robots, cases[i].path) != cases[i].is_allowed)
			fail_msg("%s for %s", cases[i].text, cases[i].path);
		robots_free(robots);
	}
	robots_free(NULL);
}

static void test_delay(void **state)
{
	static const struct {
		const char *text;
		double delay_s;
	} delays[] = {
		{"User-agent: *\nCrawl-delay: 10\n", 10},
		{"User-agent: *\nCrawl-delay: 0.5\nDisallow: /a\n", 0.5},
		{"User-agent: *\nCrawl-delay: 10\nUser-agent: diurna\nDisallow: /\n", 0},
		{"User-agent: *\nCrawl-delay: -1\n", 0},
		{"User-agent: *\nCrawl-delay: soon\n", 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(delays); i++) {
		struct robots *robots = robots_parse(delays[i].text, strlen(delays[i].text));

		assert_true(robots_delay_s(robots) == delays[i].delay_s);
		robots_free(robots);
	}
}

/* What lies beyond the limit does not count, and a line that it cuts does not either. */
static void test_limit(void **state)
{
	struct buf text = {0};
	struct robots *robots;

	(void)state;
	buf_puts(&text, "User-agent: *\nDisallow: /early\n");
	while (text.len < LIMIT_ROBOTS_BYTES - 100)
		buf_puts(&text, "# nothing to see\n");
	while (text.len < LIMIT_ROBOTS_BYTES - 12)
		buf_puts(&text, "\n");
	buf_puts(&text, "Disallow: /late\nDisallow: /later\n");
	robots = robots_parse(text.data, text.len);
	assert_false(robots_allows(robots, "/early"));
	assert_true(robots_allows(robots, "/x"));
	assert_true(robots_allows(robots, "/later"));
	robots_free(robots);
	buf_finish(&text);
}

/* Many rules full of stars against a long path: linear, where going back would take for ever. */
static void test_stars_take_no_time(void **state)
{
	struct buf text = {0}, path = {0};
	struct robots *robots;
	int i;

	(void)state;
	buf_puts(&text, "User-agent: *\n");
	while (text.len < LIMIT_ROBOTS_BYTES - 200) {
		buf_puts(&text, "Disallow: /");
		for (i = 0; i < 40; i++)
			buf_puts(&text, "*a");
		buf_puts(&text, "*b$\n");
	}
	for (i = 0; i < 8000; i++)
		buf_puts(&path, i ? "a" : "/");
	robots = robots_parse(text.data, text.len);
	assert_true(robots_allows(robots, path.data));
	robots_free(robots);
	buf_finish(&text);
	buf_finish(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_stars_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
