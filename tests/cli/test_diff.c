#include "cli/diff.h"
#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those above first */
#include <cmocka.h>

static const struct {
	const char *before, *after, *want; /* want "": nothing changed */
} examples[] = {
	{"a b c", "a b c", ""},
	{"a  b\nc", "a b c", ""},
	{NULL, NULL, ""},
	{NULL, "new", "{+new+}\n"},
	{"gone", "", "[-gone-]\n"},
	{"The quay is closed", "The quay is open", "The quay is [-closed-] {+open+}\n"},
	{"one two", "one and two", "one {+and+} two\n"},
	{"1 2 3 4 5 6 7 8 9 old 1 2 3 4 5 6 7 8 9", "1 2 3 4 5 6 7 8 9 new 1 2 3 4 5 6 7 8 9",
		"\xE2\x80\xA6 4 5 6 7 8 9 [-old-] {+new+} 1 2 3 4 5 6 \xE2\x80\xA6\n"},
	{"x 1 2 3 4 5 6 7 8 9 10 11 12 13 14 y", "z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 w",
		"[-x-] {+z+} 1 2 3 4 5 6 \xE2\x80\xA6 9 10 11 12 13 14 [-y-] {+w+}\n"},
	{"head\n\nbody was", "head\n\nbody is", "head\nbody [-was-] {+is+}\n"},
	{"a", "\x1b[31mb", "[-a-] {+ [31mb+}\n"},
};

static void shows_what_changed(void **state)
{
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		buf_clear(&text);
		assert_int_equal(diff_words(examples[i].before, examples[i].after, &text),
			examples[i].want[0] != '\0');
		assert_string_equal(buf_text(&text), examples[i].want);
	}
	buf_finish(&text);
}

/* Texts without a word in common take no more than their own size. */
static void large_texts(void **state)
{
	enum { WORDS = 40000 };
	char *a = xcalloc(WORDS, 2), *b = xcalloc(WORDS, 2);
	struct buf text = {0};

	(void)state;
	for (size_t i = 0; i < 2 * WORDS - 1; i++) {
		a[i] = i % 2 ? ' ' : 'a';
		b[i] = i % 2 ? ' ' : 'b';
	}
	assert_true(diff_words(a, b, &text));
	assert_int_equal(text.len, 2 * (2 * WORDS - 1) + 4 + 1 + 4 + 1);
	buf_finish(&text);
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_changed),
		cmocka_unit_test(large_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
