#include "core/mem.h"
#include "core/str.h"
#include "parse/extract.h"
#include "parse/metadata.h"
#include "parse/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void finds_names_in_bylines(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{"By Ada Lind", "Ada Lind"},
		{"by Ada Lind and Bo Ek", "Ada Lind|Bo Ek"},
		{"Written by: Ada Lind, Staff Writer", "Ada Lind"},
		{"Ada Lind, Bo Ek & Cy Dahl", "Ada Lind|Bo Ek|Cy Dahl"},
		{"By Ada Lind on May 3, 2026", "Ada Lind"},
		{"By Ada Lind | 4 min read", "Ada Lind"},
		{"Ada van der Lind", "Ada van der Lind"},
		{"By Ada Lind May 3", "Ada Lind"},
		{"By Jane Doe and John Smith, Staff writers", "Jane Doe|John Smith"},
		{"Marta Ruiz y Pablo Gil", "Marta Ruiz|Pablo Gil"},
		{"Jos\xC3\xA9 Ortega y Gasset", "Jos\xC3\xA9 Ortega y Gasset"},
		{"Luc MartinPubli\xC3\xA9 le 1er juin", "Luc Martin"},
		{"Luc Martin Publi\xC3\xA9 le 1er juin", "Luc Martin"},
		{"Lind Publishing", "Lind Publishing"},
		{"Ada Lind, HARBOUR TODAY Sports", "Ada Lind"},
		{"Ada Lind, Lunde News Service", "Ada Lind"},
		{"Ada Lind and Bo Ek, Special for Harbour", "Ada Lind|Bo Ek"},
		{"Ada Lind&nbsp|", "Ada Lind"},
		{"By Ada Lind @adalind", "Ada Lind"},
		{"ADA LIND;ADA LIND", "ADA LIND"},
		{"PM ET", ""},
		{"Release Date", ""},
		{"Editorial Team", "Editorial Team"},
		{"Share", ""},
		{"July", ""},
		{"\xE7\x94\xB0\xE4\xB8\xAD\xE8\x8A\xB1", "\xE7\x94\xB0\xE4\xB8\xAD\xE8\x8A\xB1"},
	};
	struct arena arena = {0};
	struct buf got = {0};
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct value_list names = {0};

		metadata_names(&arena, cases[i].in, &names);
		buf_clear(&got);
		for (k = 0; k < names.count; k++)
			buf_printf(&got, "%s%s", k ? "|" : "", names.values[k]);
		assert_string_equal(buf_text(&got), cases[i].want);
	}
	buf_finish(&got);
	arena_finish(&arena);
}

