#include "cli/lists.h"
#include "core/mem.h"
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
/* cmocka wants those above first */
#include <cmocka.h>

static void put(struct buf *to, const char *text)
{
	buf_puts(to, text ? text : "-");
	buf_putc(to, '|');
}

static void take(void *context, const struct list_line *line)
{
	struct buf *to = context;

	buf_printf(to, "%zu|", line->number);
	put(to, line->broken ? "broken" : line->url);
	put(to, line->title);
	put(to, line->folder);
	buf_putc(to, '\n');
}

static void reads(const char *text, const char *want)
{
	struct buf found = {0};

	list_read(text, take, &found);
	assert_string_equal(buf_text(&found), want);
	buf_finish(&found);
}

static void reads_newsboat(void **state)
{
	(void)state;
	reads("# my feeds\n"
	      "https://a.example/feed \"~A title\" news \"second tag\"\n"
	      "\n"
	      "http://b.example/rss !hidden tech # why\n"
	      "\"query:Unread:unread = \\\"yes\\\"\"\n"
	      "exec:~/bin/fetch\n"
	      "filter:~/bin/f:https://c.example/\n",
		"2|https://a.example/feed|A title|news|\n"
		"4|http://b.example/rss|-|tech|\n"
		"5|broken|-|-|\n6|broken|-|-|\n7|broken|-|-|\n");
}

static void reads_sfeedrc(void **state)
{
	(void)state;
	reads("#sfeedpath=\"$HOME/.sfeed/feeds\"\nfeeds() {\n"
	      "	# feed <name> <feedurl> [basesiteurl] [encoding]\n"
	      "	feed \"codemadness\" \"https://www.codemadness.example/atom_content.xml\"\n"
	      "	feed 'of x' 'x://y' 'https://x.example' \"iso-8859-1\"\n}\nfetch() {\n	curl \"$2\"\n}\n",
		"4|https://www.codemadness.example/atom_content.xml|codemadness|-|\n"
		"5|broken|of x|-|\n");
}

static void reads_plain_lists(void **state)
{
	(void)state;
	reads("\xEF\xBB\xBFhttps://a.example/1\r\nb.example/2\nfeed://c.example/3\n"
	      "feed:https://d.example/4\nno address\nmailto:x@y.example\nlocalhost:8080/feed",
		"1|https://a.example/1|-|-|\n2|https://b.example/2|-|-|\n"
		"3|https://c.example/3|-|-|\n4|https://d.example/4|-|-|\n5|broken|-|address|\n"
		"6|broken|-|-|\n7|https://localhost:8080/feed|-|-|\n");
}

static void tells_documents(void **state)
{
	(void)state;
	assert_true(list_is_xml("\xEF\xBB\xBF \n<?xml version=\"1.0\"?><opml/>", 32));
	assert_true(list_is_xml("\xFF\xFE<\0o\0", 6));
	assert_true(list_is_xml("\xFE\xFF\0\n\0<\0o", 8));
	assert_true(list_is_xml("\0<\0o", 4));
	assert_false(list_is_xml("\xFF\xFEh\0t\0", 6));
	assert_false(list_is_xml("https://a.example/<", 19));
	assert_false(list_is_xml("", 0));
}

static void wide_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum status status;
		const char *text;
	} table[] = {
		{"a\n", 2, STATUS_OK, "a\n"},
		{"\xFF\xFE"
		 "a\0\xE4\0\x2F\x6E\x3D\xD8",
			10, STATUS_OK, "a\xC3\xA4\xE6\xB8\xAF\xEF\xBF\xBD"},
		{"\xFE\xFF\0a\0\xE4\0", 7, STATUS_OK, "a\xC3\xA4"},
		{"\xFF\xFE", 2, STATUS_OK, ""},
		{"", 0, STATUS_OK, ""},
		{"a\0b", 3, STATUS_SYNTAX, "a"},
		{"\xFF\xFE"
		 "a\0\0\0",
			6, STATUS_SYNTAX, "a"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct buf text = {0};

		buf_put(&text, table[i].bytes, table[i].len);
		assert_int_equal(list_to_utf8(&text), table[i].status);
		assert_string_equal(buf_text(&text), table[i].text);
		buf_finish(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_newsboat),
		cmocka_unit_test(reads_sfeedrc),
		cmocka_unit_test(reads_plain_lists),
		cmocka_unit_test(tells_documents),
		cmocka_unit_test(wide_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
