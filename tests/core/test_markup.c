#include "core/markup.h"

#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct markup_case {
	const char *html, *want;
};

static void makes_plain_text(void **state)
{
	static const struct markup_case cases[] = {
		{NULL, ""},
		{"", ""},
		{"<p>One  two</p><p>three &amp; four</p>", "One two\n\nthree & four\n"},
		{"<h2>Head</h2>loose<p>para</p>", "Head\n\nloose\n\npara\n"},
		{"<ul><li>a</li><li>b<ol><li>x</li><li>y</li></ol></li></ul><p>z</p>",
			"- a\n- b\n  1. x\n  2. y\n\nz\n"},
		{"<blockquote><p>q</p><p>r</p></blockquote>", "> q\n>\n> r\n"},
		{"<p>a</p><blockquote><p>q</p></blockquote><blockquote><p>r</p></blockquote>",
			"a\n\n> q\n\n> r\n"},
		{"<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
			"a | b\n1 | 2\n"},
		{"<pre><code>int a;\n\tb &lt; c;\n</code></pre>", "int a;\n\tb < c;\n"},
		{"<p>a<br>b</p>", "a\nb\n"},
		{"<p>see <a href=\"https://a.example/\">this</a> <img src=\"x\" alt=\"y\">.</p>",
			"see this .\n"},
		{"<p>open <b>bold", "open bold\n"},
		{"1 < 2 <p", "1 < 2 <p\n"},
	};
	struct buf got = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&got);
		markup_to_text(cases[i].html, 0, &got);
		assert_string_equal(buf_text(&got), cases[i].want);
	}
	buf_finish(&got);
}

static void breaks_lines(void **state)
{
	struct buf got = {0};

	(void)state;
	markup_to_text("<p>The quick brown fox jumps over the lazy dog.</p>", 24, &got);
	assert_string_equal(buf_text(&got), "The quick brown fox\njumps over the lazy dog.\n");
	buf_clear(&got);
	/* Wide characters take two columns and can be parted anywhere. */
	markup_to_text("<p>\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\xE4\xBA\x94"
		       "\xE5\x85\xAD\xE4\xB8\x83\xE5\x85\xAB\xE4\xB9\x9D\xE5\x8D\x81"
		       "\xE4\xB8\x80\xE4\xBA\x8C</p>",
		20, &got);
	assert_string_equal(buf_text(&got),
		"\xE4\xB8\x80\xE4\xBA\x8C\xE4\xB8\x89\xE5\x9B\x9B\xE4\xBA\x94"
		"\xE5\x85\xAD\xE4\xB8\x83\xE5\x85\xAB\xE4\xB9\x9D\xE5\x8D\x81\n"
		"\xE4\xB8\x80\xE4\xBA\x8C\n");
	buf_finish(&got);
}

static void makes_markdown(void **state)
{
	static const struct markup_case cases[] = {
		{"<h2>A</h2><p>b <strong>c</strong> <em>d</em> <code>e</code></p>",
			"## A\n\nb **c** *d* `e`\n"},
		{"<p>see <a href=\"https://a.example/x_(y)\">this</a></p>",
			"see [this](https://a.example/x_%28y%29)\n"},
		{"<p>2 * 3 [a] _b_</p>", "2 \\* 3 \\[a\\] \\_b\\_\n"},
		{"<p>AT&amp;T &amp;amp; &amp;#35; a~~b~~ <a href=\"https://a.example/?a=1&amp;amp;b\">c</a></p>",
			"AT&T \\&amp; \\&#35; a\\~~b\\~~ [c](https://a.example/?a=1&amp;amp;b)\n"},
		{"<p># not a heading</p><p>1. no list</p><p>- no</p>",
			"\\# not a heading\n\n1\\. no list\n\n\\- no\n"},
		{"<figure><img src=\"https://a.example/i.png\" alt=\"a [b]\"></figure>",
			"![a \\[b\\]](https://a.example/i.png)\n"},
		{"<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td><td>2</td></tr></table>",
			"| a | b\\|c |\n|---|---|\n| 1 | 2 |\n"},
		{"<pre>a ``` b</pre>", "````\na ``` b\n````\n"},
		{"<ol><li><p>a</p></li><li><p>b</p></li></ol>", "1. a\n2. b\n"},
		{"<p>a<br>b</p><hr><p>c</p>", "a\\\nb\n\n* * *\n\nc\n"},
		/* what a line of Markdown could begin with, behind a break too */
		{"<p>a<br>- b<br>1. c<br>===<br></p>", "a\\\n\\- b\\\n1\\. c\\\n\\===\n"},
		/* asterisks where they mean emphasis, elements where they would not */
		{"<p>a<b> b </b>c <b></b><i>d</i>,</p>", "a **b** c *d*,\n"},
		{"<p><b>Note:</b>one<b>two<i>three</i></b><i>four</i></p>",
			"<strong>Note:</strong>one<strong>two<em>three</em></strong>*four*\n"},
		{"<b><p>a<br></p><p>b</p></b><p>c</p>", "**a**\n\n**b**\n\nc\n"},
		{"<p><s>a</s> <code>b<b>c</b></code></p>", "~~a~~ `bc`\n"},
		{"<p><b>a <strong>b</strong> c</b></p>", "**a b c**\n"},
		{"<p><code>a<br>- <a href=\"https://a.example/\">b</a></code><code>c</code></p>",
			"`a - b`<!-- -->`c`\n"},
		{"<h2>In C #</h2><p>so!<a href=\"https://a.example/\">x</a></p>",
			"## In C \\#\n\nso\\![x](https://a.example/)\n"},
		{"<b><table><tr><td>a <i>b</i></td></tr></table></b>", "| a *b* |\n|---|\n"},
	};
	struct buf got = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&got);
		markup_to_markdown(cases[i].html, &got);
		assert_string_equal(buf_text(&got), cases[i].want);
	}
	buf_finish(&got);
}