static void finds_dates_in_text(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{"Published May 3, 2026 by Ada", "2026-05-03"},
		{"3 May 2026", "2026-05-03"},
		{"Posted on Sept. 12th, 2025", "2025-09-12"},
		{"12. M\xC3\xA4rz 2024", "2024-03-12"},
		{"3 de marzo de 2026", "2026-03-03"},
		{"le 14 juillet 2025", "2025-07-14"},
		{"2026-08-22T10:00", "2026-08-22"},
		{"22.08.2026", "2026-08-22"},
		{"08/22/2026", "2026-08-22"},
		{"22/08/2026", "2026-08-22"},
		{"2026\xE5\xB9\xB4"
		 "8\xE6\x9C\x88"
		 "22\xE6\x97\xA5",
			"2026-08-22"},
		{"Published\xE2\x80\x82"
		 "Apr 26, 2023",
			"2023-04-26"},
		{"Dec 3 , 2025", "2025-12-03"},
		{"2 \xD0\xB8\xD1\x8E\xD0\xBD\xD1\x8F 2026, 10:30", "2026-06-02"},
		{"2 \xD9\x8A\xD9\x88\xD9\x86\xD9\x8A\xD9\x88 2026", "2026-06-02"},
		{"\xE5\x8F\x91\xE5\xB8\x83\xE6\x97\xB6\xE9\x97\xB4\xEF\xBC\x9A"
		 "2026-06-02 10:30:00",
			"2026-06-02"},
		{"2 czerwca 2026", "2026-06-02"},
		{"27. marraskuuta 2026", "2026-11-27"},
		{"27 \xD0\xBD\xD0\xBE\xD0\xB5\xD0\xBC\xD0\xB2\xD1\x80\xD0\xB8 2026", "2026-11-27"},
		{"27 \xD7\x91\xD7\xA0\xD7\x95\xD7\x91\xD7\x9E\xD7\x91\xD7\xA8 2026", "2026-11-27"},
		{"\xD9\xA2\xD9\xA7 \xD9\x86\xD9\x88\xD9\x81\xD9\x85\xD8\xA8\xD8\xB1 \xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA6",
			"2026-11-27"},
		{"\xDB\xB2\xDB\xB7 \xD9\x86\xD9\x88\xD8\xA7\xD9\x85\xD8\xA8\xD8\xB1 \xDB\xB2\xDB\xB0\xDB\xB2\xDB\xB6",
			"2026-11-27"},
		{"\xE0\xA5\xA8\xE0\xA5\xAD \xE0\xA4\xA8\xE0\xA4\xB5\xE0\xA4\x82\xE0\xA4\xAC\xE0\xA4\xB0 \xE0\xA5\xA8\xE0\xA5\xA6\xE0\xA5\xA8\xE0\xA5\xAC",
			"2026-11-27"},
		{"27 \xE0\xB8\x9E\xE0\xB8\xA4\xE0\xB8\xA8\xE0\xB8\x88\xE0\xB8\xB4\xE0\xB8\x81\xE0\xB8\xB2\xE0\xB8\xA2\xE0\xB8\x99 2569",
			"2026-11-27"},
		{"27 \xE0\xB8\x9E.\xE0\xB8\xA2. 2569", "2026-11-27"},
		{"\xE0\xB9\x92\xE0\xB9\x97 \xE0\xB8\x9E\xE0\xB8\xA4\xE0\xB8\xA8\xE0\xB8\x88\xE0\xB8\xB4\xE0\xB8\x81\xE0\xB8\xB2\xE0\xB8\xA2\xE0\xB8\x99 \xE0\xB9\x92\xE0\xB9\x95\xE0\xB9\x96\xE0\xB9\x99",
			"2026-11-27"},
		{"\xEC\x9E\x85\xEB\xA0\xA5 2026. 11. 27.", "2026-11-27"},
		/* calendars that are not ours */
		{"17 \xD8\xAC\xD9\x85\xD8\xA7\xD8\xAF\xD9\x89 \xD8\xA7\xD9\x84\xD8\xA2\xD8\xAE\xD8\xB1\xD8\xA9 1448",
			NULL},
		{"\xDB\xB6 \xD8\xA2\xD8\xB0\xD8\xB1 \xDB\xB1\xDB\xB4\xDB\xB0\xDB\xB5", NULL},
		{"27 November 2569", NULL},
		{"27 \xE0\xA4\xA8\xE0\xA4\xB5\xE0\xA4\x82\xE0\xA4\xAC\xE0\xA4\xB0 2569", NULL},
		{"In 2026. 11. place", NULL},
		{"General 3, 2026", NULL},
		{"May the force", NULL},
		{"version 1.2.3", NULL},
		{"1 of 3000", NULL},
	};
	struct text_date date;
	const char *in_arabic;
	char got[32];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		if (!metadata_find_dates(cases[i].in, &date, 1)) {
			assert_null(cases[i].want);
			continue;
		}
		snprintf(got, sizeof(got), "%04d-%02d-%02d", date.year, date.month, date.day);
		assert_string_equal(got, cases[i].want ? cases[i].want : cases[i].in);
	}
	/* where it stands, though its digits have two bytes each */
	in_arabic = "\xD9\xA3 \xD9\x86 \xD9\xA2\xD9\xA7 "
		    "\xD9\x86\xD9\x88\xD9\x81\xD9\x85\xD8\xA8\xD8\xB1 "
		    "\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA6 \xD9\x86";
	assert_int_equal(metadata_find_dates(in_arabic, &date, 1), 1);
	assert_int_equal(date.at, 6);
	assert_int_equal(date.end, strlen(in_arabic) - 3);
}

