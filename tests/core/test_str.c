#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void collapses_white_space(void **state)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
		{"", ""},
		{"  a \t\n b  ", "a b"},
		{"a\xC2\xA0\xC2\xA0z", "a z"},
		{" \xC2\xA0 ", ""},
	};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "%s", cases[i].in);
		assert_string_equal(str_collapse(text), cases[i].want);
	}
}

static void reads_numbers_with_a_bound(void **state)
{
	uint64_t n = 0;

	(void)state;
	assert_true(str_to_u64("18446744073709551615", UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	assert_false(str_to_u64("18446744073709551616", UINT64_MAX, &n));
	assert_false(str_to_u64("11", 10, &n));
	assert_false(str_to_u64("", 10, &n));
	assert_false(str_to_u64("-1", 10, &n));
}

static void measures_typing_errors(void **state)
{
	(void)state;
	assert_int_equal(str_distance("query", "qurey"), 1);
	assert_int_equal(str_distance("Europe", "europ"), 1);
	assert_int_equal(str_distance("", "abc"), 3);
	assert_int_equal(str_distance("feeds", "status"), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collapses_white_space),
		cmocka_unit_test(reads_numbers_with_a_bound),
		cmocka_unit_test(measures_typing_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
