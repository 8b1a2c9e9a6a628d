#include "core/buf.h"
#include "parse/clean.h"
#include "parse/text.h"

#include <libxml/HTMLparser.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *html, *want;
} cases[] = {
	{"plain & <simple>", "plain &amp; "},
	/* commands to a terminal, as bytes and as entities */
	{"a\x1B[2Jb\x7F\x08 \xC2\x90q\xC2\x9B c\x01<a title='\x1B]0;x\x07' href=y>d</a>",
		"a[2Jb q c<a title=\"]0;x\" href=\"http://h/d/y\">d</a>"},
	{"a&#27;[2J&#x1b;&#144;&#x9d;0;t&#7;&#157;b", "a[2J0;tb"},
	{"<p>a<p>b", "<p>a</p><p>b</p>"},
	{"<b><i>x</b>y</i>", "<b><i>x</i></b><i>y</i>"},
	{"<p><b>x<div>y", "<p><b>x</b></p><div>y</div>"},
	{"<a href=x>1<a href=y>2</a>",
		"<a href=\"http://h/d/x\">1</a><a href=\"http://h/d/y\">2</a>"},
	{"<a name=x>t</a>", "t"},
	{"<a href='javascript:x'>t</a>", "t"},
	{"<a href='java&#10;script&colon;x'>t</a>", "t"},
	{"<a href=\"&#1;javascript:x\">t</a>", "t"},
	{"<a href='/x?a=1&amp;b=2&copy=3'>t</a>",
		"<a href=\"http://h/x?a=1&amp;b=2&amp;copy=3\">t</a>"},
	{"a<script>b</script>c<style>d</style>e", "ace"},
	/* of a picture its title and description, as text */
	{"a<svg><title>b</title><text>x</text></svg>c", "abc"},
	{"a<svg><desc>b &amp; <b>c</b></desc><text>x</text></svg>d", "ab &amp; cd"},
	{"a<svg><title><img src=i.png></title></svg>b", "a&lt;img src=i.png&gt;b"},
	{"a<svg><desc>b</svg>c<script>d</script></desc><svg>e</svg>f", "abcf"},
	{"<noscript><img src=i.png></noscript>", "<img src=\"http://h/d/i.png\">"},
	{"<img src=i.png width=1 height=1>x", "x"},
	{"<img src=i.png style='height:0px;width:1px'>x", "x"},
	{"<img src=i.png style='max-width:1px;height:1px'>", "<img src=\"http://h/d/i.png\">"},
	{"<img src=i.png onerror=x width=10 height=1>",
		"<img src=\"http://h/d/i.png\" width=\"10\" height=\"1\">"},
	{"<img src='data:image/png;base64,AAAA'>", "<img src=\"data:image/png;base64,AAAA\">"},
	{"<img src='data:image/svg+xml;base64,AAAA'>x", "x"},
	{"<img data-src=real.png src='data:image/gif;base64,AA=='>",
		"<img src=\"http://h/d/real.png\">"},
	{"<img src=a srcset='b 1x,c 2x, javascript:1 3x'>",
		"<img src=\"http://h/d/a\" srcset=\"http://h/d/b 1x, http://h/d/c 2x\">"},
	{"<table><tr><td>a<td>b</table>",
		"<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"},
	{"<table>x<tr>y</table>",
		"<table><tbody><tr><td>x</td></tr><tr><td>y</td></tr></tbody></table>"},
	{"<td>x</td>y", "x y"},
	{"<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"},
	{"<h1>a<h2>b</h2>", "<h1>a</h1><h2>b</h2>"},
	{"<pre>\n\nx\n</pre>", "<pre>x\n</pre>"},
	{"a\xC2\xA0z<br/>", "a&nbsp;z<br>"},
	{"<p title='\"<>&amp;'>x", "<p title=\"&quot;&lt;&gt;&amp;\">x</p>"},
	{"x<form action=y><input>z</form>", "x z "},
	{"<video src=v autoplay></video>", "<video src=\"http://h/d/v\" controls=\"\"></video>"},
	{"<p style='color:red' class=a id=b onclick=c>x</p>", "<p>x</p>"},
	{"<blockquote cite=q>x</blockquote>", "<blockquote cite=\"http://h/d/q\">x</blockquote>"},
	{"<img src=\"cut", ""},
	{"a<!-- b --><![CDATA[c]]>d", "acd"},
};

static void writes_what_is_allowed(void **state)
{
	struct buf out = {0}, again = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&out);
		clean_html(cases[i].html, strlen(cases[i].html), "http://h/d/e", &out);
		if (strcmp(buf_text(&out), cases[i].want) != 0)
			fail_msg("%s\n got %s\nwant %s", cases[i].html, buf_text(&out),
				cases[i].want);
		buf_clear(&again);
		clean_html(buf_text(&out), out.len, NULL, &again);
		assert_string_equal(buf_text(&again), buf_text(&out));
	}
	buf_finish(&out);
	buf_finish(&again);
}

static void cleans_trees(void **state)
{
	static const char html[] = "<body><p>a<b>b</b><script>c</script><p>d<table><tr><td>e"
				   "</table><a href=x onclick=y>f</a></body>";
	struct buf out = {0};
	xmlDoc *tree = htmlReadMemory(
		html, sizeof(html) - 1, NULL, "UTF-8", HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);

	(void)state;
	clean_children(xmlDocGetRootElement(tree)->children, "http://h/d/e", &out);
	assert_string_equal(buf_text(&out),
		"<p>a<b>b</b></p><p>d</p><table><tbody><tr><td>e</td></tr></tbody></table>"
		"<a href=\"http://h/d/x\">f</a>");
	xmlFreeDoc(tree);
	buf_finish(&out);
}

/* As deep as it may be, the time is linear and the stack does not grow. */
static void survives_depth(void **state)
{
	enum { DEPTH = 200000 };
	struct buf html = {0}, out = {0};
	int i;

	(void)state;
	for (i = 0; i < DEPTH; i++)
		buf_puts(&html, "<div><b>");
	buf_puts(&html, "x");
	clean_html(buf_text(&html), html.len, NULL, &out);
	assert_non_null(strstr(buf_text(&out), "x"));
	assert_true(out.len < 100 * 16);
	buf_finish(&html);
	buf_finish(&out);
}

static void makes_lines_of_text(void **state)
{
	static const struct {
		const char *html, *want;
	} lines[] = {
		{" a \n b\t", "a b"},
		{"<b>x</b>y<br>z<p>p", "xy z p"},
		{"AT&amp;T &lt;b&gt; &eacute;&#8212;", "AT&T <b> \xC3\xA9\xE2\x80\x94"},
		{"a<script>b</script>c<style>d", "ac"},
		{"i <3 u, a < b, List<int> x", "i <3 u, a < b, List<int> x"},
		{"<o:p>Word</o:p> Map<K, V>", "Word Map<K, V>"},
		{"\x1B[31mred\xC2\x9B"
		 "0m",
			"[31mred0m"},
		{"cut <a href=", "cut <a href="},
	};
	struct buf out = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		buf_clear(&out);
		text_from_html(lines[i].html, strlen(lines[i].html), &out);
		assert_string_equal(buf_text(&out), lines[i].want);
	}
	buf_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_what_is_allowed),
		cmocka_unit_test(cleans_trees),
		cmocka_unit_test(survives_depth),
		cmocka_unit_test(makes_lines_of_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
