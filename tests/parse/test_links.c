#include "parse/links.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct job job_of(const char *body)
{
	struct job job = {
		.url = "https://site.example/dir/page", .body = body, .body_len = strlen(body)};

	return job;
}

static void finds_feeds_of_pages(void **state)
{
	struct job job = job_of(
		"<head><base href='/b/'><link rel=alternate type=application/rss+xml title='A &amp; B'"
		" href=feed.xml><LINK REL='alternate stylesheet' type='application/rss+xml' href=no>"
		"<link rel=alternate type='application/json' href='/wp-json/wp/v2/posts/1'>"
		"<link rel='alternate' type='application/atom+xml;x=1' href='//o.example/atom'>"
		"<link rel=alternate hreflang=de href=/de><script><link rel=feed href=s></script>"
		"<link rel=alternate type=application/rss+xml href=feed.xml></head>"
		"<a href='/rss'>not needed</a>");
	struct answer answer;

	(void)state;
	answer_init(&answer);
	assert_int_equal(links_of_page(&job, &answer), STATUS_OK);
	assert_int_equal(answer.link_count, 2);
	assert_string_equal(answer.links[0].url, "https://site.example/b/feed.xml");
	assert_string_equal(answer.links[0].title, "A & B");
	assert_string_equal(answer.links[1].url, "https://o.example/atom");
	answer_finish(&answer);
}

static void falls_back_to_anchors(void **state)
{
	struct job job = job_of("<a href='/about'>x</a><a href='news/feed/'>Feed</a>");
	struct job none = job_of("<p>nothing</p>");
	struct answer answer;

	(void)state;
	answer_init(&answer);
	assert_int_equal(links_of_page(&job, &answer), STATUS_OK);
	assert_int_equal(answer.link_count, 1);
	assert_string_equal(answer.links[0].url, "https://site.example/dir/news/feed/");
	answer_finish(&answer);
	answer_init(&answer);
	assert_int_equal(links_of_page(&none, &answer), STATUS_NOT_FOUND);
	answer_finish(&answer);
}

static void reads_outlines(void **state)
{
	struct job job = job_of(
		"<?xml version='1.0'?><opml version='1.1'><head><title>t</title></head><body>"
		"<outline text='News'><outline text='World/Asia'>"
		"<outline type='rss' text='A &amp; B' xmlUrl='https://a.example/f?x=1&y=2'/></outline>"
		"<outline title='B' xmlurl='feed://b.example/f'/></outline>"
		"<outline text='C' xmlUrl='javascript:x'/><outline text='D' xmlUrl='https://d.example/'/>"
		"</body></opml>");
	struct job page = job_of("<html><body>x</body></html>");
	struct answer answer;

	(void)state;
	answer_init(&answer);
	assert_int_equal(links_of_opml(&job, &answer), STATUS_OK);
	assert_int_equal(answer.link_count, 3);
	assert_string_equal(answer.links[0].url, "https://a.example/f?x=1&y=2");
	assert_string_equal(answer.links[0].title, "A & B");
	assert_string_equal(answer.links[0].folder, "News/World-Asia");
	assert_string_equal(answer.links[1].url, "http://b.example/f");
	assert_string_equal(answer.links[1].folder, "News");
	assert_null(answer.links[2].folder);
	answer_finish(&answer);
	answer_init(&answer);
	assert_int_equal(links_of_opml(&page, &answer), STATUS_SYNTAX);
	answer_finish(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_feeds_of_pages),
		cmocka_unit_test(falls_back_to_anchors),
		cmocka_unit_test(reads_outlines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
