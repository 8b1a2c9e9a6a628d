#include "core/buf.h"
#include "core/str.h"
#include "core/utf8.h"
#include "parse/charset.h"
#include "parse/charset_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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
	/* surrogates in UTF-8, as some databases write emoji */
	{CHARSET_XML, BYTES("<a>\xED\xA0\xBD\xED\xB8\x80\xC3\xA9"), NULL, "utf-8",
		"<a>\xF0\x9F\x98\x80\xC3\xA9"},
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
	/* ... without its name, or with a wrong one */
	{CHARSET_HTML, BYTES("<p>\x1B$BF|\x1B(B"), "text/html; charset=iso-8859-1", "iso-2022-jp",
		"<p>\xE6\x97\xA5"},
	{CHARSET_HTML, BYTES("<meta charset=utf-8><p>\x1B$BF|\x1B(J"), NULL, "iso-2022-jp",
		"<meta charset=utf-8><p>\xE6\x97\xA5"},
	{CHARSET_HTML, BYTES("<p>\x1B$BF|"), NULL, "utf-8", "<p>$BF|"},
	{CHARSET_HTML, BYTES("<html lang=tr><meta charset=iso-8859-1>\xFEi\xFE"), NULL,
		"windows-1254", "<html lang=tr><meta charset=iso-8859-1>\xC5\x9Fi\xC5\x9F"},
	{CHARSET_HTML, BYTES("<html lang=is><meta charset=iso-8859-1>\xFEi\xFE"), NULL,
		"windows-1252", "<html lang=is><meta charset=iso-8859-1>\xC3\xBEi\xC3\xBE"},
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
	static const char japanese[] =
		"<meta charset=shift_jis><p>\x8D\x60\x92\xB7\x82\xCD\x8C\x8E\x97\x6A\x93\xFA\x81\x41\x82\xB1\x82\xCC\x93\x7E\x83\x74\x83\x46\x83\x8A\x81\x5B\x82\xAA\x8F\x5C\x88\xEA\x93\xFA\x8A\xD4\x8C\x87\x8D\x71\x82\xB5";
	static const char french[] = "<p>Le traversier n'a pas navigu\xE9"
				     ", a d\xE9"
				     "clar\xE9"
				     " l'\xE9"
				     "quipage ; l'\xE9"
				     "t\xE9"
				     " dernier, \xE0"
				     " Orl\xE9"
				     "ans, la temp\xEA"
				     "te a bris\xE9"
				     " les ch\xE2"
				     "ssis. O\xF9"
				     " \xE9"
				     "taient-ils, d\xE9"
				     "j\xE0"
				     " ? Tr\xE8"
				     "s loin, l\xE0"
				     "-bas, pr\xE8"
				     "s d'une c\xF4"
				     "te.";
	/* taken for iso-8859-2, but for bytes that are letters in windows-1250 only */
	static const char czech[] =
		"<a>\x8Elu\x9Dou\xE8k\xFD k\xF9\xF2 p\xF8\xEDli\x9A \xFAp\xECl \xEF\xE1\x62\x65lsk\xE9 \xF3\x64y. Zpr\xE1va o po\xE8\x61s\xED v \xC8\x65\x63h\xE1\x63h a na Morav\xEC, co p\xF8inese v\xEDkend.";
	struct buf utf8 = {0}, long_czech = {0}, page = {0};
	const char *name = NULL;
	int i;

	(void)state;
	charset_to_utf8(CHARSET_XML, BYTES(russian), NULL, &utf8, &name);
	assert_string_equal(name, "windows-1251");
	buf_clear(&utf8);
	/* a server's name for everything is none; a page's own is one */
	charset_to_utf8(CHARSET_XML, BYTES(russian), "text/xml; charset=iso-8859-1", &utf8, &name);
	assert_string_equal(name, "windows-1251");
	buf_clear(&utf8);
	charset_to_utf8(
		CHARSET_HTML, BYTES(japanese), "text/html; charset=iso-8859-1", &utf8, &name);
	assert_string_equal(name, "shift_jis");
	buf_clear(&utf8);
	charset_to_utf8(CHARSET_HTML, BYTES(french), "text/html; charset=iso-8859-1", &utf8, &name);
	assert_string_equal(name, "windows-1252");
	buf_clear(&utf8);
	for (i = 0; i < 3; i++)
		buf_puts(&long_czech, czech);
	charset_to_utf8(CHARSET_XML, long_czech.data, long_czech.len, NULL, &utf8, &name);
	assert_string_equal(name, "windows-1250");
	assert_non_null(strstr(buf_text(&utf8), "\xC5\xBDlu\xC5\xA5ou\xC4\x8Dk\xC3\xBD"));
	buf_clear(&utf8);
	/* a server's name for everything, and a language that it cannot be */
	buf_puts(&page, "<html lang='cs-CZ'>");
	buf_put(&page, long_czech.data, long_czech.len);
	charset_to_utf8(
		CHARSET_HTML, page.data, page.len, "text/html; charset=iso-8859-1", &utf8, &name);
	assert_string_equal(name, "windows-1250");
	buf_finish(&page);
	buf_finish(&long_czech);
	buf_finish(&utf8);
}

