#include "config.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "parse/blocks.h"
#include "parse/extract.h"
#include "parse/extract_hints.h"
#include "parse/html.h"
#include "parse/html_heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { HINT_RELATED_AND_LIST = 1u << HINT_RELATED | 1u << HINT_LIST };

/* The blocks of a page, in one line. */
static void blocks_of(const char *html, struct buf *to)
{
	struct html_options options = {0};
	struct page_blocks blocks;
	struct html_page page;
	size_t i;

	buf_clear(to);
	assert_int_equal(html_read(html, strlen(html), &options, &page), STATUS_OK);
	blocks_read(page.doc, &blocks);
	for (i = 0; i < blocks.block_count; i++)
		buf_printf(to, "%s[%s]", i ? " " : "", block_text(&blocks, i));
	blocks_finish(&blocks);
	html_finish(&page);
}

static void takes_pages_apart(void **state)
{
	static const struct {
		const char *html, *want;
	} cases[] = {
		{"<p>a <b>b</b>c</p><div>d<p>e</p>f</div>", "[a bc] [d] [e] [f]"},
		{"a<br>b<br><br>c", "[a b] [c]"},
		{"<p>a<br> b <br>\nc</p><h2>d<br>e<br>f</h2>", "[a\nb\nc] [d e f]"},
		{"<pre>a<br>b</pre>", "[a\nb]"},
		{"<p><b>a</b><span class='x br' data-pos=1></span>b</p>", "[a b]"},
		{"<pre><span class=line>a</span><span class='x line'>b</span>\n<span class=line>c</span>"
		 "<span class=outline>d</span></pre>",
			"[a\nb\ncd]"},
		{"<pre><span class=line><b>a</b>\n</span><span class=line>b</span></pre>",
			"[a\nb]"},
		{"<h2>a <a href='#a'>\xC2\xB6</a></h2><p>b<a href='#b'>1</a></p>", "[a] [b1]"},
		{"<p>\xE3\x80\x80\xE4\xB8\xAD</p>", "[\xE4\xB8\xAD]"},
		{"<body><p>a</p></body></html><p>b</p>", "[a] [b]"},
		{"<button>x<div>y</button><p>z</p>", "[x y] [z]"},
		{"<button><p>a</p><p>b</p>", "[a] [b]"},
		{"<p>a<button>b</button>c", "[a b c]"},
		{"<script>x</script><style>y</style><!-- z --><svg><text>s</text></svg>a", "[a]"},
		{"a < b and 3<4", "[a < b and 3<4]"},
		{"<pre>a\n  b</pre>", "[a\n  b]"},
		{"<noscript><p>a</p></noscript>", "[a]"},
		{"<select><option>x</select><textarea>y</textarea>z", "[z]"},
		{"<ul><li>a<li>b</ul>", "[a] [b]"},
		{"<p>a&nbsp;&amp;&#8217;b", "[a &\xE2\x80\x99"
					    "b]"},
		/* names that need no semicolon, names of HTML 5 */
		{"<p>a&nbspb &copy 1 R&D &notit; &lt5 &amp;lt; x&colon; y&hellip;",
			"[a b \xC2\xA9 1 R&D \xC2\xACit; <5 &lt; x: y\xE2\x80\xA6]"},
		{"<p>a</p><pre hidden># b</pre><pre class='css hidden'>c</pre><pre>d</pre>",
			"[a] [d]"},
		{"<p>a</p><p class=hidden>b</p>", "[a] [b]"},
		{"<template><p>x</p></template>y", "[y]"},
		/* what a style sheet sets on lines of its own, and what is one word */
		{"<p><span>Boucher</span><span>In Budget Travel</span>",
			"[Boucher In Budget Travel]"},
		{"<p><span><a>Ada Lind</a></span><time><b>Monday</b></time><small>Updated today</small>",
			"[Ada Lind Monday Updated today]"},
		{"<p><span>It is late.</span><span>Read on</span>", "[It is late. Read on]"},
		{"<p><span>You</span><span>Tube</span> <span>Mc</span><span>Donald of it</span>",
			"[YouTube McDonald of it]"},
		{"<p><span>\n  Java</span><span>Script\n </span>", "[JavaScript]"},
		{"<p><span>T</span><span>he day</span> <b>i</b>Phone <span>the</span><span>se two</span>",
			"[The day iPhone these two]"},
		{"<p>On <span>his You</span><span>Tube</span> <b>old Mac</b><b>Book</b>",
			"[On his YouTube old MacBook]"},
		{"<p><span>his You</span><span>Tube</span>s", "[his YouTubes]"},
		{"<p><span>they under</span><span>stand USA</span><span>Today more</span>",
			"[they understand USAToday more]"},
		{"<pre><span>new Foo</span><span>Bar</span></pre>", "[new FooBar]"},
	};
	struct buf got = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		blocks_of(cases[i].html, &got);
		assert_string_equal(buf_text(&got), cases[i].want);
	}
	buf_finish(&got);
}

