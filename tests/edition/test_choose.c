#include "core/mem.h"
#include "edition/choose.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct candidate item(int64_t id, int64_t feed, const char *title, int words, int64_t at)
{
	struct candidate c = {0};

	c.id = id;
	c.feed_id = feed;
	c.title = title;
	c.words = words;
	c.printed_at = at;
	c.weight = 1;
	c.quality = 0.8;
	return c;
}

static const struct candidate *find(const struct candidate *list, size_t count, int64_t id)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (list[i].id == id)
			return &list[i];
	}
	fail();
	return NULL;
}

static void same_news_is_one_story(void **state)
{
	static const struct {
		const char *a, *b;
		int64_t feed_a, feed_b;
		bool is_one;
	} cases[] = {
		{"Parliament passes the new harbour law", "Parliament Passes Harbour Law", 1, 2,
			true},
		{"Parliament passes the new harbour law", "Parliament Passes Harbour Law", 1, 1,
			false},
		{"Harbour war, day 1355: what we know", "Harbour war, day 1356: what we know", 1, 2,
			false},
		{"What to know about this", "What to know about that", 1, 2, false},
		{"Ministers meet in Oslo", "Fishermen protest in Bergen", 1, 2, false},
		{"\xE6\xB8\xAF\xE5\x8F\xA3\xE5\xAE\x89\xE9\x9D\x99\xE4\xB8\x8B\xE6\x9D\xA5",
			"\xE6\xB8\xAF\xE5\x8F\xA3\xE5\xAE\x89\xE9\x9D\x99\xE4\xB8\x8B\xE6\x9D\xA5"
			"\xE4\xBA\x86",
			1, 2, true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct candidate list[2] = {item(1, cases[i].feed_a, cases[i].a, 300, 10),
			item(2, cases[i].feed_b, cases[i].b, 300, 20)};

		print_message("%s\n", cases[i].b);
		choose_order(list, 2);
		assert_int_equal(list[0].story == list[1].story, cases[i].is_one);
	}
}

/* A feed of links: each entry says "Comments", and nothing else. */
static void short_texts_say_nothing(void **state)
{
	struct candidate list[2] = {
		item(1, 1, "A harbour in winter", 1, 10), item(2, 1, "Compilers for two", 1, 20)};

	(void)state;
	list[0].simhash = list[1].simhash = 0xF0F0F0F0F0F0F0F0;
	choose_order(list, 2);
	assert_int_not_equal(list[0].story, list[1].story);
}

static void copies_of_a_text_are_one_story(void **state)
{
	struct candidate list[2] = {
		item(1, 1, "Ministers meet", 300, 10), item(2, 1, "A quiet summit", 500, 20)};

	(void)state;
	list[0].simhash = 0xF0F0F0F0F0F0F0F0;
	list[1].simhash = 0xF0F0F0F0F0F0F0F3;
	choose_order(list, 2);
	assert_int_equal(list[0].story, list[1].story);
	assert_int_equal(list[0].id, 2); /* the longer one is printed */
}

static void many_sources_come_first(void **state)
{
	struct candidate list[] = {
		item(1, 1, "A long walk through the marshes", 900, 50),
		item(2, 2, "Parliament passes harbour law", 400, 10),
		item(3, 3, "Parliament passes harbour law late", 380, 20),
		item(4, 4, "Parliament passes the harbour law", 390, 30),
		item(5, 5, "Short line about weather", 30, 60),
	};
	size_t n = ARRAY_LEN(list);

	(void)state;
	choose_order(list, n);
	assert_int_equal(find(list, n, 2)->story, 0);
	assert_int_equal(find(list, n, 3)->story, 0);
	assert_int_equal(find(list, n, 4)->story, 0);
	assert_int_equal(find(list, n, 1)->story, 1);
	assert_int_equal(find(list, n, 5)->story, 2);
	assert_int_equal(list[4].position, 4);
}

static void order_does_not_depend_on_order(void **state)
{
	struct candidate a[40], b[40];
	static char titles[40][32];
	size_t i;

	(void)state;
	for (i = 0; i < 40; i++) {
		snprintf(titles[i], sizeof(titles[i]), "Title%zu stands alone%zu", i, i);
		a[i] = item((int64_t)i + 1, (int64_t)i % 5, titles[i], 100 + (int)i % 7 * 100,
			(int64_t)i % 3);
	}
	for (i = 0; i < 40; i++)
		b[i] = a[39 - i];
	choose_order(a, 40);
	choose_order(b, 40);
	for (i = 0; i < 40; i++) {
		assert_int_equal(a[i].id, b[i].id);
		assert_int_equal(a[i].position, (int)i);
		assert_int_equal(b[i].story, a[i].story);
	}
}

/* Many feeds date by the day, or not at all: who came first among them says nothing. */
static void order_does_not_depend_on_arrival(void **state)
{
	static const char *const titles[] = {"Quay closed", "Mountain opened", "Bread is dear",
		"Trains are late", "Snow falls early", "Bells ring again"};
	struct candidate a[6], b[6];
	size_t i;

	(void)state;
	/* the same six of three feeds, polled in another order; within a feed it stays */
	for (i = 0; i < 6; i++) {
		int64_t feed = 1 + (int64_t)i / 2;

		a[i] = item((int64_t)i + 1, feed, titles[i], 300, 1000);
		b[i] = item((3 - feed) * 2 + (int64_t)i % 2 + 1, feed, titles[i], 300, 1000);
	}
	choose_order(a, 6);
	choose_order(b, 6);
	for (i = 0; i < 6; i++)
		assert_string_equal(a[i].title, b[i].title);
}

static void lead_is_long_and_old_is_last(void **state)
{
	struct candidate list[] = {
		item(1, 1, "Flash: breaking", 20, 90),
		item(2, 2, "An essay from the shelf", 3000, 1),
		item(3, 3, "A report with substance", 200, 50),
	};

	(void)state;
	list[0].weight = 3;
	list[1].is_earlier = true;
	list[1].weight = 9;
	choose_order(list, 3);
	assert_int_equal(list[0].id, 3);
	assert_int_equal(list[1].id, 1);
	assert_int_equal(list[2].id, 2);
}

/* A busy feed does not fill the top of the page. */
static void feeds_are_spread(void **state)
{
	static const char *const titles[] = {"Alpha one begins", "Beta two follows",
		"Gamma three stays", "Delta four leaves", "Quiet village tells all"};
	struct candidate list[5];
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++)
		list[i] = item((int64_t)i + 1, i < 4 ? 1 : 2, titles[i], 500, 100 - (int64_t)i);
	choose_order(list, 5);
	assert_int_equal(find(list, 5, 5)->story, 1);
}

