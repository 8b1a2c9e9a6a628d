#include "core/arena.h"
#include "core/urlset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Far more than the first table holds; each is found, and nothing else. */
static void finds_what_was_added(void **state)
{
	enum { COUNT = 5000 };
	struct arena arena = {0};
	struct urlset set = {0};
	size_t i;

	(void)state;
	assert_int_equal(urlset_find(&set, "https://a.example/"), (size_t)URLSET_NONE);
	for (i = 0; i < COUNT; i++)
		assert_true(urlset_add(
			&set, arena_printf(&arena, "https://%zu.example/feed", i), 10 * i));
	for (i = 0; i < COUNT; i++) {
		const char *url = arena_printf(&arena, "https://%zu.example/feed", i);

		assert_int_equal(urlset_find(&set, url), 10 * i);
		assert_false(urlset_add(&set, url, 7));
		assert_int_equal(urlset_find(&set, url), 10 * i);
	}
	assert_int_equal(set.count, COUNT);
	assert_int_equal(urlset_find(&set, "https://5000.example/feed"), (size_t)URLSET_NONE);
	assert_int_equal(urlset_find(&set, ""), (size_t)URLSET_NONE);
	urlset_finish(&set);
	assert_int_equal(set.size, 0);
	urlset_finish(&set);
	arena_finish(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(finds_what_was_added)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
