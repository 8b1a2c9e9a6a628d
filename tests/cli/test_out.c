#include "cli/out.h"
#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
/* cmocka wants those above first */
#include <cmocka.h>

struct example {
	const char *text, *want;
};

static void check(
	void (*put)(struct buf *, const char *), const struct example *examples, size_t count)
{
	struct buf buf = {0};
	size_t i;

	for (i = 0; i < count; i++) {
		buf_clear(&buf);
		put(&buf, examples[i].text);
		assert_string_equal(buf_text(&buf), examples[i].want);
	}
	buf_finish(&buf);
}

static void makes_text_harmless_for_terminals(void **state)
{
	static const struct example examples[] = {
		{NULL, ""},
		{"plain \xC3\xA9 \xE6\x97\xA5", "plain \xC3\xA9 \xE6\x97\xA5"},
		{"\033]0;title\007", " ]0;title "},
		{"a\nb\tc\r", "a b c "},
		{"c1 \xC2\x9B"
		 "31m",
			"c1  31m"},
		{"turn \xE2\x80\xAE"
		 "back",
			"turn  back"},
		{"bad \xFF byte", "bad \xEF\xBF\xBD byte"},
		{"\x7F", " "},
	};

	(void)state;
	check(out_safe, examples, ARRAY_LEN(examples));
}

static void keeps_lines_of_blocks(void **state)
{
	static const struct example examples[] = {{"a\n\nb\033[2J", "a\n\nb [2J"}};

	(void)state;
	check(out_safe_block, examples, ARRAY_LEN(examples));
}

static void makes_cells_of_tsv(void **state)
{
	static const struct example examples[] = {
		{"=cmd()", "'=cmd()"},
		{"+1", "'+1"},
		{"-1", "'-1"},
		{"@x", "'@x"},
		{"a\tb\nc", "a b c"},
		{"\t=1", "' =1"},
		{"1=1", "1=1"},
		{"", ""},
	};

	(void)state;
	check(out_tsv, examples, ARRAY_LEN(examples));
}

static void escapes_markdown(void **state)
{
	static const struct example examples[] = {
		{"[x](javascript:1)", "\\[x\\](javascript:1)"},
		{"<b>*a*</b>", "\\<b\\>\\*a\\*\\</b\\>"},
		{"a\n# b", "a \\# b"},
	};

	(void)state;
	check(out_markdown, examples, ARRAY_LEN(examples));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_text_harmless_for_terminals),
		cmocka_unit_test(keeps_lines_of_blocks),
		cmocka_unit_test(makes_cells_of_tsv),
		cmocka_unit_test(escapes_markdown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
