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

static void check_credits(const struct doc_credit *credits, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		check_line(credits[i].name);
		check_line(credits[i].role);
		check_url(credits[i].url);
	}
}

static void check_details(const struct doc_category *details, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		check_line(details[i].name);
		check_line(details[i].label);
		check_text(details[i].scheme);
	}
}

static void check_enclosure(const struct doc_enclosure *enclosure)
{
	check_url(enclosure->url);
	check_text(enclosure->type);
	check_line(enclosure->title);
	check_text(enclosure->medium);
	check_text(enclosure->language);
	if (enclosure->length < -1 || enclosure->duration_s < 0)
		fail("a number below zero", enclosure->url);
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
	check_details(entry->category_details, entry->category_detail_count);
	for (i = 0; i < entry->enclosure_count; i++)
		check_enclosure(&entry->enclosures[i]);
	for (i = 0; i < entry->image_count; i++)
		check_url(entry->images[i].url);
	for (i = 0; i < entry->transcript_count; i++)
		check_url(entry->transcripts[i].url);
	check_credits(entry->credits, entry->credit_count);
	check_url(entry->content_url);
	check_url(entry->comments);
	check_url(entry->comments_feed);
	check_url(entry->image);
	check_url(entry->reply_to_url);
	check_url(entry->license);
	check_url(entry->chapters);
	check_line(entry->rights);
	check_line(entry->season);
	check_line(entry->episode);
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
	check_url(doc->next);
	check_url(doc->prev_archive);
	check_url(doc->current);
	check_url(doc->license);
	check_url(doc->funding);
	check_line(doc->rights);
	check_line(doc->generator);
	check_details(doc->category_details, doc->category_detail_count);
	check_credits(doc->credits, doc->credit_count);
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