static const char *title_of(const char *html, const char *entry_title, struct arena *arena)
{
	struct job job = {.kind = JOB_PAGE,
		.url = "https://www.coastreview.example/a",
		.entry_title = entry_title,
		.entry_published = DATE_NONE};
	struct html_options options = {0};
	struct page_blocks blocks;
	struct html_page page;
	struct metadata meta;
	const char *title;

	assert_int_equal(html_read(html, strlen(html), &options, &page), STATUS_OK);
	blocks_read(page.doc, &blocks);
	metadata_read(&page, &job, arena, &meta);
	title = metadata_title(&meta, &job, &blocks, arena);
	blocks_finish(&blocks);
	html_finish(&page);
	return title;
}

static void takes_the_site_s_name_off_titles(void **state)
{
	static const struct {
		const char *html, *entry_title, *want;
	} cases[] = {
		{"<title>A day at sea | Coast Review</title><p>x", NULL, "A day at sea"},
		{"<title>Coast Review - A day at sea</title><p>x", NULL, "A day at sea"},
		{"<title>A day at sea - and a night</title><h1>A day at sea - and a night</h1>",
			NULL, "A day at sea - and a night"},
		{"<title>A day at sea | Coast Review</title><h1>Coast Review</h1><h1>A day at "
		 "sea</h1>",
			NULL, "A day at sea"},
		{"<meta property='og:title' content='A day at sea &amp; ashore'><p>x", NULL,
			"A day at sea & ashore"},
		{"<title>coastreview.example A day at sea</title><p>x", NULL, "A day at sea"},
		{"<h1><span>Title:</span>A day at sea</h1><p>x", NULL, "A day at sea"},
		{"<title>A day at sea - Issue #7 - ada/boats</title><meta property='og:title' "
		 "content='A day at sea - Issue #7 - ada/boats'><script "
		 "type='application/ld+json'>{\"@type\":\"DiscussionForumPosting\",\"headline\":\"A "
		 "day at sea\"}</script><h1><bdi>A day at sea</bdi><span>#7</span></h1><p>x",
			NULL, "A day at sea"},
		{"<title>A day at sea</title><h1>How we went out at five and came back at nine, with "
		 "nothing but two crabs and a cold. Why nobody should do so in March, and what to take "
		 "along</h1><p>x",
			NULL, "A day at sea"},
		{"<title>Welcome</title><h1>News</h1><p>x", "What the feed said",
			"What the feed said"},
		/* what the feed says, and how the page writes it */
		{"<h1>A day at sea</h1><p>x", "A DAY AT SEA", "A day at sea"},
		{"<h1>A DAY AT SEA</h1><p>x", "A day at sea", "A day at sea"},
		{"<meta property='og:title' content='A day at sea'><h1>A DAY AT SEA</h1><p>x",
			"A DAY AT SEA", "A day at sea"},
		{"<h1>\xE2\x80\x9C"
		 "A day\xE2\x80\x9D at sea</h1><p>x",
			"\"A day\" at sea",
			"\xE2\x80\x9C"
			"A day\xE2\x80\x9D at sea"},
		{"<h1>A day at sea</h1><p>x", "A day at sea - Coast Review", "A day at sea"},
		{"<h1>A day at sea</h1><p>x", "Coast Review: A day at sea", "A day at sea"},
		{"<h1>A day at sea</h1><p>x", "Updated: A day at sea", "A day at sea"},
		{"<h1>A day at sea</h1><p>x", "[UPDATE] A day at sea", "A day at sea"},
		{"<h1>A day at sea</h1><p>x", "Opinion: A day at sea", "Opinion: A day at sea"},
		{"<h1>Another day</h1><p>x", "Updated: A day at sea", "Updated: A day at sea"},
		{"<h1>A day at sea for those who cannot swim</h1><p>x",
			"A day at sea for those who ca", "A day at sea for those who cannot swim"},
		{"<h1>A day at sea for those who cannot swim</h1><p>x",
			"A day at sea for those who\xE2\x80\xA6",
			"A day at sea for those who cannot swim"},
		{"<h1>A day at sea for those who cannot swim</h1><p>x", "A day at sea",
			"A day at sea"},
	};
	struct arena arena = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++)
		assert_string_equal(
			title_of(cases[i].html, cases[i].entry_title, &arena), cases[i].want);
	arena_finish(&arena);
}

