#include "core/buf.h"
#include "core/mem.h"
#include "core/reason.h"
#include "core/str.h"
#include "parse/extract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The first stands on the page, all in the other sources. */
#define FIRST                                                                                    \
	"The harbour master counted forty boats on the morning of the storm, and none had been " \
	"tied up by the people who owned it."
#define SECOND                                                                                   \
	"Nobody in the town remembers a winter in which the ferry did not run for eleven days, " \
	"she said, and the shops were empty by the sixth."
#define THIRD                                                                                   \
	"It was only when the road was cleared that the first letters arrived, among them one " \
	"from the ministry that had closed the line, and nobody opened it."
#define ALL FIRST "\n\n" SECOND "\n\n" THIRD
#define ELSE                                                                                       \
	"A bakery on the hill sells eighty loaves before seven, and its owner has never been to "  \
	"sea, which he says is why the bread is good.\\n\\nHis sister keeps the accounts and the " \
	"cat, and neither of them can say how the oven came up the hill, for there was no road "   \
	"then and no cart in the town that could have carried it."

#define BODY(text) \
	"{\"@type\":\"NewsArticle\",\"headline\":\"The ferry\",\"articleBody\":\"" text "\"}"

static const char wall[] = "<div class=paywall><p>Subscribe to read the rest of this article. "
			   "Already a subscriber? Log in.</p></div>";

struct source_case {
	const char *says;  /* what is tried */
	const char *ld;    /* JSON-LD, scripts parted by "|" */
	const char *shown; /* the article's HTML on the page */
	const char *content, *summary;
	enum article_source source;
	const char *text;
	int reason;  /* -1: none */
	bool is_cut; /* the text is a beginning */
};

static void read_article(const struct source_case *test, struct article *article)
{
	struct buf page = {0};
	const char *s = test->ld;
	struct job job = {.kind = JOB_PAGE,
		.url = "https://e.org/2026/ferry",
		.entry_content = test->content,
		.entry_summary = test->summary,
		.entry_published = DATE_NONE};

	buf_puts(&page, "<html lang=en><head><title>The ferry - Coast</title>");
	while (s && *s) {
		size_t len = strcspn(s, "|");

		buf_printf(&page, "<script type='application/ld+json'>%.*s</script>", (int)len, s);
		s += len + (s[len] == '|');
	}
	buf_printf(&page,
		"</head><body><nav><a href=/>Coast</a><a href=/sea>Sea</a></nav><article>"
		"<h1>The ferry</h1>%s</article></body></html>",
		test->shown);
	job.body = buf_text(&page);
	job.body_len = page.len;
	article_init(article);
	extract_article(&job, article);
	buf_finish(&page);
}

static void check(const struct source_case *tests, size_t count)
{
	struct article article;
	size_t i;

	for (i = 0; i < count; i++) {
		read_article(&tests[i], &article);
		if (article.source != tests[i].source || !str_eq(article.text, tests[i].text) ||
			!str_eq(article.reason,
				tests[i].reason < 0 ? NULL : reason_text(tests[i].reason)))
			fail_msg("%s: %s, \"%s\", %s", tests[i].says,
				article_source_name(article.source),
				article.text ? article.text : "",
				article.reason ? article.reason : "no reason");
		assert_int_equal(article.is_truncated, tests[i].is_cut);
		article_finish(&article);
	}
}

