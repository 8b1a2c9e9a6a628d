/*
 * HTML to text, Markdown, excerpts and books: of whatever comes, and of what the sanitiser made
 * of it.
 */
#include "check.h"

#include "core/markup.h"
#include "core/utf8.h"
#include "edition/xhtml.h"
#include "parse/charset.h"
#include "parse/clean.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_utf8(struct buf *text)
{
	check(utf8_is_valid(buf_text(text), text->len));
	check(strlen(buf_text(text)) == text->len);
	buf_clear(text);
}

/* A reader of books stops at the first mistake. */
static void check_book(const char *html)
{
	struct buf xml = {0};
	xmlDoc *tree;

	buf_puts(&xml, "<div>");
	xhtml_put(NULL, html, 2, &xml);
	buf_puts(&xml, "</div>");
	tree = xmlReadMemory(buf_text(&xml), (int)xml.len, NULL, "UTF-8",
		XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET | XML_PARSE_HUGE);
	check(tree != NULL);
	xmlFreeDoc(tree);
	buf_finish(&xml);
}

static void write_all(const char *html, bool is_clean)
{
	struct buf out = {0};

	markup_to_text(html, 0, &out);
	check_utf8(&out);
	markup_to_text(html, 20, &out);
	check_utf8(&out);
	markup_to_markdown(html, &out);
	check_utf8(&out);
	markup_to_excerpt(html, 50, &out);
	if (is_clean && out.len)
		check_line(buf_text(&out));
	check_utf8(&out);
	if (is_clean)
		check_book(html);
	buf_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf html = {0}, clean = {0};
	const char *charset;

	charset_to_utf8(
		CHARSET_HTML, (const char *)data, size, "a; charset=utf-8", &html, &charset);
	write_all(buf_text(&html), false);
	clean_html(buf_text(&html), html.len, "https://pages.example/a", &clean);
	write_all(buf_text(&clean), true);
	buf_finish(&html);
	buf_finish(&clean);
	return 0;
}