/* The labels of the Encoding Standard, 4.2, but for those of encodings that nothing is decoded
 * from. */
static void knows_the_labels_of_browsers(void **state)
{
	static const struct {
		const char *name, *labels;
	} encodings[] = {
		{"ibm866", "866 cp866 csibm866 ibm866"},
		{"iso-8859-2", "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
			       "iso_8859-2:1987 l2 latin2"},
		{"iso-8859-3", "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
			       "iso_8859-3:1988 l3 latin3"},
		{"iso-8859-4", "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
			       "iso_8859-4:1988 l4 latin4"},
		{"iso-8859-5", "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 "
			       "iso88595 iso_8859-5 iso_8859-5:1988"},
		{"iso-8859-6", "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic "
			       "ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso-ir-127 "
			       "iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"},
		{"iso-8859-7", "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 "
			       "iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 "
			       "sun_eu_greek"},
		{"iso-8859-8", "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e "
			       "iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual "
			       "csiso88598i iso-8859-8-i logical"},
		{"iso-8859-10", "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 "
				"latin6"},
		{"iso-8859-13", "iso-8859-13 iso8859-13 iso885913"},
		{"iso-8859-14", "iso-8859-14 iso8859-14 iso885914"},
		{"iso-8859-15", "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9"},
		{"iso-8859-16", "iso-8859-16"},
		{"koi8-r", "cskoi8r koi koi8 koi8-r koi8_r"},
		{"koi8-u", "koi8-ru koi8-u"},
		{"macintosh", "csmacintosh mac macintosh x-mac-roman"},
		{"windows-874", "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874"},
		{"windows-1250", "cp1250 windows-1250 x-cp1250"},
		{"windows-1251", "cp1251 windows-1251 x-cp1251"},
		{"windows-1252", "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 "
				 "iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 "
				 "latin1 us-ascii windows-1252 x-cp1252"},
		{"windows-1253", "cp1253 windows-1253 x-cp1253"},
		{"windows-1254", "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 "
				 "iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254"},
		{"windows-1255", "cp1255 windows-1255 x-cp1255"},
		{"windows-1256", "cp1256 windows-1256 x-cp1256"},
		{"windows-1257", "cp1257 windows-1257 x-cp1257"},
		{"windows-1258", "cp1258 windows-1258 x-cp1258"},
		{"x-mac-cyrillic", "x-mac-cyrillic x-mac-ukrainian"},
		{"gb18030", "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk "
			    "iso-ir-58 x-gbk gb18030"},
		{"big5", "big5 big5-hkscs cn-big5 csbig5 x-x-big5"},
		{"euc-jp", "cseucpkdfmtjapanese euc-jp x-euc-jp"},
		{"iso-2022-jp", "csiso2022jp iso-2022-jp"},
		{"shift_jis", "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j "
			      "x-sjis"},
		{"euc-kr", "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 "
			   "ks_c_5601-1989 ksc5601 ksc_5601 windows-949"},
		{"utf-16be", "unicodefffe utf-16be"},
		{"utf-16le", "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 "
			     "utf-16le"},
		{"utf-8", "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 "
			  "x-unicode20utf8"},
	};
	char labels[512], *label, *rest;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
		snprintf(labels, sizeof(labels), "%s", encodings[i].labels);
		for (label = strtok_r(labels, " ", &rest); label;
			label = strtok_r(NULL, " ", &rest)) {
			if (!str_eq(charset_by_label(label), encodings[i].name))
				fail_msg("%s: %s", label, charset_by_label(label));
		}
	}
}

static int prepare(void **state)
{
	(void)state;
	charset_prepare();
	return 0;
}

