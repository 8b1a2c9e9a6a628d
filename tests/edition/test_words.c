/* The languages of digests: complete, in their plurals, and with the reasons that a reader sees. */
#include "core/mem.h"
#include "core/reason.h"
#include "core/str.h"
#include "edition/words_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const tags[] = {"en", "de", "fr", "es", "ru", "zh"};

static size_t count_of(const char *text, char c)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == c;
	return n;
}

/* A word that fills in what the English one does. */
static void check_word(const char *tag, const char *text, const char *english)
{
	/* A line does not break before French punctuation; Chinese has its own. */
	static const struct {
		const char *tag, *part;
	} wrong[] = {{"fr", " :"}, {"fr", " ;"}, {"fr", " !"}, {"fr", " ?"}, {"fr", " \xC2\xBB"},
		{"fr", "\xC2\xAB "}, {"zh", ": "}, {"zh", ", "}, {"zh", "; "}};
	size_t i;

	if (!text || !*text)
		fail_msg("%s: nothing for \"%s\"", tag, english);
	if (count_of(text, '#') != count_of(english, '#') ||
		count_of(text, '@') != count_of(english, '@'))
		fail_msg("%s: \"%s\" for \"%s\"", tag, text, english);
	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		if (str_eq(tag, wrong[i].tag) && strstr(text, wrong[i].part))
			fail_msg("%s: \"%s\" has \"%s\"", tag, text, wrong[i].part);
	}
}

static void check_counts(const struct words *row)
{
	static const size_t forms[] = {
		[PLURAL_NONE] = 1, [PLURAL_ONE] = 2, [PLURAL_ZERO_ONE] = 2, [PLURAL_SLAVIC] = 3};
	size_t i, j;

	for (i = 0; i < COUNTED_MAX; i++) {
		for (j = 0; j < forms[row->plural]; j++)
			check_word(row->tag, row->counts[i][j], words_table[0].counts[i][0]);
	}
}

static void is_complete(void **state)
{
	size_t i, j;

	(void)state;
	assert_int_equal(words_table_count, ARRAY_LEN(tags));
	for (i = 0; i < ARRAY_LEN(tags); i++) {
		const struct words *row = words_find(tags[i]);

		assert_string_equal(words_tag(row), tags[i]);
		for (j = 0; j < WORD_COUNT; j++)
			check_word(tags[i], row->text[j], words_table[0].text[j]);
		for (j = 0; i > 0 && j < REASON_COUNT; j++)
			check_word(tags[i], row->reasons[j], reason_text((enum reason)j));
		for (j = 0; j < ARRAY_LEN(row->months); j++)
			assert_non_null(row->months[j]);
		for (j = 0; j < ARRAY_LEN(row->weekdays); j++)
			assert_non_null(row->weekdays[j]);
		check_counts(row);
	}
}

static void counts_in_its_plurals(void **state)
{
	static const struct {
		const char *tag;
		int64_t n;
		const char *want;
	} cases[] = {
		{"en", 1, "1 source"},
		{"en", 0, "0 sources"},
		{"fr", 0, "0 source"},
		{"fr", 2, "2 sources"},
		{"ru", 1, "1 источник"},
		{"ru", 3, "3 источника"},
		{"ru", 11, "11 источников"},
		{"ru", 14, "14 источников"},
		{"ru", 21, "21 источник"},
		{"ru", 112, "112 источников"},
		{"zh-Hans", 2, "2个来源"},
	};
	struct buf got = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&got);
		words_count(words_find(cases[i].tag), COUNTED_SOURCES, cases[i].n, &got);
		assert_string_equal(buf_text(&got), cases[i].want);
	}
	buf_finish(&got);
}

static void large_numbers_stand_in_groups(void **state)
{
	static const struct {
		const char *tag;
		int64_t n;
		const char *want;
	} cases[] = {
		{"en", 999, "999 words"},
		{"en", 1000, "1,000 words"},
		{"es", 9999, "9999 palabras"},
		{"es", 10000, "10\u202f000 palabras"},
		{"de", 1234567, "1.234.567 Wörter"},
		{"fr", 12034, "12\u202f034 mots"},
		{"ru", 10001, "10\u00a0001 слово"},
		{"zh", 20000, "约20,000词"},
	};
	struct buf got = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&got);
		words_count(words_find(cases[i].tag), COUNTED_WORDS, cases[i].n, &got);
		assert_string_equal(buf_text(&got), cases[i].want);
	}
	buf_finish(&got);
}

static void has_its_colon(void **state)
{
	static const struct {
		const char *tag, *want;
	} labels[] = {{"en", "X:"}, {"fr", "X\u00a0:"}, {"zh", "X："}};
	struct buf got = {0};
	size_t i;

	(void)state;
	assert_string_equal(words_colon(words_find("de")), ": ");
	assert_string_equal(words_colon(words_find("fr-CA")), "\u00a0: ");
	assert_string_equal(words_colon(words_find("zh")), "：");
	for (i = 0; i < ARRAY_LEN(labels); i++) {
		buf_clear(&got);
		words_label(words_find(labels[i].tag), "X", &got);
		assert_string_equal(buf_text(&got), labels[i].want);
	}
	buf_finish(&got);
}

static void says_reasons(void **state)
{
	static const struct {
		const char *tag, *reason, *want;
	} cases[] = {
		{"en", "very little text", "very little text"},
		{"de", "very little text", "sehr wenig Text"},
		{"de", "HTTP 404, it is not there", "HTTP 404, das gibt es dort nicht"},
		{"de", "HTTP 418", "HTTP 418"},
		{"de", "no answer in time (of 60 s)", "keine Antwort innerhalb von 60 s"},
		{"fr", "page 3 could not be read: the text ends before it",
			"la page 3 n’a pas pu être lue\u00a0: le texte s’arrête avant"},
		{"ru", "asked to wait 2 h", "сервер просит подождать: 2 h"},
		{"zh", "robots.txt forbids it", "robots.txt不允许"},
		{"de", "SSL certificate problem: certificate has expired",
			"das Zertifikat ist abgelaufen"},
		{"de", "SSL certificate problem: CRL has expired",
			"das Zertifikat gilt nicht (CRL has expired)"},
		{"fr", "nas.example is not public: a private address",
			"nas.example n’a pas d’adresse publique"},
		{"es", "not asked: slow.example did not answer before",
			"no se preguntó: slow.example no respondió antes"},
		{"en", "nas.example is not public: a private address",
			"nas.example is not public: a private address"},
		/* what nobody foresaw stays as it is */
		{"es", "the moon is full", "the moon is full"},
		{"es", "", ""},
	};
	struct buf got = {0};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&got);
		words_reason(words_find(cases[i].tag), cases[i].reason, &got);
		assert_string_equal(buf_text(&got), cases[i].want);
	}
	buf_finish(&got);
}

static void finds_its_own_phrases(void **state)
{
	struct buf value = {0};
	size_t i;

	(void)state;
	for (i = 0; i < REASON_COUNT; i++) {
		buf_clear(&value);
		assert_int_equal(reason_find(reason_text((enum reason)i), &value), i);
		assert_string_equal(
			buf_text(&value), strchr(reason_text((enum reason)i), '#') ? "#" : "");
	}
	buf_finish(&value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_complete),
		cmocka_unit_test(counts_in_its_plurals),
		cmocka_unit_test(large_numbers_stand_in_groups),
		cmocka_unit_test(has_its_colon),
		cmocka_unit_test(says_reasons),
		cmocka_unit_test(finds_its_own_phrases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
