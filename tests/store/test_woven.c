#include "store/woven.h"

#include "core/buf.h"
#include "core/mem.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static sqlite3 *db;
static sqlite3_stmt *unweave;

static int setup(void **state)
{
	(void)state;
	return sqlite3_open(":memory:", &db) != SQLITE_OK ||
	       sqlite3_prepare_v2(db,
		       "SELECT " WOVEN_HTML("article") " FROM (SELECT ?1 AS text, ?2 AS markup, "
						       "?3 AS html) AS article",
		       -1, &unweave, NULL) != SQLITE_OK;
}

static int teardown(void **state)
{
	(void)state;
	sqlite3_finalize(unweave);
	return sqlite3_close(db) != SQLITE_OK;
}

/* The HTML that SQL makes; to be freed. */
static char *html_of(const char *text, const char *markup, const char *html)
{
	const char *made;
	char *copy;

	sqlite3_bind_text(unweave, 1, text, -1, SQLITE_STATIC);
	sqlite3_bind_text(unweave, 2, markup, -1, SQLITE_STATIC);
	sqlite3_bind_text(unweave, 3, html, -1, SQLITE_STATIC);
	if (sqlite3_step(unweave) != SQLITE_ROW)
		fail_msg("%s", sqlite3_errmsg(db));
	made = (const char *)sqlite3_column_text(unweave, 0);
	copy = made ? xstrdup(made) : NULL;
	sqlite3_reset(unweave);
	return copy;
}

/* Woven or not, html comes back byte by byte. Returns whether it was. */
static bool comes_back(const char *html, const char *text)
{
	struct arena arena = {0};
	const char *markup = woven_make(html, text, &arena);
	bool is_woven = markup != NULL;

	if (is_woven) {
		char *made = html_of(text, markup, NULL);

		assert_string_equal(made, html);
		free(made);
	}
	arena_finish(&arena);
	return is_woven;
}

#define LONG "a report that is long enough to be worth a piece of its own"

static void html_is_made_of_its_text(void **state)
{
	static const struct {
		const char *html, *text, *markup;
	} rows[] = {
		{"<p>" LONG "</p>", LONG, "[\"<p>\",[1,59],\"</p>\"]"},
		{LONG, LONG, "[[1,59]]"},
		{"<p>" LONG "</p>\n<ul><li>" LONG "</li></ul>", LONG "\n\n- " LONG,
			"[\"<p>\",[1,59],\"</p>\\n<ul><li>\",[64,59],\"</li></ul>\"]"},
		/* what the text has besides is left out */
		{"<p>" LONG "</p>", "An image: 17\n\n" LONG, "[\"<p>\",[15,59],\"</p>\"]"},
		/* entities, quotes */
		{"<p title=\"&quot;\">" LONG " &amp; " LONG "</p>", LONG " & " LONG,
			"[\"<p title=\\\"&quot;\\\">\",[1,61],\"amp;\",[62,60],\"</p>\"]"},
		/* letters of which only the first byte is the same */
		{"<p>Aus den Gärten kommt Gemüße, aus den Wäldern kommt sonst alles</p>",
			"Aus den Gärten kommt Gemüse, aus den Wäldern kommt sonst alles",
			"[\"<p>\",[1,27],\"ße, \",[32,34],\"</p>\"]"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena arena = {0};
		const char *markup = woven_make(rows[i].html, rows[i].text, &arena);

		assert_non_null(markup);
		assert_string_equal(markup, rows[i].markup);
		assert_true(comes_back(rows[i].html, rows[i].text));
		arena_finish(&arena);
	}
}

static void what_is_not_worth_it_stays(void **state)
{
	(void)state;
	assert_false(comes_back(NULL, LONG));
	assert_false(comes_back("<p>" LONG "</p>", NULL));
	assert_false(comes_back("<p>" LONG "</p>", ""));
	assert_false(comes_back("", LONG));
	assert_false(comes_back("<p>short</p>", "short"));
	assert_false(comes_back("<p>" LONG "</p>", "of another text altogether, by far"));
	/* no UTF-8 in what would be a string of JSON */
	assert_false(comes_back("<p title='\xC3'>" LONG "</p>", LONG));
	/* a piece each few bytes of a long text would take minutes to read */
	{
		struct buf html = {0}, text = {0};

		for (int i = 0; i < 40000; i++) {
			buf_printf(&text, "%d words are %d, ", i, i);
			buf_printf(&html, "%d words are %d,<b> </b>", i, i);
		}
		assert_false(comes_back(buf_text(&html), buf_text(&text)));
		buf_finish(&html);
		buf_finish(&text);
	}
}

/* Texts that are cut, mixed and doubled, with a seed that is always the same. */
static void anything_comes_back(void **state)
{
	static const char *const parts[] = {"<p>", "</p>\n", "<a href=\"x\\y\">", "</a>", "&amp;",
		"&lt;", " ", "\n", "\t", "Grün ist die Hoffnung, die alle Gärten haben",
		"日本語の新聞は毎日", "😀😀😀😀😀", "words that are repeated", "words that are repented",
		"<", ">", "\"", "\x01"};
	uint64_t random = 7;
	size_t woven = 0;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct buf html = {0}, text = {0};

		for (int k = 0; k < 24; k++) {
			const char *part;

			random = random * 6364136223846793005u + 1442695040888963407u;
			part = parts[(random >> 33) % (sizeof(parts) / sizeof(parts[0]))];
			if ((random >> 20) % 8)
				buf_puts(&html, part);
			if (part[0] != '<' && (random >> 24) % 8)
				buf_puts(&text, part[0] == '&' ? "&" : part);
		}
		woven += comes_back(buf_text(&html), buf_text(&text));
		buf_finish(&html);
		buf_finish(&text);
	}
	assert_in_range(woven, 300, 3000);
}

/* A damaged row costs its own HTML, not the answer. */
static void damaged_markup_is_none(void **state)
{
	static const char *const damaged[] = {"", "[", "[\"<p>\",[1,", "x", "[\"<p>\",[1,9]]]"};

	(void)state;
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		char *made = html_of(LONG, damaged[i], NULL);

		assert_null(made);
	}
	for (size_t i = 0; i < 2; i++) {
		char *made = html_of(i ? NULL : LONG, NULL, "<p>as it is</p>");

		assert_string_equal(made, "<p>as it is</p>");
		free(made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html_is_made_of_its_text),
		cmocka_unit_test(what_is_not_worth_it_stays),
		cmocka_unit_test(anything_comes_back),
		cmocka_unit_test(damaged_markup_is_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