static void reads_json_ld_of_every_shape(void **state)
{
	static const char *const pages[] = {
		/* a graph, with an author elsewhere in it, and raw line breaks */
		"<script type='application/ld+json'>{\"@graph\":[{\"@type\":\"Person\",\"@id\":"
		"\"#a\",\"name\":\"Ada Lind\"},\n{\"@type\":\"NewsArticle\",\"headline\":\"A day\n "
		"at sea\",\"author\":{\"@id\":\"#a\"},\"datePublished\":\"2026-05-03T10:00:00+02:00\"}"
		"]}</script>",
		/* a list of types, a list of authors, a comment around it all */
		"<script type='application/ld+json'>/* x */[{\"@type\":[\"Article\",\"Thing\"],"
		"\"name\":\"A day at sea\",\"author\":[{\"name\":\"Ada Lind\"}],\"datePublished\":"
		"\"2026-05-03T10:00:00+02:00\"}];</script>",
	};
	struct html_options options = {0};
	struct job job = {.kind = JOB_PAGE, .entry_published = DATE_NONE};
	struct arena arena = {0};
	struct html_page page;
	struct metadata meta;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(pages); i++) {
		html_read(pages[i], strlen(pages[i]), &options, &page);
		metadata_read(&page, &job, &arena, &meta);
		assert_true(meta.is_ld_article);
		assert_int_equal(meta.title_count, 1);
		assert_string_equal(meta.titles[0].text, "A day at sea");
		assert_int_equal(meta.titles[0].source, TITLE_LD);
		assert_int_equal(meta.date_count, 1);
		assert_string_equal(meta.dates[0].text, "2026-05-03T10:00:00+02:00");
		assert_int_equal(meta.dates[0].source, DATE_LD);
		assert_int_equal(meta.ld.authors.count, 1);
		assert_string_equal(meta.ld.authors.values[0], "Ada Lind");
		html_finish(&page);
	}
	arena_finish(&arena);
}

/* A page of some length, so that what stands beside its headline is known from the rest. */
static void read_article(
	const char *head, const char *beside, int64_t entry_published, struct article *article)
{
	static const char story[] =
		"<p>The ferry left before dawn, as it has done for forty years, with the mail, two "
		"cars and a crate of hens. Nobody on board expected the fog to last.</p>"
		"<p>By noon the captain had stopped the engines twice. The coast guard, who had "
		"seen worse, asked him to wait for the tide, and he agreed at once.</p>"
		"<p>What came next is told in three ways on the island, and all of them end in the "
		"harbour, with dry shoes and a long bill for the hens.</p>";
	char *html =
		xasprintf("<html lang='en'><head>%s</head><body><div class='article'><h1>A day at "
			  "sea</h1><div class='byline'>%s</div>%s</div></body></html>",
			head, beside, story);
	struct job job = {.kind = JOB_PAGE,
		.url = "https://coastreview.example/a-day-at-sea",
		.body = html,
		.body_len = strlen(html),
		.entry_published = entry_published};

	article_init(article);
	assert_int_equal(extract_article(&job, article), STATUS_OK);
	free(html);
}