static void marks_styles_for_terminals(void **state)
{
	struct buf text = {0};

	(void)state;
	markup_to_terminal("<h2>A <b>head</b></h2><p>One <strong>two</strong> <em>three</em> "
			   "<a href=\"https://a.example/\">four</a> <a href=\"#x\">five</a>.</p>"
			   "<ul><li>six</li></ul><blockquote><p>seven eight nine ten eleven "
			   "twelve</p></blockquote>",
		24, &text);
	assert_string_equal(buf_text(&text),
		"\001A head\002\n\nOne \001two\002 \003three\004 \005four\006[1]\nfive.\n\n"
		"\xE2\x80\xA2 six\n\n\xE2\x94\x82 seven eight nine ten\n\xE2\x94\x82 eleven twelve\n"
		"\n[1] https://a.example/\n");
	buf_finish(&text);
}

static void makes_excerpts(void **state)
{
	struct buf got = {0};

	(void)state;
	markup_to_excerpt("<h1>Title</h1><p>One two</p><p>three four five</p>", 100, &got);
	assert_string_equal(buf_text(&got), "One two three four five");
	buf_clear(&got);
	markup_to_excerpt("<p>One two, three</p>", 9, &got);
	assert_string_equal(buf_text(&got), "One two\xE2\x80\xA6");
	buf_clear(&got);
	markup_to_excerpt("<p>One two. Three</p>", 9, &got);
	assert_string_equal(buf_text(&got), "One two.\xC2\xA0\xE2\x80\xA6");
	buf_finish(&got);
}

/* Each would be looked through to the end, and with the last quotation mark none has one. */
static void tags_without_an_end_cost_no_more_than_text(void **state)
{
	static const char *const pieces[][2] = {{"<a\"", "\"'>'\""}, {"<a", ""}, {"<b c='", "d"}};
	enum { BYTES = 3 * 1024 * 1024 };

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct buf html = {0}, text = {0};

		while (html.len < BYTES)
			buf_puts(&html, pieces[i][0]);
		buf_puts(&html, pieces[i][1]);
		markup_to_text(buf_text(&html), 0, &text);
		assert_in_range(text.len, BYTES / 2, BYTES + 100);
		buf_clear(&text);
		markup_to_markdown(buf_text(&html), &text);
		buf_clear(&text);
		markup_to_excerpt(buf_text(&html), 300, &text);
		buf_finish(&html);
		buf_finish(&text);
	}
}

/* What stands between two that have none is read all the same. */
static void a_tag_without_an_end_is_text(void **state)
{
	struct buf text = {0};

	(void)state;
	markup_to_text("<p>one <a href=\"x <b>two</b>", 0, &text);
	assert_string_equal(buf_text(&text), "one <a href=\"x two\n");
	buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_plain_text),
		cmocka_unit_test(breaks_lines),
		cmocka_unit_test(makes_markdown),
		cmocka_unit_test(marks_styles_for_terminals),
		cmocka_unit_test(makes_excerpts),
		cmocka_unit_test(tags_without_an_end_cost_no_more_than_text),
		cmocka_unit_test(a_tag_without_an_end_is_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