/* What is said of an element of the page's body, by any of its names. */
static void names_say_what_an_element_is(void **state)
{
	static const struct {
		const char *names;
		uint32_t hints;
	} cases[] = {
		{"class=postbody id=related-posts", HINT_RELATED_AND_LIST | 1u << HINT_FORUM},
		{"role=contentinfo", 1u << HINT_FOOTER},
		{"class=content", 1u << HINT_CONTENT},
		{"aria-label='Related posts'", HINT_RELATED_AND_LIST},
		{"data-testid=related-posts", HINT_RELATED_AND_LIST},
		{"data-component=RelatedPosts", HINT_RELATED_AND_LIST},
		{"title='Related posts'", 0},
	};
	struct html_options options = {0};
	struct page_blocks blocks;
	struct html_page page;
	char html[200];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(html, sizeof(html), "<body><div><section %s>Some text</section></div>",
			cases[i].names);
		assert_int_equal(html_read(html, strlen(html), &options, &page), STATUS_OK);
		blocks_read(page.doc, &blocks);
		assert_int_equal(blocks.block_count, 1);
		assert_int_equal(block_hints(&blocks, 0, 1), cases[i].hints);
		blocks_finish(&blocks);
		html_finish(&page);
	}
}

/* Phrases that begin alike all count, in whatever order they are written down. */
static void phrases_say_what_a_line_is(void **state)
{
	static const struct {
		const char *text;
		uint32_t phrases;
	} cases[] = {
		{"Subscribers only", 1u << PHRASE_WALL | 1u << PHRASE_SUBSCRIBE},
		{"Subscribe", 1u << PHRASE_SUBSCRIBE},
		{"Members only", 1u << PHRASE_WALL | 1u << PHRASE_COUNTS},
		{"Posted in travel", 1u << PHRASE_TAGS | 1u << PHRASE_BYLINE},
		{"Posted yesterday", 1u << PHRASE_BYLINE},
		{"More information", 1u << PHRASE_VISIT},
		{"More in travel", 1u << PHRASE_RELATED},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(
			hints_of_text(cases[i].text, strlen(cases[i].text)), cases[i].phrases);
}

static double seconds_of(const struct buf *html)
{
	struct job job = {.kind = JOB_PAGE,
		.body = html->data,
		.body_len = html->len,
		.entry_published = DATE_NONE};
	struct timespec start, end;
	struct article article;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	article_init(&article);
	extract_article(&job, &article);
	article_finish(&article);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

/* Pages that hold a parser for half a minute or more without the filter. */
static void bad_pages_cost_little(void **state)
{
	static const struct {
		const char *begin, *each, *number; /* number: what follows a number in each */
		size_t count;
		const char *end;
	} cases[] = {
		{"<p", " a", "=\"1\"", 75000, ">Some text that is there all the same.</p>"},
		{"<p>Some text above.</p>", "<div>", NULL, 1000000, "deep"},
		{"<p>Some text above.</p>", "<b><i><a href=x>", NULL, 300000, "deep"},
		{"<table>", "<tr><td><table>", NULL, 100000, "deep"},
		{"<p>Some text above.</p>", "</p></div>", NULL, 500000, ""},
		{"", "<!--", NULL, 500000, ""},
		{"<ul>", "<li class=\"share nav\"><a href=x>word", "</a>", 100000, ""},
	};
	struct buf html = {0};
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&html);
		buf_puts(&html, cases[i].begin);
		for (k = 0; k < cases[i].count; k++) {
			buf_puts(&html, cases[i].each);
			if (cases[i].number)
				buf_printf(&html, "%zu%s", k, cases[i].number);
		}
		buf_puts(&html, cases[i].end);
		/* generous: it runs under sanitizers and on busy machines too */
		assert_true(seconds_of(&html) < 20);
	}
	buf_finish(&html);
}