static void dates_are_those_of_the_article(void **state)
{
	static const char published[] =
		"<meta property='article:published_time' content='2026-05-04T01:30:00+00:00'>";
	static const struct {
		const char *head, *beside, *want;
		int64_t want_s, entry_s;
	} cases[] = {
		/* the day that people see is of the site's zone, the moment is the metadata's */
		{published, "By Ada Lind | May 3, 2026", "2026-05-03T23:30:00-02:00", 1777858200,
			DATE_NONE},
		/* ... where there is such a zone */
		{published, "By Ada Lind | May 2, 2026", "2026-05-02", 1777680000, DATE_NONE},
		/* ... also where somebody changed the page on that day */
		{"<meta property='article:published_time' content='2026-05-04T01:30:00+00:00'>"
		 "<meta property='article:modified_time' content='2026-05-03T23:00:00+00:00'>",
			"By Ada Lind | May 3, 2026", "2026-05-03T23:30:00-02:00", 1777858200,
			DATE_NONE},
		/* ... which is known here */
		{published, "<time datetime='2026-05-03T18:30:00-07:00'>May 3, 2026</time>",
			"2026-05-03T18:30:00-07:00", 1777858200, DATE_NONE},
		{published, "By Ada Lind", "2026-05-04T01:30:00+00:00", 1777858200, DATE_NONE},
		/* no month is above 12 */
		{"<meta name='date' content='2026-04-03'>", "03/04/2026", "2026-04-03", 1775174400,
			DATE_NONE},
		/* templates that nobody filled in, and the beginning of time */
		{"<meta name='date' content='1970-01-01'>", "Posted on 3 May 2026", "2026-05-03",
			1777766400, DATE_NONE},
		/* in digits of another script */
		{"", "\xD9\xA3 \xD9\x85\xD8\xA7\xD9\x8A\xD9\x88 \xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA6",
			"2026-05-03", 1777766400, DATE_NONE},
		/* the feed knows the day; the page names another that is an event's */
		{"", "Tickets from 8 June 2027", "2026-05-03T10:00:00+00:00", 1777802400,
			1777802400},
		/* ... or the same one */
		{published, "Updated: June 9, 2026", "2026-05-04T01:30:00+00:00", 1777858200,
			1777802400},
	};
	struct article article;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		read_article(cases[i].head, cases[i].beside, cases[i].entry_s, &article);
		assert_string_equal(
			article.published_text ? article.published_text : "", cases[i].want);
		assert_int_equal(article.published, cases[i].want_s);
		article_finish(&article);
	}
}

/* Its <html> says "en". */
static void the_country_of_a_language_is_kept(void **state)
{
	static const struct {
		const char *language, *want;
	} cases[] = {{"en-GB", "en-GB"}, {"en", "en"}, {"eng-GB", "en"}, {"fr-FR", "en"}};
	struct article article;
	size_t i;
	char *head;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		head = xasprintf("<script type='application/ld+json'>{\"@type\": \"NewsArticle\", "
				 "\"headline\": \"A day at sea\", \"inLanguage\": \"%s\"}</script>",
			cases[i].language);
		read_article(head, "By Ada Lind", DATE_NONE, &article);
		assert_string_equal(article.language, cases[i].want);
		article_finish(&article);
		free(head);
	}
}

