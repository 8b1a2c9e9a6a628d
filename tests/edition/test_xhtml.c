#include "core/mem.h"
#include "edition/body.h"
#include "edition/xhtml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct body_case {
	const char *html, *want;
};

static void keeps_the_content_model(void **state)
{
	static const struct body_case cases[] = {
		{NULL, ""},
		{"<p>a&nbsp;b &amp; c<br>d</p>", "<p>a\xC2\xA0"
						 "b &amp; c<br/>d</p>"},
		{"<p title=\"x&nbsp;y\">a</p>", "<p>a</p>"},
		/* blocks within inline elements and paragraphs */
		{"<b>a<div>b</div>c</b>", "<b>a</b><div><b>b</b></div><b>c</b>"},
		{"<p>a<ul><li>b</li></ul></p>", "<p>a</p><ul><li>b</li></ul>"},
		{"<h4>a<h2>b</h2></h4>c", "<h2>a</h2><h2>b</h2>c"},
		{"<span><p>a</p></span>", "<p>a</p>"},
		/* lists hold items */
		{"<ul> <p>a</p> <li>b</li>c</ul>",
			"<ul><li><p>a</p> </li><li>b</li><li>c</li></ul>"},
		{"<ul><ul><li>a</li></ul></ul>", "<ul><li><ul><li>a</li></ul></li></ul>"},
		{"<li>a</li>", "a"},
		/* tables hold rows, and nothing between them */
		{"<table>x<thead><tr><th colspan=\"2\">a</th></tr></thead><tbody><tr><td>b</td></tr>"
		 "</tbody></table>",
			"<table><tbody><tr><th colspan=\"2\">a</th></tr></tbody><tbody><tr><td>b</td>"
			"</tr></tbody></table>"},
		{"<td>a</td>", "a"},
		/* what a book cannot hold */
		{"<img src=\"https://a.example/b.jpg\" alt=\"A &amp; B\">",
			"<span class=\"picture\">[A &amp; B]</span>"},
		{"<img src=\"https://a.example/b.jpg\" alt=\"\">", ""},
		{"<figure><picture><source srcset=\"x\"></picture><figcaption>c</figcaption></figure>",
			"<div><div>c</div></div>"},
		{"<center><tt>a</tt><strike>b</strike></center>",
			"<div><code>a</code><s>b</s></div>"},
		/* links */
		{"<a href=\"https://a.example/{x}|y?[z]\">a<a href=\"https://b.example/\">b</a></a>",
			"<a href=\"https://a.example/%7Bx%7D%7Cy?%5Bz%5D\">ab</a>"},
		{"<a href=\"https://a.example/?a=1&amp;b=%zz\">a</a>",
			"<a href=\"https://a.example/?a=1&amp;b=%25zz\">a</a>"},
		{"<a href=\"http:?x\">a</a><a href=\"geo:1\">b</a>", "ab"},
		/* what is not well-formed */
		{"<p>a<b>b", "<p>a<b>b</b></p>"},
		{"a</div></p></b>", "a"},
		{"<b>a<i>b</b>c</i>", "<b>a<i>b</i></b><i>c</i>"},
		{"\x01"
		 "a\x0B",
			"a"},
	};
	struct buf got = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&got);
		xhtml_put(NULL, cases[i].html, 1, &got);
		assert_string_equal(buf_text(&got), cases[i].want);
	}
	buf_finish(&got);
}

static void depth_has_a_limit(void **state)
{
	struct buf html = {0}, got = {0};
	int i;

	(void)state;
	for (i = 0; i < 10000; i++)
		buf_puts(&html, "<div><b>");
	buf_puts(&html, "x");
	xhtml_put(NULL, buf_text(&html), 1, &got);
	assert_true(got.len < 2000);
	buf_finish(&html);
	buf_finish(&got);
}

static const struct edition none;

static void headings_go_below_ours(void **state)
{
	static const struct body_case cases[] = {
		{"<h1>a</h1><h3>b</h3><h6>c</h6><h2>d</h2>",
			"<h3>a</h3><h4>b</h4><h5>c</h5><h4>d</h4>"},
		{"<h4>a</h4><h2>b</h2><h3>c</h3>", "<h3>a</h3><h3>b</h3><h4>c</h4>"},
		{"<h4>a<h2>b</h2></h4>", "<h3>a<h3>b</h3></h3>"},
		{"<h2>a</h2><h3>b</h3><h4>c</h4><h5>d</h5><h6>e</h6>",
			"<h3>a</h3><h4>b</h4><h5>c</h5><h6>d</h6><h6>e</h6>"},
		{"<img src=\"x\">", "<img loading=\"lazy\" decoding=\"async\" alt=\"\" src=\"x\">"},
		{"<img src=\"x\" alt=\"y\">",
			"<img loading=\"lazy\" decoding=\"async\" src=\"x\" alt=\"y\">"},
		{"a < b", "a < b"},
	};
	struct buf got = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&got);
		body_put(&none, cases[i].html, 2, &got);
		assert_string_equal(buf_text(&got), cases[i].want);
	}
	buf_finish(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_content_model),
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(headings_go_below_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
