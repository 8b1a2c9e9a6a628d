#include "core/mem.h"
#include "core/str.h"
#include "edition/render.h"

const struct edition_format edition_formats[] = {
	{"html", "HTML", "html", false, render_html},
	{"markdown", "Markdown", "md", false, render_markdown},
	{"text", "text", "txt", false, render_text},
	{"json", "JSON", "json", false, render_json},
	{"atom", "Atom", "atom", false, render_atom},
	{"epub", "EPUB", "epub", true, render_epub},
	{"mail", "Mail", "eml", true, render_mail},
};
const size_t edition_format_count = ARRAY_LEN(edition_formats);

const struct feed_form feed_forms[] = {
	{"atom", "Atom", "application/atom+xml", true, render_feed_atom},
	{"json", "JSON Feed", "application/feed+json", true, render_feed_json},
	{"opml", "OPML", "text/x-opml", false, render_feed_opml},
};
const size_t feed_form_count = ARRAY_LEN(feed_forms);

const struct edition_format *edition_format_find(const char *name)
{
	size_t i;

	for (i = 0; i < edition_format_count; i++) {
		if (str_ieq(edition_formats[i].name, name) ||
			str_ieq(edition_formats[i].extension, name))
			return &edition_formats[i];
	}
	return NULL;
}