static void bylines_are_names_of_people(void **state)
{
	static const struct {
		const char *head, *beside, *want;
	} cases[] = {
		{"<meta name='author' content='Ada Lind'>", "", "Ada Lind"},
		/* an account is not who people read that it was */
		{"<meta name='author' content='webmaster2'>", "By Ada Lind", "Ada Lind"},
		{"<meta name='author' content='Bo Ek'>", "By Ada Lind", "Bo Ek"},
		{"<meta name='citation_author' content='Lind, Ada'><meta name='citation_author' "
		 "content='Ek, Bo'>",
			"", "Ada Lind, Bo Ek"},
		{"<meta name='DC.creator' content='Lind, Ada'>", "", "Ada Lind"},
		{"<meta name='DC.creator' content='Ada Lind, Bo Ek'>", "", "Ada Lind, Bo Ek"},
		{"<meta name='dcterms.creator' content='Garza Ruiz, Ana'>", "", "Ana Garza Ruiz"},
		/* words of other languages that say so */
		{"", "Von: Anna Lind", "Anna Lind"},
		{"", "Ein Bericht von Anna Lind", "Anna Lind"},
		{"", "Propos recueillis par Anna Lind", "Anna Lind"},
		{"", "A cura di Anna Lind", "Anna Lind"},
		{"", "Teksti: Anna Lind", "Anna Lind"},
		{"",
			"\xC3\x8Drta: Kov\xC3\xA1"
			"cs Anna",
			"Kov\xC3\xA1"
			"cs Anna"},
		{"",
			"Yazan: Ay\xC5\x9F"
			"e Y\xC4\xB1lmaz",
			"Ay\xC5\x9F"
			"e Y\xC4\xB1lmaz"},
		{"", "Oleh: Budi Santoso", "Budi Santoso"},
		{"",
			"T\xC3\xA1"
			"c gi\xE1\xBA\xA3: Nguy\xE1\xBB\x85n V\xC4\x83n An",
			"Nguy\xE1\xBB\x85n V\xC4\x83n An"},
		{"", "\xE0\xA4\xB2\xE0\xA5\x87\xE0\xA4\x96\xE0\xA4\x95: \xE0\xA4\xB0\xE0\xA4\xBE\xE0\xA4\xAE \xE0\xA4\xB6\xE0\xA4\xB0\xE0\xA5\x8D\xE0\xA4\xAE\xE0\xA4\xBE",
			"\xE0\xA4\xB0\xE0\xA4\xBE\xE0\xA4\xAE \xE0\xA4\xB6\xE0\xA4\xB0\xE0\xA5\x8D\xE0\xA4\xAE\xE0\xA4\xBE"},
		{"", "\xE8\xA8\x98\xE8\x80\x85 \xE5\xB1\xB1\xE7\x94\xB0\xE5\xA4\xAA\xE9\x83\x8E",
			"\xE5\xB1\xB1\xE7\x94\xB0\xE5\xA4\xAA\xE9\x83\x8E"},
		{"", "\xE6\x96\x87\xEF\xBC\x9A\xE5\xB1\xB1\xE7\x94\xB0\xE5\xA4\xAA\xE9\x83\x8E",
			"\xE5\xB1\xB1\xE7\x94\xB0\xE5\xA4\xAA\xE9\x83\x8E"},
		{"", "</div><p>\xED\x99\x8D\xEA\xB8\xB8\xEB\x8F\x99 \xEA\xB8\xB0\xEC\x9E\x90</p><div>",
			"\xED\x99\x8D\xEA\xB8\xB8\xEB\x8F\x99"},
		{"", "\xE0\xB9\x82\xE0\xB8\x94\xE0\xB8\xA2 \xE0\xB8\xAA\xE0\xB8\xA1\xE0\xB8\x8A\xE0\xB8\xB2\xE0\xB8\xA2 \xE0\xB9\x83\xE0\xB8\x88\xE0\xB8\x94\xE0\xB8\xB5",
			"\xE0\xB8\xAA\xE0\xB8\xA1\xE0\xB8\x8A\xE0\xB8\xB2\xE0\xB8\xA2 \xE0\xB9\x83\xE0\xB8\x88\xE0\xB8\x94\xE0\xB8\xB5"},
		/* names without a word that says so */
		{"", "Ada Lind &middot; May 3, 2026", "Ada Lind"},
		{"", "<span>May 3, 2026</span><span>Ada K. Lind</span>", "Ada K. Lind"},
		{"", "<span>May 3, 2026</span><span>A Day At Sea</span>", NULL},
		{"", "by the Harbour Team", "the Harbour Team"},
		{"", "Written by our own team", NULL},
	};
	struct article article;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		read_article(cases[i].head, cases[i].beside, DATE_NONE, &article);
		if (cases[i].want)
			assert_string_equal(article.byline ? article.byline : "", cases[i].want);
		else
			assert_null(article.byline);
		article_finish(&article);
	}
}