/* What the store found by rare words needs titles that are somewhat alike. */
static void reports_of_one_event_are_one_story(void **state)
{
	struct candidate list[] = {
		item(1, 1, "Storm Ada floods the harbour of Lindholm, hundreds leave their homes",
			300, 5),
		item(2, 2, "Lindholm harbour under water: what Storm Ada left behind on its way",
			300, 4),
		item(3, 3, "Why insurers count differently", 300, 3),
	};

	(void)state;
	choose_order(list, 3);
	assert_int_equal(find(list, 3, 1)->story != find(list, 3, 2)->story, 1);
	list[0].story_id = list[1].story_id = list[2].story_id = 9;
	choose_order(list, 3);
	assert_int_equal(find(list, 3, 1)->story, find(list, 3, 2)->story);
	assert_int_not_equal(find(list, 3, 1)->story, find(list, 3, 3)->story);
}

/* A word of letters for a number: digits would make a series of titles. */
static const char *word(size_t n)
{
	static char words[4][8];
	static size_t next;
	char *to = words[next++ % ARRAY_LEN(words)];

	snprintf(to, sizeof(words[0]), "%c%c%c%c", 'a' + (int)(n / 17576 % 26),
		'a' + (int)(n / 676 % 26), 'a' + (int)(n / 26 % 26), 'a' + (int)(n % 26));
	return to;
}

/* They are found without each being compared with each, whatever is frequent among them. */
static void pairs_are_found_among_many(void **state)
{
	enum { PAIRS = 3000 };
	struct candidate *list = calloc(2 * PAIRS, sizeof(*list));
	char(*titles)[64] = calloc(2 * PAIRS, sizeof(*titles));
	size_t i, twin;

	(void)state;
	assert_non_null(list);
	assert_non_null(titles);
	for (i = 0; i < 2 * PAIRS; i++) {
		/* Two words are in nearly all titles, the third is the pair's. */
		snprintf(titles[i], sizeof(titles[i]), "Harbour council %s", word(100 + i / 2));
		if (i / 2 % 7 == 0)
			snprintf(titles[i], sizeof(titles[i]), "Council %s", word(90000 + i));
		list[i] = item((int64_t)i + 1, (int64_t)i % 2 + 1, titles[i], 300, 5);
		/* Every seventh pair has different titles and one text, but for three bits. */
		list[i].simhash = (i / 2 + 1) * UINT64_C(0x9E3779B97F4A7C15);
		if (i % 2)
			list[i].simhash ^= i / 2 % 7 ? ~UINT64_C(0) : UINT64_C(0x0000000100010001);
	}
	choose_order(list, 2 * PAIRS);
	for (i = 0; i < 2 * PAIRS; i++) {
		twin = (size_t)list[i].position % 2 ? i - 1 : i + 1;
		assert_int_equal((list[i].id - 1) / 2, (list[twin].id - 1) / 2);
		assert_int_equal(list[i].story, list[twin].story);
		assert_int_equal(list[i].story, (int)i / 2);
	}
	free(list);
	free(titles);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_of_one_event_are_one_story),
		cmocka_unit_test(same_news_is_one_story),
		cmocka_unit_test(short_texts_say_nothing),
		cmocka_unit_test(copies_of_a_text_are_one_story),
		cmocka_unit_test(many_sources_come_first),
		cmocka_unit_test(order_does_not_depend_on_order),
		cmocka_unit_test(order_does_not_depend_on_arrival),
		cmocka_unit_test(lead_is_long_and_old_is_last),
		cmocka_unit_test(feeds_are_spread),
		cmocka_unit_test(pairs_are_found_among_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
