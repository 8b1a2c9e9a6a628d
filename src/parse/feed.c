#include "parse/feed.h"

#include "core/str.h"
#include "parse/charset.h"
#include "parse/feed_build.h"
#include "parse/feed_formats.h"

#include <string.h>

/* The first characters that are not white space. */
static const char *first_text(const struct buf *text)
{
	const char *p = buf_text(text);

	while (str_is_space(*p))
		p++;
	return p;
}

/* What a document seems to be that is no feed, for people. */
static const char *what_it_is(const char *body, size_t len, const char *text)
{
	static const struct {
		const char *start, *what;
	} signs[] = {
		{"%PDF", "a PDF, not a feed"},
		{"\x1F\x8B", "compressed data, not a feed"},
		{"\x89PNG", "an image, not a feed"},
		{"GIF8", "an image, not a feed"},
		{"\xFF\xD8\xFF", "an image, not a feed"},
		{"PK\x03\x04", "an archive, not a feed"},
	};
	size_t i;

	if (len == 0)
		return "empty, not a feed";
	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t n = strlen(signs[i].start);

		if (len >= n && memcmp(body, signs[i].start, n) == 0)
			return signs[i].what;
	}
	if (str_istarts(text, "<!doctype html") || str_istarts(text, "<html"))
		return "an HTML page, not a feed";
	if (*text == '{' || *text == '[')
		return "JSON, but not a JSON Feed";
	if (*text == '<')
		return "XML or HTML, but not a feed";
	return "neither XML nor JSON, not a feed";
}

enum status feed_parse(const char *body, size_t len, const char *content_type, const char *base_url,
	struct feed_doc *doc, const char **why)
{
	struct buf utf8 = {0};
	struct feed_build b;
	bool is_feed;

	if (base_url && !*base_url)
		base_url = NULL;
	build_init(&b, doc, base_url);
	charset_to_utf8(CHARSET_XML, body, len, content_type, &utf8, &doc->encoding);
	if (*first_text(&utf8) == '{') {
		buf_clear(&utf8);
		charset_to_utf8(CHARSET_JSON, body, len, content_type, &utf8, &doc->encoding);
		is_feed = feed_read_json(&b, &utf8);
	} else {
		is_feed = feed_read_xml(&b, buf_text(&utf8), utf8.len);
	}
	if (!is_feed)
		*why = b.why ? b.why : what_it_is(body, len, first_text(&utf8));
	build_finish(&b);
	buf_finish(&utf8);
	return is_feed ? STATUS_OK : STATUS_SYNTAX;
}