static void undoes_a_second_encoding_where_it_is_certain(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: stays */
	} pages[] = {
		{"Earth\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2s \xC3\xA2\xE2\x82\xAC\xC5\x93moon\xC3\xA2\xE2\x82\xAC\xC2\x9D "
		 "\xC3\xA2\xE2\x82\xAC\xE2\x80\x9D caf\xC3\x83\xC2\xA9",
			"Earth\xE2\x80\x99s \xE2\x80\x9Cmoon\xE2\x80\x9D \xE2\x80\x94 caf\xC3\xA9"},
		/* signs of other kinds on a page that has an apostrophe: Euro, what is below the
		 * line, a star, a face, no-break space */
		{"It\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2s \xC3\xA2\xE2\x80\x9A\xC2\xAC"
		 "5, CO\xC3\xA2\xE2\x80\x9A\xE2\x80\x9A,\xC3\x82\xC2\xA0\xC3\xA2\xC2\xAD\xC2\x90 "
		 "\xC3\xB0\xC5\xB8\xCB\x9C\xE2\x82\xAC",
			"It\xE2\x80\x99s \xE2\x82\xAC"
			"5, CO\xE2\x82\x82,\xC2\xA0\xE2\xAD\x90 \xF0\x9F\x98\x80"},
		/* written as references */
		{"It&acirc;&euro;&trade;s a < b", "It\xE2\x80\x99s a < b"},
		{"It&acirc;&#128;&#153;s &Acirc;&nbsp;", "It\xE2\x80\x99s \xC2\xA0"},
		/* dashes alone, three of them */
		{"1\xC3\xA2\xE2\x82\xAC\xE2\x80\x9C"
		 "2, 3\xC3\xA2\xE2\x82\xAC\xE2\x80\x9C"
		 "4, 5\xC3\xA2\xE2\x82\xAC\xE2\x80\x9C"
		 "6",
			"1\xE2\x80\x93"
			"2, 3\xE2\x80\x93"
			"4, 5\xE2\x80\x93"
			"6"},
		/* a frame that is right around a text that is not; the other way round is above */
		{"\xE2\x80\x9CNews\xE2\x80\x9D a\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2"
		 "b c\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2"
		 "d e\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2"
		 "f g\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2h i\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2j",
			"\xE2\x80\x9CNews\xE2\x80\x9D a\xE2\x80\x99"
			"b c\xE2\x80\x99"
			"d e\xE2\x80\x99"
			"f g\xE2\x80\x99h i\xE2\x80\x99j"},
		/* German: a quotation mark behind a sharp s */
		{"\xE2\x80\x9ESpa\xC3\x9F\xE2\x80\x9C, \xE2\x80\x9ESpa\xC3\x9F\xE2\x80\x9C", NULL},
		/* no apostrophe, but letters enough */
		{"\xC3\x83\xC2\xA9t\xC3\x83\xC2\xA9, d\xC3\x83\xC2\xA9j\xC3\x83\xC2\xA0",
			"\xC3\xA9t\xC3\xA9, d\xC3\xA9j\xC3\xA0"},
		/* somebody writes about it, with quotation marks as they should be */
		{"\xE2\x80\x9CIt\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2s\xE2\x80\x9D is wrong", NULL},
		/* it joins no letters; prices */
		{"\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2 and \xC3\xA2\xE2\x82\xAC"
		 "5",
			NULL},
		/* Portuguese in capitals */
		{"N\xC3\x83O \xC3\x83\xC2\xAA", NULL},
		/* one accent that is right */
		{"\xC3\xA9t\xC3\x83\xC2\xA9 \xC3\x83\xC2\xA9 \xC3\x83\xC2\xA9", NULL},
		{"cut at the end \xC3\xA2\xE2\x82\xAC", NULL},
	};
	struct buf text = {0};
	size_t i;

	(void)state;
	charset_mend(&text); /* which has no bytes at all */
	assert_int_equal(text.len, 0);
	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		buf_clear(&text);
		buf_puts(&text, pages[i].text);
		charset_mend(&text);
		assert_string_equal(buf_text(&text), pages[i].want ? pages[i].want : pages[i].text);
	}
	buf_finish(&text);
}

/* The last byte of a closing quotation mark is a character that text may not hold. */
static void undoes_it_for_what_is_dropped_otherwise(void **state)
{
	const char *bytes = "It\xC3\xA2\xC2\x80\xC2\x99s \xC3\xA2\xC2\x80\xC2\x9C"
			    "a\xC3\xA2\xC2\x80\xC2\x9D \xC2\x9D.";
	struct buf utf8 = {0};
	const char *name;

	(void)state;
	charset_to_utf8(CHARSET_HTML, bytes, strlen(bytes), NULL, &utf8, &name);
	assert_string_equal(buf_text(&utf8), "It\xE2\x80\x99s \xE2\x80\x9C"
					     "a\xE2\x80\x9D .");
	buf_finish(&utf8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_kind),
		cmocka_unit_test(undoes_a_second_encoding_where_it_is_certain),
		cmocka_unit_test(undoes_it_for_what_is_dropped_otherwise),
		cmocka_unit_test(detects_what_nobody_named),
		cmocka_unit_test(knows_the_labels_of_browsers),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
