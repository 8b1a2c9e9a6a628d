#include "core/mem.h"
#include "core/str.h"
#include "parse/metadata.h"
#include "parse/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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
		{"May the force", NULL},
		{"version 1.2.3", NULL},
		{"1 of 3000", NULL},
	};
	struct arena arena = {0};
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		got = metadata_find_date(&arena, cases[i].in);
		if (!cases[i].want)
			assert_null(got);
		else
			assert_string_equal(got ? got : cases[i].in, cases[i].want);
	}
	arena_finish(&arena);
}

static const char *title_of(const char *html, const char *entry_title, struct arena *arena)
{
	struct job job = {.kind = JOB_PAGE,
		.url = "https://www.coastreview.example/a",
		.entry_title = entry_title,
		.entry_published = DATE_NONE};
	struct html_options options = {0};
	struct html_page page;
	struct metadata meta;

	assert_int_equal(html_read(html, strlen(html), &options, &page), STATUS_OK);
	metadata_read(&page, &job, arena, &meta);
	html_finish(&page);
	return meta.title;
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
		{"<title>Welcome</title><h1>News</h1><p>x", "What the feed said",
			"What the feed said"},
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
		assert_string_equal(meta.ld.title, "A day at sea");
		assert_string_equal(meta.ld.published, "2026-05-03T10:00:00+02:00");
		assert_int_equal(meta.ld.authors.count, 1);
		assert_string_equal(meta.ld.authors.values[0], "Ada Lind");
		html_finish(&page);
	}
	arena_finish(&arena);
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
		{"", NULL},
		{"p >", NULL},
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
		cmocka_unit_test(turns_selectors_into_xpath),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