/* Paragraphs of a page, each of which has its number in it. */
static size_t count_paragraphs(const char *html, size_t len)
{
	struct html_options options = {0};
	struct html_page page;
	const xmlNode *node;
	size_t count = 0;
	char number[24];

	assert_int_equal(html_read(html, len, &options, &page), STATUS_OK);
	for (node = xmlDocGetRootElement(page.doc); node; node = html_next_node(node, NULL)) {
		if (node->type != XML_TEXT_NODE)
			continue;
		snprintf(number, sizeof(number), "no %zu", count++);
		assert_string_equal(node->content, number);
	}
	html_finish(&page);
	return count;
}

/* A tree that the region holds, one that it does not, and the first again. */
static void trees_are_whole_within_the_region_and_beyond(void **state)
{
	static const size_t counts[] = {10, 60000, 10, 60000, 1000};
	struct buf html = {0};
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(counts); i++) {
		buf_clear(&html);
		for (k = 0; k < counts[i]; k++)
			buf_printf(&html, "<p>no %zu</p>", k);
		assert_int_equal(count_paragraphs(buf_text(&html), html.len), counts[i]);
	}
	buf_finish(&html);
}

static void the_region_says_when_it_does_not_hold_all(void **state)
{
	xmlChar *small, *large;

	(void)state;
	html_heap_begin();
	small = xmlStrdup((const xmlChar *)"small");
	/* the last piece grows where it is, one before it moves */
	small = xmlRealloc(small, 100);
	large = xmlMalloc(1 << 20);
	memset(large, 'x', 1 << 20);
	small = xmlRealloc(small, 2000);
	assert_string_equal(small, "small");
#ifndef SANITIZED
	assert_true(html_heap_holds_all());
#endif
	large = xmlRealloc(large, 64 << 20);
	assert_int_equal(large[(1 << 20) - 1], 'x');
	assert_false(html_heap_holds_all());
	xmlFree(large);
	xmlFree(small);
	html_heap_end();
	assert_false(html_heap_holds_all());
}

/* What a link may lead to, by its first bytes: servers call it text/html. */
static void other_kinds_are_no_pages(void **state)
{
	static const struct {
		const char *body;
		enum status want;
	} cases[] = {
		{"\n %PDF-1.4", STATUS_UNSUPPORTED},
		{"%!PS-Adobe-3.0", STATUS_UNSUPPORTED},
		{"{\\rtf1 a}", STATUS_UNSUPPORTED},
		{"<?xml version='1.0'?>\n<!-- x -->\n<rss version='2.0'><item>a</item></rss>",
			STATUS_UNSUPPORTED},
		{"<feed xmlns='http://www.w3.org/2005/Atom'>", STATUS_UNSUPPORTED},
		{"<!DOCTYPE svg><svg width='9'><text>a</text></svg>", STATUS_UNSUPPORTED},
		{"<?xml version='1.0'?><!DOCTYPE html><html><p>a</p></html>", STATUS_OK},
		{"<feedback>a</feedback>", STATUS_OK},
		{"<!-- <rss >", STATUS_OK},
		{"  ", STATUS_OK},
	};
	struct html_options options = {.content_type = "text/html"};
	struct html_page page;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum status got = html_read(cases[i].body, strlen(cases[i].body), &options, &page);

		if (got != cases[i].want)
			fail_msg("%s: %d", cases[i].body, got);
		html_finish(&page);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_pages_apart),
		cmocka_unit_test(names_say_what_an_element_is),
		cmocka_unit_test(phrases_say_what_a_line_is),
		cmocka_unit_test(bad_pages_cost_little),
		cmocka_unit_test(other_kinds_are_no_pages),
		cmocka_unit_test(trees_are_whole_within_the_region_and_beyond),
		cmocka_unit_test(the_region_says_when_it_does_not_hold_all),
	};

	html_heap_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
