/* The sanitiser and plain text, from source and from a tree. */
#include "check.h"

#include "core/str.h"
#include "core/utf8.h"
#include "parse/charset.h"
#include "parse/clean.h"
#include "parse/text.h"

#include <libxml/HTMLparser.h>

static void on_error(void *context, const char *format, ...)
{
	(void)context, (void)format;
}

static void clean_as_tree(const struct buf *html)
{
	struct buf clean = {0};
	xmlDoc *tree;

	xmlSetGenericErrorFunc(NULL, on_error);
	tree = htmlReadMemory(buf_text(html), (int)html->len, NULL, "UTF-8",
		HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	if (tree) {
		clean_children((const xmlNode *)tree, "https://pages.example/a", &clean);
		check_html(buf_text(&clean));
	}
	xmlFreeDoc(tree);
	buf_finish(&clean);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf html = {0}, out = {0};
	const char *charset;

	charset_to_utf8(CHARSET_HTML, (const char *)data, size, NULL, &html, &charset);
	clean_html(buf_text(&html), html.len, "https://pages.example/a", &out);
	check_html(buf_text(&out));
	buf_clear(&out);
	text_from_html(buf_text(&html), html.len, &out);
	if (out.len > 0)
		check_line(buf_text(&out));
	if (size < 4096) /* its parser is quadratic in places */
		clean_as_tree(&html);
	buf_finish(&html);
	buf_finish(&out);
	return 0;
}
