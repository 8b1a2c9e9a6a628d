#include "check.h"

#include "core/date.h"
#include "core/limits.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"
#include "parse/clean.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *text)
{
	fprintf(stderr, "%s: %s\n", what, text);
	abort();
}

static void check_text(const char *text)
{
	if (text && !utf8_is_valid(text, strlen(text)))
		fail("not UTF-8", text);
}

void check_line(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	check_text(text);
	for (; p && *p; p++) {
		if (*p < ' ' || *p == 0x7F || (*p == 0xC2 && p[1] < 0xA0))
			fail("a control character", text);
	}
	if (text && (!*text || *text == ' ' || str_ends(text, " ") || strstr(text, "  ")))
		fail("white space is not collapsed", text);
}

void check_html(const char *html)
{
	struct buf again = {0};

	check_text(html);
	if (!html)
		return;
	clean_html(html, strlen(html), NULL, &again);
	if (!str_eq(buf_text(&again), html)) {
		fprintf(stderr, "sanitised again: %s\n", buf_text(&again));
		fail("HTML that is not stable", html);
	}
	buf_finish(&again);
}

static void check_url(const char *url)
{
	const unsigned char *p = (const unsigned char *)url;

	check_text(url);
	if (url && url_is_active(url))
		fail("a URL that runs code", url);
	for (; p && *p; p++) {
		if (*p <= ' ' || *p == 0x7F)
			fail("a URL with white space", url);
	}
}

static void check_date(int64_t time_s)
{
	char text[DATE_TEXT_BYTES];

	if (time_s != DATE_NONE && !*date_format(time_s, text))
		fail("a date outside of the calendar", "");
}

static void check_authors(const struct doc_author *authors, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		check_line(authors[i].name);
		check_text(authors[i].email);
		check_url(authors[i].url);
	}
}

static void check_entry(const struct feed_entry *entry)
{
	size_t i;

	check_text(entry->id);
	check_url(entry->url);
	check_line(entry->title);
	check_html(entry->summary);
	check_html(entry->content);
	check_date(entry->published);
	check_date(entry->updated);
	check_authors(entry->authors, entry->author_count);
	for (i = 0; i < entry->category_count; i++)
		check_line(entry->categories[i]);
	for (i = 0; i < entry->enclosure_count; i++) {
		check_url(entry->enclosures[i].url);
		check_text(entry->enclosures[i].type);
	}
	check_url(entry->comments);
	check_url(entry->image);
	check_text(entry->language);
	check_line(entry->source_title);
	check_url(entry->source_url);
}

void check_feed(const struct feed_doc *doc)
{
	size_t i;

	check_line(doc->title);
	check_line(doc->description);
	check_url(doc->url);
	check_url(doc->self);
	check_url(doc->image);
	check_url(doc->icon);
	check_url(doc->hub);
	check_url(doc->new_url);
	check_date(doc->updated);
	check_authors(doc->authors, doc->author_count);
	for (i = 0; i < doc->category_count; i++)
		check_line(doc->categories[i]);
	for (i = 0; i < doc->entry_count; i++)
		check_entry(&doc->entries[i]);
	for (i = 0; i < doc->warning_count; i++)
		check_text(doc->warnings[i]);
	if (doc->entry_count > LIMIT_FEED_ENTRIES || doc->warning_count > LIMIT_FEED_WARNINGS)
		fail("more than a limit", "");
}
