#include "core/mem.h"
#include "parse/paging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void pages_of_one_article_differ_in_their_number(void **state)
{
	static const struct {
		const char *url, *next;
		unsigned page;
		bool want;
	} cases[] = {
		{"https://e.org/story.html", "https://e.org/story-2.html", 1, true},
		{"https://e.org/story-2.html", "https://e.org/story-3.html", 2, true},
		{"https://e.org/story/", "https://e.org/story/2/", 1, true},
		{"https://e.org/story", "https://e.org/story/page/2", 1, true},
		{"https://e.org/story/page/9/", "https://e.org/story/page/10/", 9, true},
		{"https://e.org/story?page=2", "https://e.org/story?page=3", 1, true},
		{"https://e.org/story?id=5", "https://e.org/story?id=5&page=2", 1, true},
		{"https://e.org/story?id=5", "https://e.org/story?page=2&id=5", 1, true},
		{"https://e.org/story#top", "https://e.org/story?p=2#text", 1, true},
		{"https://e.org/a,seite-2.html", "https://e.org/a,seite-3.html", 2, true},
		/* those that say how far in they begin */
		{"https://e.org/story", "https://e.org/story?start=20", 1, true},
		{"https://e.org/story?start=20", "https://e.org/story?start=40", 2, true},
		{"https://e.org/story?id=5&offset=10", "https://e.org/story?offset=20&id=5", 2,
			true},
		{"https://e.org/story?offset=10", "https://e.org/story?offset=30", 2, false},
		{"https://e.org/story?start=20", "https://e.org/story", 2, false},
		{"https://e.org/story?start=20", "https://e.org/story?start=20", 2, false},
		{"https://e.org/story", "https://e.org/other?start=20", 1, false},
		{"https://e.org/story", "https://e.org/story?start=2026-10", 1, false},
		/* the same page, the one after the next, the one before */
		{"https://e.org/story", "https://e.org/story", 1, false},
		{"https://e.org/story", "https://e.org/story?page=3", 1, false},
		{"https://e.org/story?page=3", "https://e.org/story?page=2", 3, false},
		{"https://e.org/story?p=2", "https://e.org/story?p=3", 2, true},
		/* other articles: their numbers are no pages' */
		{"https://e.org/story?id=1", "https://e.org/story?id=2", 1, false},
		{"https://e.org/post/1", "https://e.org/post/2", 1, false},
		{"https://e.org/?p=1", "https://e.org/?p=2", 1, false},
		{"https://e.org/?p=123", "https://e.org/?p=124", 1, false},
		{"https://e.org/post/7", "https://e.org/post/8", 1, false},
		{"https://e.org/a-day-at-sea", "https://e.org/a-night-ashore", 1, false},
		{"https://e.org/2026/05/03/a", "https://e.org/2026/05/04/b", 1, false},
		{"https://e.org/news/1234", "https://e.org/news/1235", 1234, false},
		{"https://e.org/5.1/manual/ships/", "https://e.org/5.2/manual/ships/", 1, false},
		/* comments have pages of their own */
		{"https://e.org/story/", "https://e.org/story/comment-page-2/", 1, false},
		{"https://e.org/story-2.html", "https://e.org/story-3.pdf", 2, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		if (paging_follows(cases[i].url, cases[i].next, cases[i].page) != cases[i].want)
			fail_msg("%s, %s", cases[i].url, cases[i].next);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_one_article_differ_in_their_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