static void the_section_is_named_or_a_breadcrumb(void **state)
{
	static const struct {
		const char *head, *want;
	} cases[] = {
		{"<meta property='article:section' content='Travel'>", "Travel"},
		{"<script type='application/ld+json'>{\"@type\":\"BreadcrumbList\","
		 "\"itemListElement\":[{\"@type\":\"ListItem\",\"name\":\"Home\"},{\"@type\":"
		 "\"ListItem\",\"item\":{\"@id\":\"/s\",\"name\":\"Ships\"}},{\"@type\":"
		 "\"ListItem\",\"name\":\"A day at sea\"}]}</script>",
			"Ships"},
		{"<nav class='breadcrumbs'><a href='/'>Coast Review</a> <a href='/news'>News</a> <a "
		 "href='/harbours'>Harbours</a> <a href='/a-day-at-sea?x=1'>A day at sea</a></nav>",
			"Harbours"},
		{"<nav class='breadcrumbs'><a href='/'>Coast Review</a></nav>", NULL},
		{"", NULL},
	};
	struct article article;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		read_article(cases[i].head, "", DATE_NONE, &article);
		if (cases[i].want)
			assert_string_equal(article.section ? article.section : "", cases[i].want);
		else
			assert_null(article.section);
		article_finish(&article);
	}
}

static void turns_selectors_into_xpath(void **state)
{
	static const struct {
		const char *selector, *want; /* NULL: no selector */
	} cases[] = {
		{"p", "//p"},
		{"//div[1]", "//div[1]"},
		{"#x > p", "//*[@id=\"x\"]/p"},
		{"a[href^=\"/s\"], b", "//a[starts-with(@href,\"/s\")] | //b"},
		{"div.a", "//div[contains(concat(\" \",normalize-space(@class),\" \"),\" a \")]"},
		{".a#b", "//*[contains(concat(\" \",normalize-space(@class),\" \"),\" a "
			 "\")][@id=\"b\"]"},
		{"*[lang]", "//*[@lang]"},
		{"a[rel=next]", "//a[@rel=\"next\"]"},
		{"a[href$='.pdf']", "//a[substring(@href,string-length(@href)-3)=\".pdf\"]"},
		{"a[href*=\"/s/\"]", "//a[contains(@href,\"/s/\")]"},
		{"a[rel~=tag]",
			"//a[contains(concat(\" \",normalize-space(@rel),\" \"),\" tag \")]"},
		{"", NULL},
		{"p >", NULL},
		{"a[href*='']", NULL},
		{"a[href!x]", NULL},
		{"a[=x]", NULL},
		{"a[x='y]", NULL},
		{"p.", NULL},
		{"p:first-child", NULL},
		{"a[href", NULL},
		{"a[x='\"']", NULL},
	};
	struct buf xpath = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&xpath);
		if (!cases[i].want) {
			assert_int_equal(rules_xpath(cases[i].selector, &xpath), STATUS_SYNTAX);
			continue;
		}
		assert_int_equal(rules_xpath(cases[i].selector, &xpath), STATUS_OK);
		assert_string_equal(buf_text(&xpath), cases[i].want);
	}
	buf_finish(&xpath);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_names_in_bylines),
		cmocka_unit_test(finds_dates_in_text),
		cmocka_unit_test(takes_the_site_s_name_off_titles),
		cmocka_unit_test(reads_json_ld_of_every_shape),
		cmocka_unit_test(dates_are_those_of_the_article),
		cmocka_unit_test(the_country_of_a_language_is_kept),
		cmocka_unit_test(bylines_are_names_of_people),
		cmocka_unit_test(the_section_is_named_or_a_breadcrumb),
		cmocka_unit_test(turns_selectors_into_xpath),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
