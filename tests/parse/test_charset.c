#include "core/buf.h"
#include "core/utf8.h"
#include "parse/charset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	enum charset_kind kind;
	const char *body;
	size_t len;
	const char *type, *name, *want;
} cases[] = {
	{CHARSET_XML, BYTES("<a>x</a>"), NULL, "utf-8", "<a>x</a>"},
	{CHARSET_XML, BYTES("\xEF\xBB\xBF<a>\xC3\xA9"), "a; charset=koi8-r", "utf-8",
		"<a>\xC3\xA9"},
	{CHARSET_XML, BYTES("<a>\xE9</a>"), NULL, "windows-1252", "<a>\xC3\xA9</a>"},
	{CHARSET_XML, BYTES("<?xml version='1.0' encoding='iso-8859-2'?>\xB1"), NULL, "iso-8859-2",
		"<?xml version='1.0' encoding='iso-8859-2'?>\xC4\x85"},
	/* RFC 7303: the header before the declaration */
	{CHARSET_XML, BYTES("<?xml version='1.0' encoding='iso-8859-2'?>\xC1"),
		"text/xml; charset=\"KOI8-R\"", "koi8-r",
		"<?xml version='1.0' encoding='iso-8859-2'?>\xD0\xB0"},
	{CHARSET_XML, BYTES("<\0a\0>\0\xE9\0"), NULL, "utf-16le", "<a>\xC3\xA9"},
	{CHARSET_XML, BYTES("\xFE\xFF\0<\0a\xD8\x3D\xDE\x00"), NULL, "utf-16be",
		"<a\xF0\x9F\x98\x80"},
	{CHARSET_XML, BYTES("\xFF\xFE<\0\x3D\xD8<\0"), NULL, "utf-16le", "<\xEF\xBF\xBD<"},
	{CHARSET_XML, BYTES("\0\0\0<\0\0\0a"), NULL, "utf-32be", "<a"},
	{CHARSET_XML, BYTES("<?xml encoding='nonsense'?>\xE9"), NULL, "windows-1252",
		"<?xml encoding='nonsense'?>\xC3\xA9"},
	{CHARSET_XML, BYTES("<a>\x00\x08\x1B x\t\n"), NULL, "utf-8", "<a> x\t\n"},
	/* valid UTF-8 is believed before any name */
	{CHARSET_XML, BYTES("<?xml encoding='iso-8859-1'?>\xC3\xA9"), NULL, "utf-8",
		"<?xml encoding='iso-8859-1'?>\xC3\xA9"},
	/* one wrong byte costs one character */
	{CHARSET_XML, BYTES("<a>\xC3\xA9 \xE2\x80\x94 \xE9"), NULL, "utf-8",
		"<a>\xC3\xA9 \xE2\x80\x94 \xC3\xA9"},
	{CHARSET_XML, BYTES("<a>\x93\xFA\x96\x7B"), "x; charset=Shift_JIS", "shift_jis",
		"<a>\xE6\x97\xA5\xE6\x9C\xAC"},
	{CHARSET_XML, BYTES("<a>\xD6\xD0\xCE\xC4"), "x; charset=gb2312", "gb18030",
		"<a>\xE4\xB8\xAD\xE6\x96\x87"},
	{CHARSET_XML, BYTES("<a>\x1B$BF|\x1B(B"), "x; charset=iso-2022-jp", "iso-2022-jp",
		"<a>\xE6\x97\xA5"},
	{CHARSET_HTML, BYTES("<!-- charset=big5 --><meta charset='windows-1251'>\xCF"), NULL,
		"windows-1251", "<!-- charset=big5 --><meta charset='windows-1251'>\xD0\x9F"},
	{CHARSET_HTML, BYTES("<meta http-equiv=x content='text/html; charset=euc-jp'>\xC6\xFC"),
		NULL, "euc-jp",
		"<meta http-equiv=x content='text/html; charset=euc-jp'>\xE6\x97\xA5"},
	{CHARSET_JSON, BYTES("{\0\"\0a\0\"\0}\0"), NULL, "utf-16le", "{\"a\"}"},
};

static void reads_every_kind(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf utf8 = {0};
		const char *name = NULL;

		charset_to_utf8(
			cases[i].kind, cases[i].body, cases[i].len, cases[i].type, &utf8, &name);
		if (strcmp(buf_text(&utf8), cases[i].want) != 0 || strcmp(name, cases[i].name) != 0)
			fail_msg("case %zu: %s: %s", i, name, buf_text(&utf8));
		assert_true(utf8_is_valid(buf_text(&utf8), utf8.len));
		buf_finish(&utf8);
	}
}

/* A long text in a charset that nobody named. */
static void detects_what_nobody_named(void **state)
{
	static const char russian[] =
		"<a>\xCF\xF0\xE8\xE2\xE5\xF2, \xEC\xE8\xF0! \xDD\xF2\xEE \xF0\xF3\xF1\xF1\xEA\xE8\xE9 "
		"\xF2\xE5\xEA\xF1\xF2 \xE1\xE5\xE7 \xEE\xE1\xFA\xFF\xE2\xEB\xE5\xED\xE8\xFF.";
	/* taken for iso-8859-2, but for bytes that are letters in windows-1250 only */
	static const char czech[] =
		"<a>\x8Elu\x9Dou\xE8k\xFD k\xF9\xF2 p\xF8\xEDli\x9A \xFAp\xECl \xEF\xE1\x62\x65lsk\xE9 \xF3\x64y. Zpr\xE1va o po\xE8\x61s\xED v \xC8\x65\x63h\xE1\x63h a na Morav\xEC, co p\xF8inese v\xEDkend.";
	struct buf utf8 = {0}, long_czech = {0};
	const char *name = NULL;
	int i;

	(void)state;
	charset_to_utf8(CHARSET_XML, BYTES(russian), NULL, &utf8, &name);
	assert_string_equal(name, "windows-1251");
	buf_clear(&utf8);
	for (i = 0; i < 3; i++)
		buf_puts(&long_czech, czech);
	charset_to_utf8(CHARSET_XML, long_czech.data, long_czech.len, NULL, &utf8, &name);
	buf_finish(&long_czech);
	assert_string_equal(name, "windows-1250");
	assert_non_null(strstr(buf_text(&utf8), "\xC5\xBDlu\xC5\xA5ou\xC4\x8Dk\xC3\xBD"));
	buf_finish(&utf8);
}

static int prepare(void **state)
{
	(void)state;
	charset_prepare();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_kind),
		cmocka_unit_test(detects_what_nobody_named),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
