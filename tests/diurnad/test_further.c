#include "core/mem.h"
#include "core/str.h"
#include "diurnad/further.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define FIRST "https://www.tidings.example/story"

/* A page as the parser answers. */
static void article_of(struct article *article, const char *text, double quality)
{
	article_init(article);
	article->text = text;
	article->html = text ? arena_printf(&article->arena, "<p>%s</p>", text) : NULL;
	article->quality = quality;
	article->source = text ? ARTICLE_SOURCE_PAGE : ARTICLE_SOURCE_NONE;
}

static void pages_are_joined_in_order(void **state)
{
	struct article first, second, third;
	struct further further;
	const uint64_t blocks[] = {7, 8}, more[] = {9};

	(void)state;
	article_of(&first, "One.", 0.9);
	first.next_url = FIRST "?page=2";
	first.block_hashes = blocks;
	first.block_hash_count = 2;
	article_of(&second, "Two.", 0.9);
	second.next_url = FIRST "?page=3";
	second.block_hashes = more;
	second.block_hash_count = 1;
	article_of(&third, "Three.", 0.3);
	further_init(&further, FIRST, &first);
	assert_string_equal(further_next(&further, &first), FIRST "?page=2");
	further_take(&further, &first, &second);
	assert_int_equal(further.seen_count, 3);
	assert_string_equal(further_next(&further, &first), FIRST "?page=3");
	further_take(&further, &first, &third);
	assert_null(further_next(&further, &first));
	further_join(&further, &first);
	assert_string_equal(first.text, "One.\n\nTwo.\n\nThree.");
	assert_string_equal(first.html, "<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>");
	assert_true(first.quality > 0.3 && first.quality < 0.9);
	assert_false(first.is_truncated);
	further_finish(&further);
	article_finish(&first);
	article_finish(&second);
	article_finish(&third);
}

static void a_page_that_cannot_be_had_ends_it_and_is_said(void **state)
{
	struct article first;
	struct further further;

	(void)state;
	article_of(&first, "One.", 0.9);
	first.next_url = FIRST "?page=2";
	further_init(&further, FIRST, &first);
	assert_non_null(further_next(&further, &first));
	further_take(&further, &first, NULL);
	assert_null(further_next(&further, &first));
	further_join(&further, &first);
	assert_string_equal(first.text, "One.");
	assert_true(first.is_truncated);
	assert_non_null(str_ifind(first.reason, "page 2"));
	further_finish(&further);
	article_finish(&first);
}

static void no_more_than_twenty_pages_and_none_twice(void **state)
{
	struct article first, page;
	struct further further;
	char next[64];
	int pages = 1;

	(void)state;
	article_of(&first, "One.", 0.9);
	first.next_url = FIRST "?page=2";
	further_init(&further, FIRST, &first);
	while (further_next(&further, &first) && pages < 100) {
		pages++;
		article_of(&page, "More.", 0.9);
		snprintf(next, sizeof(next), FIRST "?page=%d", pages + 1);
		page.next_url = next;
		further_take(&further, &first, &page);
		article_finish(&page);
	}
	assert_int_equal(pages, FURTHER_PAGES);
	further_finish(&further);
	first.next_url = FIRST;
	further_init(&further, FIRST, &first);
	assert_null(further_next(&further, &first));
	further_finish(&further);
	first.next_url = "https://elsewhere.example/story?page=2";
	further_init(&further, FIRST, &first);
	assert_null(further_next(&further, &first));
	further_finish(&further);
	article_finish(&first);
}

static void the_better_version_is_taken(void **state)
{
	static const struct {
		const char *text; /* of the first page; NULL: it has none */
		double quality;
		bool has_next, is_truncated;
		const char *other; /* what the other version has */
		double other_quality;
		const char *whole, *amp, *asked, *want;
	} cases[] = {
		/* a good page alone: nobody asks */
		{"A good text.", 0.9, false, false, NULL, 0, FIRST "/print", FIRST "/amp", NULL,
			"A good text."},
		{"Cut.", 0.4, false, true, "All of the text.", 0.9, NULL, FIRST "/amp",
			FIRST "/amp", "All of the text."},
		{"Cut, but better.", 0.4, false, true, "No.", 0.1, NULL, FIRST "/amp", FIRST "/amp",
			"Cut, but better."},
		{NULL, 0, false, false, "The text.", 0.6, NULL, FIRST "/amp", FIRST "/amp",
			"The text."},
		{"The first of two.", 0.9, true, false, "The first of two. The second of two.", 0.8,
			FIRST "/print", FIRST "/amp", FIRST "/print",
			"The first of two. The second of two."},
		/* "Full article" led to another one */
		{"Cut.", 0.4, false, true, "Another story, and a good one.", 0.9, FIRST "/other",
			NULL, FIRST "/other", "Cut."},
		{"Cut.", 0.4, false, true, "Not ours.", 0.9, NULL, "https://cdn.example/amp", NULL,
			"Cut."},
	};
	struct article first, other;
	struct further further;
	const char *asked;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		article_of(&first, cases[i].text, cases[i].quality);
		first.is_truncated = cases[i].is_truncated;
		first.next_url = cases[i].has_next ? FIRST "?page=2" : NULL;
		first.whole_url = cases[i].whole;
		first.amp_url = cases[i].amp;
		article_of(&other, cases[i].other, cases[i].other_quality);
		further_init(&further, FIRST, &first);
		asked = further_next(&further, &first);
		if (!cases[i].asked) {
			assert_null(asked);
		} else {
			assert_string_equal(asked ? asked : "", cases[i].asked);
			further_take(&further, &first, &other);
			assert_null(further_next(&further, &first));
		}
		further_join(&further, &first);
		assert_string_equal(first.text, cases[i].want);
		further_finish(&further);
		article_finish(&other);
		article_finish(&first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_joined_in_order),
		cmocka_unit_test(a_page_that_cannot_be_had_ends_it_and_is_said),
		cmocka_unit_test(no_more_than_twenty_pages_and_none_twice),
		cmocka_unit_test(the_better_version_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