static void json_ld_has_the_text_in_many_ways(void **state)
{
	static const char shown[] = "<p>" FIRST "</p>";
	static char walled[sizeof(shown) + sizeof(wall)];
	struct source_case tests[] = {
		{.says = "plain", .ld = BODY(FIRST "\\n\\n" SECOND "\\n\\n" THIRD)},
		{.says = "raw line breaks", .ld = BODY(FIRST "\n\n" SECOND "\n\n" THIRD)},
		{.says = "HTML", .ld = BODY("<p>" FIRST "</p><p>" SECOND "</p><p>" THIRD "</p>")},
		{.says = "br alone", .ld = BODY(FIRST "<br><br>" SECOND "<br><br>" THIRD)},
		{.says = "tags within lines",
			.ld = BODY("<b>The</b> harbour"
				   " master counted forty boats on the morning of the storm, and "
				   "none had been tied up by the people who owned it."
				   "\\n\\n" SECOND "\\n\\n" THIRD)},
		{.says = "escaped",
			.ld = BODY("&lt;p&gt;" FIRST "&lt;/p&gt;&lt;p&gt;" SECOND
				   "&lt;/p&gt;&lt;p&gt;" THIRD "&lt;/p&gt;")},
		{.says = "escaped twice",
			.ld = BODY("&amp;lt;p&amp;gt;" FIRST "&amp;lt;/p&amp;gt;&amp;lt;p&amp;"
				   "gt;" SECOND "&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;" THIRD
				   "&amp;lt;/p&amp;gt;")},
		{.says = "references",
			.ld = BODY("The&#32;harbour"
				   " master counted forty boats on the morning of the storm, and "
				   "none had been tied up by the people who owned it."
				   "\\n\\n" SECOND "\\n\\n" THIRD)},
		{.says = "CDATA",
			.ld = "//<![CDATA[\n" BODY(FIRST "\\n\\n" SECOND "\\n\\n" THIRD) "//]]>"},
		{.says = "a comma too many, an escape too many",
			.ld = "{\"@type\":\"NewsArticle\",\"about\":[\"a\\'b\",],"
			      "\"articleBody\":\"" FIRST "\\n\\n" SECOND "\\n\\n" THIRD "\",\n}"},
		{.says = "another story before it, neither with an address",
			.ld = "{\"@type\":\"NewsArticle\",\"headline\":\"Bread\",\"articleBody\":"
			      "\"" ELSE "\"}|" BODY(FIRST "\\n\\n" SECOND "\\n\\n" THIRD)},
		{.says = "another story of a better type",
			.ld = "{\"@graph\":[{\"@type\":\"NewsArticle\",\"headline\":\"Bread\","
			      "\"url\":\"https://e.org/bread\",\"articleBody\":\"" ELSE
			      "\"},{\"@type\":\"Article\",\"mainEntityOfPage\":"
			      "{\"@id\":\"http://www.e.org/2026/ferry/\"},\"articleBody\":\"" FIRST
			      "\\n\\n" SECOND "\\n\\n" THIRD "\"}]}"},
	};
	size_t i;

	(void)state;
	snprintf(walled, sizeof(walled), "%s%s", shown, wall);
	for (i = 0; i < ARRAY_LEN(tests); i++) {
		tests[i].shown = walled;
		tests[i].source = ARTICLE_SOURCE_JSONLD;
		tests[i].text = ALL;
		tests[i].reason = -1;
	}
	check(tests, ARRAY_LEN(tests));
}

static void json_ld_may_break_off_or_be_of_another_story(void **state)
{
	static const struct source_case tests[] = {
		{"ends with an ellipsis",
			BODY(FIRST
				"\\n\\n" SECOND
				"\\n\\nIt was only when the road was cleared that the letters came\xE2\x80\xA6"),
			"<p>" FIRST "</p><p><a href=/x>Read more</a></p>", NULL, NULL,
			ARTICLE_SOURCE_JSONLD,
			FIRST
			"\n\n" SECOND
			"\n\nIt was only when the road was cleared that the letters came\xE2\x80\xA6",
			REASON_CUT_SHORT, true},
		{"sold, and short",
			"{\"@type\":\"NewsArticle\",\"isAccessibleForFree\":false,\"articleBody\":"
			"\"" FIRST "\\n\\n" SECOND "\\n\\n" THIRD "\"}",
			"<p>" FIRST "</p>", NULL, NULL, ARTICLE_SOURCE_JSONLD, ALL,
			REASON_CUT_SHORT, true},
		{"of another story alone", BODY(ELSE),
			"<p>" FIRST "</p><p><a href=/x>Read more</a></p>", NULL, NULL,
			ARTICLE_SOURCE_PAGE, FIRST, REASON_CUT_SHORT, true},
	};

	(void)state;
	check(tests, ARRAY_LEN(tests));
}

static void the_feed_has_more_than_what_is_no_article(void **state)
{
	static const struct source_case tests[] = {
		{"a page that needs scripts", NULL, "<p>You need scripts to read this.</p>", NULL,
			"<p>" FIRST "</p>", ARTICLE_SOURCE_FEED, FIRST, REASON_LITTLE_TEXT, false},
		{"a feed that breaks off, too", NULL, "<p>You need scripts to read this.</p>",
			"<p>" FIRST "</p><p>Nobody in the town remembers [\xE2\x80\xA6]</p>", NULL,
			ARTICLE_SOURCE_FEED,
			FIRST "\n\nNobody in the town remembers [\xE2\x80\xA6]", REASON_LITTLE_TEXT,
			true},
	};

	(void)state;
	check(tests, ARRAY_LEN(tests));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_ld_has_the_text_in_many_ways),
		cmocka_unit_test(json_ld_may_break_off_or_be_of_another_story),
		cmocka_unit_test(the_feed_has_more_than_what_is_no_article),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
